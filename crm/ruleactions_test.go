package crm_test

import (
	"testing"

	"linecard/crm"
	"linecard/crm/crmtest"
)

// A record is made where no record matches, and of no call that nobody may see: for a colleague, a withheld number, somebody
// whom the org has not been asked for, a call that was told busy, one that is not logged.
func TestRecordIsMadeOfUnknownCallersOnly(t *testing.T) {
	rules := crmtest.LogAll()
	rules.Table, _ = crm.NewTable([]crm.Rule{{Name: "leads", On: true, Create: "lead", CreateAt: "answer"}})
	for name, tt := range map[string]struct {
		change func(*crm.Facts)
		made   bool
	}{
		"an unknown caller":    {func(*crm.Facts) {}, true},
		"a contact":            {func(f *crm.Facts) { f.Object = crm.Contact }, false},
		"not asked yet":        {func(f *crm.Facts) { f.Unasked = true }, false},
		"a colleague":          {func(f *crm.Facts) { f.Extension = true }, false},
		"a withheld number":    {func(f *crm.Facts) { f.Caller = "" }, false},
		"told busy":            {func(f *crm.Facts) { f.Call.Refused = true }, false},
		"a private call":       {func(f *crm.Facts) { f.Word = crm.DontLog }, false},
		"taken by a colleague": {func(f *crm.Facts) { f.Outcome = crm.AnsweredElsewhere }, false},
	} {
		f := campaign()
		tt.change(&f)
		v, by := rules.Explain(f)
		if made := v.Create == crm.Lead && v.CreateAt == crm.PopAnswer && by.Create == 1; made != tt.made || !made && (v.Create != "" || by.Create != 0) {
			t.Errorf("%s: %+v %+v", name, v, by)
		}
	}
	rules.Never = true
	if v := rules.Judge(campaign()); v.Create != "" {
		t.Errorf("of a call that is not logged: %+v", v)
	}
}

// Each moment of a call is a question of its own, decided by the first row that answers it.
func TestHooksByMoment(t *testing.T) {
	rules := crmtest.LogAll()
	rules.Table, _ = crm.NewTable([]crm.Rule{
		{Name: "end", On: true, Hook: "https://a.example/end?token=1"},
		{Name: "ring", On: true, Hook: "https://b.example/ring", HookAt: "ring"},
		{Name: "end too", On: true, Hook: "https://c.example/end", HookAt: "hangup"},
	})
	v, by := rules.Explain(campaign())
	if v.Hooks != (crm.Hooks{Ring: "https://b.example/ring", Hangup: "https://a.example/end?token=1"}) || by.Hooks != (crm.HookRows{Ring: 2, Hangup: 1}) {
		t.Errorf("%+v %+v", v.Hooks, by.Hooks)
	}
	if got := crm.Conflicts([]crm.Rule{
		{Name: "a", Hook: "https://a.example/"}, {Name: "b", Hook: "https://b.example/", HookAt: "ring"}, {Name: "c", Hook: "https://c.example/"},
	}); len(got) != 1 || got[0].Row != 3 || !got[0].Never {
		t.Errorf("%+v", got)
	}
}

func TestActionsAreChecked(t *testing.T) {
	for code, r := range map[string]crm.Rule{
		"rules.not-one-of":      {Create: "Opportunity"},
		"rules.create-what":     {Log: "yes", CreateAt: "ring"},
		"rules.hook-where":      {Log: "yes", HookAt: "ring"},
		"rules.create-unlogged": {Log: "no", Create: "Lead"},
	} {
		r.Name = "r"
		if why := r.Tidy(); string(why.Code) != code {
			t.Errorf("%+v: %q, want %q", r, why.Code, code)
		}
	}
	for address, good := range map[string]bool{
		"https://hooks.example.com/calls?token=s3cret": true, "http://127.0.0.1:8080/": true, "http://localhost/": true, "http://[::1]/": true,
		"http://hooks.example.com/": false, "https://user:secret@hooks.example.com/": false, "ftp://x.example/": false, "hooks.example.com": false, "https:///x": false,
		"https://x.example/a b": false,
	} {
		r := crm.Rule{Name: "r", Hook: address}
		if why := r.Tidy(); why.IsZero() != good {
			t.Errorf("%s: %q", address, why.Code)
		}
	}
}
