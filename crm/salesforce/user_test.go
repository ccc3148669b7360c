package salesforce

import (
	"maps"
	"testing"

	"linecard/crm/demoorg"
)

// Fields of one's own User record are read one by one where the org refuses one of them: what it does not show is left out, in one request
// where it shows all. Upper and lower case do not matter, nor whether an extension is text or a number.
func TestTheFieldsOfOnesOwnUser(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	for _, tt := range []struct {
		names []string
		hide  []string
		want  map[string]string
		most  int
	}{
		{[]string{"Extension", "Name", ""}, nil, map[string]string{"Extension": "1001", "Name": "Riley Morgan"}, 1},
		{[]string{"extension"}, nil, map[string]string{"extension": "1001"}, 1},
		{[]string{"Extension", "Nope"}, nil, map[string]string{"Extension": "1001"}, 3},
		{[]string{"Extension", "Title"}, []string{"User.Title"}, map[string]string{"Extension": "1001"}, 3},
		{[]string{"Extension", "Title"}, []string{"User.Extension"}, map[string]string{"Title": "Support Agent"}, 3},
		{[]string{"FederationIdentifier", "no field"}, nil, map[string]string{"FederationIdentifier": ""}, 1},
		{[]string{""}, nil, map[string]string{}, 0},
	} {
		r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = tt.hide })
		before := r.org.Count("GET", "/sobjects/User/")
		got, err := r.UserFields(t.Context(), tt.names...)
		if n := r.org.Count("GET", "/sobjects/User/") - before; err != nil || !maps.Equal(got, tt.want) || n > tt.most {
			t.Errorf("%q: %v in %d requests, %v", tt.names, got, n, err)
		}
	}
	r.org.Inject(demoorg.Fault{Kind: demoorg.Answer, Path: "/sobjects/User/", Body: `{"Extension": 1042, "Id": "005"}`})
	if got, err := r.UserFields(t.Context(), "Extension"); err != nil || got["Extension"] != "1042" {
		t.Errorf("a number: %v, %v", got, err)
	}
	r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Path: "/sobjects/User/", Status: 403, Code: "INSUFFICIENT_ACCESS", Message: "no"})
	if got, err := r.UserFields(t.Context(), "Extension"); err == nil {
		t.Errorf("another refusal: %v", got)
	}
}
