package settings

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"linecard/app/catalogue"
)

func TestEverySettingIsListedSetAndUnset(t *testing.T) {
	begin := Default()
	begin.Accounts = []Account{DefaultAccount(), DefaultAccount()}
	begin.Accounts[0].Server, begin.Accounts[0].User = "pbx.example.com:5080", "2041"
	begin.Accounts[1].Server, begin.Accounts[1].User = "[::1]:5060", "7"
	begin.Orgs = []Org{{LoginHost: "https://login.salesforce.com", OrgID: "00D1"}}
	other := map[string]string{ // where the first try would not do
		"numbers.country": "DE", "accounts[1].numbers.country": "DE", "accounts[2].numbers.country": "DE",
		"numbers.dial_as": "e164", "accounts[1].numbers.dial_as": "exit", "accounts[2].numbers.dial_as": "national",
		"numbers.rewrite": `^0(.*) => +49$1`, "accounts[1].numbers.rewrite": `^0(.*) => +49$1`, "accounts[2].numbers.rewrite": `^0(.*) => +49$1`,
		"devices.ring_style": "uk", "records.pop": "ring", "records.several": "order", "records.orgs": "all", "records.pop_in": "app", "records.pop_outbound": "hangup", "records.pop_outbound_in": "both",
		"logging.owner": "extension", "logging.no_owner": "linked", "logging.mode": "ask", "appearance.theme": "dark", "language": "de",
		"accounts[1].tls_ca": "/etc/ca.pem", "accounts[1].tls_cert": "/etc/cert.pem", "accounts[1].tls_key": "/etc/key.pem",
		"accounts[2].tls_ca": "/etc/ca.pem", "accounts[2].tls_cert": "/etc/cert.pem", "accounts[2].tls_key": "/etc/key.pem",
		"accounts[1].headers": "X-Ticket", "accounts[2].headers": "X-Queue,X-Ticket",
		"accounts[1].hold_music": "/srv/hold.wav", "accounts[2].hold_music": "/srv/hold.wav",
		"accounts[1].session_timer": "0", "accounts[2].session_timer": "600",
		"accounts[1].transport": "tcp", "accounts[1].encryption": "required", "accounts[2].encryption": "never", "accounts[1].encryption_by": "sdes", "accounts[2].encryption_by": "dtls", "accounts[1].ice": "offer", "accounts[2].ice": "never", "accounts[1].dtmf": "info", "accounts[2].dtmf": "inband", "accounts[1].caller_id_in": "from", "accounts[2].caller_id_in": "pai", "accounts[1].transfers": "ask", "accounts[2].transfers": "never", "accounts[1].redirects": "ask", "accounts[2].redirects": "never", "accounts[1].trusted": "203.0.113.9", "accounts[2].trusted": "203.0.113.0/24", "accounts[2].transport": "tcp", "orgs[1].login_host": "https://test.salesforce.com", "orgs[1].color": "amber",
		"asking.calling_hours": "8:00-20:00", "asking.calling_days": "mon-fri",
		"spellings": "2041@pbx.example.com=exit/*typed", "errors.mail.to": "admin@example.com", "errors.mail.from": "linecard@example.com", "errors.mail.security": "tls", "errors.webhook.url": "https://example.com/hook",
	}
	for _, account := range []string{"accounts[1].", "accounts[2]."} {
		other[account+"forward_by"], other[account+"record_caller_id"] = "pbx", "Preferred_Caller_ID__c"
		for _, way := range []string{"always", "busy", "no_answer"} {
			other[account+"forward_codes."+way+"_on"] = "*72{number}"
		}
	}
	keys := 0
	for _, e := range InMemory(begin).List() {
		keys++
		s := InMemory(begin)
		text, ok := other[e.Key]
		if !ok {
			switch v := e.Value.(type) {
			case bool:
				text = map[bool]string{true: "false", false: "true"}[v]
			case int:
				text = "17"
			case float64:
				text = "1.5"
			default:
				text = "5"
			}
		}
		if err := s.Set(e.Key, text); err != nil {
			t.Errorf("%s: %v", e.Key, err)
			continue
		}
		find := func() (Entry, bool) {
			for _, now := range s.List() {
				if now.Key == e.Key {
					return now, true
				}
			}
			return Entry{}, false
		}
		if now, ok := find(); !ok || reflect.DeepEqual(now.Value, e.Value) || now.Origin != FromUser {
			t.Errorf("%s set to %s: %+v", e.Key, text, now)
		}
		if err := s.Unset(e.Key); err != nil {
			if !strings.HasSuffix(e.Key, ".server") && !strings.HasSuffix(e.Key, ".user") {
				t.Errorf("%s: %v", e.Key, err)
			}
			continue
		}
		if now, _ := find(); now.Origin != FromDefault {
			t.Errorf("%s taken back: %+v", e.Key, now)
		}
	}
	if keys < 60 {
		t.Errorf("only %d settings", keys)
	}
	s := InMemory(begin)
	for key, want := range map[string]int{"accounts[2041@pbx.example.com:5080].lines": 0, "accounts[7@[::1]:5060].lines": 1} {
		if err := s.Set(key, "9"); err != nil || s.Get().Accounts[want].Lines != 9 {
			t.Errorf("%s: %v", key, err)
		}
	}
	if err := s.Set("logging.outcomes", "Sold, Not sold,"); err != nil || !reflect.DeepEqual(s.Get().Logging.Outcomes, []string{"Sold", "Not sold"}) {
		t.Errorf("%v, %q", err, s.Get().Logging.Outcomes)
	}
	if err := s.Set("logging.outcomes", `["Yes, later", "No"]`); err != nil || !reflect.DeepEqual(s.Get().Logging.Outcomes, []string{"Yes, later", "No"}) {
		t.Errorf("%v, %q", err, s.Get().Logging.Outcomes)
	}
}

