package app

import (
	"errors"
	"testing"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// A call that is refused at once is on disk before its caller is told so. Killed right then, or in the second after, the app has it in
// the history as missed, with its reason and once, and logs it like any missed call.
func TestARefusedCallSurvivesAKill(t *testing.T) {
	for name, tt := range map[string]struct {
		why  fault.Code
		code int
		told func(l *life, in sip.CallIncoming, end sip.CallEnded) // by the phone, before the kill
	}{
		"told busy, killed with the answer":     {"sip.ended.lines-in-use", 486, func(*life, sip.CallIncoming, sip.CallEnded) {}},
		"do not disturb, killed a moment later": {"sip.ended.do-not-disturb", 486, func(l *life, in sip.CallIncoming, _ sip.CallEnded) { l.desk.Heard(in) }},
		"encrypted, killed within the second":   {"sip.ended.encrypted-caller", 488, func(*life, sip.CallIncoming, sip.CallEnded) {}},
		"encrypted, killed after its end": {"sip.ended.encrypted-caller", 488, func(l *life, in sip.CallIncoming, end sip.CallEnded) {
			l.desk.Heard(in)
			l.desk.Heard(end)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := lateLife(t)
			in := sip.CallIncoming{ID: "c1", Account: "work", At: l.clock.Now(), Party: sip.Party{User: "+14155550132"}, Refused: true}
			why := fault.New(tt.why)
			kept := make(chan struct{})
			l.desk.BeforeRefusing(in, why, func() { close(kept) })
			<-kept // the answer leaves now
			tt.told(l, in, sip.CallEnded{ID: "c1", Account: "work", At: in.At, Reason: sip.EndFailed, Code: tt.code, Text: why})
			row := l.onDisk("c1")
			if row.Outcome != crm.Missed || !row.Why.Is(tt.why) || row.Cut || !row.Ended.Equal(row.Started) {
				t.Errorf("after the kill: %+v", row.Call)
			}
			l.await("logged once", func() bool { // the kill may have hit an attempt, which settles first
				l.advance(1)
				return l.org.count("c1") == 1
			})
			all, err := l.journal.History(l.ctx(), journal.Filter{})
			if err != nil || len(all) != 1 {
				t.Errorf("the history has %d rows, %v", len(all), err)
			}
		})
	}
}

// What was kept of a call that came again as it can be taken is in no history, also after a kill.
func TestARefusedCallThatCameAgainIsForgotten(t *testing.T) {
	l := lateLife(t)
	in := sip.CallIncoming{ID: "c1", Account: "work", At: l.clock.Now(), Party: sip.Party{User: "+14155550132"}, Refused: true}
	l.desk.BeforeRefusing(in, fault.New("sip.ended.encrypted-caller"), func() {})
	l.desk.Heard(sip.CallTakenBack{ID: "c1", Account: "work", At: in.At})
	l.quiet()
	l.kill()
	if row, err := l.journal.Call(l.ctx(), "c1"); !errors.Is(err, journal.ErrUnknown) {
		t.Errorf("the history has %+v, %v", row.Call, err)
	}
	if len(l.desk.rings.all) > 0 {
		t.Error("the desk still waits for it")
	}
}
