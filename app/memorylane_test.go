package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/sip"
)

// heldMemory is a directory whose file is held by somebody else, as by the copy that is being deleted.
type heldMemory struct {
	Memory
	reached chan struct{}
	free    chan struct{}
}

func (m *heldMemory) RememberAnswer(context.Context, string, crm.Result) error {
	select {
	case m.reached <- struct{}{}:
	default:
	}
	<-m.free
	return nil
}

// While the directory's file is held, calls go out and come in, and their story is on disk at once.
func TestNoCallWaitsForTheDirectory(t *testing.T) {
	r := newRig(t)
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
	r.org.matches = []crm.Match{dana}
	held := &heldMemory{Memory: noMemory{}, reached: make(chan struct{}, 1), free: make(chan struct{})}
	t.Cleanup(func() { close(held.free) })
	r.cfg.Memory = held
	r.Heard(sip.CallIncoming{ID: "c1", At: t0, Party: sip.Party{User: "+14155550132"}})
	<-held.reached // what the org said of the first caller is being remembered
	r.Heard(sip.CallIncoming{ID: "c2", At: t0, Party: sip.Party{User: "+14155550133"}})
	if _, err := r.Dial("", "+1 312 555 0167"); err != nil {
		t.Error(err)
	}
	limit := time.After(10 * time.Second)
	for {
		_, err := r.cfg.Journal.Call(t.Context(), "c2")
		if err == nil {
			return
		}
		if !errors.Is(err, journal.ErrUnknown) {
			t.Fatal(err)
		}
		select {
		case <-limit:
			t.Fatal("the second call is not on disk")
		case <-time.After(5 * time.Millisecond):
		}
	}
}
