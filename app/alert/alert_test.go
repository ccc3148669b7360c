package alert_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"linecard/app/alert"
	"linecard/app/errorlog"
	"linecard/fault"
)

// post is a Sender that keeps what it was given.
type post struct {
	mu   sync.Mutex
	sent []string
	fail error
	some error // of a notice that was sent
	off  bool
	hang bool
}

func (p *post) On() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.off
}

func (p *post) Send(ctx context.Context, n alert.Notice) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	if p.fail != nil {
		return p.fail
	}
	word := "well "
	if n.Broken {
		word = "broken "
	}
	p.sent = append(p.sent, word+string(n.Topic)+" "+n.Org)
	return p.some
}

func (p *post) set(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// got is what was sent since the last time.
func (p *post) got() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.sent
	p.sent = nil
	return all
}

func want(t *testing.T, p *post, when string, all ...string) {
	t.Helper()
	synctest.Wait()
	if got := p.got(); !reflect.DeepEqual(got, all) && len(got)+len(all) > 0 {
		t.Errorf("%s: %q was sent, want %q", when, got, all)
	}
}

var why = fault.New("salesforce.timed-out")

// One notice tells of a breakage, however many calls it meets, and one of its end.
func TestOneNoticeForEachBreakage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &post{}
		w := alert.New("", p, alert.Options{})
		defer w.Close()
		w.Well(errorlog.Link, "a")
		for range 500 {
			w.Broke(errorlog.Logging, "a", why)
			time.Sleep(time.Second)
		}
		want(t, p, "500 calls later", "broken logging a")
		for range 10 {
			w.Well(errorlog.Logging, "a")
			time.Sleep(time.Minute)
		}
		want(t, p, "well again", "well logging a")
		time.Sleep(24 * time.Hour)
		want(t, p, "a day later")
	})
}

// A hiccup is told to nobody, neither of being broken nor of being well.
func TestAHiccupIsNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &post{}
		w := alert.New("", p, alert.Options{})
		defer w.Close()
		for range 50 {
			w.Broke(errorlog.Link, "a", why)
			time.Sleep(59 * time.Second)
			w.Well(errorlog.Link, "a")
			time.Sleep(time.Minute)
		}
		want(t, p, "50 hiccups")
		w.Broke(errorlog.Link, "a", why)
		time.Sleep(2 * time.Minute)
		want(t, p, "broken", "broken link a")
		w.Well(errorlog.Link, "a")
		time.Sleep(30 * time.Second)
		w.Broke(errorlog.Link, "a", why)
		time.Sleep(24 * time.Hour)
		want(t, p, "it was never well for long")
	})
}

// What breaks over and over is told once in a pause.
func TestThePauseBetweenBreakages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &post{}
		w := alert.New("", p, alert.Options{Pause: func() time.Duration { return time.Hour }})
		defer w.Close()
		broken := 0
		for range 24 * 6 { // a day of breaking every ten minutes
			w.Broke(errorlog.Link, "a", why)
			time.Sleep(5 * time.Minute)
			w.Well(errorlog.Link, "a")
			time.Sleep(5 * time.Minute)
			for _, s := range p.got() {
				if s == "broken link a" {
					broken++
				}
			}
		}
		if broken < 10 || broken > 24 {
			t.Errorf("told %d times in a day that it is broken", broken)
		}
	})
}

// Each org, and each thing that breaks, has its own notices.
func TestThingsBreakApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &post{}
		w := alert.New("", p, alert.Options{})
		defer w.Close()
		w.Broke(errorlog.Link, "a", why)
		w.Broke(errorlog.Link, "b", why)
		w.Broke(errorlog.Refused, "", why)
		time.Sleep(2 * time.Minute)
		want(t, p, "all broken", "broken link a", "broken link b", "broken refused ")
		w.Well(errorlog.Link, "b")
		time.Sleep(2 * time.Minute)
		want(t, p, "one well", "well link b")
	})
}

