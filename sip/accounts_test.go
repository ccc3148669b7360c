package sip_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// twoAccounts is a phone with an account at each of two registrars.
func twoAccounts(t *testing.T) (ph *phone, first, second *siptest.Peer, accounts []sip.Account) {
	first, second = siptest.NewPeer(t), siptest.NewPeer(t)
	accounts = []sip.Account{account(first), account(second)}
	accounts[1].User = "7001"
	ph = startPhone(t)
	ph.must(ph.SetAccounts(accounts))
	ph.registered()
	ph.registered()
	return ph, first, second, accounts
}

// Two accounts register side by side; their calls overlap, and every event says whose it is.
func TestTwoAccounts(t *testing.T) {
	interop.Proves(t, "S1.17")
	ph, first, second, accounts := twoAccounts(t)
	var states []string
	for _, r := range ph.Registrations() {
		states = append(states, r.Account+" "+string(r.State))
	}
	if want := []string{accounts[0].ID() + " registered", accounts[1].ID() + " registered"}; !slices.Equal(states, want) {
		t.Fatalf("registrations %v, want %v", states, want)
	}
	for i, p := range []*siptest.Peer{first, second} {
		c := p.Call("<sip:+14155550100@example.com>")
		c.Ringing()
		in := next[sip.CallIncoming](ph)
		ph.must(ph.Answer(in.ID))
		c.Answered()
		if i == 1 { // one call is talked on, whatever the account
			if h := next[sip.CallHold](ph); h.Account != accounts[0].ID() || !h.Local {
				t.Errorf("hold %+v", h)
			}
		}
		up := next[sip.CallAnswered](ph)
		if in.Account != accounts[i].ID() || up.Account != in.Account {
			t.Errorf("account %d: incoming on %q, answered on %q", i, in.Account, up.Account)
		}
	}
	re := first.Await("INVITE")
	if !strings.Contains(re.Body(), "a=sendonly") {
		t.Errorf("the other account's call is not held:\n%s", re.Body())
	}
	accept(first, re, "recvonly")
	_, err := ph.Phone.Dial(accounts[1].ID(), "500", "")
	ph.must(err)
	if d := next[sip.CallDialing](ph); d.Account != accounts[1].ID() {
		t.Errorf("dialing %+v", d)
	}
	if invite := second.Await("INVITE sip:500@"); !strings.Contains(invite.Header("From"), "sip:7001@") {
		t.Errorf("dialed as %s", invite.Header("From"))
	}
	if _, err := ph.Phone.Dial("9@nowhere", "500", ""); !reflect.DeepEqual(fault.Of(err), fault.New("sip.unknown-account", "account", "9@nowhere")) {
		t.Errorf("dialing from an account there is none of: %v", err)
	}
}

// Lines are counted for each account: one account's full lines do not make the other busy.
func TestLinesAreOfTheAccount(t *testing.T) {
	first, second := siptest.NewPeer(t), siptest.NewPeer(t)
	accounts := []sip.Account{account(first), account(second)}
	accounts[0].Lines = 1
	ph := startPhone(t)
	ph.must(ph.SetAccounts(accounts))
	ph.registered()
	ph.registered()
	ring(ph, first)
	first.Call("<sip:b@example.com>").Invite()
	if in := next[sip.CallIncoming](ph); !in.Refused {
		t.Error("a second call rings on one line")
	}
	if _, id := ring(ph, second); id == "" {
		t.Error("the other account's call does not ring")
	}
}

// What callees see changes without the registrar hearing of it: a call that rings goes on, and the next one shows it.
func TestTheCallerIDChangesQuietly(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := ring(ph, p)
	a := account(p)
	a.CallerID, a.CallerIDs, a.CallerIDIn = "+14155550100", []string{"+14155550100"}, "from"
	ph.must(ph.SetAccounts([]sip.Account{a}))
	ph.must(ph.Answer(id))
	next[sip.CallAnswered](ph)
	_, err := ph.Dial("1002")
	ph.must(err)
	if invite := p.Await("INVITE sip:1002@"); !strings.HasPrefix(invite.Header("From"), `"Agent" <sip:+14155550100@`) {
		t.Errorf("From %s", invite.Header("From"))
	}
}

