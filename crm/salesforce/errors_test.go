package salesforce

import (
	"strings"
	"testing"

	"linecard/crm"
)

func TestClassOfARefusal(t *testing.T) {
	tests := []struct {
		status        int
		body          string
		write, repeat crm.Class // of a request that must not be repeated, and of one that may be
	}{
		{403, `[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]`, crm.ClassQuota, crm.ClassQuota},
		{403, `[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"ConcurrentPerOrgLongTxn (Concurrent API Requests) Limit exceeded."}]`, crm.ClassTransient, crm.ClassTransient},
		{403, `[{"errorCode":"SOMETHING_NEW","message":""}]`, crm.ClassPermission, crm.ClassPermission},
		{401, `[{"errorCode":"INVALID_AUTH_HEADER","message":"INVALID_HEADER_TYPE"}]`, crm.ClassTransient, crm.ClassTransient},
		{401, `[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]`, crm.ClassTransient, crm.ClassTransient},
		{401, `[{"errorCode":"SOMETHING_NEW","message":"no"}]`, crm.ClassTransient, crm.ClassTransient},
		{400, `[{"errorCode":"REQUIRED_FIELD_MISSING","message":"Required fields are missing: [Region__c]","fields":["Region__c"]}]`, crm.ClassRejected, crm.ClassRejected},
		{400, `[{"errorCode":"FIELD_CUSTOM_VALIDATION_EXCEPTION","message":"Say what for"}]`, crm.ClassRejected, crm.ClassRejected},
		{400, `[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"unable to obtain exclusive access"}]`, crm.ClassTransient, crm.ClassTransient},
		{400, `[{"errorCode":"SOMETHING_NEW","message":"no"}]`, crm.ClassRejected, crm.ClassRejected},
		{404, `[{"errorCode":"NOT_FOUND","message":"Provided external ID field does not exist"}]`, crm.ClassRejected, crm.ClassRejected},
		{500, `[{"errorCode":"UNKNOWN_EXCEPTION","message":"An unexpected error occurred."}]`, crm.ClassAmbiguous, crm.ClassTransient},
		{503, `[{"errorCode":"SERVER_UNAVAILABLE","message":"busy"}]`, crm.ClassTransient, crm.ClassTransient},
		{503, `[{"errorCode":"SOMETHING_NEW","message":"busy"}]`, crm.ClassAmbiguous, crm.ClassTransient},
		// The user is refused everything.
		{403, `[{"errorCode":"API_DISABLED_FOR_ORG","message":"API is not enabled for this Organization or Partner"}]`, crm.ClassBlocked, crm.ClassBlocked},
		{403, `[{"errorCode":"API_CURRENTLY_DISABLED","message":"API is disabled for this User"}]`, crm.ClassBlocked, crm.ClassBlocked},
		{403, `[{"errorCode":"INVALID_OPERATION_WITH_EXPIRED_PASSWORD","message":"The users password has expired, you must call SetPassword before attempting any other API operations"}]`, crm.ClassBlocked, crm.ClassBlocked},
		{401, `[{"errorCode":"INVALID_SESSION_ID","message":"This session is not valid for use with the REST API"}]`, crm.ClassBlocked, crm.ClassBlocked},
		{403, `[{"errorCode":"INVALID_SESSION_ID","message":"This session is not valid for use with the API"}]`, crm.ClassBlocked, crm.ClassBlocked},
		{400, `[{"errorCode":"STORAGE_LIMIT_EXCEEDED","message":"storage limit exceeded"}]`, crm.ClassBlocked, crm.ClassBlocked},
		// A record is gone, or something else that the org calls a reference.
		{400, `[{"errorCode":"ENTITY_IS_DELETED","message":"entity is deleted","fields":[]}]`, crm.ClassGone, crm.ClassGone},
		{400, `[{"errorCode":"INVALID_CROSS_REFERENCE_KEY","message":"invalid cross reference id"}]`, crm.ClassGone, crm.ClassGone},
		{400, `[{"errorCode":"INVALID_CROSS_REFERENCE_KEY","message":"invalid cross reference id","fields":["WhoId"]}]`, crm.ClassGone, crm.ClassGone},
		{400, `[{"errorCode":"CANNOT_UPDATE_CONVERTED_LEAD","message":"cannot reference converted lead"}]`, crm.ClassGone, crm.ClassGone},
		{400, `[{"errorCode":"INVALID_CROSS_REFERENCE_KEY","message":"invalid cross reference id","fields":["OwnerId"]}]`, crm.ClassRejected, crm.ClassRejected},
		{400, `[{"errorCode":"INVALID_CROSS_REFERENCE_KEY","message":"Record Type ID: this ID value isn't valid for the user: 012000000000000AAA","fields":[]}]`, crm.ClassRejected, crm.ClassRejected},
		{400, `[{"errorCode":"INVALID_CROSS_REFERENCE_KEY","message":"invalid cross reference id: 005000000000001AAA"}]`, crm.ClassRejected, crm.ClassRejected},
		// Answers of the way: they refuse nothing.
		{429, ``, crm.ClassTransient, crm.ClassTransient},
		{503, `<html>We are down for maintenance</html>`, crm.ClassAmbiguous, crm.ClassTransient},
		{408, ``, crm.ClassAmbiguous, crm.ClassTransient},
		{500, ``, crm.ClassAmbiguous, crm.ClassTransient},
		{502, `<html>Bad Gateway</html>`, crm.ClassAmbiguous, crm.ClassTransient},
		{504, `<html>Gateway Timeout</html>`, crm.ClassAmbiguous, crm.ClassTransient},
		{400, `<html>Bad Request</html>`, crm.ClassAmbiguous, crm.ClassTransient},
		{401, `<html>Proxy</html>`, crm.ClassAmbiguous, crm.ClassTransient},
		{403, `<html>This page is blocked</html>`, crm.ClassAmbiguous, crm.ClassTransient},
		{403, `{"errorCode":"BLOCKED","message":"by the firewall"}`, crm.ClassAmbiguous, crm.ClassTransient},
		{403, `[]`, crm.ClassAmbiguous, crm.ClassTransient},
		{403, `[{"message":"no code"}]`, crm.ClassAmbiguous, crm.ClassTransient},
		{403, `["no"]`, crm.ClassAmbiguous, crm.ClassTransient},
		{404, `not here`, crm.ClassAmbiguous, crm.ClassTransient},
		{409, `<html>Conflict</html>`, crm.ClassAmbiguous, crm.ClassTransient},
		{409, `[{"errorCode":"SOMETHING_NEW","message":"conflict"}]`, crm.ClassAmbiguous, crm.ClassTransient},
		{421, `<html>Misdirected Request</html>`, crm.ClassTransient, crm.ClassTransient},
		{421, ``, crm.ClassTransient, crm.ClassTransient},
		{300, `["/services/data/v68.0/sobjects/Task/00T000000000001AAA"]`, crm.ClassAmbiguous, crm.ClassTransient},
		{413, `<html>Too Large</html>`, crm.ClassTransient, crm.ClassTransient},
		{420, ``, crm.ClassTransient, crm.ClassTransient},
		{302, ``, crm.ClassTransient, crm.ClassTransient},
		// Several errors: the heaviest decides.
		{400, `[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"busy"},{"errorCode":"REQUIRED_FIELD_MISSING","message":"missing"}]`, crm.ClassRejected, crm.ClassRejected},
		{400, `[{"errorCode":"REQUIRED_FIELD_MISSING","message":"missing"},{"errorCode":"STORAGE_LIMIT_EXCEEDED","message":"full"}]`, crm.ClassBlocked, crm.ClassBlocked},
	}
	for _, tt := range tests {
		if e := refused(tt.status, []byte(tt.body), false); e.Class != tt.write || e.Fault.IsZero() {
			t.Errorf("write, HTTP %d %s: %s %q, want %s", tt.status, tt.body, e.Class, e.Fault, tt.write)
		}
		if e := refused(tt.status, []byte(tt.body), true); e.Class != tt.repeat {
			t.Errorf("read, HTTP %d %s: %s, want %s", tt.status, tt.body, e.Class, tt.repeat)
		}
	}
}

