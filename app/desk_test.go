package app

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linecard/app/catalogue"
	"linecard/app/directory"
	"linecard/app/journal"
	"linecard/app/notify"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
	"linecard/test/wait"
)

func TestMain(m *testing.M) { wait.Main(m) }

// rig is a desk on a real journal, with a phone and an org that do as they are told.
type rig struct {
	*Desk
	t     *testing.T
	path  string
	phone *phoneStub
	org   *orgStub
	bell  *bellStub
	views chan View
}

// rigOrg is the link that a rig comes up with.
var rigOrg = crm.LinkStatus{State: crm.Linked, OrgID: "00DA", UserID: "005A"}

func newRig(t *testing.T) *rig {
	return openRig(t, filepath.Join(t.TempDir(), "journal.db"), &orgStub{})
}

func openRig(t *testing.T, path string, org *orgStub) *rig {
	t.Helper()
	var desk atomic.Pointer[Desk]
	j, err := journal.Open(path, journal.Options{MissedPerHour: func() int {
		if d := desk.Load(); d != nil {
			return d.now.Load().rules.MissedPerHour
		}
		return 0
	}})
	if err != nil {
		t.Fatal(err)
	}
	memory, err := directory.Open(filepath.Join(filepath.Dir(path), directory.FileName), directory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if org.id == "" {
		org.id = rigOrg.OrgID
	}
	r := &rig{t: t, path: path, phone: &phoneStub{}, org: org, bell: newBell(), views: make(chan View, 1000)}
	r.Desk = New(Config{
		Phone: r.phone, Ringer: r.phone, Directory: r.org, Cards: r.org, Logbook: r.org, Memory: memory, Journal: j, Notifier: r.bell, Rules: someRules(),
		OpenURL: func(string) error { return nil },
	})
	desk.Store(r.Desk)
	r.Start()
	r.LinksChanged([]crm.LinkStatus{rigOrg})
	var once sync.Once
	stop := func() {
		once.Do(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			r.Close(ctx)
			_ = j.Close()
			_ = memory.Close()
		})
	}
	r.phone.stop = stop
	t.Cleanup(stop)
	return r
}

// stop ends the desk, as quitting does.
func (r *rig) stop() { r.phone.stop() }

// wait returns the first View that fits.
func (r *rig) wait(what string, fits func(View) bool) View {
	r.t.Helper()
	got := make(chan View, 1)
	cancel := r.Subscribe(func(v View) {
		if fits(v) {
			select {
			case got <- v:
			default:
			}
		}
	})
	defer cancel()
	select {
	case v := <-got:
		return v
	case <-time.After(wait.Patience):
		r.t.Fatalf("never seen: %s; the desk shows %+v", what, r.View())
		return View{}
	}
}

// call is a call that rang a minute ago and has just ended.
func (r *rig) call(reason sip.EndReason, answered bool) {
	id, at := "c1", time.Now().Add(-time.Minute)
	r.Heard(sip.CallIncoming{ID: id, At: at, Party: sip.Party{User: "+14155550132"}})
	if answered {
		r.Heard(sip.CallAnswered{ID: id, At: at.Add(time.Second), Codec: "PCMU"})
	}
	r.Heard(sip.CallEnded{ID: id, At: at.Add(time.Minute), Reason: reason})
}

func loggedRow(v View) bool { return len(v.History) > 0 && v.History[0].Log == LogDone }

func TestACallBecomesOneTaskOnTheRightRecord(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana}
	r.call(sip.EndRemote, true)
	v := r.wait("the Task", loggedRow)
	row := v.History[0]
	if row.Name != dana.Name || row.Who.ID != dana.ID || row.Task.ID == "" || row.Duration != 59*time.Second {
		t.Errorf("history says %+v", row)
	}
	if got := r.org.written(); len(got) != 1 || got[0].Who.ID != dana.ID {
		t.Errorf("the org got %+v", got)
	}
}

