package salesforce

import (
	"slices"
	"strings"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
)

func codes(all []fault.Fault) (list []string) {
	for _, f := range all {
		list = append(list, f.Encode())
	}
	return list
}

// What the user may not see is told after the link, once: neither later calls nor a restart say it again, and it is over
// when an admin grants the right.
func TestWhatTheUserDoesNotSeeIsToldOnce(t *testing.T) {
	const hidden = `{"code":"salesforce.hidden-from-user","values":{"what":["Contact.MobilePhone","Lead"]}}`
	r := linkedRig(t, demoorg.Config{Rules: demoorg.Rules{HiddenObjects: []string{"Lead"}, HiddenFields: []string{"Contact.MobilePhone"}}}, nil)
	s := r.Status()
	if got := codes(s.Limits); !slices.Equal(got, []string{hidden}) {
		t.Fatalf("the link tells %q", got)
	}
	if got := codes(s.NewLimits); !slices.Equal(got, []string{hidden}) {
		t.Fatalf("new is %q", got)
	}
	told := 0
	r.OnStatus(func(s crm.LinkStatus) {
		if !slices.Equal(codes(s.NewLimits), []string{hidden}) {
			told++
		}
	})
	for _, name := range []string{"Ada Chen", "Grace Murphy"} {
		if p, ok := r.org.Caller(name); ok {
			_, _ = r.Lookup(t.Context(), crm.ParseNumber(p.Number, crm.NumberPlan{Region: "US"}))
		}
	}
	if err := r.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.settle()
	if told > 0 {
		t.Errorf("what is new changed %d times", told)
	}
	next := r.restart(t)
	if err := next.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := next.describeAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := next.Status(); !slices.Equal(codes(s.Limits), []string{hidden}) || len(s.NewLimits) > 0 {
		t.Errorf("after a restart %q, new %q", codes(s.Limits), codes(s.NewLimits))
	}
	r.org.SetRules(func(rules *demoorg.Rules) { *rules = demoorg.Rules{} })
	if err := next.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := next.Status(); len(s.Limits) > 0 {
		t.Errorf("with the rights it still tells %q", codes(s.Limits))
	}
}

func TestHiddenFieldsThatMatter(t *testing.T) {
	tests := []struct {
		name   string
		config demoorg.Config
		says   string
		doctor string // a remedy
	}{
		{"nothing", demoorg.Config{}, "", ""},
		{"a second phone", demoorg.Config{Rules: demoorg.Rules{HiddenFields: []string{"Contact.AssistantPhone"}}}, `"what":["Contact.AssistantPhone"]`, ""},
		{
			"the mobile of leads",
			demoorg.Config{Rules: demoorg.Rules{HiddenFields: []string{"Lead.MobilePhone"}}},
			`"what":["Lead.MobilePhone"]`,
			`"salesforce.show-fields","values":{"fields":["MobilePhone"],"object":"Lead"}`,
		},
		{"do not call", demoorg.Config{Rules: demoorg.Rules{HiddenFields: []string{"Contact.DoNotCall", "Lead.DoNotCall"}}}, `"objects":["Contact","Lead"]`, ""},
		{"a fax", demoorg.Config{Rules: demoorg.Rules{HiddenFields: []string{"Account.Fax"}}}, "", ""},
		{"an empty org", demoorg.Config{Empty: true}, "", ""},
		{"person accounts", demoorg.Config{PersonAccounts: true}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := linkedRig(t, tt.config, nil)
			got := strings.Join(codes(r.Status().Limits), " ")
			if tt.says == "" && got != "" || !strings.Contains(got, tt.says) {
				t.Errorf("the link tells %s, want %s", got, tt.says)
			}
			remedies := ""
			for _, f := range r.Doctor(t.Context()) {
				remedies += f.Remedy.Encode()
			}
			if tt.doctor == "" && remedies != "" || !strings.Contains(remedies, tt.doctor) {
				t.Errorf("the doctor says %s, want %s", remedies, tt.doctor)
			}
		})
	}
}

// The link that uses up a user's approvals says so, before the next one ends the oldest.
func TestTheFifthApprovalIsTold(t *testing.T) {
	r := newRig(t, demoorg.Config{}, nil)
	var others []*Client
	for range 4 {
		cfg := r.cfg
		cfg.Store, cfg.Secrets = &shelf{}, &keyring{m: map[string]string{}}
		c := New(cfg)
		t.Cleanup(func() { c.Close() })
		s, err := c.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID()}, r.open)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Limits) > 0 {
			t.Fatalf("link %d tells %q", len(others)+1, codes(s.Limits))
		}
		others = append(others, c)
	}
	s, err := r.link(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := codes(s.NewLimits); len(got) != 1 || !strings.Contains(got[0], `"salesforce.last-approval"`) || !strings.Contains(got[0], `"app":"Linecard"`) {
		t.Fatalf("the fifth link tells %q", got)
	}
	if err := others[0].Unlink(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Doctor(t.Context()) {
		if !f.OK {
			t.Errorf("after a colleague's unlink the doctor says %+v", f)
		}
	}
	if got := codes(r.Status().Limits); len(got) > 0 {
		t.Errorf("after an unlink elsewhere the link tells %q", got)
	}
	// An org that does not list approvals is no trouble.
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenObjects = []string{"OauthToken"} })
	if s, err = r.link(t.Context()); err != nil || !s.Trouble.IsZero() || s.State != crm.Linked {
		t.Errorf("%+v %v", s, err)
	}
}
