package app

import (
	"errors"
	"testing"

	"linecard/crm"
)

// What was said before a Settle is on disk after it.
func TestSettledIsOnDisk(t *testing.T) {
	l := lateLife(t)
	id := l.ring("work", "+14155550132", true)
	l.quiet()
	if err := l.desk.DontLog(id); err != nil {
		t.Fatal(err)
	}
	l.desk.Settle(t.Context())
	if row, err := l.journal.Call(l.ctx(), id); err != nil || row.Word != crm.DontLog {
		t.Errorf("on disk: the word %v, %v", row.Word, err)
	}
}

// answeredPhone has answered a call that the desk still takes for ringing.
type answeredPhone struct{ phoneStub }

func (*answeredPhone) Decline(string) error { return errors.New("that call no longer rings") }

// A call can be hung up just after it was answered.
func TestHangUpJustAfterAnswer(t *testing.T) {
	l := lateLife(t)
	p := &answeredPhone{}
	l.desk.cfg.Phone = p
	id := l.ring("work", "+14155550132", true)
	l.quiet()
	if err := l.desk.Hangup(id); err != nil || !p.has("hangup "+id) {
		t.Errorf("hung up: %v", err)
	}
}