func TestAnOutageOnlyDelaysTheTask(t *testing.T) {
	r := newRig(t)
	down := &crm.Error{Class: crm.ClassTransient, Fault: fault.New(fault.Plain, "text", "Salesforce can't be reached.")}
	r.org.fail(down)
	r.call(sip.EndRemote, true)
	v := r.wait("a reason", func(v View) bool { return len(v.History) > 0 && v.History[0].Error != "" })
	if v.History[0].Error != catalogue.Error(down) || v.Outbox.Waiting != 1 {
		t.Errorf("while down: %+v, outbox %+v", v.History[0], v.Outbox)
	}
	r.org.matches = []crm.Match{dana}
	r.org.fail(nil)
	if err := r.RetryLog(v.History[0].ID); err != nil {
		t.Fatal(err)
	}
	v = r.wait("the Task", loggedRow)
	if v.History[0].Who.ID != dana.ID {
		t.Error("nobody asked who it was once the org was back")
	}
	if a := r.org.written()[0]; a.Subject != "" || a.PartyName != dana.Name {
		t.Errorf("subject %q for %q", a.Subject, a.PartyName)
	}
}

func TestALostReplyIsCheckedBeforeItIsSentAgain(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana}
	r.org.loseReply = true
	r.call(sip.EndRemote, true)
	v := r.wait("the lost reply", func(v View) bool { return len(v.History) > 0 && v.History[0].Error != "" })
	if err := r.RetryLog(v.History[0].ID); err != nil {
		t.Fatal(err)
	}
	r.wait("the Task", loggedRow)
	if n := len(r.org.written()); n != 1 {
		t.Errorf("%d Tasks", n)
	}
	if n := r.org.checked(); n != 1 {
		t.Errorf("looked for it %d times before sending again, want 1", n)
	}
}

func TestWhatTheOrgRefusesWaitsForAPerson(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana}
	r.org.refuse = &crm.Error{Class: crm.ClassRejected, Fault: fault.New(fault.Plain, "text", "Salesforce wants Region__c filled in.")}
	r.call(sip.EndRemote, true)
	v := r.wait("parked", func(v View) bool { return len(v.History) > 0 && v.History[0].Log == LogParked })
	if v.Outbox.Parked != 1 || v.History[0].Error != catalogue.Error(r.org.refuse) {
		t.Errorf("outbox %+v, row %+v", v.Outbox, v.History[0])
	}
	r.org.refuse = nil
	if err := r.RetryLog(v.History[0].ID); err != nil {
		t.Fatal(err)
	}
	r.wait("the Task", loggedRow)
}

func TestWithoutALinkNothingIsTriedAndTheLinkSendsAll(t *testing.T) {
	r := newRig(t)
	r.LinksChanged([]crm.LinkStatus{{State: crm.Unlinked}})
	r.wait("unlinked", func(v View) bool { return v.Org.State == crm.Unlinked })
	r.org.matches = []crm.Match{dana}
	r.call(sip.EndRemote, true)
	v := r.wait("waiting", func(v View) bool { return v.Outbox.Waiting == 1 })
	if v.Outbox.Reason == "" {
		t.Error("nobody says why it waits")
	}
	r.LinksChanged([]crm.LinkStatus{rigOrg})
	v = r.wait("the Task", loggedRow)
	if v.History[0].Who.ID != dana.ID {
		t.Error("nobody asked who it was")
	}
}