func TestRefusalNamesTheFields(t *testing.T) {
	e := refused(400, []byte(`[{"errorCode":"REQUIRED_FIELD_MISSING","message":"Required fields are missing: [Region__c]","fields":["Region__c"]}]`), false)
	if len(e.Fields) != 1 || e.Fields[0] != "Region__c" || e.Fault.Encode() != `{"code":"salesforce.field-required-named","values":{"fields":["Region__c"]}}` {
		t.Errorf("%s %v", e.Fault.Encode(), e.Fields)
	}
}

// A refused call is parked until a person acts, so each reason says who must do what.
func TestRefusalNamesARemedy(t *testing.T) {
	for body, says := range map[string]string{
		`[{"errorCode":"CANNOT_EXECUTE_FLOW_TRIGGER","message":"We can't save this record because the &quot;Task&quot; process failed.<br>Give your admin these details. <b>An unhandled fault has occurred in this flow</b><br/>"}]`: `We can't save this record because the \"Task\" process failed. Give your admin these details. An unhandled fault has occurred in this flow`,
		`[{"errorCode":"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY","message":"TaskTrigger: execution of BeforeInsert…"}]`:                                                                                                                  `"salesforce.automation-failed","values":{"message":{"code":"plain","values":{"text":"TaskTrigger: execution of BeforeInsert…"}}}`,
		`[{"errorCode":"SOMETHING_NEW","message":"no way"}]`: `"salesforce.refused","values":{"message":{"code":"plain","values":{"text":"no way"}}}`,
	} {
		if e := refused(400, []byte(body), false); e.Class != crm.ClassRejected || !strings.Contains(e.Fault.Encode(), says) {
			t.Errorf("%s: %s %s, want %s", body, e.Class, e.Fault.Encode(), says)
		}
	}
}

