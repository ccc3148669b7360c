package app

import (
	"slices"
	"testing"
	"time"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// shownTo is a rig whose account shows customers what their records say. The org knows one customer, by a number.
func shownTo(t *testing.T, record string, list ...string) *rig {
	t.Helper()
	r := newRig(t)
	r.cfg.Plan = func(string) crm.NumberPlan { return crm.NumberPlan{Region: "US"} }
	r.phone.accounts = []string{"2041@a"}
	r.SetAccounts([]Account{{ID: "2041@a", CallerID: "+14155550100", CallerIDs: list, RecordCallerID: "Shown__c"}})
	m := peter()
	m.DoNotCall, m.CallAs = false, map[string]string{"Shown__c": record}
	r.org.matches = []crm.Match{m}
	r.wait("the account and the link", func(v View) bool { return len(v.Phones) == 1 && v.Org.State == crm.Linked })
	return r
}

// The callee sees the number that the callee's record names. The number that the window shows before the agent dials is the one that is sent, even if the org
// answers in between.
func TestACalleeSeesWhatTheRecordSays(t *testing.T) {
	for name, c := range map[string]struct {
		record string
		list   []string
		want   string
	}{
		"any number, without a list":        {"+44 (20) 7946-0018", nil, "+442079460018"},
		"one of the list":                   {"(415) 555-0111", []string{"+14155550100", "Sales <+14155550111>"}, "+14155550111"},
		"none of the list":                  {"+442079460018", []string{"+14155550100", "Sales <+14155550111>"}, ""},
		"nothing":                           {"", nil, ""},
		"what is no number":                 {"withheld", []string{"withheld"}, ""},
		"what would be a header":            {"+1415\r\nX: y", nil, ""},
		"an address":                        {"5@evil.example", nil, ""},
		"more digits than any number has":   {"123456789012345678901", nil, ""},
		"a number with words":               {"call 4155550111", nil, ""},
		"a number of another kind of digit": {"٤١٥٥٥٥٠١١١", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := shownTo(t, c.record, c.list...)
			r.dials("") // the org is asked whether it may be, and answers with the record: that is not what was said before dialing
			r.memory.Wait()
			r.dials(c.want)
		})
	}
}

// What the agent chose for the call outweighs the record, and is checked as it is for any call.
func TestTheAgentsChoiceOutweighsTheRecord(t *testing.T) {
	r := shownTo(t, "+14155550111", "+14155550100", "+14155550111", "+14155550122")
	if _, err := r.DialAs("", "+1 312 555 0167", "+14155550122", ""); err != nil || !r.phone.has("dial +1 312 555 0167 from 2041@a") {
		t.Errorf("%v; the phone did %q", err, r.phone.did)
	}
	if w, err := r.WillDialAs("", "+1 312 555 0167", "+14155550122"); err != nil || w.As != "+14155550122" || w.AsOf != ShownByAgent {
		t.Errorf("%+v, %v", w, err)
	}
	if w, err := r.WillDialAs("", "+1 312 555 0167", "+1 (415) 555-0122"); err != nil || w.As != "+14155550122" || w.AsOf != ShownByAgent {
		t.Errorf("written as people write it: %+v, %v", w, err)
	}
	if _, err := r.WillDialAs("", "+1 312 555 0167", "+14155559999"); !fault.Of(err).Is("sip.caller-id-unknown") {
		t.Errorf("a number that is not the account's: %v", err)
	}
}

// A list that has changed since costs the call nothing: it shows what the account shows. A customer whose number belongs to others too, and whom the agent has
// not picked, is not known.
func TestACallThatTheRecordDoesNotDecide(t *testing.T) {
	r := shownTo(t, "+442079460018")
	r.known("00DA", peter().ID, "+442079460018", false)
	r.phone.noCallerID = true
	if _, err := r.Dial("", "+1 312 555 0167"); err != nil || !r.phone.has("dial +1 312 555 0167 from 2041@a") {
		t.Errorf("%v; the phone did %q", err, r.phone.did)
	}
	r = shownTo(t, "+442079460018")
	other := peter()
	other.ID, other.Name, other.DoNotCall = "003000000000008AAA", "Petra Novak", false
	r.org.matches = append(r.org.matches, other)
	r.dials("")
	r.memory.Wait()
	r.dials("")
}

