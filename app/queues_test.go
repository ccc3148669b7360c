package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/fault"
	"linecard/sip"
	"linecard/test/interop"
	"linecard/test/wait"
)

// support is a queue whose hints tell all, sales one of which nothing is told, and billing one with a lamp that blinks for a pause.
func support() Queue {
	return Queue{
		Name: "Support", Account: "1@x", Hint: "support-1", PauseHint: "pause-1", Reasons: []QueueReason{{"Lunch", "1"}, {"Training", "2"}},
		Codes: map[QueueAction]string{QueueLogin: "*45", QueueLogout: "*46", QueuePause: "*47{reason}", QueueResume: "*48"},
	}
}

func someQueues() []Queue {
	return []Queue{
		support(),
		{Name: "Sales", Account: "1@x", Codes: map[QueueAction]string{QueueLogin: "*55", QueuePause: "*57"}},
		{Name: "Billing", Account: "2@x", Hint: "billing-1", Codes: map[QueueAction]string{QueueLogin: "*65", QueueLogout: "*65"}},
	}
}

func queueRig(t *testing.T) *rig {
	r := newRig(t)
	r.SetAccounts([]Account{{ID: "1@x"}, {ID: "2@x", Label: "Second"}})
	r.SetQueues(someQueues())
	r.wait("the queues", func(v View) bool { return len(v.Queues) == 3 && v.Queues[2].OnLine == "Second" })
	return r
}

func lit(account, extension string, state sip.ColleagueState) sip.ColleagueChanged {
	state.Known = true
	return sip.ColleagueChanged{Account: account, Extension: extension, State: state}
}

var (
	lampOn     = sip.ColleagueState{Busy: true}
	lampOff    = sip.ColleagueState{}
	lampBlinks = sip.ColleagueState{Ringing: true}
)

// What the phone system tells of a queue is its state. What was asked for is shown as that, until it is told.
func TestAQueueIsAsThePhoneSystemTells(t *testing.T) {
	interop.Proves(t, "S3.18")
	r := queueRig(t)
	wait := func(what string, i int, state QueueState, asked QueueAction) QueueView {
		t.Helper()
		return r.wait(what, func(v View) bool { return v.Queues[i].State == state && v.Queues[i].Asked == asked }).Queues[i]
	}
	ask := func(a QueueAsk) {
		t.Helper()
		if _, err := r.AskQueue(context.Background(), a); err != nil {
			t.Errorf("%+v: %v", a, err)
		}
	}
	ask(QueueAsk{Action: QueueLogin, Queue: "support"})
	wait("it was asked for, and nothing is told", 0, QueueUnknown, QueueLogin)
	r.Heard(lit("2@x", "support-1", lampOn)) // of another account's
	r.Heard(lit("1@x", "support-1", lampOn))
	if v := wait("the hint", 0, QueueIn, ""); v.Can(QueueLogin) || !v.Can(QueueLogout) || !slices.Equal(v.Reasons, []string{"Lunch", "Training"}) {
		t.Errorf("%+v", v)
	}
	r.Heard(lit("1@x", "pause-1", lampOff))
	r.phone.coded = func(done func(fault.Fault)) {
		r.Heard(lit("1@x", "pause-1", lampOn)) // the phone system is quick
		done(fault.Fault{})
	}
	ask(QueueAsk{Action: QueuePause, Queue: "Support", Reason: "lunch"})
	r.phone.await(t, "code *471 from 1@x")
	if v := wait("the pause", 0, QueuePaused, ""); v.Reason != "Lunch" || v.Can(QueuePause) || !v.Can(QueueResume) {
		t.Errorf("%+v", v)
	}
	r.Heard(lit("1@x", "pause-1", lampOff)) // somebody else has ended the pause
	if v := wait("no pause", 0, QueueIn, ""); v.Reason != "" || v.Can(QueueResume) {
		t.Errorf("%+v", v)
	}
	r.Heard(lit("1@x", "support-1", lampOff))
	wait("logged out by somebody", 0, QueueOut, "")

	r.phone.coded = nil
	ask(QueueAsk{Action: QueuePause, Queue: "sales"})
	if v := wait("a queue without hints", 1, QueueUnknown, QueuePause); !v.Can(QueuePause) || v.Can(QueueResume) || len(v.Reasons) != 0 {
		t.Errorf("%+v", v)
	}
	r.Heard(lit("2@x", "billing-1", lampBlinks))
	wait("a lamp that blinks", 2, QueuePaused, "")
	r.Heard(lit("2@x", "billing-1", lampOn))
	before := len(r.phone.did)
	ask(QueueAsk{Action: QueueLogin, Queue: "billing"}) // its code goes the other way for whoever is logged in
	if len(r.phone.did) != before {
		t.Errorf("called %v", r.phone.did[before:])
	}
	r.Heard(sip.ColleagueChanged{Account: "2@x", Extension: "billing-1"})
	wait("no registration", 2, QueueUnknown, "")
	r.SetQueues([]Queue{someQueues()[1], support()})
	v := r.wait("another order", func(v View) bool { return len(v.Queues) == 2 })
	if v.Queues[0].Asked != QueuePause || v.Queues[1].State != QueueOut {
		t.Errorf("%+v", v.Queues)
	}
}

