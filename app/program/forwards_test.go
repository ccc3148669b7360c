package program_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"linecard/app"
	"linecard/app/settings"
	"linecard/fault"
	"linecard/sip/demopbx"
	"linecard/test/interop"
)

// called are the codes that the PBX was called by since the last time.
func (r *rig) called() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	codes := r.codes
	r.codes = nil
	return codes
}

func (r *rig) takesCodes(yes bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.codeless = !yes
}

// forwardsByCodes is a rig whose account has its calls forwarded by the PBX.
func forwardsByCodes(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	r.start()
	a := r.account()
	a.ForwardBy = settings.ForwardByPBX
	a.ForwardCodes = settings.ForwardCodes{AlwaysOn: "*72{number}", AlwaysOff: "*73", NoAnswerOn: "*61{number}*{seconds}"}
	a.Numbers.OutsidePrefix = "9"
	password := "geheim"
	if err := r.p.SetAccount(t.Context(), "", a, &password); err != nil {
		t.Fatal(err)
	}
	r.registered()
	return r
}

func (r *rig) registered() {
	r.t.Helper()
	r.see("registered", func(v app.View) bool { return v.Phone.State == app.Registered })
}

// change changes the account.
func (r *rig) change(f func(*settings.Account)) {
	r.t.Helper()
	if err := r.p.Settings().Change(func(s *settings.Settings) { f(&s.Accounts[0]) }); err != nil {
		r.t.Fatal(err)
	}
}

// notTold reports whether an error says that the PBX was not told, for that reason.
func notTold(err error, why fault.Code) bool {
	f := fault.Of(err)
	inner, _ := f.Values["why"].(fault.Fault)
	return f.Is("program.forward-not-told") && inner.Is(why)
}

func (r *rig) toldForwards() []app.ForwardTold { return r.p.ForwardsTold()[r.account().ID()] }

// A PBX that forwards by codes is told each change once, with the number as it is dialed, knows it while the computer is off, and is told to stop. This
// phone then forwards nothing itself.
func TestThePBXIsToldToForward(t *testing.T) {
	interop.Proves(t, "S3.16")
	r := forwardsByCodes(t)
	r.change(func(a *settings.Account) { a.ForwardAlways = "+14155550132" })
	v := r.see("the PBX was told", func(v app.View) bool { return len(v.Phone.ForwardsTold) == 1 && v.Phone.ForwardsTold[0].Told != "" })
	if f := v.Phone.ForwardsTold[0]; f.When != "always" || f.Told != "+14155550132" || f.Number != f.Told || f.Telling || !v.Phone.ByPBX || v.Phone.Forward.Always != f.Told {
		t.Errorf("shows %+v of %+v", f, v.Phone)
	}
	if got := r.called(); !slices.Equal(got, []string{"*72914155550132"}) {
		t.Errorf("called %v", got)
	}
	ctx, hangUp := context.WithCancel(t.Context())
	if res, err := r.pbx.Call(ctx, demopbx.Caller{Number: "+14155550100", To: "2041", OnRing: hangUp}); err != nil || res.Outcome != demopbx.Cancelled {
		t.Errorf("forwarded here, too: %+v, %v", res, err)
	}
	hangUp()
	r.stop()
	r.start()
	r.registered()
	if err := r.p.TellForwards(t.Context(), ""); err != nil || len(r.called()) != 0 {
		t.Errorf("told again after a start: %v", err)
	}
	r.change(func(a *settings.Account) { a.ForwardBy = settings.ForwardByLinecard })
	r.see("the PBX was told to stop", func(v app.View) bool { return len(v.Phone.ForwardsTold) == 0 })
	if got := r.called(); !slices.Equal(got, []string{"*73"}) {
		t.Errorf("called %v", got)
	}
}

// What the PBX refuses is told with the reason, and told again when the agent asks; a code that is missing too.
func TestThePBXIsNotTold(t *testing.T) {
	r := forwardsByCodes(t)
	r.takesCodes(false)
	r.change(func(a *settings.Account) { a.ForwardNoAnswer, a.ForwardAfter = "2042", 30 })
	v := r.see("a refusal", func(v app.View) bool { return len(v.Phone.ForwardsTold) == 1 && v.Phone.ForwardsTold[0].Reason != "" })
	if f := v.Phone.ForwardsTold[0]; f.Told != "" || f.Number != "2042" || f.Seconds != 30 || !f.Why.Is("sip.code-refused") {
		t.Errorf("shows %+v", f)
	}
	if got := r.called(); !slices.Equal(got, []string{"*612042*30"}) {
		t.Errorf("called %v", got)
	}
	if err := r.p.TellForwards(t.Context(), ""); !notTold(err, "sip.code-refused") {
		t.Errorf("once more: %v", err)
	}
	r.takesCodes(true)
	if err := r.p.TellForwards(t.Context(), r.account().ID()); err != nil || r.toldForwards()[0].Told != "2042" {
		t.Errorf("%v, shows %+v", err, r.toldForwards())
	}
	r.called()
	r.change((*settings.Account).StopForwarding)
	if err := r.p.TellForwards(t.Context(), ""); !notTold(err, "program.no-forward-code") || len(r.called()) != 0 {
		t.Errorf("without a code to stop: %v", err)
	}
	if f := r.toldForwards(); len(f) != 1 || f[0].Told != "2042" || f[0].Number != "" {
		t.Errorf("shows %+v", f)
	}
}

