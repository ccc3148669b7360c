package ui

import (
	"slices"
	"testing"
	"time"
)

// The SIP log is on the check-up page: what was said last, the messages of what is pressed, and a file for support.
func TestTheSIPLog(t *testing.T) {
	b, a := adminBench(t)
	a.traced = []Traced{
		{ID: "r1", Method: "REGISTER", To: "<sip:2041@pbx.example.com>", Began: noon, Status: 200},
		{ID: "c1", Method: "INVITE", To: "<sip:2041@pbx.example.com>", Began: noon.Add(time.Minute), Status: 486, Lines: []TracedLine{
			{At: noon, First: "INVITE sip:2041@10.0.0.7 SIP/2.0"}, {At: noon, Sent: true, First: "SIP/2.0 486 Busy Here"},
		}},
	}
	b.Window.cfg.ChooseFolder = func(then func(string)) { then("/home/ann") }
	b.openSettings(pageDoctor)
	b.settle()
	row := noon.Add(time.Minute).Local().Format("15:04:05") + " · INVITE · <sip:2041@pbx.example.com> · 486"
	b.press("Show it")
	if !b.says("INVITE · <sip:2041@pbx.example.com> · 486") || b.says("Busy Here") {
		t.Errorf("%q", words(b.root))
	}
	b.press(row)
	if !b.says("→  SIP/2.0 486 Busy Here") {
		t.Errorf("%q", words(b.root))
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
