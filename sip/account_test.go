package sip_test

import (
	"strings"
	"testing"

	"linecard/sip"
)

// What cannot work is said when it is entered, and not by a server that is never found.
func TestAccountIsChecked(t *testing.T) {
	for _, server := range []string{
		"pbx.example.com", "pbx.example.com:5070", "192.0.2.7", "192.0.2.7:5060", "2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:5060", "pbx",
	} {
		if err := (sip.Account{Server: server, Proxy: server, User: "2041"}).Check(); err != nil {
			t.Errorf("%s: %v", server, err)
		}
	}
	for _, tc := range []struct {
		change func(*sip.Account)
		want   string // is in the sentence
	}{
		{func(a *sip.Account) { a.Server = "sip:pbx.example.com" }, "The server sip:pbx.example.com is no address."},
		{func(a *sip.Account) { a.Server = "sip:pbx.example.com:5070" }, "is no address"},
		{func(a *sip.Account) { a.Server = "pbx.example.com:99999" }, "is no address"},
		{func(a *sip.Account) { a.Server = "pbx.example.com:" }, "is no address"},
		{func(a *sip.Account) { a.Server = "https://pbx.example.com" }, "characters"},
		{func(a *sip.Account) { a.Server = ":5060" }, "is no address"},
		{func(a *sip.Account) { a.Server = "2041@pbx.example.com" }, "characters"},
		{func(a *sip.Account) { a.Proxy = "proxy:sip" }, "The proxy proxy:sip is no address."},
		{func(a *sip.Account) { a.Port = 70000 }, "There is no port 70000."},
		{func(a *sip.Account) { a.User = "" }, "no user"},
		{func(a *sip.Account) { a.Transport = "sctp" }, `"sctp"`},
	} {
		a := sip.Account{Server: "pbx.example.com", User: "2041"}
		tc.change(&a)
		if err := a.Check(); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: %v, want %q", a, err, tc.want)
		}
	}
	if err := (sip.Account{}).Check(); err != nil {
		t.Errorf("no account: %v", err)
	}
}