// A code that goes in turn is not called again while its hint has not told what has come of it, and undoes nothing.
func TestACodeThatGoesInTurnIsCalledOnce(t *testing.T) {
	l := newLife(t, t.TempDir())
	waits := make(chan struct{}, 2)
	l.clock.alarmed = func(d time.Duration) {
		if d == hintTime {
			waits <- struct{}{}
		}
	}
	l.begin()
	defer l.close()
	phone := l.desk.cfg.Phone.(*phoneStub)
	l.desk.SetAccounts([]Account{{ID: "2@x"}})
	l.desk.SetQueues(someQueues()[2:])
	l.desk.Heard(lit("2@x", "billing-1", lampOff))
	l.quiet()
	ask := func(a QueueAction) error {
		_, err := l.desk.AskQueue(t.Context(), QueueAsk{Action: a, Queue: "Billing"})
		return err
	}
	called := func(want int) {
		t.Helper()
		phone.mu.Lock()
		defer phone.mu.Unlock()
		if len(phone.did) != want {
			t.Errorf("called %v", phone.did)
		}
	}
	for n := range 2 {
		first := make(chan error)
		go func() { first <- ask(QueueLogin) }()
		wait.For(t, waits)
		if err := ask(QueueLogin); !fault.Of(err).Is("desk.queue-under-way") {
			t.Errorf("while the hint is waited for: %v", err)
		}
		l.clock.advance(hintTime)
		if err := <-first; err != nil {
			t.Error(err)
		}
		if err := ask(QueueLogin); !fault.Of(err).Is("desk.queue-asked-already") {
			t.Errorf("again: %v", err)
		}
		called(n + 1)
		l.clock.advance(askedTime)
	}
}

// A pause that is refused says the reason that it would have had only while it is asked for.
func TestARefusedPauseLeavesTheReason(t *testing.T) {
	r := queueRig(t)
	pause := func(reason string) error {
		_, err := r.AskQueue(context.Background(), QueueAsk{Action: QueuePause, Queue: "Support", Reason: reason})
		return err
	}
	if err := pause("Lunch"); err != nil {
		t.Fatal(err)
	}
	r.phone.coded = func(done func(fault.Fault)) {
		r.wait("the reason that is asked for", func(v View) bool { return v.Queues[0].Reason == "Training" && v.Queues[0].Asking == QueuePause })
		done(fault.New("sip.code-refused", "code", "*472"))
	}
	if err := pause("Training"); !fault.Of(err).Is("desk.queue-failed") {
		t.Errorf("told %v", err)
	}
	r.wait("the reason before it", func(v View) bool { return v.Queues[0].Reason == "Lunch" && v.Queues[0].Asking == "" })
}

