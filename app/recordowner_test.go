package app

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"linecard/crm"
	"linecard/sip"
)

// The owner of the record is the one colleague of the call's account who has that name, in any spelling of it, and neither the agent nor the other party.
func TestRecordsOwner(t *testing.T) {
	const own = "1@x"
	jane := ColleagueView{Name: " jane  MORENO ", Extension: "10", Account: own, State: ActivityFree}
	elsewhere := jane
	elsewhere.Extension, elsewhere.Account = "20", "2@y"
	namesake := jane
	namesake.Extension = "11"
	hers, other, several := jane, jane, jane
	hers.Org, other.Org, other.Extension, several.namesakes = "00DA", "00DB", "15", true
	s := state{phones: []PhoneView{{Account: own, Extension: "99"}}}
	for name, c := range map[string]struct {
		owner  string
		number string
		all    []ColleagueView
		want   string
	}{
		"by name":                     {"Jane Moreno", "+14155550132", []ColleagueView{{Name: "Ben", Extension: "12", Account: own}, elsewhere, jane}, "10"},
		"without an account":          {"Jane Moreno", "+14155550132", []ColleagueView{{Name: "Jane Moreno", Extension: "13"}}, "13"},
		"two of that name":            {"Jane Moreno", "+14155550132", []ColleagueView{jane, namesake}, ""},
		"at another phone system":     {"Jane Moreno", "+14155550132", []ColleagueView{elsewhere}, ""},
		"nobody of that name":         {"Jo Moreno", "+14155550132", []ColleagueView{jane}, ""},
		"no owner, nameless":          {" ", "+14155550132", []ColleagueView{{Extension: "14", Account: own}}, ""},
		"the call is with the owner":  {"Jane Moreno", "10", []ColleagueView{jane}, ""},
		"the agent is the owner":      {"Me", "+14155550132", []ColleagueView{{Name: "Me", Extension: "99", Account: own}}, ""},
		"a user of another org":       {"Jane Moreno", "+14155550132", []ColleagueView{other}, ""},
		"of the record's org":         {"Jane Moreno", "+14155550132", []ColleagueView{other, hers}, "10"},
		"one of several users":        {"Jane Moreno", "+14155550132", []ColleagueView{several}, ""},
		"nothing is known of a state": {"Ben", "+14155550132", []ColleagueView{{Name: "Ben", Extension: "12", Account: own}}, "12"},
	} {
		s.colleagues = c.all
		for i := range c.all {
			c.all[i].known = SameName(c.all[i].Name)
		}
		with := &call{account: own, number: crm.Number{Raw: c.number}, lookup: LookupView{Record: &crm.Match{Record: crm.Record{Ref: crm.Ref{Org: "00DA"}, Owner: c.owner}}}}
		got := ""
		if o := s.recordsOwner(with); o != nil {
			got = o.Extension
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if s.recordsOwner(&call{account: own}) != nil {
		t.Error("a call without a record has an owner")
	}
}

// A call goes to the owner of its record by the owner's extension, and one whose owner is nobody known stays.
func TestTransferToTheRecordsOwner(t *testing.T) {
	hers := dana
	hers.Owner = "Jane Moreno"
	r := openRig(t, filepath.Join(t.TempDir(), "journal.db"), &orgStub{matches: []crm.Match{hers}})
	r.SetAccounts([]Account{{ID: "1@x"}})
	r.Heard(sip.CallIncoming{ID: "c1", Account: "1@x", At: time.Now(), Party: sip.Party{User: number.Raw}})
	to := func(id string) error { return r.ToOwner(id, r.Transfer) }
	r.wait("the record is found", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Lookup.Record != nil })
	for id, want := range map[string]error{"": ErrNoRecordsOwner, "c1": ErrNoRecordsOwner, "gone": ErrNoSuchCall} {
		if err := to(id); !errors.Is(err, want) {
			t.Errorf("%q with nobody known: %v, want %v", id, err, want)
		}
	}
	r.SetColleagues([]Colleague{{Name: "jane moreno", Extension: "10", Account: "1@x"}})
	r.Heard(sip.ColleagueChanged{Account: "1@x", Extension: "10", State: sip.ColleagueState{Known: true}})
	r.Heard(sip.CallAnswered{ID: "c1", At: time.Now()})
	v := r.wait("the owner is free", func(v View) bool {
		return v.Calls[0].Phase == Talking && v.Calls[0].RecordsOwner != nil && v.Calls[0].RecordsOwner.State == ActivityFree
	})
	if o := v.Calls[0].RecordsOwner; o.Extension != "10" || o.Name != "jane moreno" {
		t.Errorf("the owner is %+v", o)
	}
	if err := to(""); err != nil {
		t.Error(err)
	}
	r.phone.await(t, "transfer c1 10")
}
