package app

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// unsureAs is a life with two users of an org in which what each writes is private, and a call of the second one whose Task may have arrived,
// while the first one is linked again.
func unsureAs(t *testing.T, f fate) (l *life, id string, first, second link) {
	t.Helper()
	return unsureIn(t, f, false)
}

// unsureIn is unsureAs in an org that has the field of the call's id, or has not.
func unsureIn(t *testing.T, f fate, upserts bool) (l *life, id string, first, second link) {
	t.Helper()
	first, second = link{"00DA", "005X"}, link{"00DA", "005A"}
	l = newLife(t, t.TempDir())
	l.linked = []link{first, second}
	l.org.private, l.org.upserts, l.org.fates = true, upserts, []fate{f}
	l.begin()
	t.Cleanup(func() { l.close() })
	l.links[first].stands(crm.Inactive)
	id = l.talk()
	l.attempts("the first attempt")
	l.await("the answer", func() bool { l.quiet(); return l.entryState(id) == journal.Ready })
	l.links[first].stands(crm.Linked)
	l.quiet()
	return l, id, first, second
}

// A call that may have arrived as one user and is logged as another is looked for as the first one: in an org whose users do not see what
// others have written, nobody else can tell.
func TestLogAsAnotherUserOfAPrivateOrg(t *testing.T) {
	for name, f := range map[string]fate{
		"it has arrived":    {commits: true, lost: true},
		"it arrives late":   {commits: true, lost: true, after: 80 * time.Second},
		"it has not":        {lost: true},
		"it takes too long": {commits: true, lost: true, after: 4 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			l, id, _, _ := unsureAs(t, f)
			if err := l.desk.LogAs(id); err != nil {
				t.Fatal(err)
			}
			l.tell(id, func(c *lived) { c.word, c.given, c.owner = crm.LogIt, true, link{} })
			for range 30 {
				press(l)
				l.advance(1)
			}
			l.end()
			made := 1
			if f.after > 2*time.Minute { // the second one is deleted
				made = 2
			}
			if l.org.ever[id] != made || l.org.count(id) != 1 {
				t.Errorf("%d Tasks are left of %d", l.org.count(id), l.org.ever[id])
			}
		})
	}
}

// While the first user is not linked the agent is told; and a call that was given away before waits for that link.
func TestLogAsWaitsForTheUserWhoCanTell(t *testing.T) {
	l, id, first, second := unsureAs(t, fate{commits: true, lost: true, after: 80 * time.Second})
	l.links[second].stands(crm.Inactive)
	l.quiet()
	if err := l.desk.LogAs(id); !fault.Of(err).Is("desk.may-be-logged") {
		t.Errorf("given away: %v", err)
	}
	if e, err := l.journal.Entry(l.ctx(), id); err != nil || e.User != second.user {
		t.Errorf("it is %s's, %v", e.User, err)
	}
	if err := l.journal.LogAs(l.ctx(), id, first.org, first.user, nil); err != nil {
		t.Fatal(err)
	}
	l.desk.writer.wake()
	for range 10 {
		l.advance(1)
	}
	e, err := l.journal.Entry(l.ctx(), id)
	if err != nil || e.State != journal.Ready || !e.Reason.Is(mayBeAnothers) || l.org.ever[id] != 1 {
		t.Errorf("%s because of %s, %v; %d Tasks were made", e.State, e.Reason, err, l.org.ever[id])
	}
	l.links[second].stands(crm.Linked)
	l.await("the Task", func() bool { l.advance(1); return l.entryState(id) == journal.Done })
	if l.org.ever[id] != 1 {
		t.Errorf("%d Tasks were made", l.org.ever[id])
	}
	text := "wants 40"
	e, err = l.journal.Entry(l.ctx(), id)
	e.Activity.Notes = text
	if err := errors.Join(err, l.journal.EditActivity(l.ctx(), id, e.Activity)); err != nil {
		t.Fatal(err)
	}
	l.await("the words in the Task", func() bool { l.quiet(); return l.org.last(id).Notes == text })
}

// "Don't log" of a call that was given to another user waits for the first one, too, who alone sees what arrives late.
func TestDontLogAfterLogAs(t *testing.T) {
	l, id, _, second := unsureAs(t, fate{commits: true, lost: true, after: 80 * time.Second})
	if err := l.desk.LogAs(id); err != nil {
		t.Fatal(err)
	}
	l.links[second].stands(crm.Inactive)
	l.await("the check", func() bool { l.quiet(); return l.still() })
	if err := l.desk.DiscardLog(id); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		l.advance(1)
	}
	if n := l.org.count(id); n != 1 {
		t.Errorf("%d Tasks, which nobody sees who is linked", n)
	}
	l.links[second].stands(crm.Linked)
	l.await("its end", func() bool { l.advance(4); return l.org.count(id) == 0 })
}

