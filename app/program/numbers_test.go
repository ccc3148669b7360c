package program_test

import (
	"testing"

	"linecard/app/program"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/sip"
)

// A call from or to an own number asks no org, whoever said that it is one: the settings, the account's name, or the registrar.
// A PBX that forwards a call, or a voicemail that calls back, puts such a number into From.
func TestOwnNumbersAskNobody(t *testing.T) {
	set := &settings.Settings{Accounts: []settings.Account{{User: "2041", Server: "pbx.example"}, {User: "+14155550180", Server: "trunk.example"}}}
	set.Numbers.Country, set.Numbers.Own = "US", []string{"(415) 555-0190"}
	p := program.NewNumbers(set)
	first := set.Accounts[0].ID()
	read := func(account, user string) bool {
		return p.ReadNumber(account, sip.Party{User: user, Host: "pbx.example"}).Public()
	}
	for user, public := range map[string]bool{
		"+14155550190": false, "4155550190": false, // set
		"+14155550180": false, "14155550180": false, "4155550180": false, // the other account's name
		"+14155550199": true, "+14155550132": true,
	} {
		if got := read(first, user); got != public {
			t.Errorf("%s: public %v", user, got)
		}
	}
	p.RegistrarTells(first, []string{"+1-415-555-0199", "2041", "x"})
	for user, public := range map[string]bool{"+14155550199": false, "415 555 0199": false, "+14155550132": true, "+14155552041": true} {
		for _, account := range []string{first, set.Accounts[1].ID(), ""} {
			if got := read(account, user); got != public {
				t.Errorf("told, on %q, %s: public %v", account, user, got)
			}
		}
	}
	p.SettingsChange(set) // a change of settings forgets none
	if read(first, "+14155550199") {
		t.Error("forgotten at a change of the settings")
	}
	p.RegistrarTells(first, nil)
	if !read(first, "+14155550199") {
		t.Error("it is still an own number")
	}
}

// A server that is given as sips: is the domain of its own addresses.
func TestNumbersOfASecureServer(t *testing.T) {
	set := &settings.Settings{Accounts: []settings.Account{{User: "2041", Server: "sips:pbx.example.com"}}}
	p := program.NewNumbers(set)
	if n := p.Number("sips:alice@pbx.example.com"); !n.Extension {
		t.Errorf("%+v is not internal", n)
	}
	if n := p.Number("sips:alice@pbx.example.net"); n.Extension {
		t.Errorf("%+v is internal", n)
	}
}

// A number is the same one however the phone system and the agent spell it; extensions are told apart by their digits alone.
func TestTheSameNumber(t *testing.T) {
	plan := crm.NumberPlan{Region: "US", OutsidePrefix: "9"}
	for _, tt := range []struct {
		told, to string
		want     bool
	}{
		{"+14155550132", "94155550132", true},
		{"4155550132", "+14155550132", true},
		{"14155550132", "4155550132", true},
		{"+14155550132", "+14155550133", false},
		{"2041", "2042", false},
		{"anonymous", "4155550132", false},
		{"", "", false},
	} {
		if got := program.SameNumber(plan, tt.told, tt.to); got != tt.want {
			t.Errorf("%q, %q: %v", tt.told, tt.to, got)
		}
	}
}
