package crm_test

import (
	"testing"

	"pgregory.net/rapid"

	"linecard/crm"
	"linecard/test/interop"
)

// Each line writes numbers as its PBX wants them. What it does not know it sends as it came.
func TestEachLineWritesNumbersAsItsServerWantsThem(t *testing.T) {
	interop.Proves(t, "S7.4")
	plan := func(region string, form crm.DialForm) crm.NumberPlan {
		return crm.NumberPlan{Region: region, DialAs: form}
	}
	berlin := crm.NumberPlan{Region: "DE", DialAs: crm.DialE164, AreaCode: "30"}
	frisco := crm.NumberPlan{Region: "US", DialAs: crm.DialE164, AreaCode: "415"}
	brazil := crm.NumberPlan{Region: "BR", DialAs: crm.DialExit, ExitCode: "0021"}
	for _, tt := range []struct {
		plan         crm.NumberPlan
		number, want string
	}{
		{plan("DE", crm.DialE164), "03023125117", "+493023125117"},
		{plan("DE", crm.DialE164), "00442079460018", "+442079460018"},
		{plan("DE", crm.DialE164), "+442079460018", "+442079460018"},
		{plan("DE", crm.DialExit), "03023125117", "00493023125117"},
		{plan("DE", crm.DialExit), "+442079460018", "00442079460018"},
		{plan("DE", crm.DialNational), "+493023125117", "03023125117"},
		{plan("DE", crm.DialNational), "+442079460018", "00442079460018"},
		{plan("US", crm.DialE164), "4155550132", "+14155550132"},
		{plan("US", crm.DialE164), "011442079460018", "+442079460018"},
		{plan("US", crm.DialExit), "+442079460018", "011442079460018"},
		{plan("US", crm.DialExit), "+14155550132", "14155550132"},
		{plan("US", crm.DialExit), "+16045550133", "16045550133"},
		{plan("US", crm.DialNational), "+14155550132", "14155550132"},
		{plan("GB", crm.DialNational), "+442079460018", "02079460018"},
		{plan("IT", crm.DialNational), "+390612345678", "0612345678"},
		{plan("GB", crm.DialTyped), "+442079460018", "+442079460018"},
		{plan("GB", crm.DialTyped), "02079460018", "02079460018"},
		{plan("BR", crm.DialExit), "+442079460018", "+442079460018"}, // it has several exit codes
		{brazil, "+442079460018", "0021442079460018"},
		{berlin, "23125117", "+493023125117"},
		{berlin, "03023125117", "+493023125117"},
		{frisco, "5550132", "+14155550132"},
		{frisco, "2125550132", "+12125550132"},
		{crm.NumberPlan{Region: "DE", DialAs: crm.DialE164, OutsidePrefix: "0"}, "+493023125117", "000493023125117"},
		{crm.NumberPlan{Region: "DE", DialAs: crm.DialNational, OutsidePrefix: "9"}, "+493023125117", "903023125117"},
		{berlin, "14155550132", "+14155550132"},
		{berlin, "1701234567", "+491701234567"},                        // a mobile without its zero
		{plan("GB", crm.DialNational), "+441481960194", "01481960194"}, // Guernsey
		{crm.NumberPlan{Region: "GB", OutsidePrefix: "9"}, "+441481960194", "901481960194"},
		{crm.NumberPlan{Region: "JE", OutsidePrefix: "9"}, "+493023125117", "900493023125117"},
		{plan("AR", crm.DialNational), "+5491123456789", "005491123456789"},
		{crm.NumberPlan{Region: "US", OutsidePrefix: "9", AreaCode: "415"}, "95550132", "95550132"}, // has the digits for an outside line
		{plan("DE", crm.DialE164), "2041", "2041"},
		{plan("DE", crm.DialE164), "112", "112"},
		{plan("DE", crm.DialE164), "*72", "*72"},
		{plan("DE", crm.DialE164), "alice", "alice"},
		{plan("DE", crm.DialE164), "", ""},
		{plan("DE", crm.DialE164), "+", "+"},
	} {
		if got := tt.plan.Dial(tt.number); got != tt.want {
			t.Errorf("%s as %s, %q: %q, want %q", tt.plan.Region, tt.plan.DialAs, tt.number, got, tt.want)
		}
	}
	for _, long := range []string{"442079460018", "14155550132", "1701234567"} { // no local numbers: the area code changes nothing
		if with, without := crm.ParseNumber(long, berlin), crm.ParseNumber(long, crm.NumberPlan{Region: "DE"}); with.E164 != without.E164 {
			t.Errorf("%s is read as %s with an area code, and as %s without", long, with.E164, without.E164)
		}
	}
	if n := crm.ParseNumber("23125117", berlin); n.E164 != "+493023125117" {
		t.Errorf("a local number is read as %q", n.E164)
	}
}