// calledSoon waits until the PBX is called by a code.
func (r *rig) calledSoon(code string) {
	r.t.Helper()
	r.see("the code "+code, func(app.View) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return slices.Contains(r.codes, code)
	})
}

// A PBX may do what it seems to refuse: what it was sent is stopped all the same, and only an answer ends that, also after a start.
func TestARefusedForwardIsStopped(t *testing.T) {
	r := forwardsByCodes(t)
	r.takesCodes(false)
	r.change(func(a *settings.Account) { a.ForwardAlways = "2042" })
	v := r.see("a refusal", func(v app.View) bool { return len(v.Phone.ForwardsTold) == 1 && v.Phone.ForwardsTold[0].Reason != "" })
	if f := v.Phone.ForwardsTold[0]; f.Told != "" || f.Unsure != "2042" {
		t.Errorf("shows %+v", f)
	}
	r.called()
	r.change((*settings.Account).StopForwarding)
	if err := r.p.TellForwards(t.Context(), ""); !notTold(err, "sip.code-refused") || !slices.Contains(r.called(), "*73") {
		t.Errorf("to stop: %v", err)
	}
	r.stop()
	r.takesCodes(true)
	r.start()
	r.registered()
	if err := r.p.TellForwards(t.Context(), ""); err != nil || !slices.Equal(r.called(), []string{"*73"}) || len(r.toldForwards()) != 0 {
		t.Errorf("after a start: %v, shows %+v", err, r.toldForwards())
	}
}

// A code that was sent when the program ended is on the disk: it may have been done.
func TestACodeIsKeptBeforeItIsAnswered(t *testing.T) {
	r := forwardsByCodes(t)
	begun, end := make(chan struct{}), make(chan struct{})
	r.mu.Lock()
	r.holds = sync.OnceFunc(func() { close(begun); <-end })
	r.mu.Unlock()
	r.change(func(a *settings.Account) { a.ForwardAlways = "2042" })
	<-begun
	r.stop()
	close(end)
	r.mu.Lock()
	r.holds = nil
	r.mu.Unlock()
	s := settings.Open(r.dir)
	if err := s.Change(func(s *settings.Settings) { s.Accounts[0].StopForwarding() }); err != nil {
		t.Fatal(err)
	}
	r.called()
	r.start()
	r.registered()
	if err := r.p.TellForwards(t.Context(), ""); err != nil || !slices.Equal(r.called(), []string{"*73"}) {
		t.Errorf("told to stop: %v", err)
	}
}

// An account whose phone system forwards is not removed or renamed before that was told to stop, or could not be; then its forwarding is shown all the same.
func TestAnAccountThatForwardsIsNotForgotten(t *testing.T) {
	r := forwardsByCodes(t)
	r.change(func(a *settings.Account) { a.ForwardAlways = "2042" })
	if err := r.p.TellForwards(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	id, other := r.account().ID(), r.p.Settings().Get().Accounts[0]
	other.User = "2042"
	for what, err := range map[string]error{"removed": r.p.RemoveAccount(t.Context(), id), "renamed": r.p.SetAccount(t.Context(), id, other, nil)} {
		if f := fault.Of(err); !f.Is("program.still-forwards") || f.Values["number"] != "2042" {
			t.Errorf("%s: %v", what, err)
		}
	}
	r.takesCodes(false)
	r.change((*settings.Account).StopForwarding)
	if err := r.p.TellForwards(t.Context(), ""); !notTold(err, "sip.code-refused") {
		t.Errorf("to stop: %v", err)
	}
	if err := r.p.RemoveAccount(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if f := r.p.ForwardsTold()[id]; len(f) != 1 || f[0].Told != "2042" {
		t.Errorf("shows %+v", f)
	}
}

// The codes follow the dial plan, what stops comes before what starts, and seconds are told only where the code has them.
func TestForwardsFollowTheSettings(t *testing.T) {
	r := forwardsByCodes(t)
	r.change(func(a *settings.Account) {
		a.ForwardCodes.NoAnswerOn, a.ForwardCodes.NoAnswerOff, a.ForwardNoAnswer = "*61{number}", "*60", "+14155550132"
	})
	if err := r.p.TellForwards(t.Context(), ""); err != nil || !slices.Equal(r.called(), []string{"*61914155550132"}) {
		t.Fatal(err)
	}
	if f := r.toldForwards(); len(f) != 1 || f[0].Told != "+14155550132" || f[0].Seconds != 0 || f[0].ToldSeconds != 0 {
		t.Errorf("shows %+v", f)
	}
	r.change(func(a *settings.Account) { a.Numbers.OutsidePrefix = "0" })
	r.calledSoon("*61014155550132")
	r.called()
	r.change(func(a *settings.Account) { a.ForwardAlways, a.ForwardNoAnswer = "2042", "" })
	if err := r.p.TellForwards(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if got := r.called(); !slices.Equal(got, []string{"*60", "*722042"}) {
		t.Errorf("called %v", got)
	}
}

// When the proxy of an account changes, its codes are called again: another phone system may be behind it. This test does not look at the answer.
func TestAnotherProxyIsToldAnew(t *testing.T) {
	r := forwardsByCodes(t)
	r.change(func(a *settings.Account) { a.ForwardAlways = "2042" })
	if err := r.p.TellForwards(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	r.called()
	r.change(func(a *settings.Account) { a.Proxy = r.pbx.Addr() })
	r.see("the code is called again", func(v app.View) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(v.Phone.ForwardsTold) == 1 && v.Phone.ForwardsTold[0].Why.Is("sip.code-refused") || slices.Contains(r.codes, "*722042")
	})
}
