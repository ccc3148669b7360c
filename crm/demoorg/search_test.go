package demoorg_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"linecard/crm/demoorg"
)

// searchPage is the answer of /search.
type searchPage struct{ SearchRecords []object }

func found(t testing.TB, a answer) []object {
	t.Helper()
	return into[searchPage](t, want(t, a, 200)).SearchRecords
}

const callerReturning = " IN PHONE FIELDS RETURNING Contact(Id, Name, Phone, MobilePhone, Account.Name ORDER BY LastModifiedDate DESC LIMIT 10)," +
	" Account(Id, Name, Phone), Lead(Id, Name, Phone WHERE IsConverted = false)"

func TestSearchFindsEverySpelling(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	for _, p := range org.People() {
		e164 := strings.TrimPrefix(p.Number, "+")
		variants := []string{e164}
		for n := 1; n <= 3; n++ { // country codes have one to three digits
			variants = append(variants, e164[n:], "0"+e164[n:])
		}
		hits := found(t, c.search("FIND {"+strings.Join(variants, " OR ")+"}"+callerReturning))
		ids := map[string]bool{}
		for _, h := range hits {
			ids[h["Id"].(string)] = true
		}
		if !ids[p.ID] {
			t.Errorf("%s %s, stored as %q, is not found by %v", p.Object, p.Name, p.Stored, variants)
		}
		if len(hits) != p.Shared+1 {
			t.Errorf("%s: %d records found, want %d", p.Name, len(hits), p.Shared+1)
		}
	}
}

func hitNames(hits []object) string {
	var ns []string
	for _, h := range hits {
		n, _ := h["Name"].(string)
		ns = append(ns, n)
	}
	return strings.Join(ns, ",")
}

