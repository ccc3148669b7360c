package ui

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// someTraced is a registration and a call that was refused.
func someTraced() []Traced {
	at := func(s time.Duration) time.Time { return noon.Add(s * time.Second) }
	const to = "<sip:2041@pbx.example.com>"
	return []Traced{
		{ID: "r1", Method: "REGISTER", To: to, Began: at(0), Status: 200, Lines: []TracedLine{
			{At: at(0), Sent: true, First: "REGISTER sip:pbx.example.com SIP/2.0"},
			{At: at(0), First: "SIP/2.0 401 Unauthorized"},
			{At: at(0), Sent: true, First: "REGISTER sip:pbx.example.com SIP/2.0"},
			{At: at(0), First: "SIP/2.0 200 OK"},
		}},
		{ID: "c1", Method: "INVITE", To: to, Began: at(60), Status: 486, Lines: []TracedLine{
			{At: at(60), First: "INVITE sip:2041@10.0.0.7 SIP/2.0"}, {At: at(60), Sent: true, First: "SIP/2.0 486 Busy Here", Text: "SIP/2.0 486 Busy Here\r\nReason: Q.850;cause=17\r\n\r\n"},
		}},
	}
}

// rowOf is how a dialog is listed.
func rowOf(d Traced) string {
	return joined(d.Began.Local().Format("15:04:05"), d.Method, d.To, fmt.Sprint(d.Status))
}

// Subscriptions by the hundred, as after a lost connection, hide no call.
func TestCallsAreListedAmongManySubscriptions(t *testing.T) {
	all := someTraced()[1:]
	for i := range 300 {
		all = append(all, Traced{ID: fmt.Sprint("s", i), Method: "SUBSCRIBE"})
	}
	got := lastTraced(all)
	if len(got) != mostOthers+1 || got[mostOthers].ID != "c1" || got[0].ID != "s299" {
		t.Errorf("listed %+v", got)
	}
}

// The SIP log is on the check-up page: what was said last, the messages of what is pressed, and a file for support.
func TestTheSIPLog(t *testing.T) {
	b, a := adminBench(t)
	a.traced = someTraced()
	b.Window.cfg.ChooseFolder = func(title string, then func(string)) { b.folderFor = title; then("/home/ann") }
	b.openSettings(pageDoctor)
	b.settle()
	row := rowOf(a.traced[1])
	b.press("Show")
	if !b.says("INVITE · <sip:2041@pbx.example.com> · 486") || b.says("Busy Here") {
		t.Errorf("%q", words(b.root))
	}
	b.press(row)
	if !b.says("→  SIP/2.0 486 Busy Here") {
		t.Errorf("%q", words(b.root))
	}
	last := a.traced[1].Lines[len(a.traced[1].Lines)-1]
	line := last.At.Local().Format("15:04:05.000") + "  →  " + last.First
	b.press(line)
	if !b.says("Reason: Q.850;cause=17") {
		t.Errorf("the message is not shown whole: %q", words(b.root))
	}
	b.press(line)
	if b.says("Reason: Q.850;cause=17") {
		t.Error("the message stays")
	}
	b.press(row)
	if b.says("Busy Here") {
		t.Error("the messages stay")
	}
	a.said()
	b.press("Save the SIP log for support…")
	if got := a.said(); !slices.Equal(got, []string{"trace /home/ann"}) || !b.shows("Written to /home/ann/linecard-sip-log.txt") {
		t.Errorf("told %q", got)
	}
}
