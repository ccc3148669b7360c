package crm_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"linecard/crm"
)

func TestDefaultSubject(t *testing.T) {
	tests := []struct {
		activity crm.Activity
		want     string
	}{
		{crm.Activity{Direction: crm.Inbound, Outcome: crm.Answered, PartyName: "Dana Whitfield"}, "Inbound call from Dana Whitfield"},
		{crm.Activity{Direction: crm.Outbound, Outcome: crm.Answered, PartyName: "Dana Whitfield"}, "Outbound call to Dana Whitfield"},
		{crm.Activity{Direction: crm.Inbound, Outcome: crm.Missed, Number: "+14155550132"}, "Missed call from +1 415-555-0132"},
		{crm.Activity{Direction: crm.Inbound, Outcome: crm.Declined, Who: crm.Ref{Name: "Dana"}}, "Declined call from Dana"},
		{crm.Activity{Direction: crm.Inbound, Outcome: crm.Missed}, "Missed call from a withheld number"},
		{crm.Activity{Direction: crm.Inbound, Outcome: crm.Forwarded, PartyName: "Dana"}, "Forwarded call from Dana"},
		{crm.Activity{Direction: crm.Inbound, Outcome: crm.AnsweredElsewhere, PartyName: "Dana"}, "Call answered elsewhere from Dana"},
		{crm.Activity{Direction: crm.Outbound, Outcome: crm.NoAnswer, PartyName: "Dana"}, "Unanswered call to Dana"},
		{crm.Activity{Direction: crm.Outbound, Outcome: crm.Busy, PartyName: "Dana"}, "Busy call to Dana"},
		{crm.Activity{Direction: crm.Outbound, Outcome: crm.Cancelled, PartyName: "Dana"}, "Cancelled call to Dana"},
		{crm.Activity{Direction: crm.Outbound, Outcome: crm.Failed, PartyName: "Dana"}, "Failed call to Dana"},
	}
	for _, tt := range tests {
		if got := crm.DefaultSubject(tt.activity); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestSubjectFitsTheTask(t *testing.T) {
	got := crm.DefaultSubject(crm.Activity{PartyName: strings.Repeat("ü", 400)})
	if n := utf8.RuneCountInString(got); n != 255 || !strings.HasSuffix(got, "…") {
		t.Errorf("%d characters, ending in %q", n, got[len(got)-3:])
	}
}

func TestShownNumberIsUsedAsItIs(t *testing.T) {
	a := crm.Activity{Direction: crm.Inbound, Outcome: crm.Missed, Number: "+14155550132", Shown: "+1 (415) 555 0132"}
	if got := crm.DefaultSubject(a); got != "Missed call from +1 (415) 555 0132" {
		t.Errorf("%q", got)
	}
	if got := a.SubjectLine(); got != crm.DefaultSubject(a) {
		t.Errorf("subject line without a subject: %q", got)
	}
	a.Subject = "Pump"
	if got := a.SubjectLine(); got != "Pump" {
		t.Errorf("subject line %q", got)
	}
}

func BenchmarkDefaultSubject(b *testing.B) {
	a := crm.Activity{Direction: crm.Inbound, Outcome: crm.Missed, Number: "+14155550132", Shown: "+1 415-555-0132"}
	b.ReportAllocs()
	for b.Loop() {
		crm.DefaultSubject(a)
	}
}
