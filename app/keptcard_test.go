package app

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// typedCard is a desk with a call of Dana's that is talked on, and "Yard" typed for her department, for a user of her org.
func typedCard(t *testing.T, user string) *rig {
	t.Helper()
	r := newRig(t)
	r.linkedAs(user, fault.Fault{})
	hers := dana
	hers.Org = rigOrg.OrgID
	r.org.matches, r.org.card = []crm.Match{hers}, someCard()
	r.org.card.Modified = time.Date(2026, 7, 1, 9, 30, 0, 0, time.UTC)
	at := time.Now().Add(-time.Minute)
	r.Heard(sip.CallIncoming{ID: "c1", At: at, Party: sip.Party{User: "+14155550132"}})
	r.Heard(sip.CallAnswered{ID: "c1", At: at.Add(time.Second), Codec: "PCMU"})
	r.wait("the card", func(v View) bool { return len(v.Calls) == 1 && len(v.Calls[0].Card.Fields) == 4 })
	must(t, r.EditCard("", map[string]string{"Department": "Yard"}))
	r.typed("Department", "Yard")
	return r
}

// linkedAs has the desk hear which user of Dana's org is linked, and whether the org answers.
func (r *rig) linkedAs(user string, trouble fault.Fault) {
	r.LinksChanged([]crm.LinkStatus{{State: crm.Linked, OrgID: rigOrg.OrgID, UserID: user, Trouble: trouble}})
	r.Settle(r.ctx)
}

// killed is the desk that the next start puts up on what is on disk at this moment, beside an org of its own.
func (r *rig) killed() *rig {
	r.t.Helper()
	r.inbox.Wait()
	r.disk.Wait()
	path := filepath.Join(r.t.TempDir(), journal.FileName)
	copyJournal(r.t, r.path, path)
	return openRig(r.t, path, &orgStub{})
}

// hasSaved waits until the org has had saves, and everything that follows is on disk.
func (r *rig) hasSaved(want ...string) {
	r.t.Helper()
	r.wait(fmt.Sprintf("saved %q", want), func(View) bool { return slices.Equal(r.org.saves(), want) })
	r.settled()
}

// settled waits until the desk has nothing left to do about cards.
func (r *rig) settled() {
	r.t.Helper()
	sending := func(l leftCard) bool { return l.sending }
	r.disk.Wait()
	r.inbox.Wait()
	r.wait("the cards are saved", func(View) bool { return !slices.ContainsFunc(r.now.Load().left, sending) })
	r.disk.Wait()
}

var danasYard = dana.ID + " Department=Yard"

// What is typed on a card and not saved survives a kill: it is saved in that record at the next start, by what the agent saw of it, and
// not again at the start after that.
func TestWhatIsTypedOnACardSurvivesAKill(t *testing.T) {
	for name, end := range map[string]func(*rig){
		"while talking": func(*rig) {},
		"in wrap-up":    func(r *rig) { r.end() },
	} {
		t.Run(name, func(t *testing.T) {
			r := typedCard(t, rigOrg.UserID)
			end(r)
			next := r.killed()
			next.hasSaved(danasYard)
			if seen := next.org.seen[0]; len(seen.Fields) != 1 || seen.Fields[0].Value != "Plant" || seen.Modified.Year() != 2026 {
				t.Errorf("saved by the card %+v", seen)
			}
			last := next.killed()
			last.settled()
			if got := last.org.saves(); got != nil {
				t.Errorf("saved once more: %q", got)
			}
		})
	}
}

