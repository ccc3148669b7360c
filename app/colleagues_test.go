package app

import (
	"errors"
	"testing"

	"linecard/sip"
	"linecard/test/interop"
)

func TestColleagues(t *testing.T) {
	r := newRig(t)
	r.phone.accounts = []string{"1@x"}
	r.SetAccounts([]Account{{ID: "1@x", PickupCode: "*8EXT"}, {ID: "2@x"}})
	r.SetColleagues([]Colleague{{Name: "Ana", Extension: "10", Account: "1@x"}, {Name: "Ben", Extension: "11", Account: "1@x"}, {Name: "Cem", Extension: "12", Account: "2@x"}})
	r.Heard(sip.ColleagueChanged{Account: "1@x", Extension: "10", State: sip.ColleagueState{Known: true, TellsRinging: true, Busy: true, Ringing: true}})
	r.Heard(sip.ColleagueChanged{Account: "1@x", Extension: "11", State: sip.ColleagueState{Known: true, TellsRinging: true}})
	r.Heard(sip.ColleagueChanged{Account: "1@x", Extension: "99", State: sip.ColleagueState{Known: true, TellsRinging: true}})
	r.Heard(sip.ColleagueChanged{Account: "2@x", Extension: "12", State: sip.ColleagueState{Known: true, TellsRinging: true, Ringing: true}})
	v := r.wait("the states", func(v View) bool { return len(v.Colleagues) == 3 && v.Colleagues[2].State == ActivityRinging })
	if v.Colleagues[0].State != ActivityBusyRinging || v.Colleagues[1].State != ActivityFree || v.Colleagues[0].OnLine == "" {
		t.Errorf("shows %+v", v.Colleagues)
	}
	if first := FreeFirst(v.Colleagues); first[0].Name != "Ben" || first[2].Name != "Ana" {
		t.Errorf("in the transfer panel %+v", first)
	}
	for _, c := range []struct {
		account, extension string
		want               error
		does               string
	}{
		{"", "10", nil, "pick up 10 from 1@x by \"*810\""},
		{"", "11", ErrNobodyRings, ""},
		{"", "12", nil, "pick up 12 from 2@x by \"\""},
		{"", "13", nil, "pick up 13 from 1@x by \"*813\""}, // the phone server says whether it rings
		{"2@x", "13", ErrNoColleague, ""},
		{"", "x y", ErrNoColleague, ""},
	} {
		if _, err := r.Pickup(c.account, c.extension); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c, err)
		}
		if c.does != "" {
			r.phone.await(t, c.does)
		}
	}
	r.SetColleagues([]Colleague{{Name: "Eve", Extension: "12", Account: "1@x"}, {Name: "Cem", Extension: "12", Account: "2@x"}, {Name: "Ana", Extension: "10", Account: "1@x"}})
	r.wait("an extension at two accounts", func(v View) bool { return len(v.Colleagues) == 3 && v.Colleagues[0].Name == "Eve" })
	if _, err := r.Pickup("", "12"); err != nil {
		t.Error(err)
	}
	r.phone.mu.Lock()
	if did := r.phone.did[len(r.phone.did)-1]; did != "pick up 12 from 2@x by \"\"" {
		t.Errorf("the phone did %q, not what rings", did)
	}
	r.phone.mu.Unlock()
	r.SetColleagues([]Colleague{{Name: "Anna", Extension: "10", Account: "1@x"}})
	v = r.wait("the new list", func(v View) bool { return len(v.Colleagues) == 1 })
	if v.Colleagues[0].State != ActivityBusyRinging || v.Colleagues[0].Name != "Anna" {
		t.Errorf("shows %+v", v.Colleagues)
	}
}

// Where the phone server does not tell a call that rings as that, as by presence, nobody but the phone server can say that nothing rings: the code is
// dialed, of two accounts by the one where something may ring. What is known is kept by another list.
func TestPickupWhereRingingIsNotTold(t *testing.T) {
	interop.Proves(t, "S3.19")
	r := newRig(t)
	r.phone.accounts = []string{"1@x"}
	r.SetAccounts([]Account{{ID: "1@x", PickupCode: "*8EXT"}, {ID: "2@x", PickupCode: "**"}})
	r.SetColleagues([]Colleague{{Extension: "10", Account: "1@x"}, {Extension: "11", Account: "1@x"}, {Extension: "12", Account: "1@x"}, {Extension: "12", Account: "2@x"}})
	hear := func(account, extension string, state sip.ColleagueState) {
		r.Heard(sip.ColleagueChanged{Account: account, Extension: extension, State: state})
	}
	hear("1@x", "10", sip.ColleagueState{Known: true})
	hear("1@x", "11", sip.ColleagueState{Known: true, Busy: true})
	hear("1@x", "12", sip.ColleagueState{Known: true, TellsRinging: true})
	hear("2@x", "12", sip.ColleagueState{Known: true, Busy: true})
	v := r.wait("the states", func(v View) bool { return len(v.Colleagues) == 4 && v.Colleagues[3].State == ActivityBusy })
	for i, may := range []bool{false, true, false, true} {
		if v.Colleagues[i].MayRing() != may {
			t.Errorf("may ring: %+v", v.Colleagues[i])
		}
	}
	picks := func(account, extension, does string) {
		t.Helper()
		if _, err := r.Pickup(account, extension); err != nil {
			t.Error(err)
		}
		r.phone.await(t, does)
	}
	picks("", "10", "pick up 10 from 1@x by \"*810\"")
	picks("", "12", "pick up 12 from 2@x by \"**12\"")
	r.SetColleagues([]Colleague{{Name: "Ana", Extension: "11", Account: "1@x"}})
	r.wait("the new list", func(v View) bool { return len(v.Colleagues) == 1 })
	picks("", "11", "pick up 11 from 1@x by \"*811\"")
	hear("1@x", "11", sip.ColleagueState{Known: true, Busy: true, TellsRinging: true}) // the server has told one that rang meanwhile
	r.wait("what the server tells", func(v View) bool { return v.Colleagues[0].TellsRinging })
	if _, err := r.Pickup("", "11"); !errors.Is(err, ErrNobodyRings) {
		t.Errorf("picked up where nothing rings: %v", err)
	}
}