// Whatever form a line writes a number in, it is read back as the number that was meant, and sending that again changes nothing.
func TestEveryFormIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := crm.NumberPlan{
			Region: rapid.SampledFrom([]string{"US", "DE", "GB", "FR", "ES", "IT", "AU"}).Draw(t, "region"),
			DialAs: rapid.SampledFrom(crm.DialForms()).Draw(t, "form"), OutsidePrefix: rapid.SampledFrom([]string{"", "9", "0"}).Draw(t, "prefix"),
		}
		n := rapid.SampledFrom([]string{"+14155550132", "+493023125117", "+442079460018", "+33123456789", "+34912345678", "+390612345678", "+61291234567"}).Draw(t, "number")
		sent := plan.Dial(n)
		if back := crm.ParseNumber(sent, plan).E164; back != n {
			t.Fatalf("%s is sent as %s, which is read as %s", n, sent, back)
		}
		if again := plan.Dial(sent); again != sent {
			t.Fatalf("%s is sent as %s, and that as %s", n, sent, again)
		}
	})
}

func TestRewrites(t *testing.T) {
	interop.Proves(t, "S7.4")
	for _, tt := range []struct{ rewrite, number, want string }{
		{"^0([1-9].*)$ => +49$1", "03023125117", "+493023125117"},
		{`(\d{4}) -> 88$1`, "2041", "882041"},
		{`(\d{4}) => 88$1`, "20411", "20411"},
		{`\+49(.*) => 0$1`, "+493023125117", "03023125117"},
		{`\+?(.*) => 9$1`, "+14155550132", "914155550132"},
		{`(\d)(\d+) => $2$1`, "123", "231"},
		{`(a*)0 => $1`, "0", "0"},
		{`(.*) => 0$1`, "+1", "+1"}, // a + in the middle is no number
		{`911 => 112`, "911", "112"},
	} {
		r, wrong := crm.ReadRewrite(tt.rewrite)
		if !wrong.IsZero() {
			t.Errorf("%q: %s", tt.rewrite, wrong.Code)
			continue
		}
		if got := (crm.NumberPlan{Region: "DE", Rewrites: []crm.Rewrite{r}}).Dial(tt.number); got != tt.want {
			t.Errorf("%q, %q: %q, want %q", tt.rewrite, tt.number, got, tt.want)
		}
	}
	all, _ := crm.ReadRewrite(`(\d+) => 9$1`)
	mine, _ := crm.ReadRewrite(`^112$ => 8112`)
	for _, tt := range []struct{ region, number, want string }{{"DE", "112", "8112"}, {"DE", "110", "110"}, {"US", "911", "911"}, {"GB", "999", "999"}, {"US", "2041", "92041"}} {
		if got := (crm.NumberPlan{Region: tt.region, Rewrites: []crm.Rewrite{mine, all}}).Dial(tt.number); got != tt.want {
			t.Errorf("%s in %s: %q, want %q", tt.number, tt.region, got, tt.want)
		}
	}
	for text, code := range map[string]string{
		"0)|(9 => 1": "numbers.rewrite-pattern",
		"":           "numbers.rewrite-form", "0": "numbers.rewrite-form", "=> 1": "numbers.rewrite-form", "1 =>": "numbers.rewrite-form",
		"( => 1": "numbers.rewrite-pattern", "1 => sip:x": "numbers.rewrite-digits", "1 => $1": "numbers.rewrite-brackets", "(1) => $2": "numbers.rewrite-brackets",
	} {
		if _, wrong := crm.ReadRewrite(text); string(wrong.Code) != code {
			t.Errorf("%q: %q, want %q", text, wrong.Code, code)
		}
	}
}

func TestCallersAsThePBXSignalsThem(t *testing.T) {
	strip, add := crm.NumberPlan{Region: "DE", Strip: "0"}, crm.NumberPlan{Region: "DE", Add: "+"}
	both := crm.NumberPlan{Region: "DE", Strip: "99", Add: "+49"}
	for _, tt := range []struct {
		plan         crm.NumberPlan
		number, want string
	}{
		{strip, "003023125117", "03023125117"},
		{strip, "2041", "2041"},
		{strip, "0911", "0911"},
		{strip, "alice", "alice"},
		{strip, "+493023125117", "+493023125117"},
		{add, "493023125117", "+493023125117"},
		{add, "+493023125117", "+493023125117"},
		{add, "2041", "2041"},
		{add, "*72", "*72"},
		{both, "993023125117", "+493023125117"},
		{both, "+493023125117", "+493023125117"},
		{both, "3023125117", "+493023125117"},
		{both, "03023125117", "+493023125117"},
		{both, "00442079460018", "00442079460018"},
		{crm.NumberPlan{Region: "US", Add: "+1"}, "011442079460018", "011442079460018"},
		{crm.NumberPlan{Region: "US", Add: "+1"}, "4155550132", "+14155550132"},
		{crm.NumberPlan{}, "003023125117", "003023125117"},
		{strip, "", ""},
	} {
		if got := tt.plan.Signalled(tt.number); got != tt.want {
			t.Errorf("%+v, %q: %q, want %q", tt.plan, tt.number, got, tt.want)
		}
	}
}

func FuzzRewrite(f *testing.F) {
	f.Add("^0([1-9].*)$ => +49$1", "03023125117")
	f.Add(`(.*) => $1`, "+1")
	f.Fuzz(func(t *testing.T, text, number string) {
		r, wrong := crm.ReadRewrite(text)
		if !wrong.IsZero() {
			return
		}
		if sent, ok := r.Rewrite(number); ok {
			for i, c := range sent {
				if (c < '0' || c > '9') && c != '*' && c != '#' && (c != '+' || i > 0) {
					t.Fatalf("%q sends %q for %q", text, sent, number)
				}
			}
		}
	})
}
