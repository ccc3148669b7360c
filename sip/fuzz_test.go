package sip

import (
	"strings"
	"testing"

	"linecard/clean"
	"linecard/clean/cleantest"
	"linecard/fault"
)

// FuzzParty reads caller identity out of anything: the names and numbers in it come from strangers.
func FuzzParty(f *testing.F) {
	for _, s := range []string{
		`"Ada \"A\" Lovelace" <sip:+441632960001@pbx;user=phone>;tag=1`, `sip:2050@pbx;tag=1`, `<tel:+1-555-0100;ext=7>`,
		`"Anonymous" <sip:anonymous@anonymous.invalid>`, `"<sip:a@b>`, `<>`, `"\`, `<sip:%ZZ%2@[::1`, "\xff<sip:\xfe@x>",
	} {
		f.Add(s, s, "id")
	}
	for _, s := range cleantest.Names {
		f.Add(`"`+s+`" <sip:`+s+`@pbx>`, `"`+s+`" <sip:+15550100@`+s+`>`, "")
	}
	f.Fuzz(func(t *testing.T, from, pai, privacy string) {
		values := func(names ...string) []string {
			switch names[0] {
			case "P-Asserted-Identity", "Remote-Party-ID", "Diversion", "History-Info":
				return []string{pai, from}
			case "Privacy":
				return []string{privacy}
			}
			return nil
		}
		p := partyOf(values, from)
		s := signalled(func(names ...string) []string {
			if names[0] == "User-to-User" || names[0] == "Call-Info" {
				return []string{from, pai}
			}
			return values(names...)
		}, from, false)
		if s.Verstat != "" && s.Verstat != VerstatPassed && s.Verstat != VerstatFailed && s.Verstat != VerstatNone {
			t.Fatalf("verstat %q", s.Verstat)
		}
		for _, s := range []string{s.DivertedFirst} {
			if why := cleantest.Dirt(s, clean.MaxLine); why != "" {
				t.Fatalf("%q %s", s, why)
			}
		}
		for _, s := range []string{s.UserToUser, s.CallInfo, s.DivertedFor} {
			if why := cleantest.Dirt(s, longestSignalled); why != "" {
				t.Fatalf("%q %s", s, why)
			}
		}
		for _, s := range []string{p.Name, p.User, p.Host, divertedBy(values)} {
			if why := cleantest.Dirt(s, clean.MaxLine); why != "" {
				t.Fatalf("%q %s", s, why)
			}
		}
		if p.Withheld && (p.User != "" || p.Name != "" || p.Host != "") {
			t.Fatalf("withheld and told: %+v", p)
		}
		if strings.Contains(p.Source, "\n") {
			t.Fatal(p.Source)
		}
	})
}

// FuzzDialable: what is typed, pasted or linked becomes one user part at the account's own server, or nothing. Dialing
// what came of it once more, as redial does, calls the same.
func FuzzDialable(f *testing.F) {
	for _, s := range []string{
		"+1 (415) 555-0100", "tel:+1-415-555-0100;ext=3", "sip:ada@example.com", "callto:123", "*72#", "a\r\nb", "ada@pbx:5060",
		"sip:1@127.0.0.1:59999", "123?Header=1", "1;phone-context=x@evil", "sip:%61@pbx", "\u202a+1 415\u202c", "sip:a@[::1]",
		"+1 415 555 0132 ext 12", "tel:4155550142,,12#", "4155550142;12", "+44 (0)20 7946 0018", "1-800-FLOWERS", "Dana +1 415 555 0132", "٢٠٥٠", "tel:7042;phone-context=pbx",
	} {
		f.Add(s)
	}
	a := Account{Server: "pbx", User: "2041"}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := a.Dialable(s)
		if err != nil {
			if d != (Dialed{}) || fault.Of(err).IsZero() {
				t.Fatalf("%q: %q, %v", s, d, err)
			}
			return
		}
		if d.Number == "" || len(d.Number) > 100 || strings.Trim(d.Number, nameChars) != "" || d.Host != "" {
			t.Fatalf("%q dials %+v", s, d)
		}
		if d.Then != "" && (len(d.Then) > maxKeys || !strings.Contains(pauses, d.Then[:1]) || strings.Trim(d.Then, "0123456789*#ABCD,;") != "") {
			t.Fatalf("%q presses %q", s, d.Then)
		}
		again, err := a.Dialable(d.String())
		if again.Found, d.Found = false, false; again != d || err != nil {
			t.Fatalf("%q dials %+v, and that %+v, %v", s, d, again, err)
		}
	})
}
