package ui

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"linecard/app/settings"
)

// anotherAccount is the account of the tests with another value for each setting there is, by its key.
func anotherAccount(t *testing.T, was settings.Account) map[string]settings.Account {
	text := map[string]string{
		"server": "pbx-2.example.com", "user": "2055", "transport": "tls", "tls_ca": "/etc/ca.pem", "tls_cert": "/etc/phone.pem", "tls_key": "/etc/phone.key",
		"caller_id": "+14155550100", "caller_ids": "withheld", "caller_id_in": "from", "encryption": "required", "encryption_by": "sdes",
		"transfers": "never", "redirects": "never", "dtmf": "info", "forward_always": "3001", "forward_busy": "3002", "forward_no_answer": "3003", "pickup_code": "**", "voicemail": "*97",
		"headers": "X-Ticket", "forward_by": "pbx", "ice": "offer", "stun": "stun.example.com", "hold_music": "/srv/hold.wav", "echo_test": "9196", "record_caller_id": "Preferred_Caller_ID__c", "conference": "800",
		"forward_codes.always_on": "*72{number}", "forward_codes.always_off": "*73", "forward_codes.busy_on": "*90{number}", "forward_codes.busy_off": "*91",
		"forward_codes.no_answer_on": "*92{number}", "forward_codes.no_answer_off": "*93",
		"trusted": "203.0.113.0/24", "org": "00D000000000001AAA",
		"numbers.country": "DE", "numbers.outside_prefix": "9", "numbers.dial_as": "e164", "numbers.exit_code": "011", "numbers.area_code": "30",
		"numbers.rewrite": "3 => 4", "numbers.strip": "0", "numbers.add": "+", "numbers.extension": "[2-4]...", "numbers.own": "+493090000",
	}
	all := map[string]settings.Account{}
	var each func(v reflect.Type, path string)
	each = func(v reflect.Type, path string) {
		for i := range v.NumField() {
			f := v.Field(i)
			key := path + f.Tag.Get("toml")
			value := text[key]
			switch {
			case strings.HasSuffix(key, "-"):
				continue
			case f.Type.Kind() == reflect.Struct:
				each(f.Type, key+".")
				continue
			case value != "":
			case f.Type.Kind() == reflect.Bool:
				value = "true"
			case f.Type.Kind() == reflect.Int:
				low, high := settings.AccountBounds(key)
				value = fmt.Sprint((low + high) / 2)
			default:
				value = "other"
			}
			a := was
			if err := a.Set(key, value); err != nil {
				t.Fatalf("%s: %v", key, err)
			}
			all[key] = a
		}
	}
	each(reflect.TypeFor[settings.Account](), "")
	return all
}

// Every setting of an account is on its page: what is saved is shown, and what stands there is saved.
func TestEverySettingOfAnAccountIsOnItsPage(t *testing.T) {
	b := newBench(t, nil)
	b.draw(severalAtRest())
	b.severalSaved(pagePhone)
	s := b.phoneSheet()
	b.press("Sales")
	was := s.account
	was.Transfers, was.Redirects, was.DTMF, was.ICE = "ask", "server", "auto", "answer" // as an empty one is read
	saved := slices.Clone(b.settings.form.Accounts)
	for i, a := range saved {
		if a.ID() == was.ID() {
			saved[i] = was
		}
	}
	for key, want := range anotherAccount(t, was) {
		b.settings.form.Accounts = slices.Clone(saved)
		s.set(was)
		before := s.read()
		s.set(want)
		shown := s.read()
		if reflect.DeepEqual(before, shown) {
			t.Errorf("%s: nothing on the page shows it", key)
			continue
		}
		s.set(was)
		s.write(shown)
		s.check()
		s.submit()
		b.settle()
		b.settings.changing.Lock()
		got := b.settings.saved
		b.settings.changing.Unlock()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is saved as\n%+v, want\n%+v\n%s", key, got, want, s.result.value)
		}
		b.settings.said()
	}
}

// A number outside its bounds is told with them, and stays in its field; an empty field is the usual one.
func TestNumbersOfAnAccountHaveBounds(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pagePhone)
	b.settle()
	s := b.phoneSheet()
	if text := strings.Join(words(s.advanced.root), " "); !strings.Contains(text, "Calls at once (1 to 20)") || !strings.Contains(text, "in seconds (5 to 3600)") {
		t.Errorf("the page says %q", text)
	}
	lines := s.advanced.numbers[0].field
	for _, typed := range []string{"21", "two"} {
		lines.SetText(typed)
		b.press("Save and connect")
		if lines.Text != typed || !strings.Contains(s.result.value, "lines") {
			t.Errorf("%q: told %q with %q in the field", typed, s.result.value, lines.Text)
		}
	}
	lines.SetText("")
	b.press("Save and connect")
	b.settings.said()
	if got := b.settings.saved.Lines; got != settings.DefaultAccount().Lines {
		t.Errorf("an empty field is %d calls", got)
	}
	b.settings.form.Locked = func(key string) bool { return key == "accounts" }
	b.openSettings(pagePhone)
	b.settle()
	for _, f := range s.advanced.lockable() {
		if d, ok := f.(interface{ Disabled() bool }); !ok || !d.Disabled() {
			t.Errorf("%T can be changed though it is locked", f)
		}
	}
}

// The password of an account that is fixed is saved with the account as it is fixed, whatever spaces the profile has in it.
func TestThePasswordOfALockedAccount(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.settings.form.Accounts[0].Numbers.Own = []string{" +1 415 555 0100 "}
	b.settings.form.Accounts[0].Trusted = []string{" 203.0.113.7"}
	b.settings.form.Locked = func(key string) bool { return key == "accounts" }
	b.openSettings(pagePhone)
	b.settle()
	b.phoneSheet().password.SetText("open sesame")
	b.press("Save and connect")
	if got := b.settings.said(); len(got) != 1 || !strings.Contains(got[0], "password=open sesame") {
		t.Errorf("told %q", got)
	}
	if got := b.settings.saved; !reflect.DeepEqual(got, b.settings.form.Accounts[0]) {
		t.Errorf("saved %+v", got)
	}
}