// Another spelling of a number shows what the call before has shown, though it was the record that said so.
func TestAnotherSpellingShowsWhatTheRecordSays(t *testing.T) {
	r := shownTo(t, "+442079460018")
	r.Heard(sip.CallDialing{ID: "o", At: time.Now(), Account: "2041@a", Party: sip.Party{User: "3125550167"}, As: "+442079460018", AsOfRecord: true})
	r.Heard(sip.CallEnded{ID: "o", At: time.Now(), Reason: sip.EndNotFound, Code: 404})
	r.wait("not known", func(v View) bool { return len(v.Calls) > 0 && v.Calls[0].EndReason == sip.EndNotFound })
	if _, err := r.TrySpelling("o", "", ""); err != nil {
		t.Fatal(err)
	}
	if want := "dial 3125550167 as +13125550167 shown +442079460018 of the record from 2041@a"; !r.phone.has(want) {
		t.Errorf("the phone did %q", r.phone.did)
	}
}

// known has memory know in an org that somebody has the number, by their record and what that says.
func (r *rig) known(org, id, shows string, picked bool) {
	r.t.Helper()
	m := peter()
	m.ID, m.DoNotCall, m.CallAs = id, false, map[string]string{"Shown__c": shows}
	n := crm.ParseNumber("+13125550167", crm.NumberPlan{})
	if err := r.cfg.Memory.Remember(r.t.Context(), org, n, m, picked); err != nil {
		r.t.Fatal(err)
	}
}

// dials has the number dialed, and wants that the phone was told what the callee sees, "" being what the account shows, and that this was said before.
func (r *rig) dials(shows string) {
	r.t.Helper()
	w, err := r.WillDial("", "+1 312 555 0167")
	if err != nil {
		r.t.Fatal(err)
	}
	said := len(r.phone.did)
	if _, err := r.Dial("", "+1 312 555 0167"); err != nil {
		r.t.Fatal(err)
	}
	want, as, of := "dial +1 312 555 0167 from 2041@a", "+14155550100", ShownByAccount
	if shows != "" {
		want, as, of = "dial +1 312 555 0167 shown "+shows+" of the record from 2041@a", shows, ShownByRecord
	}
	if did := r.phone.did[said:]; !slices.Contains(did, want) {
		r.t.Errorf("the phone did %q, want %q", did, want)
	}
	if w.As != as || w.AsOf != of {
		r.t.Errorf("said before: %+v", w)
	}
}

// Of several orgs that know the number none has the last word: the callee sees what the record says that the card takes, or, where it takes none, what the account shows.
func TestSeveralOrgsThatKnowTheCallee(t *testing.T) {
	r := shownTo(t, "")
	rules := someRules()
	rules.AllOrgs = true
	r.SetRules(rules)
	r.LinksChanged([]crm.LinkStatus{rigOrg, {State: crm.Linked, OrgID: "00DB", UserID: "005B"}})
	r.wait("both orgs", func(v View) bool { return r.rules().AllOrgs && len(v.Orgs) == 2 })
	r.known("00DA", "003000000000001AAA", "+442079460018", false)
	r.known("00DB", "003000000000002AAA", "+442079460019", false)
	r.dials("")
	r.known("00DB", "003000000000002AAA", "+442079460019", true)
	r.dials("+442079460019")
}

// Where nobody is looked for, the card knows nobody, and no record says what they see.
func TestACalleeWhoIsNotLookedFor(t *testing.T) {
	r := shownTo(t, "")
	r.known("00DA", "003000000000001AAA", "+442079460018", false)
	r.dials("+442079460018")
	rules := someRules()
	rules.NoLookup = true
	r.SetRules(rules)
	r.wait("the rules", func(View) bool { return r.rules().NoLookup })
	r.dials("")
}