// What is saved, taken back, or was typed for a record that turned out to be another's, is not saved by the next start.
func TestWhatIsNotToBeSavedAfterAKill(t *testing.T) {
	for name, then := range map[string]func(*rig){
		"saved": func(r *rig) {
			must(r.t, r.SaveCard(""))
			r.wait("saved", func(v View) bool { c, _ := v.call("c1"); return c.Card.Saved })
		},
		"taken back": func(r *rig) {
			must(r.t, r.UndoCard(""))
			r.typed("Department", "Plant")
		},
		"the call left the desk": func(r *rig) {
			r.end()
			must(r.t, r.Dismiss(""))
			r.hasSaved(danasYard)
		},
		"the call is with another record": func(r *rig) { given(r) },
		"refused": func(r *rig) {
			r.org.refuses(&crm.Error{Class: crm.ClassRejected, Fault: fault.New("objects.too-long", "fields", []string{"Department"})})
			r.end()
			must(r.t, r.Dismiss(""))
			r.wait("told", func(v View) bool { return v.Told.Is("objects.not-saved-in-time") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := typedCard(t, rigOrg.UserID)
			then(r)
			next := r.killed()
			next.settled()
			if got := next.org.saves(); got != nil {
				t.Errorf("saved: %q", got)
			}
		})
	}
}

// What one user typed is not saved by another's rights: it waits until that user is linked again.
func TestWhatIsTypedWaitsForItsUser(t *testing.T) {
	next := typedCard(t, "005B").killed() // where 005A is linked
	next.settled()
	if got := next.org.saves(); got != nil {
		t.Errorf("saved by another user: %q", got)
	}
	next.linkedAs("005B", fault.Fault{})
	next.hasSaved(danasYard)
}

// An outage loses nothing that was typed: the agent is told that it waits, and it is saved when the org answers, in this run or the
// next.
func TestWhatIsTypedWaitsForTheOrg(t *testing.T) {
	r := typedCard(t, rigOrg.UserID)
	r.org.refuses(&crm.Error{Class: crm.ClassTransient, Fault: fault.New("objects.not-reached", "fields", []string{"Department"})})
	r.end()
	must(t, r.Dismiss(""))
	v := r.wait("told", func(v View) bool { return v.Told.Is("objects.saved-later") })
	if want := "The change to Department of Dana Whitfield waits, and is saved when Salesforce can be reached."; v.Notice != want {
		t.Errorf("%q", v.Notice)
	}
	next := r.killed()
	next.hasSaved(danasYard)

	r.linkedAs(rigOrg.UserID, fault.New("desk.org-silent"))
	r.org.refuses(nil)
	r.linkedAs(rigOrg.UserID, fault.Fault{})
	r.hasSaved(danasYard)
	last := r.killed()
	last.settled()
	if got := last.org.saves(); got != nil {
		t.Errorf("saved once more: %q", got)
	}
}

// What the org refuses of it is told at the next start, once.
func TestWhatIsRefusedAfterAKillIsTold(t *testing.T) {
	r := typedCard(t, rigOrg.UserID)
	r.inbox.Wait()
	r.disk.Wait()
	path := filepath.Join(t.TempDir(), journal.FileName)
	copyJournal(t, r.path, path)
	org := &orgStub{}
	org.refuses(&crm.Error{Class: crm.ClassRejected, Fault: fault.New("objects.changed-meanwhile", "fields", []string{"Department"})})
	next := openRig(t, path, org)
	v := next.wait("told", func(v View) bool { return v.Told.Is("objects.not-saved-in-time") })
	if v.Told.Values["name"] != dana.Name {
		t.Errorf("told %v", v.Told)
	}
	next.settled()
	last := next.killed()
	last.settled()
	if got := last.org.saves(); got != nil || !last.View().Told.IsZero() {
		t.Errorf("tried again: %q, told %v", got, last.View().Told)
	}
}

// What one user of an org has typed on a card is saved as that user, also where another one's link takes the place of that user's meanwhile:
// it says in the record who changed it, and what one may change the other may not even see.
func TestACardIsSavedAsWhoTypedIt(t *testing.T) {
	r := typedCard(t, "u1")
	r.linkedAs("u2", fault.Fault{})
	must(t, r.SaveCard(""))
	r.org.mu.Lock()
	defer r.org.mu.Unlock()
	if !slices.Equal(r.org.savedAs, []string{"u1"}) {
		t.Errorf("saved as %q", r.org.savedAs)
	}
}

// So it is where the call has left the desk, and after a kill.
func TestACardThatIsLeftIsSavedAsWhoTypedIt(t *testing.T) {
	r := typedCard(t, "u1")
	r.linkedAs("u2", fault.Fault{})
	r.end()
	next := r.killed()
	next.linkedAs("u2", fault.Fault{})
	next.settled()
	if got := next.org.saves(); got != nil {
		t.Errorf("%q was saved while its user is not linked", got)
	}
	next.linkedAs("u1", fault.Fault{})
	next.hasSaved(danasYard)
	next.org.mu.Lock()
	defer next.org.mu.Unlock()
	if !slices.Equal(next.org.savedAs, []string{"u1"}) {
		t.Errorf("saved as %q", next.org.savedAs)
	}
}
