package crm

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A number that the phone server does not know as it was sent can be sent in the other ways in which people there write it, and in no other.
func TestTheOtherSpellingsOfANumber(t *testing.T) {
	code, why := ReadRewrite("^0([1-9].*)$ => 99$1")
	if !why.IsZero() {
		t.Fatal(why)
	}
	for _, tt := range []struct {
		what   string
		plan   NumberPlan
		number string
		want   string // sent, with a - behind those without the digits for an outside line
	}{
		{"typed with +, from abroad", NumberPlan{Region: "US"}, "+442079460018", "011442079460018"},
		{"typed with +, at home", NumberPlan{Region: "GB"}, "+442079460018", "00442079460018 02079460018"},
		{"typed as at home", NumberPlan{Region: "GB"}, "02079460018", "+442079460018 00442079460018"},
		{"typed with the exit code", NumberPlan{Region: "DE"}, "00442079460018", "+442079460018"},
		{"ten digits", NumberPlan{Region: "US"}, "4155550132", "+14155550132 14155550132"},
		{"written with +", NumberPlan{Region: "GB", DialAs: DialE164}, "02079460018", "00442079460018 02079460018"},
		{"behind a 9", NumberPlan{Region: "US", OutsidePrefix: "9"}, "4155550132", "914155550132 +14155550132- 14155550132- 4155550132-"},
		{"typed behind a 9", NumberPlan{Region: "US", OutsidePrefix: "9"}, "9175550132", "919175550132 +19175550132- 19175550132-"}, // 9175550132 would be a 175550132 outside
		{"behind a 0", NumberPlan{Region: "DE", OutsidePrefix: "0"}, "03023125117", "000493023125117 +493023125117-"},
		{"an emergency behind a 9", NumberPlan{Region: "US", OutsidePrefix: "9"}, "9911", ""},
		{"one way is a colleague's number", NumberPlan{Region: "GB", Extension: regexp.MustCompile(`^0044[0-9]{10}$`)}, "+442079460018", "02079460018"},
		{"a rewrite is for one way", NumberPlan{Region: "GB", Rewrites: []Rewrite{code}}, "+442079460018", "00442079460018"},
		{"its own exit code", NumberPlan{Region: "DE", ExitCode: "000"}, "+442079460018", "000442079460018"},
		{"a local number", NumberPlan{Region: "DE", AreaCode: "30"}, "23125117", "+493023125117 00493023125117 03023125117"},
		{"an extension", NumberPlan{Region: "US"}, "1002", ""},
		{"an emergency", NumberPlan{Region: "US"}, "911", ""},
		{"a code", NumberPlan{Region: "US"}, "*21*4155550132#", ""},
		{"a name", NumberPlan{Region: "US"}, "dana", ""},
		{"no number that anybody knows", NumberPlan{Region: "US"}, "00000000000", ""},
		{"one that a rewrite is for", NumberPlan{Region: "DE", Rewrites: []Rewrite{code}}, "03023125117", ""},
	} {
		var got []string
		for _, s := range tt.plan.Spellings(tt.number) {
			bare := ""
			if s.Bare {
				bare = "-"
			}
			got = append(got, s.Sent+bare)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		}
	}
}

// A spelling of a number abroad that is kept leaves numbers of the own country as they are, wherever any form does.
func TestASpellingThatIsKeptLeavesNumbersAtHomeAlone(t *testing.T) {
	for _, tt := range []struct {
		plan         NumberPlan
		number, sent string
		home         string
	}{
		{NumberPlan{Region: "GB"}, "+14155550132", "0014155550132", "02079460018"},
		{NumberPlan{Region: "DE"}, "+442079460018", "00442079460018", "03023125117"},
		{NumberPlan{Region: "GB", DialAs: DialNational}, "+14155550132", "+14155550132", "02079460018"},
		{NumberPlan{Region: "DE", OutsidePrefix: "9", DialAs: DialExit}, "+493023125117", "903023125117", ""},
	} {
		all := tt.plan.Spellings(tt.number)
		i := slices.IndexFunc(all, func(s DialSpelling) bool { return s.Sent == tt.sent })
		if i < 0 {
			t.Errorf("%s as %s: %+v", tt.number, tt.sent, all)
			continue
		}
		if got := tt.plan.As(all[i]).Dial(tt.home); got != tt.home {
			t.Errorf("%s is kept as %s, and %s goes out as %s", tt.sent, all[i].DialAs, tt.home, got)
		}
	}
	if all := (NumberPlan{Region: "GB"}).Spellings("+14155550132"); len(all) != 1 || all[0].DialAs != DialNational {
		t.Errorf("%+v", all)
	}
}

// Whatever the plan, each spelling is another one, is what the plan would send that it stands for, and is of the same number.
func TestEverySpellingIsOfTheNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NumberPlan{
			Region:        rapid.SampledFrom([]string{"US", "GB", "DE", "FR", "AU", "IT", "JP", "AR", "BR"}).Draw(t, "region"),
			OutsidePrefix: rapid.SampledFrom([]string{"", "0", "9"}).Draw(t, "prefix"),
			DialAs:        rapid.SampledFrom(DialForms()).Draw(t, "form"),
			AreaCode:      rapid.SampledFrom([]string{"", "30", "415"}).Draw(t, "area"),
		}
		number := rapid.StringMatching(`(\+|00|011|0|9)?[0-9]{3,13}`).Draw(t, "number")
		said := []string{p.Dial(number)}
		for _, s := range p.Spellings(number) {
			if slices.Contains(said, s.Sent) || p.As(s).Dial(number) != s.Sent || strings.Trim(s.Sent, "+0123456789") != "" {
				t.Fatalf("%+v of %s, beside %q", s, number, said)
			}
			said = append(said, s.Sent)
			sent := strings.TrimPrefix(s.Sent, p.As(s).OutsidePrefix)
			if s.Bare && strings.HasPrefix(s.Sent, p.OutsidePrefix) {
				t.Fatalf("%+v of %s loses digits at a phone server that takes %s off", s, number, p.OutsidePrefix)
			}
			if was, is := p.read(number), p.read(s.Sent); was.e164() != is.e164() {
				t.Fatalf("%+v is of %s by the plan as it stands, and %s is of %s", s, is.e164(), number, was.e164())
			}
			if was, is := p.read(number), p.As(s).local(sent, read(sent, p.region())); was.e164() != is.e164() {
				t.Fatalf("%+v is of %s, and %s is of %s", s, is.e164(), number, was.e164())
			}
		}
	})
}
