package program_test

import (
	"slices"
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/settings"
	"linecard/sip"
	"linecard/test/wait"
)

// promptingRig is a program with two accounts whose keyring is locked and shows a prompt.
func promptingRig(t *testing.T) *rig {
	t.Helper()
	r := ready(t)
	second, password := r.account(), "zwei"
	second.User = "2042"
	if err := r.p.SetAccount(t.Context(), "", second, &password); err != nil {
		t.Fatal(err)
	}
	r.stop()
	r.secrets.lock(true)
	r.secrets.prompts, r.secrets.looked = make(chan prompt, 16), make(chan struct{}, 64)
	r.start()
	return r
}

// wait waits until that many accounts say that they wait for the keyring.
func (r *rig) waitFor(accounts int) {
	r.t.Helper()
	r.see("every account says what it waits for", func(v app.View) bool {
		n := 0
		for _, p := range v.Phones {
			if p.State == sip.Unregistered && strings.Contains(p.Reason, "keyring") {
				n++
			}
		}
		return n == accounts && len(v.Phones) == accounts
	})
}

// While the keyring is asked for the password of one account, each of the others says what it waits for: those that were there at the start,
// and one that comes while the prompt is open.
func TestEveryAccountSaysAtOnceThatItWaits(t *testing.T) {
	r := promptingRig(t)
	open := wait.For(t, r.secrets.prompts)
	defer close(open)
	r.waitFor(2)
	third := r.account()
	third.User = "1001"
	if err := r.p.Settings().Change(func(s *settings.Settings) { s.SetAccount(third) }); err != nil {
		t.Fatal(err)
	}
	r.waitFor(3)
	for range 2 { // one that goes and comes back is told of again
		accounts := slices.Clone(r.p.Settings().Get().Accounts)
		if err := r.p.Settings().Change(func(s *settings.Settings) { s.Accounts = s.Accounts[:1] }); err != nil {
			t.Fatal(err)
		}
		r.waitFor(1)
		if err := r.p.Settings().Change(func(s *settings.Settings) { s.Accounts = accounts }); err != nil {
			t.Fatal(err)
		}
		r.waitFor(3)
	}
}

// Whoever puts the prompt away is not asked again for the next account. All of them register when the keyring opens.
func TestADismissedPromptIsNotShownForTheNextAccount(t *testing.T) {
	r := promptingRig(t)
	close(wait.For(t, r.secrets.prompts))
	for len(r.secrets.looked) > 0 {
		<-r.secrets.looked
	}
	for range 4 { // the round is over: it is only looked at
		wait.For(t, r.secrets.looked)
	}
	if n := len(r.secrets.prompts); n > 0 {
		t.Errorf("%d more prompts", n)
	}
	r.waitFor(2)
	r.secrets.lock(false)
	r.see("both registered", func(v app.View) bool {
		return len(v.Phones) == 2 && v.Phones[0].State == sip.Registered && v.Phones[1].State == sip.Registered && v.Notice == ""
	})
}
