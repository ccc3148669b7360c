package app

import (
	"strings"
	"testing"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/sip"
)

// A record that goes while the agent talks, or while the call waits, leaves no stuck entry: what has taken its place gets
// the Task, or else whoever has the number now, or else nobody, and the agent is told.
func TestRecordGoneWhileTheCallWaits(t *testing.T) {
	survivor := crm.Match{Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: "003000000000077AAA", Name: "Dana W."}, Company: "Acme"}}
	for name, tt := range map[string]struct {
		successor crm.Record
		matches   []crm.Match // who has the number now
		who       string
		told      bool
	}{
		"merged":                   {survivor.Record, nil, survivor.ID, false},
		"deleted, created again":   {crm.Record{}, []crm.Match{survivor}, survivor.ID, false},
		"deleted, two have it":     {crm.Record{}, []crm.Match{survivor, danaTwin}, "", true},
		"deleted, nobody has it":   {crm.Record{}, nil, "", true},
		"deleted, index is behind": {crm.Record{}, []crm.Match{dana}, "", true},
	} {
		for _, written := range []bool{false, true} {
			t.Run(name+map[bool]string{true: " after the Task was made"}[written], func(t *testing.T) {
				l := lateLife(t)
				l.org.is(func() { l.org.matches = []crm.Match{dana} })
				id := l.ring("work", "+14155550132", true)
				l.answer(id)
				l.quiet()
				gone := func() {
					l.org.is(func() { l.org.gone[dana.ID], l.org.matches = tt.successor, tt.matches })
				}
				if !written {
					gone()
				}
				l.endCall(id, sip.EndRemote)
				l.quiet()
				if !written {
					if err := l.desk.SaveWrap(id); err != nil {
						t.Fatal(err)
					}
				}
				l.await("the Task", func() bool { l.quiet(); return l.org.count(id) == 1 && l.entryState(id) == journal.Done })
				if written {
					gone()
					text := "a second pump"
					if err := l.desk.EditWrap(id, WrapEdit{Notes: &text}); err != nil {
						t.Fatal(err)
					}
					if err := l.desk.SaveWrap(id); err != nil {
						t.Fatal(err)
					}
					l.await("the change", func() bool { l.quiet(); return strings.Contains(l.org.last(id).Notes, text) })
				}
				l.await("rest", func() bool { l.quiet(); return l.entryState(id) == journal.Done })
				if got := l.org.last(id); got.Who.ID != tt.who || !got.What.IsZero() {
					t.Errorf("about %+v, want %q", got.Who, tt.who)
				}
				row, err := l.journal.Call(l.ctx(), id)
				if err != nil || row.Who.ID != tt.who {
					t.Errorf("the history says %+v, %v", row.Who, err)
				}
				if told := l.desk.View().Notice != ""; told != tt.told {
					t.Errorf("told %v", told)
				}
			})
		}
	}
}

// entryState is where the activity of a call is.
func (l *life) entryState(id string) journal.State {
	e, err := l.journal.Entry(l.ctx(), id)
	if err != nil {
		return ""
	}
	return e.State
}