// A notice that could not be sent is tried again, less and less often, and given up once it is not true any more.
func TestANoticeIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &post{fail: errors.New("no way")}
		tries := 0
		w := alert.New("", p, alert.Options{Failed: func(error) { tries++ }})
		defer w.Close()
		w.Broke(errorlog.Link, "a", why)
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if tries < 20 || tries > 60 {
			t.Errorf("%d tries in a day", tries)
		}
		p.set(func() { p.fail = nil })
		time.Sleep(time.Hour)
		want(t, p, "the server is back", "broken link a")
	})
}

// A notice that has reached somebody is not sent again, and who it has not reached is told once.
func TestANoticeThatReachedSome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &post{some: fault.Err(nil, "trouble.mail-some-refused")}
		failed := 0
		w := alert.New("", p, alert.Options{Failed: func(error) { failed++ }})
		defer w.Close()
		w.Broke(errorlog.Link, "a", why)
		time.Sleep(24 * time.Hour)
		want(t, p, "a day later", "broken link a")
		if failed != 1 {
			t.Errorf("told %d times", failed)
		}
		w.Well(errorlog.Link, "a")
		time.Sleep(time.Hour)
		want(t, p, "well", "well link a")
	})
}

// What breaks while no address is set is told once one is.
func TestItIsToldOnceItIsSetUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &post{off: true}
		w := alert.New("", p, alert.Options{})
		defer w.Close()
		w.Broke(errorlog.Link, "a", why)
		time.Sleep(time.Hour)
		want(t, p, "not set up")
		p.set(func() { p.off = false })
		w.Look()
		want(t, p, "set up", "broken link a")
	})
}

// A password that nobody has saved on this computer is said to be missing once, and nothing is tried until it is there.
func TestAMissingPasswordIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &post{fail: fault.Err(nil, "trouble.mail-password-missing", "user", "it")}
		said := 0
		w := alert.New("", p, alert.Options{Failed: func(error) { said++ }})
		defer w.Close()
		for range 24 {
			w.Broke(errorlog.Link, "a", why)
			w.Broke(errorlog.Logging, "a", why)
			time.Sleep(time.Hour)
		}
		w.Look() // another setting has changed
		time.Sleep(time.Hour)
		if synctest.Wait(); said != 1 {
			t.Errorf("said %d times", said)
		}
		p.set(func() { p.fail = nil })
		time.Sleep(time.Hour)
		want(t, p, "nobody has looked")
		w.Look()
		want(t, p, "saved", "broken link a", "broken logging a")
		p.set(func() { p.fail = fault.Err(nil, "trouble.mail-password-missing", "user", "it") })
		w.Well(errorlog.Link, "a")
		time.Sleep(time.Hour)
		if synctest.Wait(); said != 2 {
			t.Errorf("missing again: said %d times", said)
		}
	})
}

// What was told is not told again after a restart, and its end is.
func TestARestartTellsNothingTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts.json")
	synctest.Test(t, func(t *testing.T) {
		p := &post{}
		w := alert.New(path, p, alert.Options{})
		w.Broke(errorlog.Link, "a", why)
		time.Sleep(2 * time.Minute)
		want(t, p, "broken", "broken link a")
		w.Close()

		w = alert.New(path, p, alert.Options{})
		time.Sleep(time.Hour)
		want(t, p, "after a restart nobody knows yet")
		w.Broke(errorlog.Link, "a", why)
		time.Sleep(time.Hour)
		want(t, p, "still broken")
		w.Close()

		w = alert.New(path, p, alert.Options{})
		w.Well(errorlog.Link, "a")
		time.Sleep(2 * time.Minute)
		want(t, p, "well at the next start", "well link a")
		w.Close()
	})
}

// A server that hangs delays neither who notes an error nor the end of the program.
func TestAHangingServerDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &post{hang: true}
		w := alert.New("", p, alert.Options{})
		w.Broke(errorlog.Link, "a", why)
		time.Sleep(time.Minute + time.Second) // it is being sent
		began := time.Now()
		w.Broke(errorlog.Logging, "a", why)
		w.Well(errorlog.Logging, "a")
		w.Close()
		if took := time.Since(began); took != 0 {
			t.Errorf("it took %s", took)
		}
	})
}
