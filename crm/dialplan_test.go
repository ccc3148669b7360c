package crm_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"linecard/crm"
	"linecard/test/interop"
)

func TestWhatIsDialledForAnOutsideLine(t *testing.T) {
	interop.Proves(t, "S7.4")
	us, de, gb, fr, es := crm.NumberPlan{Region: "US", OutsidePrefix: "9"}, crm.NumberPlan{Region: "DE", OutsidePrefix: "0"},
		crm.NumberPlan{Region: "GB", OutsidePrefix: "9"}, crm.NumberPlan{Region: "FR", OutsidePrefix: "0"}, crm.NumberPlan{Region: "ES", OutsidePrefix: "0"}
	house := crm.NumberPlan{Region: "US", OutsidePrefix: "9", Extension: regexp.MustCompile(`^7[0-9]{7}$`)}
	for _, tt := range []struct {
		plan         crm.NumberPlan
		number, want string
	}{
		{us, "+14155550132", "914155550132"},
		{us, "4155550132", "94155550132"},
		{us, "14155550132", "914155550132"},
		{us, "9175550132", "99175550132"}, // of New York, not an outside line to 175550132
		{us, "5550132", "95550132"},
		{us, "+442079460018", "9011442079460018"},
		{us, "011442079460018", "9011442079460018"},
		{us, "+16045550133", "916045550133"}, // Canada
		{us, "914155550132", "914155550132"}, // carries it already
		{us, "94155550132", "94155550132"},
		{de, "+493023125117", "003023125117"},
		{de, "03023125117", "003023125117"},
		{de, "+442079460018", "000442079460018"},
		{de, "00442079460018", "000442079460018"},
		{de, "000442079460018", "000442079460018"},
		{gb, "+442079460018", "902079460018"},
		{gb, "+14155550132", "90014155550132"},
		{fr, "+33199001234", "00199001234"},
		{es, "+34912345678", "0912345678"},
		{crm.NumberPlan{Region: "BR", OutsidePrefix: "0"}, "+442079460018", "+442079460018"}, // it has several exit codes, and the PBX chooses
		{house, "71234567", "71234567"},
		{house, "911", "911"},
		{us, "2041", "2041"},
		{us, "911", "911"},
		{us, "112", "112"},
		{gb, "999", "999"},
		{us, "411", "411"},
		{de, "110", "110"},
		{us, "22020", "22020"},
		{us, "*72", "*72"},
		{us, "#31#4155550132", "#31#4155550132"},
		{us, "alice", "alice"},
		{us, "front-desk.2", "front-desk.2"},
		{us, "", ""},
		{us, "+", "+"},
		{crm.NumberPlan{Region: "US"}, "+14155550132", "+14155550132"},
		{crm.NumberPlan{Region: "US"}, "4155550132", "4155550132"},
	} {
		if got := tt.plan.Dial(tt.number); got != tt.want {
			t.Errorf("%s, %q: %q, want %q", tt.plan.Region, tt.number, got, tt.want)
		}
	}
}

// What is sent is read back as the number that was meant, and sending that again adds nothing.
func TestDialledAndReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := crm.NumberPlan{Region: "US", OutsidePrefix: rapid.SampledFrom([]string{"9", "8", "77"}).Draw(t, "prefix")}
		n := rapid.StringMatching(`\+1(415|212|917|604)555[0-9]{4}`).Draw(t, "number")
		sent := plan.Dial(n)
		if !strings.HasPrefix(sent, plan.OutsidePrefix+"1") {
			t.Fatalf("%s is sent as %s", n, sent)
		}
		if back := crm.ParseNumber(sent, plan).E164; back != n {
			t.Fatalf("%s is sent as %s, which is read as %s", n, sent, back)
		}
		if again := plan.Dial(sent); again != sent {
			t.Fatalf("%s is sent as %s, and that as %s", n, sent, again)
		}
	})
}