func TestSearchExpressions(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	for find, want := range map[string]string{
		"Dana":                      "Dana Whitfield",
		"dana whitfield":            "Dana Whitfield",
		"whitfield dana":            "Dana Whitfield", // two words are joined by AND, in any order
		`"Dana Whitfield"`:          "Dana Whitfield",
		`"Whitfield Dana"`:          "",
		"Whit*":                     "Dana Whitfield",
		"W?itfield":                 "Dana Whitfield",
		"*hitfield":                 "", // a leading wildcard is removed
		"Dana OR Priya":             "Priya Raman,Dana Whitfield",
		"Dana AND NOT Whitfield":    "",
		"(Dana OR Priya) AND Raman": "Priya Raman",
		`dana.whitfield\@acme`:      "Dana Whitfield",
		"4155550132":                "Dana Whitfield",
		"5550132":                   "Dana Whitfield",
		"(4155550132)":              "Dana Whitfield",
		`\(415\) 555\-0132`:         "Dana Whitfield",
		`"415 555 0132"`:            "Dana Whitfield",
		"415555013*":                "Dana Whitfield",
		"14155550132":               "", // it is stored without the country code
		"14155550132 OR 4155550132": "Dana Whitfield",
		"3125550167":                "Peter Novak",
		"2125550147":                "Priya Raman",
		"Nobodyatall":               "",
	} {
		t.Run(find, func(t *testing.T) {
			if got := hitNames(found(t, c.search("FIND {"+find+"} RETURNING Contact(Id, Name)"))); got != want {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
}

func TestSearchScopesAndClauses(t *testing.T) {
	_, c := start(t, demoorg.Config{CustomPhone: true})
	for sosl, want := range map[string]string{
		"FIND {Whitfield} IN PHONE FIELDS RETURNING Contact(Name)":                                "",
		"FIND {Whitfield} IN NAME FIELDS RETURNING Contact(Name)":                                 "Dana Whitfield",
		"FIND {Operations} IN NAME FIELDS RETURNING Contact(Name)":                                "",
		"FIND {Operations} IN ALL FIELDS RETURNING Contact(Name)":                                 "Dana Whitfield",
		"FIND {harbor} IN EMAIL FIELDS RETURNING Contact(Name ORDER BY Name)":                     "Priya Raman,Samuel Adeyemi",
		"FIND {4155550199} IN PHONE FIELDS RETURNING Contact(Name)":                               "Dana Whitfield", // WhatsApp__c
		"FIND {415*} IN PHONE FIELDS RETURNING Lead(Name WHERE IsConverted = false)":              "",
		"FIND {4155550188} IN PHONE FIELDS RETURNING Lead(Name)":                                  "Luis Ferreira", // converted
		"FIND {4155550188} IN PHONE FIELDS RETURNING Lead(Name WHERE IsConverted = false)":        "",
		"FIND {harbor} IN EMAIL FIELDS RETURNING Contact(Name ORDER BY Name LIMIT 1)":             "Priya Raman",
		"FIND {harbor} IN EMAIL FIELDS RETURNING Contact(Name ORDER BY Name LIMIT 1 OFFSET 1)":    "Samuel Adeyemi",
		"find {2125550147} in phone fields returning contact(name), lead(name) limit 1":           "Tom Okafor",
		"FIND {2125550147} IN PHONE FIELDS RETURNING Contact(Name), Lead(Name)":                   "Tom Okafor,Priya Raman", // not in the order of RETURNING
		"FIND {442079460018 OR 2079460018} IN PHONE FIELDS RETURNING Contact(Name ORDER BY Name)": "Eleanor Juniper,Hugh Wells",
		// 0171 / 39 200 45 is found only with its trunk zero.
		"FIND {491713920045 OR 1713920045} IN PHONE FIELDS RETURNING Contact(Name)":  "",
		"FIND {491713920045 OR 01713920045} IN PHONE FIELDS RETURNING Contact(Name)": "Katrin Sommer",
	} {
		t.Run(sosl, func(t *testing.T) {
			if got := hitNames(found(t, c.search(sosl))); got != want {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
	ids := found(t, c.search("FIND {2125550147}"))
	if len(ids) != 2 || len(ids[0]) != 2 || ids[0]["Id"] == "" {
		t.Errorf("without RETURNING: %v", ids)
	}
}

func TestSearchesRefused(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	for sosl, code := range map[string]string{
		"":                                     "MALFORMED_SEARCH",
		"FIND Dana":                            "MALFORMED_SEARCH",
		"FIND {Dana":                           "MALFORMED_SEARCH",
		"FIND {}":                              "MALFORMED_SEARCH",
		"FIND {x}":                             "MALFORMED_SEARCH",
		"FIND {*}":                             "MALFORMED_SEARCH",
		"FIND {a:b}":                           "MALFORMED_SEARCH",
		"FIND {(Dana}":                         "MALFORMED_SEARCH",
		"FIND {\"Dana}":                        "MALFORMED_SEARCH",
		"FIND {Dana!}":                         "MALFORMED_SEARCH",
		"FIND {Dana} IN ME":                    "MALFORMED_SEARCH",
		"FIND {Dana} RETURNING":                "MALFORMED_SEARCH",
		"FIND {Dana} RETURNING Contact(Id":     "MALFORMED_SEARCH",
		"FIND {Dana} LIMIT 5000":               "MALFORMED_SEARCH",
		"FIND {Dana} RETURNING Nope(Id)":       "INVALID_TYPE",
		"FIND {Dana} RETURNING TaskStatus(Id)": "INVALID_TYPE",
		"FIND {Dana} RETURNING Contact(Nope)":  "INVALID_FIELD",
		"FIND {Dana} RETURNING Contact(Id WHERE Nope = 1)": "INVALID_FIELD",
		"FIND {" + strings.Repeat("x", 10001) + "}":        "MALFORMED_SEARCH",
	} {
		t.Run(sosl[:min(len(sosl), 60)], func(t *testing.T) { refused(t, c.search(sosl), 400, code) })
	}
}

func TestTheIndexLags(t *testing.T) {
	org, c := start(t, demoorg.Config{IndexLag: 3 * time.Minute})
	search := func() string {
		t.Helper()
		return hitNames(found(t, c.search("FIND {4155550111} IN PHONE FIELDS RETURNING Contact(Name)")))
	}
	dana := person(t, org, "Dana Whitfield")
	if got := hitNames(found(t, c.search("FIND {4155550132} IN PHONE FIELDS RETURNING Contact(Name)"))); got != "Dana Whitfield" {
		t.Fatalf("an older record is found as %q", got)
	}
	c.create("Contact", object{"LastName": "New", "Phone": "+1 415 555 0111"})
	if got := search(); got != "" {
		t.Errorf("found before the lag: %s", got)
	}
	if p := into[page](t, c.query("SELECT Name FROM Contact WHERE Phone = '+1 415 555 0111'")); p.TotalSize != 1 {
		t.Error("a query does not lag, but found nothing")
	}
	org.Advance(2 * time.Minute)
	want(t, c.rest("PATCH", "/sobjects/Contact/"+dana.ID, object{"Phone": "4155550111"}), 204)
	org.Advance(time.Minute)
	if got := search(); got != "New" {
		t.Errorf("three minutes later: %q", got)
	}
	org.Advance(2 * time.Minute)
	if got := search(); got != "Dana Whitfield,New" && got != "New,Dana Whitfield" {
		t.Errorf("five minutes later: %q", got)
	}
	// A deleted record is not found from the next request on.
	want(t, c.rest("DELETE", "/sobjects/Contact/"+dana.ID, nil), 204)
	if got := search(); got != "New" {
		t.Errorf("after the deletion: %q", got)
	}
}

func TestPersonAccountsAreFoundTwice(t *testing.T) {
	org, c := start(t, demoorg.Config{PersonAccounts: true})
	olivia := person(t, org, "Olivia Hart")
	hits := found(t, c.search("FIND {6175550128} IN PHONE FIELDS RETURNING Contact(Id, Name, AccountId), Account(Id, Name, IsPersonAccount, PersonContactId)"))
	if len(hits) != 2 {
		t.Fatalf("found %v", hits)
	}
	byType := map[string]object{}
	for _, h := range hits {
		byType[h["attributes"].(object)["type"].(string)] = h
	}
	account, contact := byType["Account"], byType["Contact"]
	if account["Id"] != olivia.ID || account["IsPersonAccount"] != true || account["PersonContactId"] != contact["Id"] || contact["AccountId"] != account["Id"] {
		t.Errorf("account %v, contact %v", account, contact)
	}
	_, plain := start(t, demoorg.Config{})
	refused(t, plain.search("FIND {6175550128} RETURNING Account(Id, IsPersonAccount)"), 400, "INVALID_FIELD")
}

func TestParameterizedSearch(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	body := object{"q": "(212) 555-0147", "in": "PHONE", "sobjects": []object{
		{"name": "Contact", "fields": []string{"Name"}},
		{"name": "Lead", "where": "IsConverted = false"},
	}, "fields": []string{"Id", "Name"}, "overallLimit": 10}
	if got := hitNames(found(t, c.rest("POST", "/parameterizedSearch", body))); got != "Tom Okafor,Priya Raman" {
		t.Errorf("POST found %q", got)
	}
	if got := hitNames(found(t, c.rest("GET", "/parameterizedSearch?q=Dana+Whitfield&sobject=Contact&Contact.fields=Id,Name&Contact.limit=5", nil))); got != "Dana Whitfield" {
		t.Errorf("GET found %q", got)
	}
	refused(t, c.rest("GET", "/parameterizedSearch", nil), 400, "MALFORMED_SEARCH")
}

// How long the index lags can be set while the org runs.
func TestTheIndexLagsAsSet(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	search := func(number string) string {
		t.Helper()
		return hitNames(found(t, c.search("FIND {"+number+"} IN PHONE FIELDS RETURNING Contact(Name)")))
	}
	c.create("Contact", object{"LastName": "Early", "Phone": "+1 415 555 0111"})
	if got := search("4155550111"); got != "Early" {
		t.Errorf("without a lag: %q", got)
	}
	control := httptest.NewServer(org.Control())
	defer control.Close()
	want(t, (&client{t: t, http: c.http, url: control.URL}).send("POST", "/__standin/index", object{"lag": "90s"}), 200)
	c.create("Contact", object{"LastName": "Late", "Phone": "+1 415 555 0112"})
	if got := search("4155550112"); got != "" {
		t.Errorf("found before the lag: %q", got)
	}
	if p := into[page](t, c.query("SELECT Name FROM Contact WHERE Phone = '+1 415 555 0112'")); p.TotalSize != 1 {
		t.Error("a query lags too")
	}
	org.Advance(90 * time.Second)
	if got := search("4155550112"); got != "Late" {
		t.Errorf("after the lag: %q", got)
	}
	org.SetIndexLag(0)
	c.create("Contact", object{"LastName": "Now", "Phone": "+1 415 555 0113"})
	if got := search("4155550113"); got != "Now" {
		t.Errorf("without a lag again: %q", got)
	}
}