// Each of all queues is asked as it is set when its turn comes.
func TestAllQueuesAreAskedAsTheyAreByThen(t *testing.T) {
	r := queueRig(t)
	r.phone.coded = func(done func(fault.Fault)) {
		r.phone.coded = nil
		all := someQueues()
		all[1].Codes = map[QueueAction]string{QueueLogin: "*99"}
		r.SetQueues(all[:2])
		r.wait("other queues", func(v View) bool { return len(v.Queues) == 2 })
		done(fault.Fault{})
	}
	got, err := r.AskQueue(context.Background(), QueueAsk{Action: QueueLogin})
	if !fault.Of(err).Is("desk.no-queue") || len(got) != 2 {
		t.Errorf("%v, %+v", err, got)
	}
	r.phone.await(t, "code *99 from 1@x")
}

// Without a name every queue that can do it is asked, and what goes wrong is told with the queue.
func TestAskQueues(t *testing.T) {
	r := queueRig(t)
	for code, a := range map[fault.Code]QueueAsk{
		"desk.no-queue":          {Action: QueueLogin, Queue: "Night"},
		"desk.no-queue-code":     {Action: QueueLogout, Queue: "Sales"},
		"desk.which-reason":      {Action: QueuePause, Queue: "Support", Reason: "Nap"},
		"desk.unwanted-reason":   {Action: QueuePause, Queue: "Sales", Reason: "Lunch"},
		"desk.no-queue-has-code": {Action: QueueResume, Account: "2@x"},
		"desk.no-queue ":         {Action: QueueLogin, Queue: "Sales", Account: "2@x"},
	} {
		if _, err := r.AskQueue(context.Background(), a); !fault.Of(err).Is(fault.Code(strings.TrimSpace(string(code)))) {
			t.Errorf("%s: %v", code, err)
		}
	}
	if got, err := r.AskQueue(context.Background(), QueueAsk{Action: QueueLogin}); err != nil || len(got) != 3 {
		t.Errorf("%v, %+v", err, got)
	}
	for _, want := range []string{"code *45 from 1@x", "code *55 from 1@x", "code *65 from 2@x"} {
		r.phone.await(t, want)
	}
	if got, err := r.AskQueue(context.Background(), QueueAsk{Action: QueuePause, Reason: "Lunch"}); err != nil || len(got) != 2 {
		t.Errorf("a pause of all: %v, %+v", err, got)
	}
	r.phone.await(t, "code *471 from 1@x")
	if _, err := r.AskQueue(context.Background(), QueueAsk{Action: QueueLogin}); err != nil {
		t.Error(err)
	}
	begun, end := make(chan struct{}), make(chan struct{})
	r.phone.coded = func(done func(fault.Fault)) {
		close(begun)
		go func() {
			<-end
			done(fault.New("sip.code-unanswered", "code", "*46"))
		}()
	}
	failed := make(chan error)
	go func() {
		_, err := r.AskQueue(context.Background(), QueueAsk{Action: QueueLogout, Queue: "Support"})
		failed <- err
	}()
	<-begun
	r.wait("its code is called", func(v View) bool { return v.Queues[0].Asking == QueueLogout })
	if _, err := r.AskQueue(context.Background(), QueueAsk{Action: QueueLogout, Queue: "Support"}); !fault.Of(err).Is("desk.queue-under-way") {
		t.Errorf("twice: %v", err)
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.AskQueue(gone, QueueAsk{Action: QueueLogout, Queue: "Support"}); err == nil {
		t.Error("asked for nobody")
	}
	close(end)
	if err := <-failed; !fault.Of(err).Is("desk.queue-failed") || fault.Of(err).Values["queue"] != "Support" {
		t.Errorf("told %v", err)
	}
	r.wait("what was asked for before stands", func(v View) bool { return v.Queues[0].Asking == "" && v.Queues[0].Asked == QueueLogin })
	r.SetQueues(nil)
	r.wait("none", func(v View) bool { return len(v.Queues) == 0 })
	if _, err := r.AskQueue(context.Background(), QueueAsk{Action: QueueLogin}); !errors.Is(err, ErrNoQueues) {
		t.Errorf("none: %v", err)
	}
}
