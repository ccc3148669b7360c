package sip

import (
	"errors"
	"strings"
	"testing"

	"linecard/fault"
)

func TestDialable(t *testing.T) {
	elsewhere := fault.Err(nil, "sip.other-server")
	a := Account{Server: "pbx.example.com", User: "2041"}
	for _, tc := range []struct {
		typed, want string
		err         error
	}{
		{"2050", "2050", nil},
		{" 2050\n", "2050", nil},
		{"+1 (415) 555-0100", "+14155550100", nil},
		{"0221/12 34-56", "0221123456", nil},
		{"+49.30.1234", "+49301234", nil},
		{"\u202a+1\u00a0415\u2011555\u20120100\u202c", "+14155550100", nil}, // as copied out of a chat
		{"*72#", "*72#", nil},
		{"555,,2", "555,,2", nil},
		{"tel:+1-415-555-0100;ext=7", "+14155550100", nil},
		{"TEL:2050", "2050", nil},
		{"callto:2050", "2050", nil},
		{"sip:2050", "2050", nil},
		{"alice", "alice", nil},
		{"front-desk.2", "front-desk.2", nil},
		{"dad-cab", "dad-cab", nil}, // letters, even those that are keys, make it a name
		{"1A", "1A", nil},
		{"alice@pbx.example.com", "alice", nil},
		{"sip:alice@PBX.example.com", "alice", nil},
		{"sip:alice@pbx.example.com:5060", "alice", nil},
		{"sip:+1-415-555-0100@pbx.example.com;user=phone", "+14155550100", nil},
		{strings.Repeat("5", 100), strings.Repeat("5", 100), nil},

		{"", "", ErrNoNumber},
		{" - ", "", ErrNoNumber},
		{"sip:", "", ErrNoNumber},
		{"@pbx.example.com", "", ErrNoNumber},
		{"***", "", ErrBadNumber},
		{"+", "", ErrBadNumber},
		{"abc def", "", ErrBadNumber},
		{"\x01\x1b[31m\r\nBYE sip:x", "", ErrBadNumber},
		{"1\x002", "", ErrBadNumber},
		{"2050\r\nRoute: <sip:evil>", "", ErrBadNumber},
		{"123?Header=1", "", ErrBadNumber},
		{"sip:123@pbx.example.com?Route=evil", "", elsewhere},
		{"1;phone-context=x@evil", "", ErrBadNumber},
		{"sip:a b@c", "", ErrBadNumber},
		{"sip:alice:secret@pbx.example.com", "", ErrBadNumber},
		{"sip:%61lice@pbx.example.com", "", ErrBadNumber},
		{"a@b@pbx.example.com", "", ErrBadNumber},
		{"<sip:alice@pbx.example.com>", "", ErrBadNumber},
		{"http:alice", "", ErrBadNumber},
		{"٢٠٥٠", "", ErrBadNumber}, // digits, but none of a telephone's
		{"jürgen", "", ErrBadNumber},
		{"\xff2050", "", ErrBadNumber},
		{"sips:alice@pbx.example.com", "", ErrSecureCall},
		{strings.Repeat("5", 101), "", ErrLongNumber},
		{strings.Repeat("5", 5000), "", ErrLongNumber},
		{"sip:1@127.0.0.1:59999", "", elsewhere},
		{"alice@evil.example", "", elsewhere},
		{"alice@pbx.example.com.evil.example", "", elsewhere},
		{"alice@pbx.example.com:5070", "", elsewhere},
		{"alice@pbx.example.com:x", "", elsewhere},
		{"alice@", "", elsewhere},
	} {
		got, err := a.Dialable(tc.typed)
		if got != tc.want || !errors.Is(err, tc.err) {
			t.Errorf("%q: %q, %v; want %q, %v", tc.typed, got, err, tc.want, tc.err)
		}
	}
}

// What counts as our own server, however it is written in the settings.
func TestDialableAtOurServer(t *testing.T) {
	for _, tc := range []struct {
		server, typed string
		ours          bool
	}{
		{"127.0.0.1:5070", "1@127.0.0.1:5070", true},
		{"127.0.0.1:5070", "1@127.0.0.1", true},
		{"127.0.0.1:5070", "1@127.0.0.1:5060", false},
		{"[::1]:5070", "1@[::1]:5070", true},
		{"[::1]", "1@[::1]", true},
		{"::1", "sip:1@[::1]:5060", true},
		{"::1", "1@[::2]", false},
		{"pbx", "1@pbx.example.com", false},
	} {
		_, err := Account{Server: tc.server, User: "2041"}.Dialable(tc.typed)
		if (err == nil) != tc.ours {
			t.Errorf("server %s, typed %s: %v", tc.server, tc.typed, err)
		}
	}
	if n, err := (Account{}).Dialable("alice@pbx"); n != "" || !errors.Is(err, ErrNoAccount) {
		t.Errorf("no account: %q, %v", n, err)
	}
}