// Every error of an answer is told, each once.
func TestEveryErrorIsTold(t *testing.T) {
	e := refused(400, []byte(`[{"errorCode":"REQUIRED_FIELD_MISSING","message":"missing","fields":["Region__c"]},
		{"errorCode":"FIELD_CUSTOM_VALIDATION_EXCEPTION","message":"Say <i>what</i> for"},
		{"errorCode":"FIELD_CUSTOM_VALIDATION_EXCEPTION","message":"Say what for"}]`), false)
	var many []apiError
	for _, field := range []string{"A", "B", "C", "D", "E", "F", "G"} {
		many = append(many, apiError{"REQUIRED_FIELD_MISSING", "missing", []string{field}})
	}
	if got := refusedBy(400, many).Fault.Encode(); strings.Count(got, "field-required") != mostReasons || !strings.HasSuffix(got, `{"code":"salesforce.more-reasons","values":{"count":2}}]}}`) {
		t.Errorf("seven reasons: %s", got)
	}
	want := `{"code":"salesforce.several-reasons","values":{"reasons":[{"code":"salesforce.field-required-named","values":{"fields":["Region__c"]}},{"code":"salesforce.validation-rule","values":{"message":"Say what for"}}]}}`
	if got := e.Fault.Encode(); got != want || e.Class != crm.ClassRejected {
		t.Errorf("%s %s", e.Class, got)
	}
}

func TestMessagesWithoutMarkup(t *testing.T) {
	for message, want := range map[string]string{
		"plain":                        "plain",
		"a<br>b<br/>c</p>":             "a b c",
		"<b>bold</b>, <i>it</i>.":      "bold, it.",
		"5 < 6 and 7 > 6":              "5 < 6 and 7 > 6",
		"&lt;b&gt;escaped&lt;/b&gt;":   "escaped",
		"&amp;lt;b&amp;gt;twice":       "twice",
		"Tom &amp; Jerry&#39;s":        "Tom & Jerry's",
		"a<!-- c -->b":                 "a b",
		"x<style>p{color:red}</style>": "x",
		"<a href=\"https://x.example/?a=1&b=2\">Details</a>": "Details",
		"line\none\u00a0more":                                "line one more",
		"":                                                   "",
	} {
		if got := words(message); got != want {
			t.Errorf("%q: %q, want %q", message, got, want)
		}
	}
}

// Every answer gets a reason and a class.
func FuzzRefused(f *testing.F) {
	f.Add(400, []byte(`[{"errorCode":"X","message":"m","fields":["a"]}]`))
	f.Add(503, []byte(`<html>`))
	f.Add(500, []byte(`[]`))
	f.Add(500, []byte(`{"errorCode":5}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := refused(status, body, false)
		if e.Class == "" || e.Fault.IsZero() || e.Err == nil || len(e.Fault.Encode()) > 20000 {
			t.Fatalf("%+v", e)
		}
	})
}