func TestKeysAndValuesThatCannotBe(t *testing.T) {
	begin := Default()
	begin.Accounts = []Account{{Server: "pbx", User: "1", Transport: "udp", Encryption: "offered", EncryptionBy: "both", CallerIDIn: "ppi", Lines: 2, Expires: 300}}
	for _, tt := range [][2]string{
		{"", "1"},
		{"nonsense", "1"},
		{"logging", "1"},
		{"logging.", "1"},
		{"accounts", "x"},
		{"accounts[1]", "x"},
		{"accounts[2].lines", "3"},
		{"accounts[0].lines", "3"},
		{"accounts[nobody@pbx].lines", "3"},
		{"accounts.lines", "3"},
		{"accounts[1].lines", "21"},
		{"accounts[1].lines", "two"},
		{"accounts[1].server", ""},
		{"accounts[1].numbers", "x"},
		{"accounts[1].numbers.extension", "("},
		{"accounts[1].numbers.dial_as", "dots"},
		{"numbers.dial_as", ""},
		{"numbers.exit_code", "+"},
		{"numbers.area_code", "030-1"},
		{"numbers.strip", "++"},
		{"numbers.rewrite", "0 => sip:x"},
		{"logging[1].mode", "ask"},
		{"logging.mode.x", "ask"},
		{"logging.missed", "yes"},
		{"logging.outcomes", "[1"},
		{"logging.settle_seconds", "3601"},
		{"journal.keep_days", "-1"},
		{"language", "klingon language"},
		{"numbers.country", "England"},
		{"appearance.text_size", "NaN"},
	} {
		s := InMemory(begin)
		var wrong *KeyError
		if err := s.Set(tt[0], tt[1]); !errors.As(err, &wrong) || !strings.HasSuffix(catalogue.Error(err), ".") && !strings.Contains(catalogue.Error(err), "linecard settings") {
			t.Errorf("%s = %s: %v", tt[0], tt[1], err)
		}
		if !equal(*s.Get(), begin) {
			t.Errorf("%s = %s: changed to %+v", tt[0], tt[1], s.Get())
		}
	}
}

func TestNumbersOfAnAccount(t *testing.T) {
	s := Default()
	s.Numbers = Numbers{Country: "US", OutsidePrefix: "9", Own: []string{"+1"}, AreaCode: "415", Rewrite: []string{"3 => 4"}}
	s.Accounts = []Account{{User: "1", Server: "a"}, {User: "2", Server: "b", Numbers: Numbers{Country: "DE", Own: []string{"+49"}, Extension: "^8", DialAs: "e164", Rewrite: []string{"1 => 2"}}}, {User: "3", Server: "c", Numbers: Numbers{OutsidePrefix: "-", AreaCode: NoDigits}}}
	for id, want := range map[string]Numbers{
		"":    s.Numbers,
		"1@a": s.Numbers,
		"3@c": {Country: "US", Own: []string{"+1"}, Rewrite: []string{"3 => 4"}},
		"2@b": {Country: "DE", OutsidePrefix: "9", Own: []string{"+1", "+49"}, Extension: "^8", DialAs: "e164", AreaCode: "415", Rewrite: []string{"1 => 2", "3 => 4"}},
	} {
		if got := s.NumbersOf(id); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v", id, got)
		}
	}
}
