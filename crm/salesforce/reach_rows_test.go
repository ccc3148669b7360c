package salesforce

import (
	"strings"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg/sosl"
)

// Other scripts, letters and ranges are found however the org indexes a phone field.
func TestTheSearchReachesScriptsLettersAndRanges(t *testing.T) {
	for _, tt := range []struct{ stored, caller, region string }{
		{"٠٩١٢٣٠٠٤٤٥٥", "+989123004455", "IR"}, // Arabic digits, as some keyboards write
		{"۰۹۱۲۳۰۰۴۴۵۵", "+989123004455", "IR"},
		{"٠٣٠١ ٢٣٤٥٦٢٠", "+923012345620", "PK"},
		{"۰۰۹۷۱ ۵۰ ۱۲۳ ۴۵۰۸", "+971501234508", "IR"}, // the org's script, not the number's
		{"٠٠٤٩ ٣٠ ٢٣١٢٥١٤٢", "+493023125142", "SA"},
		{"+٩٦٦ (٠) ٥٠ ١٢٣ ٤٥٠٨", "+966501234508", "SA"},
		{"٠١١ ٢٣٤ ٥٦٧٨ / ٠٥٠ ١٢٣ ٤٥٠٨", "+966501234508", "SA"},
		{"٠١١ ٢٣٤ ٥٦٧٨ / 050 123 4508", "+966501234508", "SA"},
		{"011 234 5678 / ٠٥٠ ١٢٣ ٤٥٠٨", "+966501234508", "SA"},
		{"०२२ २३४५ ६७८९ / ०९८१० १००२००", "+919810100200", "IN"},
		{"+९१ (०) ९८१० १००२००", "+919810100200", "IN"},
		{"૦૯૮૧૦ ૧૦૦૨૦૦", "+919810100200", "IN"},
		{"+௯௧ ௯௮௧௦ ௧௦௦௨௦௦", "+919810100200", "IN"},
		{"০২-৯৫৫১২৩৪ / ০১৭১১-১০০২০০", "+8801711100200", "BD"},
		{"＋８１ （０）３-５５５０-０１５３", "+81355500153", "JP"},
		{"０３-５５５０-０１５３（代）", "+81355500153", "JP"},
		{"๐๒ ๑๒๓ ๔๕๖๗, ๐๘๑ ๑๐๐ ๒๐๐๓", "+66811002003", "TH"},

		{"(415) 775-HELP", "+14157754357", "US"},
		{"1-415-775-HELP", "+14157754357", "US"},
		{"+1 (415) 775-HELP", "+14157754357", "US"},
		{"(415) 775-4ELP", "+14157754357", "US"},
		{"1-800-FLOWERS", "+18003569377", "US"},
		{"1-800-555-TELL", "+18005558355", "US"},
		{"800-555-TELL", "+18005558355", "US"},
		{"1-800-4-CANCER", "+18004226237", "US"},
		{"1-800-42-ANCER", "+18004226237", "US"},
		{"0800 TELEKOM", "+498008353566", "DE"},
		{"020 7946 HELP", "+442079464357", "GB"},

		{"212-555-0151~53", "+12125550152", "US"},
		{"212-555-0151 ~ 53", "+12125550152", "US"},
		{"+1 212-555-0158~62", "+12125550160", "US"},
		{"212-555-0151~0153", "+12125550152", "US"},
		{"03-5550-0158～62", "+81355500160", "JP"},
		{"03-5550-0158～62", "+81355500159", "JP"},
		{"03-5550-0151(～3)", "+81355500152", "JP"},
		{"+81 (0)3-5550-0151～3", "+81355500152", "JP"},
		{"+44 (0)20 7946 0951~9", "+442079460955", "GB"},
		{"+44 (0)20 7946 0958/59", "+442079460959", "GB"},
		{"+49 (0)30 23125-142/-102", "+493023125102", "DE"},
		{"0049 30 23125-142/102", "+493023125102", "DE"},
		{"011 44 20 7946 0958/59", "+442079460959", "US"},
		{"+33 (0)1 42 68 53 41/42", "+33142685342", "FR"},
		{"00 41 44 668 18 41/42", "+41446681842", "CH"},
	} {
		n := crm.ParseNumber(tt.caller, crm.NumberPlan{Region: tt.region})
		if _, ok := crm.Compare(tt.stored, n, tt.region); !ok {
			t.Errorf("%q is not %s in %s", tt.stored, tt.caller, tt.region)
		}
		e, err := sosl.Expression(strings.Join(n.Terms(), " OR "))
		if err != nil {
			t.Fatal(tt.caller, err)
		}
		for _, how := range []sosl.PhoneIndex{sosl.AllDigits, sosl.ByGroups, sosl.AnySuffix} {
			if !sosl.Matches(e, sosl.NewPhone(tt.stored, how).Has) {
				t.Errorf("%q of %s in %s is not found in index %q", tt.stored, tt.caller, tt.region, how)
			}
		}
	}
}
