package crm

import "testing"

// What somebody else wants called is called unasked only where it is a colleague's for certain.
func TestWhoIsAColleague(t *testing.T) {
	pattern, err := ExtensionPattern("[1-9][0-9]{2,3}|00[0-9]{2}")
	if err != nil {
		t.Fatal(err)
	}
	rewrite, _ := ReadRewrite("701 => +13125550167")
	us, nine := NumberPlan{}, NumberPlan{OutsidePrefix: "9"}
	house := NumberPlan{Region: "FR", Extension: pattern}
	for _, tt := range []struct {
		name    string
		plan    NumberPlan
		numbers []string
		want    bool
	}{
		{"two to six digits", us, []string{"20", "206", "2060", "206012", "9001", "15", "144"}, true},
		{"too few, too many, none", us, []string{"", "2", "1234567"}, false},
		{"no digits alone", us, []string{"*72", "2060#", "+2060", "20 60", "20-60", "alice", "٢٠٦٠", "２０６０", "%32060"}, false},
		{"public short numbers", us, []string{"911", "112", "999", "110", "118118", "116117", "411", "611", "011", "0900"}, false},
		{"help behind a 9 or a 0 that the plan does not tell", us, []string{"9911", "9112", "9999", "0112", "0911"}, false},
		{"in the country of the line", NumberPlan{Region: "FR"}, []string{"15", "17", "18", "114", "915", "3949"}, false},
		{"in Switzerland", NumberPlan{Region: "CH"}, []string{"144", "117", "9144"}, false},
		{"in Brazil", NumberPlan{Region: "BR"}, []string{"190", "192", "9190"}, false},
		{"in India", NumberPlan{Region: "IN"}, []string{"100", "9100"}, false},
		{"and not in another", NumberPlan{Region: "DE"}, []string{"15", "144", "190", "100", "3949"}, true},
		{"behind the digits for an outside line", nine, []string{"9911", "9411", "9001", "92060"}, false},
		{"without them", nine, []string{"2060", "8001"}, true},
		{"more digits for an outside line", NumberPlan{Region: "CH", OutsidePrefix: "88"}, []string{"88144", "8820"}, false},
		{"the plan says so", house, []string{"206", "1149", "3949", "0020", "9001"}, true},
		{"and does not", house, []string{"20", "20601"}, false},
		{"help, whatever the plan says", house, []string{"112", "911", "999", "9112"}, false},
		{"in its country too", NumberPlan{Region: "CH", Extension: pattern}, []string{"144", "117", "0144"}, false},
		{"what is sent elsewhere", NumberPlan{Rewrites: []Rewrite{rewrite}}, []string{"701"}, false},
	} {
		for _, number := range tt.numbers {
			if got := tt.plan.Colleague(number); got != tt.want {
				t.Errorf("%s: %q: %v", tt.name, number, got)
			}
		}
	}
}

// Another spelling of what was dialed is no other number, and whatever else stands in it makes it one.
func TestWhatANumberIsWrittenAs(t *testing.T) {
	nine := NumberPlan{OutsidePrefix: "9"}
	for _, tt := range []struct {
		plan   NumberPlan
		number string
		sent   []string
		want   bool
	}{
		{nine, "+14155550144", []string{"+14155550144", "914155550144", "14155550144"}, true},
		{nine, "+14155550144", []string{"+14155550145", "*6714155550144", "14155550144#", "101028814155550144", "911", ""}, false},
		{NumberPlan{Region: "GB"}, "020 7946 0018", []string{"+442079460018", "02079460018", "00442079460018"}, true},
		{NumberPlan{}, "2060", []string{"2060"}, true},
		{NumberPlan{}, "2060", []string{"2061", "92060"}, false},
		{NumberPlan{}, "alice", []string{"alice"}, true},
		{nine, "911", []string{"911", "9911"}, true}, // the agent has dialed it
	} {
		for _, sent := range tt.sent {
			if got := tt.plan.Writes(tt.number, sent); got != tt.want {
				t.Errorf("%s as %q: %v (it may be written %+v)", tt.number, sent, got, tt.plan.Spellings(tt.number))
			}
		}
	}
}

// Whatever is named, only digits are a colleague's, and none that call for help.
func FuzzColleague(f *testing.F) {
	for _, seed := range []string{"2060", "9911", "0112", "*72", "15"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, number string) {
		for _, p := range []NumberPlan{{}, {Region: "FR"}, {Region: "GB", OutsidePrefix: "9"}} {
			if p.Colleague(number) && (number == "" || digitsOf(number) != number || p.Emergency(number) || p.dear(number) || p.Internal(number, "") != number) {
				t.Errorf("%q", number)
			}
		}
	})
}

// A call for help is one with the digits for an outside line and without, in the country of the line, and nothing else is.
func TestWhatCallsForHelp(t *testing.T) {
	nine := NumberPlan{OutsidePrefix: "9"}
	for _, tt := range []struct {
		plan    NumberPlan
		numbers []string
		want    bool
	}{
		{NumberPlan{}, []string{"112", "911", "999"}, true},
		{nine, []string{"911", "9911", "9112"}, true},
		{NumberPlan{Region: "FR"}, []string{"15", "18"}, true},
		{NumberPlan{Region: "DE"}, []string{"15", "2060", "+19005550123", "reception", ""}, false},
		{nine, []string{"2060", "9", "92060"}, false},
	} {
		for _, number := range tt.numbers {
			if got := tt.plan.Emergency(number); got != tt.want {
				t.Errorf("%q: %v", number, got)
			}
		}
	}
}
