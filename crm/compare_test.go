package crm_test

import (
	"testing"

	"pgregory.net/rapid"

	"linecard/crm"
)

func TestCompare(t *testing.T) {
	const no = crm.Closeness(0)
	tests := []struct {
		name, stored, caller, region string
		want                         crm.Closeness
	}{
		{"brackets and dashes", "(415) 555-0132", "+14155550132", "US", crm.Exact},
		{"dots", "415.555.0132", "+14155550132", "US", crm.Exact},
		{"E.164", "+14155550132", "+14155550132", "US", crm.Exact},
		{"extension after it", "415-555-0132 ext. 204", "+14155550132", "US", crm.Exact},
		{"extension after a hash", "415 555 0132#204", "+14155550132", "US", crm.Exact},
		{"label before it", "Main: 415 555 0132", "+14155550132", "US", crm.Exact},
		{"vanity", "1-800-FLOWERS", "+18003569377", "US", crm.Exact},
		{"two numbers in one field", "415-555-0131 / 415-555-0132", "+14155550132", "US", crm.Exact},
		{"two numbers joined by or", "415-555-0132 or 415-555-0131", "+14155550132", "US", crm.Exact},
		{"German slash is one number", "0221/1234567", "+492211234567", "DE", crm.Exact},
		{"trunk zero in brackets", "+44 (0)20 7946 0958", "+442079460958", "US", crm.Exact},
		{"exit code of another country", "00 44 20 7946 0958", "+442079460958", "US", crm.Exact},
		{"Mexican mobile of old", "+52 1 55 1234 5678", "+525512345678", "US", crm.Exact},
		{"full-width digits", "４１５５５５０１３２", "+14155550132", "US", crm.Exact},
		{"Argentine mobile without its 9", "+54 11 2345-6789", "+5491123456789", "US", crm.National},
		{"national spelling of another country", "020 7946 0958", "+442079460958", "US", crm.National},
		{"without trunk zero in another country", "20 7946 0958", "+442079460958", "DE", crm.National},
		{"local part only", "7946 0958", "+442079460958", "GB", crm.Suffix},
		{"an unknown prefix", "9 1 415 555 0132", "+14155550132", "US", crm.Suffix},

		{"local part that is a number here", "7946 0958", "+442079460958", "DE", no},
		{"only seven digits are equal", "555-0132", "+14155550132", "US", no},
		{"next area code, eight digits equal", "(425) 555-0132", "+14155550132", "US", no},
		{"same digits, another country written", "+1 207 946 0958", "+442079460958", "US", no},
		{"another country, same ending", "+49 7946 0958", "+442079460958", "US", no},
		{"one digit off", "415 555 0133", "+14155550132", "US", no},
		{"empty", "", "+14155550132", "US", no},
		{"words", "ask reception", "+14155550132", "US", no},
		{"zeros", "0000000000", "+14155550132", "US", no},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := crm.ParseNumber(tt.caller, crm.NumberPlan{Region: tt.region})
			got, ok := crm.Compare(tt.stored, n, tt.region)
			if got != tt.want || ok != (tt.want != no) {
				t.Errorf("Compare(%q, %s) = %v, %v; want %v", tt.stored, n.E164, got, ok, tt.want)
			}
		})
	}
}

func TestNoNumberMatchesNothing(t *testing.T) {
	for _, raw := range []string{"", "204", "anonymous", "sip:alice@example.org"} {
		if c, ok := crm.Compare(raw, crm.ParseNumber(raw, crm.NumberPlan{}), "US"); ok {
			t.Errorf("%q matches itself: %v", raw, c)
		}
	}
}

// Two different American numbers never match, even if they share digits.
func TestDifferentNumbersDiffer(t *testing.T) {
	nanp := rapid.StringMatching(`(212|415|425|512|617)55501[0-9]{2}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := nanp.Draw(t, "a"), nanp.Draw(t, "b")
		c, ok := crm.Compare(b, crm.ParseNumber(a, crm.NumberPlan{Region: "US"}), "US")
		if ok != (a == b) {
			t.Fatalf("%s and %s: %v", a, b, c)
		}
	})
}

func TestBestPhone(t *testing.T) {
	n := crm.ParseNumber("+14155550132", crm.NumberPlan{Region: "US"})
	r := crm.Record{Phones: []crm.PhoneField{
		{Field: "Phone", Value: "415 555 0100"}, {Field: "Fax", Value: "4155550132"}, {Field: "MobilePhone", Value: "(415) 555-0132"},
	}}
	why, ok := crm.BestPhone(r, n, "US")
	if !ok || why.Field != "MobilePhone" || why.Closeness != crm.Exact {
		t.Errorf("best phone %+v, %v; want the mobile, not the fax", why, ok)
	}
	if why, ok := crm.BestPhone(crm.Record{Phones: r.Phones[:1]}, n, "US"); ok {
		t.Errorf("matched by %+v", why)
	}
}

func BenchmarkCompare(b *testing.B) {
	n := crm.ParseNumber("+14155550132", crm.NumberPlan{Region: "US"})
	for b.Loop() {
		crm.Compare("(415) 555-0132 x204", n, "US")
	}
}

// BenchmarkTails reads fields of several groups, as a mirror of an org does for each record.
func BenchmarkTails(b *testing.B) {
	for _, stored := range []string{"+1 415 555 0132", "(415) 555-0132", "030 23125142 24/7"} {
		b.Run(stored, func(b *testing.B) {
			for b.Loop() {
				crm.Tails(stored, "US")
			}
		})
	}
}
