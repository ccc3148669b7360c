package crm

import (
	"regexp"
	"testing"
)

// What others write into a field is a number or nothing, however it is written.
func FuzzANumberToShow(f *testing.F) {
	for _, s := range []string{"+44 (20) 7946-0018", "4155550111", "withheld", "+1415\r\nX: y", "5@evil.example", "++1", "1", "+", "Sales <+1415>", "\u00a020 7946"} {
		f.Add(s)
	}
	only := regexp.MustCompile(`^\+?[0-9]{2,20}$`)
	f.Fuzz(func(t *testing.T, s string) {
		if n := NumberToShow(s); n != "" && !only.MatchString(n) {
			t.Errorf("%q is shown as %q", s, n)
		}
	})
}

func TestANumberToShow(t *testing.T) {
	for text, want := range map[string]string{"+44 (20) 7946-0018": "+442079460018", " 415.555.0111 ": "4155550111", "2042": "2042", "": "", "7": "", "withheld": "", "*67": "", "1 x 204": ""} {
		if got := NumberToShow(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := (Record{CallAs: map[string]string{"A__c": "<b>"}}).ShowsBy("A__c"); got != "" {
		t.Errorf("what a file has is shown as %q", got)
	}
}
