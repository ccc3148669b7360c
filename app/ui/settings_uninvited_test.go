package ui

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"linecard/app"
)

// uninvited is the desk between calls, after calls from elsewhere.
func uninvited() app.View {
	v := idle()
	v.Phone.Uninvited = []app.Uninvited{
		{From: netip.MustParseAddr("203.0.113.9"), Count: 12, Last: noon.Add(-time.Minute)},
		{From: netip.MustParseAddr("2001:db8::7"), Count: 1, Last: noon.Add(-time.Hour)},
	}
	v.Phones = []app.PhoneView{v.Phone}
	return v
}

// Calls that came from elsewhere are listed with a button that takes them from now on; who is trusted is not listed.
func TestCallsFromElsewhereAreListed(t *testing.T) {
	b := newBench(t, nil)
	v := uninvited()
	b.draw(v)
	b.openSettings(pagePhone)
	b.settle()
	l := b.phoneSheet().uninvited
	if !l.root.Visible() || !b.shows("12 calls from 203.0.113.9, last at 11:19") || !b.shows("1 call from 2001:db8::7, last at 10:20") {
		t.Fatalf("shown: %q", words(l.root))
	}
	b.press("Accept calls from it")
	b.settle()
	if got := b.settings.said(); !slices.Equal(got, []string{"trust 203.0.113.9 for 2041@pbx.example.com"}) {
		t.Errorf("told %q", got)
	}
	if b.shows("12 calls from 203.0.113.9, last at 11:19") || !b.shows("1 call from 2001:db8::7, last at 10:20") {
		t.Errorf("afterwards: %q", words(l.root))
	}
	b.draw(idle())
	if l.root.Visible() {
		t.Error("it stays without any")
	}
}

// An address in a network that is trusted is not listed.
func TestCallsFromATrustedNetworkAreNotListed(t *testing.T) {
	b := newBench(t, nil)
	b.settings.form.Accounts[0].Trusted = []string{"203.0.113.0/24"}
	b.draw(uninvited())
	b.openSettings(pagePhone)
	b.settle()
	if b.shows("12 calls from 203.0.113.9, last at 11:19") || !b.shows("1 call from 2001:db8::7, last at 10:20") {
		t.Errorf("shown: %q", words(b.phoneSheet().uninvited.root))
	}
}
