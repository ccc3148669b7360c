package sip_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// busy dials a number that is, and waits for the tone that says so.
func busy(ph *phone, p *siptest.Peer) {
	ph.t.Helper()
	_, err := ph.Dial("123")
	ph.must(err)
	p.Reply(p.Await("INVITE"), "486 Busy Here", "")
	next[sip.CallEnded](ph)
	eventually(ph.t, "a busy tone", func() bool { return slices.Contains(ph.audio.playing(), "busy") })
}

// The busy tone is over as soon as there is something else to hear: it is not played into the next call.
func TestBusyToneGivesWay(t *testing.T) {
	for name, next := range map[string]func(ph *phone, p *siptest.Peer){
		"dialed again": func(ph *phone, p *siptest.Peer) { _, err := ph.Dial("124"); ph.must(err) },
		"a call rings": func(ph *phone, p *siptest.Peer) { ring(ph, p) },
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			busy(ph, p)
			next(ph, p)
			if !soon(time.Second, func() bool { return !slices.Contains(ph.audio.playing(), "busy") }) { // by itself it ends after three
				t.Error("the busy tone plays on")
			}
		})
	}
}

func TestToneEndsWithThePhone(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	busy(ph, p)
	ph.must(ph.Close(context.Background()))
	if tones := ph.audio.playing(); len(tones) > 0 {
		t.Errorf("the phone is closed and %v plays on", tones)
	}
}
