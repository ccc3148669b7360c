package app

import (
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// A past call that was logged with the wrong person is pointed at another, at a record found by name, and at nobody: each
// time its one Task is changed, and the history says so.
func TestAPastCallIsPointedAtAnother(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana, danaTwin}
	r.org.others = []crm.Match{{Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: "003REED", Name: "Tom Reed"}, Company: "Reed Ltd"}}}
	r.call(sip.EndRemote, true)
	r.wait("the Task", loggedRow)
	_ = r.Dismiss("c1") // the wrap-up is over

	for i, step := range []struct {
		record, text, name string
	}{{danaTwin.ID, "", danaTwin.Name}, {"003REED", "Reed", "Tom Reed"}, {"", "", ""}} {
		records, err := r.WhoElse(t.Context(), "c1", step.text)
		if err != nil || step.text == "" && len(records) != 2 || step.text != "" && len(records) != 1 {
			t.Fatalf("%d: who else: %+v, %v", i, records, err)
		}
		if err := r.PointAt(t.Context(), "c1", crm.Ref{ID: step.record}, step.text); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		v := r.wait("the Task follows", func(v View) bool {
			return v.History[0].Who.ID == step.record && v.History[0].Log == LogDone && len(r.org.updated()) == i+1
		})
		if v.History[0].Name != step.name {
			t.Errorf("%d: the history names %q", i, v.History[0].Name)
		}
		if a := r.org.updated()[i]; a.Who.ID != step.record || a.PartyName != step.name || a.CallID != "c1" {
			t.Errorf("%d: the Task was changed to %+v", i, a)
		}
	}
	if n := len(r.org.written()); n != 1 {
		t.Errorf("%d Tasks", n)
	}
	if err := r.PointAt(t.Context(), "c1", crm.Ref{ID: "003REED"}, ""); !sameFault(err, "desk.not-a-match") {
		t.Errorf("a record that does not fit: %v", err)
	}
	if err := r.PointAt(t.Context(), "c9", crm.Ref{}, ""); !sameFault(err, "desk.no-such-call") {
		t.Errorf("a call that is not there: %v", err)
	}
}

func sameFault(err error, code fault.Code) bool { return fault.Of(err).Code == code }

// What the org has refused goes out with the record that the agent picks.
func TestWhatWasRefusedGoesOutWithTheRightPerson(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana, danaTwin}
	r.org.refuse = &crm.Error{Class: crm.ClassRejected, Fault: fault.New(fault.Plain, "text", "That lead was converted.")}
	r.call(sip.EndRemote, true)
	r.wait("refused", func(v View) bool { return len(v.History) > 0 && v.History[0].Log == LogParked })
	r.org.mu.Lock()
	r.org.refuse = nil
	r.org.mu.Unlock()
	if err := r.PointAt(t.Context(), "c1", danaTwin.Ref, ""); err != nil {
		t.Fatal(err)
	}
	r.wait("the Task", loggedRow)
	if got := r.org.written(); len(got) != 1 || got[0].Who.ID != danaTwin.ID {
		t.Errorf("the org got %+v", got)
	}
}

// A call that is still on is pointed with Pick; one in wrap-up follows on the desk too, and what is typed later keeps it.
func TestPointingDuringTheWrapUp(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana, danaTwin}
	r.Heard(sip.CallIncoming{ID: "c1", At: time.Now(), Party: sip.Party{User: "+14155550132"}})
	r.Heard(sip.CallAnswered{ID: "c1", At: time.Now(), Codec: "PCMU"})
	r.wait("talking", func(v View) bool {
		return len(v.Calls) == 1 && v.Calls[0].Phase == Talking && v.Calls[0].Lookup.State == LookupMany
	})
	r.Settle(t.Context())
	if err := r.PointAt(t.Context(), "c1", danaTwin.Ref, ""); !sameFault(err, "desk.not-to-point") {
		t.Errorf("while it is on: %v", err)
	}
	r.Heard(sip.CallEnded{ID: "c1", At: time.Now().Add(time.Second), Reason: sip.EndRemote})
	r.wait("logged on nobody", loggedRow)
	if err := r.PointAt(t.Context(), "c1", danaTwin.Ref, ""); err != nil {
		t.Fatal(err)
	}
	r.wait("the card follows", func(v View) bool {
		c, ok := v.call("c1")
		return ok && c.Lookup.State == LookupOne && c.Lookup.Record.ID == danaTwin.ID
	})
	notes := "typed after"
	if err := r.EditWrap("c1", WrapEdit{Notes: &notes}); err != nil {
		t.Fatal(err)
	}
	if err := r.SaveWrap("c1"); err != nil {
		t.Fatal(err)
	}
	r.wait("the Task has both", func(View) bool {
		all := r.org.updated()
		return len(all) > 0 && all[len(all)-1].Who.ID == danaTwin.ID && all[len(all)-1].Notes == notes
	})
	if n := len(r.org.written()); n != 1 {
		t.Errorf("%d Tasks", n)
	}
	if e, err := r.cfg.Journal.Entry(t.Context(), "c1"); err != nil || e.State == journal.Parked {
		t.Errorf("%+v, %v", e, err)
	}
}

// Whom a call was with is learned for its number: the record that it is pointed at takes the place of one that was picked, and
// nobody takes the pick back.
func TestPointingCorrectsWhatWasPicked(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana, danaTwin}
	r.org.others = []crm.Match{{Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: "003REED", Name: "Tom Reed"}}}}
	r.call(sip.EndRemote, true)
	r.wait("the Task", loggedRow)
	if err := r.Pick("c1", dana.Ref); err != nil {
		t.Fatal(err)
	}
	n := crm.ParseNumber("+14155550132", r.plan(""))
	choice := func(want string) {
		t.Helper()
		r.Settle(t.Context())
		if k, _ := r.cfg.Memory.Recall(rigOrg.OrgID, n); k.Choice != want {
			t.Errorf("the number's choice is %q, want %q", k.Choice, want)
		}
	}
	r.wait("picked", func(v View) bool { return len(v.Calls) > 0 && v.Calls[0].Lookup.State == LookupOne })
	choice(dana.ID)
	for _, step := range []struct{ record, text, choice string }{
		{danaTwin.ID, "", danaTwin.ID},
		{"003REED", "Reed", ""}, // the number is not among this record's
		{dana.ID, "", dana.ID},
		{"", "", ""},
	} {
		if err := r.PointAt(t.Context(), "c1", crm.Ref{ID: step.record}, step.text); err != nil {
			t.Fatal(err)
		}
		choice(step.choice)
	}
}
