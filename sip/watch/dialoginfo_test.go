package watch_test

import (
	"fmt"
	"strings"
	"testing"

	"linecard/sip/watch"
)

func info(version int, state string, dialogs ...string) []byte {
	return fmt.Appendf(nil, `<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="%d" state="%s" entity="sip:2042@pbx">%s</dialog-info>`, version, state, strings.Join(dialogs, ""))
}

func one(id, direction, state string) string {
	if direction != "" {
		direction = ` direction="` + direction + `"`
	}
	return fmt.Sprintf(`<dialog id="%s"%s><state>%s</state></dialog>`, id, direction, state)
}

var (
	free         = watch.State{Known: true, TellsRinging: true}
	busy         = watch.State{Known: true, TellsRinging: true, Busy: true}
	rings        = watch.State{Known: true, TellsRinging: true, Ringing: true}
	busyAndRings = watch.State{Known: true, TellsRinging: true, Busy: true, Ringing: true}
)

// What one notification after the other says of a phone.
func TestDialogs(t *testing.T) {
	type step struct {
		body   []byte
		want   watch.State
		missed bool
	}
	for name, steps := range map[string][]step{
		"as Asterisk tells it": {
			{info(0, "full", one("2042", "", "terminated")), free, false},
			{info(1, "full", one("2042", "recipient", "early")), rings, false},
			{info(2, "full", one("2042", "", "confirmed")), busy, false},
			{info(3, "full", one("2042", "", "terminated")), free, false},
		},
		"changes of several dialogs": {
			{info(7, "full"), free, false},
			{info(8, "partial", one("a", "initiator", "early")), busy, false},
			{info(9, "partial", one("b", "recipient", "early")), busyAndRings, false},
			{info(10, "partial", one("a", "initiator", "terminated")), rings, false},
			{info(11, "partial", one("b", "recipient", "confirmed")), busy, false},
			{info(12, "partial", one("b", "recipient", "terminated")), free, false},
		},
		"a change is lost": {
			{info(1, "full"), free, false},
			{info(3, "partial", one("a", "recipient", "confirmed")), busy, true},
			{info(3, "full"), free, false},
		},
		"an old change": {
			{info(5, "full"), free, false},
			{info(5, "partial", one("a", "recipient", "confirmed")), free, false},
		},
		"a change before the whole": {{info(5, "partial", one("a", "recipient", "confirmed")), watch.State{}, true}},
		"a system that never counts": {
			{info(0, "full", one("a", "recipient", "early")), rings, false},
			{info(0, "full"), free, false},
		},
		"no direction":                {{info(0, "full", one("a", "", "early")), rings, false}},
		"an unknown state is a call":  {{info(0, "full", one("a", "recipient", "odd")), busy, false}},
		"called, and not ringing yet": {{info(0, "full", one("a", "recipient", "trying")), rings, false}},
	} {
		var d watch.Dialogs
		for i, s := range steps {
			missed, err := d.Take(s.body)
			if err != nil || missed != s.missed || d.State() != s.want {
				t.Errorf("%s, step %d: %+v, missed %v, %v", name, i+1, d.State(), missed, err)
			}
		}
	}
}

// What is no dialog-info changes nothing.
func TestNoDialogInfo(t *testing.T) {
	var d watch.Dialogs
	if _, err := d.Take(info(1, "full", one("a", "recipient", "early"))); err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{
		"", "Messages-Waiting: yes", "<dialog-info", "<presence version='2' state='full'/>", string(info(2, "whole")),
		`<dialog-info version="-1" state="full"/>`, `<dialog-info state="full"/>`, "<a>" + strings.Repeat("<b>", 30000),
		`<!DOCTYPE x [<!ENTITY e "x">]><dialog-info version="2" state="full">&e;</dialog-info>`,
	} {
		if _, err := d.Take([]byte(body)); err == nil {
			t.Errorf("%.40q is taken", body)
		}
	}
	if d.State() != rings {
		t.Errorf("it is %+v by now", d.State())
	}
	var many []string
	for i := range 500 {
		many = append(many, one(fmt.Sprint(i), "recipient", "confirmed"))
	}
	if _, err := d.Take(info(3, "full", many...)); err != nil || d.State() != busy {
		t.Errorf("five hundred dialogs: %+v, %v", d.State(), err)
	}
}

// The call that rings is told for a pick-up when there is one, with what is known of it.
func TestRingingDialog(t *testing.T) {
	ringing := func(id string) string {
		return `<dialog id="` + id + `" call-id="c` + id + `" local-tag="l" remote-tag="r" direction="recipient"><state>early</state><remote><identity display="  D.&#9;Whitfield ">sip:4155@pbx</identity><target uri="sip:4155@10.0.0.9"/></remote></dialog>`
	}
	whole := watch.Ringing{CallID: "c1", LocalTag: "l", RemoteTag: "r", Remote: "sip:4155@10.0.0.9", Caller: "sip:4155@pbx", Name: "D. Whitfield"}
	latin := func(body []byte) []byte { // as phone systems write it that know no UTF-8
		return []byte(strings.NewReplacer("?>", ` encoding="ISO-8859-1"?>`, "D.&#9;Whitfield", "Ren\xe9").Replace(string(body)))
	}
	rene := whole
	rene.Name = "Ren?"
	for _, c := range []struct {
		body []byte
		want watch.Ringing
		ok   bool
	}{
		{info(1, "full", ringing("1")), whole, true},
		{info(1, "full", ringing("1"), one("2", "", "confirmed")), whole, true},
		{latin(info(1, "full", ringing("1"))), rene, true},
		{info(1, "full", ringing("1"), ringing("2")), watch.Ringing{}, false},
		{info(1, "full", one("1", "recipient", "early")), watch.Ringing{}, true},
		{info(1, "full"), watch.Ringing{}, false},
	} {
		var d watch.Dialogs
		if _, err := d.Take(c.body); err != nil {
			t.Fatal(err)
		}
		if got, ok := d.Ringing(); got != c.want || ok != c.ok || got.Whole() != (c.want.CallID != "") {
			t.Errorf("%s: %+v, %v", c.body, got, ok)
		}
	}
}

// Whatever a server sends, one whole notification after it tells the truth again.
func FuzzDialogs(f *testing.F) {
	f.Add(info(1, "full", one("a", "recipient", "early")), info(2, "partial", one("a", "", "terminated")))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var d watch.Dialogs
		_, _ = d.Take(first)
		_, _ = d.Take(second)
		if r, ok := d.Ringing(); ok && strings.ContainsAny(r.CallID+r.LocalTag+r.RemoteTag+r.Remote+r.Caller, " \r\n\t\x00") {
			t.Errorf("%+v", r)
		}
		if _, err := d.Take(info(9, "full")); err != nil || d.State() != free {
			t.Errorf("%+v, %v", d.State(), err)
		}
	})
}
