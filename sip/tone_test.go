package sip_test

import (
	"context"
	"slices"
	"testing"

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
	for name, c := range map[string]struct {
		next func(ph *phone, p *siptest.Peer)
		tone string // that is heard then
	}{
		"dialed again": {func(ph *phone, p *siptest.Peer) {
			_, err := ph.Dial("124")
			ph.must(err)
			p.Reply(p.Await("INVITE sip:124@"), "180 Ringing", "")
		}, "ringback"},
		"a call rings": {func(ph *phone, p *siptest.Peer) { ring(ph, p) }, "ring"},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			busy(ph, p)
			c.next(ph, p)
			var tones []string
			eventually(t, "another tone", func() bool {
				tones = ph.audio.playing()
				return slices.Contains(tones, c.tone)
			})
			if slices.Contains(tones, "busy") { // by itself it ends after three seconds
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
