package app

import (
	"slices"
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// twoUsers is a life in which two users of one org are linked.
func twoUsers(t *testing.T, fates ...fate) *life {
	t.Helper()
	l := newLife(t, t.TempDir())
	l.linked = []link{{"00DA", "005A"}, {"00DA", "005X"}}
	l.org.fates = fates
	l.begin()
	t.Cleanup(func() { l.close() })
	return l
}

// refusedLogs has n logs refused by the first org.
func (l *life) refusedLogs(n int) {
	l.org.is(func() {
		for range n {
			l.org.fates = append(l.org.fates, fate{refused: answersNo(crm.ClassRejected, 0)})
		}
	})
	want := len(l.parked()) + n
	for range n {
		l.talk()
	}
	l.await("the refusals", func() bool { l.quiet(); return len(l.parked()) == want })
}

// Where two users of an org are linked, its answers have nothing sent again that it has refused.
func TestAnAnswerSendsNothingAgainThatWasRefused(t *testing.T) {
	l := twoUsers(t)
	first := l.links[link{"00DA", "005A"}]
	first.stands(crm.Inactive) // the second one's calls
	l.refusedLogs(2)
	first.stands(crm.Linked)
	l.refusedLogs(2)
	before := l.parked()
	for range 3 {
		for _, k := range l.linked {
			l.links[k].becomes(func() { l.links[k].used++ })
		}
		l.talk() // its own answers come, too
		l.advance(1)
	}
	for id, n := range l.parked() {
		if before[id] != n {
			t.Errorf("%s has been sent %d times, then %d", id, before[id], n)
		}
	}
	if got := len(l.parked()); got != 4 {
		t.Errorf("%d are parked", got)
	}
}

// A link that works again has what its own user waits for sent: another org's answers are not asked for again, nor another user's.
func TestALinkThatWorksAgainSendsItsOwn(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.linked = []link{{"00DA", "005A"}, {"00DA", "005X"}, {"00DB", "005B"}}
	l.begin()
	t.Cleanup(func() { l.close() })
	l.refusedLogs(2)
	for _, k := range []link{{"00DB", "005B"}, {"00DA", "005X"}} {
		l.links[k].stands(crm.Inactive)
		l.links[k].stands(crm.Linked)
		l.quiet()
		l.advance(1)
		if n := len(l.parked()); n != 2 {
			t.Errorf("%v works again, and %d logs of another user are left parked", k, n)
		}
	}
	l.links[link{"00DA", "005A"}].stands(crm.Inactive)
	l.links[link{"00DA", "005A"}].stands(crm.Linked)
	l.await("the logs of its own user", l.done)
}

// What the org has refused does not go out again because Linecard's own cap of requests was lifted; what has waited for that does.
func TestALiftedCapSendsWhatWaitedForIt(t *testing.T) {
	l := lateLife(t)
	l.refusedLogs(1)
	l.org.is(func() {
		l.org.fates = []fate{{refused: &crm.Error{
			Class: crm.ClassQuota, Code: crm.CodeOwnCap, Retry: 5 * time.Minute, Fault: fault.New(capReached, "cap", 100),
		}}}
	})
	id := l.talk()
	l.await("the cap", func() bool { return l.still() && l.rests(l.org.id) })
	l.desk.CapLifted()
	l.await("the log that waited", func() bool { l.quiet(); return l.entryState(id) == journal.Done })
	if n := len(l.parked()); n != 1 {
		t.Errorf("%d are parked", n)
	}
}

// A user whom the org refuses everything delays no other of its users.
func TestAUserWhoIsRefusedDelaysNoOther(t *testing.T) {
	l := twoUsers(t, fate{refused: answersNo(crm.ClassBlocked, 15*time.Minute)})
	id := l.talk()
	l.await("the refusal", func() bool { l.quiet(); return l.still() && l.resting("00DA", "005A") })
	l.links[link{"00DA", "005A"}].stands(crm.Inactive)
	other := l.talk()
	l.await("the other user's log", func() bool { l.quiet(); return l.entryState(other) == journal.Done })
	if s := l.entryState(id); s != journal.Ready {
		t.Errorf("the first one is %s", s)
	}
	l.links[link{"00DA", "005A"}].stands(crm.Linked)
	l.await("both", l.done)
}

// Each news of a link is told once, of the user whom it is about.
func TestNewsOfTwoUsersOfAnOrg(t *testing.T) {
	a, b := linkedTo("A", "u1"), linkedTo("A", "u2")
	out := crm.LinkStatus{State: crm.Inactive, OrgID: "A", UserID: "u2", Reason: fault.New("salesforce.link-changed")}
	used := func(l crm.LinkStatus) crm.LinkStatus { l.APIUsed++; return l }
	y := newStory(t)
	for _, tt := range []struct {
		what  string
		links []crm.LinkStatus
		news  []link // whose links are told of
		fresh []link // whose logs are sent
	}{
		{"the first user", []crm.LinkStatus{a}, []link{{"A", "u1"}}, []link{{"A", "u1"}}},
		{"the second one", []crm.LinkStatus{a, b}, []link{{"A", "u2"}}, []link{{"A", "u2"}}},
		{"an answer", []crm.LinkStatus{used(a), b}, nil, nil},
		{"out of order", []crm.LinkStatus{used(a), out}, []link{{"A", "u2"}}, nil},
		{"another answer", []crm.LinkStatus{a, out}, nil, nil},
		{"in another order", []crm.LinkStatus{out, a}, nil, nil},
		{"it works again", []crm.LinkStatus{b, a}, []link{{"A", "u2"}}, []link{{"A", "u2"}}},
		{"one is unlinked", []crm.LinkStatus{b}, []link{{"A", "u1"}}, nil},
		{"another one in the place", []crm.LinkStatus{linkedTo("A", "u3")}, []link{{"A", "u3"}}, []link{{"A", "u3"}}},
		{"and one of another org", []crm.LinkStatus{linkedTo("B", "u4"), linkedTo("A", "u3")}, []link{{"B", "u4"}}, []link{{"B", "u4"}}},
		{"unlinked in its place", []crm.LinkStatus{linkedTo("B", "u4"), {State: crm.Unlinked}}, []link{{"A", "u3"}}, nil},
	} {
		y.effects = nil
		y.play(orgsChanged{y.stamp(), tt.links})
		var news, fresh []link
		for _, f := range y.effects {
			switch f := f.(type) {
			case say:
				news = append(news, link{f.Org, f.User})
			case sendAll:
				for _, l := range f.fresh {
					fresh = append(fresh, link{l.OrgID, l.UserID})
				}
			}
		}
		if !slices.Equal(news, tt.news) || !slices.Equal(fresh, tt.fresh) {
			t.Errorf("%s: told of %v, want %v; sent %v, want %v", tt.what, news, tt.news, fresh, tt.fresh)
		}
	}
}

// An org that can be asked by one of its users is asked, whatever the link of the other waits for.
func TestAnOrgIsAskedByTheUserWhoseLinkWorks(t *testing.T) {
	for _, out := range []crm.LinkState{crm.Waiting, crm.Inactive, crm.Unlinked} {
		y := newStory(t)
		y.play(accountsSet{y.stamp(), []Account{{ID: "2041@a", First: "A"}}})
		y.play(orgsChanged{y.stamp(), []crm.LinkStatus{{State: out, OrgID: "A", UserID: "u1"}, linkedTo("A", "u3")}})
		y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", account: "2041@a", party: sip.Party{User: number.Raw}, number: number})
		if c := y.s.calls[0]; c.link != (link{"A", "u3"}) || count[askOrg](y) != 1 || y.s.linkOf("A").UserID != "u3" || y.s.userOf("A") != "u3" {
			t.Errorf("%s: the call is %+v's, %d questions, asked by %s", out, c.link, count[askOrg](y), y.s.linkOf("A").UserID)
		}
	}
}
