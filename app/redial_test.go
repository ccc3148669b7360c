package app

import (
	"testing"
	"time"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// The keys that are dialled after a number belong to the call, not to the number: the card, the Task and the match know the number,
// and every face says what will be pressed.
func TestKeysOfADialledCall(t *testing.T) {
	r := newRig(t)
	dialing := sip.CallDialing{ID: "c1", At: time.Now(), Party: sip.Party{User: "+14155550132"}, Then: ",12"}
	r.Heard(dialing)
	v := r.wait("the call", func(v View) bool { return len(v.Calls) == 1 })
	if c := v.Calls[0]; c.Number != "+1 415-555-0132 then 12" && c.Number != "(415) 555-0132 then 12" || c.Then != "12" || c.E164 != "+14155550132" {
		t.Errorf("the card says %q, then %q", c.Number, c.Then)
	}
	r.Heard(sip.CallAnswered{ID: "c1", At: time.Now()})
	r.Heard(sip.CallKeys{ID: "c1", At: time.Now(), Keys: "12", Failed: fault.New("sip.keys-not-sent", "keys", "12")})
	r.wait("what became of the keys", func(v View) bool {
		return len(v.Calls) == 1 && v.Calls[0].Transfer == "The keys 12 could not be sent. Press them on the keypad."
	})
	r.Heard(sip.CallEnded{ID: "c1", At: time.Now(), Reason: sip.EndLocal})
	v = r.wait("the row", func(v View) bool { return len(v.History) == 1 })
	if row := v.History[0]; row.Then != "12" || row.Dial != "+14155550132,12" {
		t.Errorf("the history says %q, then %q, and dials %q", row.Number, row.Then, row.Dial)
	}
	r.wait("the Task", func(View) bool {
		r.org.mu.Lock()
		defer r.org.mu.Unlock()
		return len(r.org.tasks) == 1
	})
	if a := r.org.tasks[0]; a.Number != "+14155550132" {
		t.Errorf("logged with the number %q", a.Number)
	}
}

// A caller's own number brings no keys for the call back.
func TestACallerBringsNoKeys(t *testing.T) {
	for user, want := range map[string]string{
		"2041": "2041", "+14155550132": "+14155550132", "204,900": "", "call 4155550132 now": "", "alice": "alice", "101.johnsmith": "101.johnsmith", "2041-reception": "2041-reception",
		"2041x12": "sip:2041x12", "204w": "204w", "192.168.1.5": "",
	} {
		c := call{direction: crm.Inbound, number: crm.ParseParty(user, "", crm.NumberPlan{})}
		if got := c.callBack(); got != want {
			t.Errorf("%q is called back as %q, want %q", user, got, want)
		}
	}
}

// A name that is read as a number with keys is kept as an address: a redial calls the same party, from whatever account.
func TestANameIsRedialedAsAName(t *testing.T) {
	const account = "2040@pbx.example.com:5070"
	pbx := sip.Account{Server: "pbx.example.com:5070", User: "2040"}
	for _, direction := range []crm.Direction{crm.Inbound, crm.Outbound} {
		for _, name := range []string{"2041x12", "101-int-5", "204w", "2041p12", "1-800-FLOWERS", "4155550132x12", "alice", "a.b_c+d#1"} {
			party := crm.ParseParty(name, "pbx.example.com", crm.NumberPlan{Region: "US", Domain: "pbx.example.com"})
			c := call{direction: direction, account: account, number: party, party: sip.Party{User: name, Host: "pbx.example.com"}}
			dial := c.callBack()
			if d, err := pbx.Dialable(dial); err != nil || d.Number != name || d.Then != "" {
				t.Errorf("%s %s is redialed as %q, which calls %q: %v", direction, name, dial, d, err)
			}
		}
	}
	other := sip.Account{Server: "pbx.example.org", User: "2040"}
	c := call{direction: crm.Outbound, account: account, number: crm.Number{Raw: "2041x12"}}
	if d, err := other.Dialable(c.callBack()); err == nil {
		t.Errorf("another server's %q is called", d)
	}
}

// A call to a sips: address asked for TLS on the whole way, and so does a redial of it, from the card and from the history.
func TestASecureCallIsRedialedAsOne(t *testing.T) {
	r := newRig(t)
	for id, tc := range map[string]struct{ user, then, dial string }{
		"c1": {"+14155550132", "", "sips:+14155550132"},
		"c2": {"2041x12", "", "sips:2041x12"},
		"c3": {"+14155550132", ",12;34", "sips:+14155550132;postd=,12w34"},
	} {
		r.Heard(sip.CallDialing{ID: id, At: time.Now(), Party: sip.Party{User: tc.user}, Then: tc.then, Secure: true})
		v := r.wait("the call", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].ID == id })
		if c := v.Calls[0]; c.Again != "sips:"+tc.user {
			t.Errorf("%s is called again as %q", id, c.Again)
		}
		r.Heard(sip.CallEnded{ID: id, At: time.Now(), Reason: sip.EndFailed})
		v = r.wait("the row", func(v View) bool { return len(v.History) > 0 && v.History[0].ID == id })
		row := v.History[0]
		if row.Dial != tc.dial || row.Then != keysOf(tc.then) {
			t.Errorf("%s: the history dials %q, then %q, want %q", id, row.Dial, row.Then, tc.dial)
		}
		d, err := sip.Account{Server: "pbx.example.com", User: "2041", Transport: "tls"}.Dialable(row.Dial)
		if err != nil || !d.Secure || d.Number != tc.user || d.Then != tc.then {
			t.Errorf("%q calls %+v: %v", row.Dial, d, err)
		}
		r.Dismiss(id)
		r.wait("the desk is empty", func(v View) bool { return len(v.Calls) == 0 })
	}
	// Who the call went on with was not dialed.
	c := call{direction: crm.Outbound, number: crm.Number{Raw: "2041"}, secure: true}
	if c = c.joined(state{}, partyChanged{number: crm.Number{Raw: "2042"}}); c.callBack() != "2042" {
		t.Errorf("whom the call was sent on to is called back as %q", c.callBack())
	}
	if c = c.joined(state{}, partyChanged{number: crm.Number{Raw: "2041"}}); c.callBack() != "sips:2041" {
		t.Errorf("whom it came back to is called back as %q", c.callBack())
	}
}

func TestWhatIsTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"415 555 0132": "415 555 0132", "+1 415 555 0132 ext 12": "+1 415 555 0132 ext 12", "alice@pbx": "alice@pbx", "tel:abc": "tel:abc",
		"Dana": "", "dana w": "", "a@": "", "": "", "Dana +1 415 555 0132": "",
	} {
		if got := ReadTyped(typed).Call; got != want {
			t.Errorf("%q calls %q, want %q", typed, got, want)
		}
	}
	if got := ReadTyped("T +1 415 555 0132 M +1 415 555 0188").Numbers; len(got) != 2 || got[0] != "+14155550132" {
		t.Errorf("found %q", got)
	}
}