// A change of one account touches its calls only, and nothing of the other.
func TestOneAccountChanges(t *testing.T) {
	ph, first, second, accounts := twoAccounts(t)
	asked := make(chan siptest.Message, 1000)
	first.Registrar(func(p *siptest.Peer, m siptest.Message) bool { asked <- m; return siptest.Accept(p, m) })
	_, stays := ring(ph, first)
	c := second.Call("<sip:b@example.com>")
	c.Ringing()
	goes := next[sip.CallIncoming](ph).ID

	changed := slices.Clone(accounts)
	changed[1].DisplayName = "Another name"
	ph.must(ph.SetAccounts(changed))
	second.Await("SIP/2.0 480")
	if e := next[sip.CallEnded](ph); e.ID != goes || e.Account != accounts[1].ID() || e.Reason != sip.EndCancelled {
		t.Errorf("ended %+v", e)
	}
	ph.registered()
	ph.must(ph.Answer(stays))
	next[sip.CallAnswered](ph)

	ph.must(ph.SetAccounts(changed[:1]))
	for e := next[sip.RegistrationChanged](ph); e.Account != accounts[1].ID() || !e.Removed; {
		e = next[sip.RegistrationChanged](ph)
	}
	if all := ph.Registrations(); len(all) != 1 || all[0].State != sip.Registered {
		t.Errorf("registrations %+v", all)
	}
	if _, err := ph.Stats(stays); err != nil {
		t.Errorf("the other account's call: %v", err)
	}
	if len(asked) > 0 {
		t.Errorf("the account that did not change was registered again:\n%s", (<-asked).Text)
	}
}

func TestAccountsThatCannotBe(t *testing.T) {
	ph := startPhone(t)
	a := sip.Account{Server: "pbx.example.com", User: "2041"}
	if err := ph.SetAccounts([]sip.Account{a, {Server: "other.example.com", User: "2041"}, a}); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("the same account twice: %v", err)
	}
	if all := ph.Registrations(); len(all) != 0 {
		t.Errorf("registrations after an error: %+v", all)
	}
}

// An account that takes the port of one that goes waits for it to leave, and says nothing of a taken port.
func TestAnAccountTakesThePortOfAnother(t *testing.T) {
	old, other := siptest.NewPeer(t), siptest.NewPeer(t)
	a := account(old)
	ph := startPhone(t, func(c *setup) { c.Account = a })
	ph.registered()
	at, _ := old.Phone()
	a.Port = int(at.Port())
	ph.must(ph.SetAccount(a))
	ph.registered()
	b := account(other)
	b.Port = a.Port
	ph.must(ph.SetAccount(b))
	for {
		e := next[sip.RegistrationChanged](ph)
		if e.State == sip.Unreachable {
			t.Fatalf("registration %+v", e)
		}
		if e.Account == b.ID() && e.State == sip.Registered {
			return
		}
	}
}

// Registering again is the agent's wish, so it happens although nothing has changed.
func TestReconnect(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	ph.must(ph.SetAccount(account(p)))
	ph.must(ph.Reconnect(account(p).ID()))
	if e := next[sip.RegistrationChanged](ph); e.State == sip.Registered {
		t.Errorf("first told %+v", e)
	}
	ph.registered()
}

func TestOwnServer(t *testing.T) {
	tests := []struct {
		server, host string
		want         bool
	}{
		{"pbx.example.com", "pbx.example.com", true},
		{"pbx.example.com", "PBX.Example.Com", true},
		{"pbx.example.com:5070", "pbx.example.com", true},
		{"pbx.example.com:5070", "pbx.example.com:5070", true},
		{"pbx.example.com:5070", "pbx.example.com:5080", false},
		{"pbx.example.com", "pbx.example.com:5060", true},
		{"pbx.example.com", "example.com", false},
		{"[2001:db8::1]:5060", "2001:db8::1", true},
		{"", "", false},
	}
	for _, tt := range tests {
		if got := (sip.Account{Server: tt.server}).Own(tt.host); got != tt.want {
			t.Errorf("%q at %q: %v", tt.host, tt.server, got)
		}
	}
}