// An org that refuses a second Task of a call refuses it to a user who does not see the first one, too: that one is found through the link of
// the user who has made it, at once or when the link is there again.
func TestLogAsAnotherUserWhereTheFieldOfTheCallsIDIs(t *testing.T) {
	for name, f := range map[string]fate{
		"it has arrived":  {commits: true, lost: true},
		"it arrives late": {commits: true, lost: true, after: 80 * time.Second},
		"it has not":      {lost: true},
	} {
		for _, away := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", and its user is away"}[away], func(t *testing.T) {
				l, id, first, second := unsureIn(t, f, true)
				if away {
					l.links[second].stands(crm.Inactive)
					l.quiet()
				}
				if err := l.journal.LogAs(l.ctx(), id, first.org, first.user, func(org, user string) bool { return l.desk.writer.linked(link{org, user}) }); err != nil {
					t.Fatal(err)
				}
				l.desk.writer.wake()
				l.advance(10)
				l.links[second].stands(crm.Linked)
				l.await("the Task", func() bool { l.advance(1); return l.entryState(id) == journal.Done })
				e, err := l.journal.Entry(l.ctx(), id)
				if err != nil || l.org.count(id) != 1 || l.org.ever[id] != 1 || e.Attempts > 8 {
					t.Errorf("%d Tasks are left of %d, after %d attempts, %v", l.org.count(id), l.org.ever[id], e.Attempts, err)
				}
			})
		}
	}
}

// words types what the agent has to say of a call that is logged.
func (l *life) words(id, text string) {
	e, err := l.journal.Entry(l.ctx(), id)
	e.Activity.Notes = text
	if err := errors.Join(err, l.journal.EditActivity(l.ctx(), id, e.Activity)); err != nil {
		l.t.Fatal(err)
	}
}

// refusedMaker is a life in which a Task that one user has made is another's to change, and the first one may not.
func refusedMaker(t *testing.T, private bool, why *crm.Error) (l *life, id string, maker link) {
	t.Helper()
	l, id, _, maker = unsureAs(t, fate{commits: true, lost: true})
	if err := l.desk.LogAs(id); err != nil {
		t.Fatal(err)
	}
	l.await("the Task", func() bool { l.advance(1); return l.entryState(id) == journal.Done })
	l.org.is(func() { l.org.private, l.org.refuses = private, map[string]*crm.Error{maker.user: why} })
	l.words(id, "wants 40")
	return l, id, maker
}

// A user whom the org refuses everything does not delay another one, whose Task that user has made: it waits by itself.
func TestARefusedMakerDelaysNoOtherLog(t *testing.T) {
	l, id, maker := refusedMaker(t, true, answersNo(crm.ClassBlocked, 15*time.Minute))
	l.await("the refusal", func() bool { l.quiet(); return l.resting(maker.org, maker.user) })
	other := l.talk()
	l.await("another log", func() bool { l.quiet(); return l.entryState(other) == journal.Done })
	if s := l.entryState(id); s == journal.Parked || s == journal.Done {
		t.Errorf("the refused one is %s", s)
	}
	l.org.is(func() { l.org.refuses = nil })
	l.await("the words in the Task", func() bool { l.advance(4); return l.org.last(id).Notes == "wants 40" })
}

// What the user who has made a Task may not change, the user whose log it is may.
func TestARefusedMakersTaskIsChangedByItsOwnUser(t *testing.T) {
	for _, class := range []crm.Class{crm.ClassBlocked, crm.ClassPermission} {
		l, id, maker := refusedMaker(t, false, answersNo(class, 15*time.Minute))
		l.await("the words in the Task", func() bool { l.quiet(); return l.org.last(id).Notes == "wants 40" && l.entryState(id) == journal.Done })
		if l.resting(maker.org, maker.user) {
			t.Errorf("%s: the maker's logs wait", class)
		}
	}
}

// While the user is away who alone can tell, the org is not asked again and again: neither about a call that has to be logged nor about one
// that must not be. Once that user is there both go on at once, however long it took.
func TestAUserWhoIsAwayForLong(t *testing.T) {
	for name, discard := range map[string]bool{"logged": false, "not logged": true} {
		for days, state := range map[int]journal.State{1: journal.Ready, 4: journal.Parked} {
			t.Run(fmt.Sprint(name, ", ", days, " days"), func(t *testing.T) {
				l, id, _, second := unsureAs(t, fate{commits: true, lost: true, after: 80 * time.Second})
				if err := l.desk.LogAs(id); err != nil {
					t.Fatal(err)
				}
				l.links[second].stands(crm.Inactive)
				l.await("the check", func() bool { l.quiet(); return l.still() })
				if discard {
					state = journal.Discarded
					if err := l.desk.DiscardLog(id); err != nil {
						t.Fatal(err)
					}
				}
				l.advance(10)
				before := l.org.questions()
				for range days * 25 {
					l.await("what is due", l.still)
					l.clock.advance(time.Hour)
					l.quiet()
				}
				l.await("what is due", l.still)
				if n := l.org.questions() - before; n > 2 || l.entryState(id) != state {
					t.Errorf("the org was asked %d times, it is %s", n, l.entryState(id))
				}
				l.links[second].stands(crm.Linked)
				l.await("its end", func() bool {
					l.quiet()
					return discard && l.org.count(id) == 0 || !discard && l.entryState(id) == journal.Done
				})
				if l.org.ever[id] != 1 {
					t.Errorf("%d Tasks were made", l.org.ever[id])
				}
			})
		}
	}
}
