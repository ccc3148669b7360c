package main

import (
	"testing"

	"linecard/app"
	"linecard/app/settings"
)

// A row of `linecard forward` says what the phone system was told beside what it refused, and how long calls ring only where it was told.
func TestForwardSaysWhatWasTold(t *testing.T) {
	a := forwardAnswer{After: 20, By: settings.ForwardByPBX, Told: []app.ForwardTold{
		{When: "always", Number: "2062", Told: "2060", Unsure: "2061", Reason: "It was refused."}, {When: "busy", Number: "2060", Told: "2060"}, {When: "noanswer", Number: "2063", Told: "2063"},
	}}
	for way, want := range map[settings.Forwarding]string{
		settings.ForwardAlways: "the phone system was told 2060 · the phone system may forward to 2061: it did not answer · not told: It was refused.",
		settings.ForwardBusy:   "the phone system was told",
	} {
		if got := toldOf(a, way); got != want {
			t.Errorf("%s: %q", way, got)
		}
	}
	if got := unanswered(a); got != "without an answer" {
		t.Errorf("without seconds: %q", got)
	}
	if a.Told[2].Seconds = 30; unanswered(a) != "after 30 s without an answer" {
		t.Errorf("with seconds: %q", unanswered(a))
	}
}
