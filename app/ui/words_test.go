package ui

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"linecard/app"
	"linecard/crm"
)

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0:00", 7 * time.Second: "0:07", 252 * time.Second: "4:12", 3723 * time.Second: "1:02:03", -time.Second: "0:00",
		59*time.Second + 999*time.Millisecond: "0:59",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%v) = %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{7 * time.Second: "00:07", 725 * time.Second: "12:05", time.Hour: "1:00:00"} {
		if got := running(d); got != want {
			t.Errorf("running(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestMoment(t *testing.T) {
	now := time.Date(2026, 11, 21, 0, 5, 0, 0, time.UTC)
	for _, tt := range []struct {
		back time.Duration
		want string
	}{
		{time.Minute, "00:04"},
		{6 * time.Minute, "Yesterday"},
		{25 * time.Hour, "Thu"},
		{5 * 24 * time.Hour, "Mon"},
		{8 * 24 * time.Hour, "13 Nov"},
		{400 * 24 * time.Hour, "17 Oct 2025"},
		{-time.Minute, "00:06"},
	} {
		if got := moment(now.Add(-tt.back), now); got != tt.want {
			t.Errorf("%v ago is %q, want %q", tt.back, got, tt.want)
		}
	}
	if got := moment(time.Time{}, now); got != "" {
		t.Errorf("never is %q", got)
	}
	tokyo := time.FixedZone("Tokyo", 9*3600)
	if got := moment(now, now.In(tokyo)); got != "09:05" {
		t.Errorf("the agent's own clock is not used: %q", got)
	}
}

func TestSentence(t *testing.T) {
	for s, want := range map[string]string{
		"there is no call": "There is no call.", "Call ended.": "Call ended.", "": "", "éa": "Éa.", "Really?": "Really?",
	} {
		if got := sentence(s); got != want {
			t.Errorf("sentence(%q) = %q, want %q", s, got, want)
		}
	}
}

// TestEndWordsAreThePhones reads the phone's own list: a reason that is renamed there would silently become "Call ended" here,
// and this package does not import sip.
func TestEndWordsAreThePhones(t *testing.T) {
	source, err := os.ReadFile("../../sip/events.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"busy", "no answer", "not found", "declined", "cancelled", "answered elsewhere", "transferred", "forwarded", "failed"} {
		if !strings.Contains(string(source), fmt.Sprintf("EndReason = %q", word)) {
			t.Errorf("sip has no end reason %q", word)
		}
	}
	for _, word := range []string{"unregistered", "registering", "registered", "unreachable", "refused"} {
		if !strings.Contains(string(source), fmt.Sprintf("RegistrationState = %q", word)) {
			t.Errorf("sip has no registration state %q", word)
		}
	}
}

func TestEndedSaysWho(t *testing.T) {
	in, out := crm.Inbound, crm.Outbound
	for _, tt := range []struct {
		reason    string
		direction crm.Direction
		want      string
	}{
		{"busy", out, "Busy"},
		{"no answer", out, "No answer"},
		{"not found", out, "Number not found"},
		{"declined", out, "Declined"},
		{"cancelled", in, "Missed call"},
		{"cancelled", out, "Call cancelled"},
		{"answered elsewhere", in, "Answered elsewhere"},
		{"failed", out, "The call didn't go through"},
		{"hung up there", in, "Call ended"},
	} {
		c := app.CallView{Direction: tt.direction, Name: "Dana"}
		switch tt.reason { // sip.EndReason is not to be named here
		case "busy":
			c.EndReason = "busy"
		case "no answer":
			c.EndReason = "no answer"
		case "not found":
			c.EndReason = "not found"
		case "declined":
			c.EndReason = "declined"
		case "cancelled":
			c.EndReason = "cancelled"
		case "answered elsewhere":
			c.EndReason = "answered elsewhere"
		case "failed":
			c.EndReason = "failed"
		}
		if got, _ := ended(c); got != tt.want {
			t.Errorf("%s %s is %q, want %q", tt.direction, tt.reason, got, tt.want)
		}
	}
}