func TestACallIsLoggedInItsOwnOrgOnly(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana}
	here, there := crm.LinkStatus{State: crm.Linked, OrgID: "00DA"}, crm.LinkStatus{State: crm.Linked, OrgID: "00DB"}
	r.org.link(here.OrgID)
	r.LinksChanged([]crm.LinkStatus{here})
	r.wait("linked", func(v View) bool { return v.Org.OrgID == here.OrgID })
	r.org.fail(&crm.Error{Class: crm.ClassTransient, Fault: fault.New(fault.Plain, "text", "down")})
	r.call(sip.EndRemote, true)
	r.wait("tried in vain", func(v View) bool { return v.Outbox.Reason == "down" })
	r.org.link(there.OrgID)
	r.org.fail(nil)
	r.LinksChanged([]crm.LinkStatus{there})
	v := r.wait("waiting for its org", func(v View) bool { return v.Outbox.Elsewhere == 1 && v.History[0].Log == LogElsewhere })
	if n := len(r.org.written()); n != 0 || v.History[0].Error == "" {
		t.Errorf("%d Tasks in the wrong org, and the row says %q", n, v.History[0].Error)
	}
	r.org.link(here.OrgID)
	r.LinksChanged([]crm.LinkStatus{here})
	r.wait("the Task", loggedRow)
	if n := len(r.org.written()); n != 1 {
		t.Errorf("%d Tasks", n)
	}
}

func TestQuittingWithUnsentCallsSendsThemAtTheNextStart(t *testing.T) {
	r := newRig(t)
	r.org.fail(&crm.Error{Class: crm.ClassTransient, Fault: fault.New(fault.Plain, "text", "down")})
	r.call(sip.EndRemote, true)
	r.wait("queued", func(v View) bool { return v.Outbox.Waiting == 1 })
	r.stop()
	org := &orgStub{matches: []crm.Match{dana}}
	again := openRig(t, r.path, org) // its link comes up, and sends all that waits
	again.wait("the Task", loggedRow)
	if n := len(org.written()); n != 1 {
		t.Errorf("%d Tasks", n)
	}
}

func TestAKnownCallerIsOnTheFirstCardAfterARestart(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana}
	r.call(sip.EndRemote, true)
	r.wait("the Task", loggedRow)
	r.stop()

	slow := &orgStub{hang: make(chan struct{})}
	defer close(slow.hang)
	again := openRig(t, r.path, slow)
	again.wait("history and link", func(v View) bool { return len(v.History) == 1 && v.Org.OrgID == rigOrg.OrgID })
	again.Heard(sip.CallIncoming{ID: "second", At: t0, Party: sip.Party{User: "+14155550132"}})
	v := again.wait("the call", func(v View) bool { return len(v.Calls) == 1 })
	if l := v.Calls[0].Lookup; l.State != LookupOne || l.Record.Name != dana.Name {
		t.Errorf("the first card shows %+v", l)
	}
}

// A call may ring a moment before the desk knows its org; then memory is asked for the caller of that org, and the card does not
// wait for an org that is silent.
func TestAKnownCallerWhoRingsBeforeTheLinkIsTold(t *testing.T) {
	silent := &orgStub{hang: make(chan struct{})}
	defer close(silent.hang)
	r := openRig(t, filepath.Join(t.TempDir(), "journal.db"), silent)
	r.wait("the link", func(v View) bool { return v.Org.OrgID == rigOrg.OrgID })
	r.cfg.Memory = &lateMemory{Memory: noMemory{}}
	r.Heard(sip.CallIncoming{ID: "c1", At: t0, Party: sip.Party{User: "+14155550132"}})
	v := r.wait("the record", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Lookup.State == LookupOne })
	if l := v.Calls[0].Lookup; !l.Known || l.Record.Name != dana.Name {
		t.Errorf("the card shows %+v", l)
	}
}

// lateMemory knows Dana by an old answer, but not at the first question.
type lateMemory struct {
	Memory
	asked atomic.Bool
}

func (m *lateMemory) Recall(org string, n crm.Number) (directory.Known, bool) {
	if !m.asked.Swap(true) {
		return directory.Known{}, false
	}
	return directory.Known{Result: crm.Result{Number: n, Org: org, Matches: []crm.Match{dana}, Cached: true}}, true
}

