package sip_test

import (
	"context"
	"errors"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/wait"
)

func TestSentencesOfCommands(t *testing.T) {
	ph := startPhone(t)
	if _, err := ph.Dial("123"); !errors.Is(err, sip.ErrNoAccount) {
		t.Errorf("no account: %v", err)
	}
	if _, err := ph.Dial(" - "); !errors.Is(err, sip.ErrNoNumber) {
		t.Errorf("no number: %v", err)
	}
	if err := ph.Hold("nobody"); !errors.Is(err, sip.ErrNoCall) {
		t.Errorf("no call: %v", err)
	}
}

// Who leaves while it rings has not declined: the caller is told 480, and the call was missed.
func TestLeavingWhileItRings(t *testing.T) {
	for name, leave := range map[string]func(*phone) error{
		"closed":          func(ph *phone) error { return ph.Close(context.Background()) },
		"account changed": func(ph *phone) error { return ph.SetAccount(sip.Account{}) },
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			_, id := ring(ph, p)
			ph.must(leave(ph))
			p.Recv("SIP/2.0 480")
			if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndCancelled || e.Code != 480 {
				t.Errorf("ended %+v", e)
			}
			eventually(t, "it stops ringing", func() bool { return len(ph.audio.playing()) == 0 })
		})
	}
}

// Close hangs up, signs off, and has told the end of every call when it returns.
func TestClose(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Account.Lines = 4 })
	_, talking := dial(ph, p, "123")
	_, ringing := ring(ph, p)
	done := make(chan error, 1)
	go func() { done <- ph.Close(context.Background()) }()
	p.Reply(p.Await("BYE"), "200 OK", "")
	if err := wait.For(t, done); err != nil {
		t.Error(err)
	}
	over := map[string]bool{}
	for len(ph.events) > 0 {
		if e, ok := (<-ph.events).(sip.CallEnded); ok {
			over[e.ID] = true
		}
	}
	if !over[talking] || !over[ringing] {
		t.Errorf("ends told: %v", over)
	}
	if _, err := ph.Dial("123"); err == nil {
		t.Error("a closed phone dials")
	}
}

// A sound system that hangs delays tones, not calls.
func TestHangingSound(t *testing.T) {
	p := siptest.NewPeer(t)
	hang := make(chan struct{})
	stuck := stuckAudio{hang}
	ph := newPhone(t, p, func(c *setup) { c.Audio = stuck; c.Account.Lines = 4 })
	defer close(hang)
	for range 3 {
		ring(ph, p) // were it to wait for the sound, no 180 would come
	}
}

type stuckAudio struct{ hang chan struct{} }

func (s stuckAudio) Attach(sip.Port) func() { <-s.hang; return func() {} }
func (s stuckAudio) Ring(string) func()     { <-s.hang; return func() {} }