func TestTheNotificationAnswersAndIsWithdrawn(t *testing.T) {
	r := newRig(t)
	r.Heard(sip.CallIncoming{ID: "c1", At: t0, Party: sip.Party{Name: "Dana", User: "+14155550132"}})
	n := wait.For(t, r.bell.shown)
	if n.Title != "Dana" || len(n.Actions) < 2 {
		t.Errorf("shown: %+v", n)
	}
	r.bell.press <- notify.Activation{ID: n.ID, Action: "answer"}
	r.phone.await(t, "answer c1")
	r.Heard(sip.CallAnswered{ID: "c1", At: t0})
	if id := wait.For(t, r.bell.gone); id != n.ID {
		t.Errorf("withdrew %q, want %q", id, n.ID)
	}
}

func TestCommandsSayWhenThereIsNothingToDo(t *testing.T) {
	r := newRig(t)
	for name, tt := range map[string]struct{ got, want error }{
		"answer":  {r.Answer(""), ErrNothingRings},
		"decline": {r.Decline(""), ErrNothingRings},
		"hangup":  {r.Hangup(""), ErrNoCall},
		"hold":    {r.Hold(""), ErrNoCall},
		"a ghost": {r.Hold("x"), ErrNoSuchCall},
	} {
		if !errors.Is(tt.got, tt.want) {
			t.Errorf("%s: %v, want %v", name, tt.got, tt.want)
		}
	}
	if _, err := r.Dial("", "  "); !errors.Is(err, ErrNoNumber) {
		t.Errorf("dial nothing: %v", err)
	}
}

func TestSpellingsOfANumberCompareEqual(t *testing.T) {
	for in, want := range map[string]string{
		"+1 (415) 555-0132":       "+14155550132",
		"020 7946 0958":           "02079460958",
		" 600 ":                   "600",
		"*98":                     "*98",
		"dad-cab":                 "dad-cab",
		"sip:dana@example.com":    "sip:dana@example.com",
		"anna.b@pbx.example":      "anna.b@pbx.example",
		"+44\u00a020\u20117946 1": "+442079461",
	} {
		if got := Spelling(in); got != want {
			t.Errorf("%q → %q, want %q", in, got, want)
		}
	}
}

func TestClosingTwiceTheSameCallIsLoggedOnce(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana}
	r.call(sip.EndRemote, true)
	r.Heard(sip.CallEnded{ID: "c1", At: time.Now(), Reason: sip.EndRemote})
	r.wait("the Task", loggedRow)
	if n := len(r.org.written()); n != 1 {
		t.Errorf("%d Tasks", n)
	}
}

func TestDontLogTakesAWrittenTaskBack(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana}
	r.call(sip.EndRemote, true)
	v := r.wait("the Task, still in wrap-up", func(v View) bool { return loggedRow(v) && len(v.Calls) == 1 && v.Calls[0].Wrap.Log == LogDone })
	if err := r.DontLog(v.Calls[0].ID); err != nil {
		t.Fatal(err)
	}
	r.org.awaitDeleted(t)
}

// A face that subscribes while something changes ends up with the newest View, not with the one it began with.
func TestAFaceNeverGoesBackInTime(t *testing.T) {
	r := newRig(t)
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
	seen := make(chan bool, 100)
	var once sync.Once
	cancel := r.Subscribe(func(v View) {
		once.Do(func() { // drawn for the first time, slowly: the desk goes on, unless another change holds it up here
			r.SetDND(true)
			for end := time.Now().Add(time.Second); !r.View().DND && time.Now().Before(end); {
				time.Sleep(time.Millisecond)
			}
		})
		seen <- v.DND
	})
	defer cancel()
	r.Notice(fault.New(fault.Plain, "text", "the last thing"))
	for first := true; ; first = false {
		select {
		case dnd := <-seen:
			if first && dnd {
				t.Fatal("the change was drawn before the View that was there already")
			}
			if dnd {
				return
			}
		case <-time.After(wait.Patience):
			t.Fatal("the change was never drawn")
		}
	}
}
