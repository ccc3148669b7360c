package salesforce

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/test/wait"
)

// slowKeyring answers no question before it is opened.
type slowKeyring struct {
	*keyring
	asked, opened chan struct{}
}

func (k slowKeyring) Get(key string) (string, error) {
	select {
	case k.asked <- struct{}{}:
	default:
	}
	<-k.opened
	return k.keyring.Get(key)
}

// A keyring that hangs hides neither whose link it is nor what it waits for.
func TestTheLinkIsShownBeforeTheKeyringAnswers(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	slow := slowKeyring{r.secrets, make(chan struct{}, 1), make(chan struct{})}
	r.cfg.Secrets = slow
	next := r.restart(t)
	restored := make(chan error, 1)
	go func() { restored <- next.Restore(context.Background()) }()
	<-slow.asked
	s := next.Status()
	if s.State != crm.Waiting || !s.Reason.Is("salesforce.waiting-for-keyring") || s.Username != r.Status().Username || s.OrgID == "" {
		t.Errorf("%+v", s)
	}
	_, err := next.Log(t.Context(), talked(), false)
	wantError(t, err, crm.ClassNotLinked, "salesforce.waiting-for-keyring")
	if f := next.Doctor(t.Context())[0]; f.OK || !f.Remedy.Is("salesforce.waiting-for-keyring") {
		t.Errorf("the doctor: %+v", f)
	}
	close(slow.opened)
	if err := wait.For(t, restored); err != nil || next.Status().State != crm.Linked {
		t.Errorf("%v, %+v", err, next.Status())
	}
}

// A link that was made while the keyring was waited for is not replaced by the saved one.
func TestALinkMadeMeanwhileStays(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	slow := slowKeyring{r.secrets, make(chan struct{}, 1), make(chan struct{})}
	r.cfg.Secrets = slow
	next := r.restart(t)
	restored := make(chan error, 1)
	go func() { restored <- next.Restore(context.Background()) }()
	<-slow.asked
	if err := next.Unlink(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(slow.opened)
	if err := wait.For(t, restored); err != nil || next.Status().State != crm.Unlinked {
		t.Errorf("%v, %+v", err, next.Status())
	}
}

// Whoever waited with a look at the saved link until it was made again by hand, as another user, takes nothing of the new one away, whose
// tokens are in memory only.
func TestAWaitingRestoreLeavesTheNewLink(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rotate: true}, nil)
	r.cfg.Secrets = shutKeyring{r.secrets}
	next := r.restart(t)
	r.secrets.lock(true)
	wantError(t, next.Restore(t.Context()), crm.ClassNotLinked, "salesforce.waiting-for-keyring")
	made, err := next.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID(), Username: demoorg.OtherUser}, r.open)
	if err != nil || !made.Unsaved {
		t.Fatalf("%v, %+v", err, made)
	}
	if err := next.Restore(t.Context()); err != nil || next.Status().UserID != made.UserID || next.Status().State != crm.Linked {
		t.Errorf("%v, %+v", err, next.Status())
	}
	r.secrets.lock(false)
	if err := next.KeyringChanged(t.Context()); err != nil || next.Status().Unsaved || r.org.Approvals() != 1 {
		t.Errorf("%v, %d approvals, %+v", err, r.org.Approvals(), next.Status())
	}
	after := r.restart(t)
	if err := after.Restore(t.Context()); err != nil || after.Status().UserID != made.UserID {
		t.Errorf("the next start: %v, %+v", err, after.Status())
	}
}

// A locked keyring that opens needs no hand; one whose token somebody has taken out and put back neither.
func TestTheKeyringOpensLater(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	next := r.restart(t)
	r.secrets.lock(true)
	wantError(t, next.Restore(t.Context()), crm.ClassNotLinked, "salesforce.waiting-for-keyring")
	if err := next.KeyringChanged(t.Context()); err == nil || next.Status().State != crm.Waiting {
		t.Errorf("%v, %+v", err, next.Status())
	}
	r.secrets.lock(false)
	kept := r.secrets.all()
	for key := range kept {
		_ = r.secrets.Delete(key)
	}
	wantError(t, next.KeyringChanged(t.Context()), crm.ClassRelink, "salesforce.token-missing")
	for key, v := range kept {
		_ = r.secrets.Set(key, v)
	}
	if err := next.KeyringChanged(t.Context()); err != nil || next.Status().State != crm.Linked {
		t.Errorf("%v, %+v", err, next.Status())
	}
}

// Starts cost no refresh token: the org gave one access token, and it serves until the org refuses it.
func TestStartsSpendNoRefreshToken(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rotate: true}, nil)
	n := r.number(t, "Dana Whitfield")
	for range 3 {
		next := r.restart(t)
		if err := next.Restore(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, err := next.Lookup(t.Context(), n); err != nil || len(got.Matches) != 1 {
			t.Errorf("%d matches, %v", len(got.Matches), err)
		}
	}
	if n := r.grants("refresh_token"); n != 0 {
		t.Errorf("%d refreshes in three starts", n)
	}
	r.org.ExpireSessions()
	next := r.restart(t)
	if err := next.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := next.Lookup(t.Context(), n); err != nil || r.grants("refresh_token") != 1 {
		t.Errorf("%v, %d refreshes", err, r.grants("refresh_token"))
	}
	if err := r.restart(t).Restore(t.Context()); err != nil || r.grants("refresh_token") != 1 {
		t.Errorf("the renewed one is not kept: %v, %d refreshes", err, r.grants("refresh_token"))
	}
}

// An access token that cannot be read, or is of another address, is only fetched again.
func TestADamagedAccessTokenIsFetchedAgain(t *testing.T) {
	for _, damaged := range []string{"", "{", `{"token":"x","instance":"https://evil.example"}`, `{"token":"nonsense"}`} {
		r := linkedRig(t, demoorg.Config{Rotate: true}, nil)
		if err := r.secrets.Set(r.Client.link.accessKey(), damaged); err != nil {
			t.Fatal(err)
		}
		next := r.restart(t)
		if err := next.Restore(t.Context()); err != nil || next.Status().State != crm.Linked || r.grants("refresh_token") != 1 {
			t.Errorf("%q: %v, %+v", damaged, err, next.Status())
		}
	}
}

// shutKeyring says that it would ask for its password.
type shutKeyring struct{ *keyring }

func (k shutKeyring) Open() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.locked
}

// A token that the keyring refused, though it did not say that it is locked, goes into it later, and the link outlasts the app.
func TestTokensAreKeptWhenTheKeyringOpens(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rotate: true}, nil)
	app := r.restart(t)
	if err := app.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.secrets.lock(true)
	r.org.ExpireSessions()
	if _, err := app.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil || !app.Status().Unsaved {
		t.Fatalf("%v, %+v", err, app.Status())
	}
	r.secrets.lock(false)
	if err := app.KeyringChanged(t.Context()); err != nil || app.Status().Unsaved {
		t.Errorf("%v, %+v", err, app.Status())
	}
	r.org.ExpireSessions()
	if err := r.restart(t).Restore(t.Context()); err != nil {
		t.Errorf("the next start: %v", err)
	}
}

// No exchange is made whose token the keyring could not take, unless the org has shown that an exchange gives no other one: the link waits for the
// keyring, and goes on once that is open. A start in the meantime, or a crash, loses nothing.
func TestNoTokenIsSpentThatTheKeyringCannotTake(t *testing.T) {
	for name, known := range map[string]bool{"the first exchange": false, "an org that is known to rotate": true} {
		t.Run(name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{Rotate: true}, nil)
			r.cfg.Secrets = shutKeyring{r.secrets}
			app := r.restart(t)
			if err := app.Restore(t.Context()); err != nil {
				t.Fatal(err)
			}
			n := r.number(t, "Dana Whitfield")
			if r.org.ExpireSessions(); known {
				if _, err := app.Lookup(t.Context(), n); err != nil {
					t.Fatal(err)
				}
			}
			spent := r.grants("refresh_token")
			r.secrets.lock(true)
			r.org.ExpireSessions()
			_, err := app.Lookup(t.Context(), n)
			wantError(t, err, crm.ClassNotLinked, "salesforce.waiting-for-keyring")
			if s := app.Status(); s.State != crm.Waiting || s.UserID == "" || s.Unsaved {
				t.Errorf("%+v", s)
			}
			if got := r.grants("refresh_token"); got != spent {
				t.Errorf("%d exchanges while it is locked", got-spent)
			}
			r.secrets.lock(false)
			works := func(name string, c *Client, err error) {
				t.Helper()
				if err != nil || c.Status().State != crm.Linked {
					t.Errorf("%s: %v, %+v", name, err, c.Status())
				}
				r.org.ExpireSessions()
				if _, err := c.Lookup(t.Context(), n); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			works("goes on", app, app.KeyringChanged(t.Context()))
			app.Close()
			again := r.restart(t)
			works("a start after a crash", again, again.Restore(t.Context()))
		})
	}
}

// An org that has shown that its exchanges give no other token is asked for access while the keyring is locked: nothing is spent.
func TestAnOrgWithoutRotationNeedsNoKeyring(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.cfg.Secrets = shutKeyring{r.secrets}
	app := r.restart(t)
	n := r.number(t, "Dana Whitfield")
	if err := app.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, locked := range []bool{false, true} {
		r.secrets.lock(locked)
		r.org.ExpireSessions()
		if _, err := app.Lookup(t.Context(), n); err != nil || app.Status().Unsaved {
			t.Errorf("locked %t: %v, %+v", locked, err, app.Status())
		}
	}
}

// After another process has renewed the link, a keyring that does not answer costs a pause and not the link.
func TestAnOldTokenIsNotSentWhereTheKeyringHasANewOne(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rotate: true}, func(c *Config) {
		dir := t.TempDir()
		c.Dir, c.Store = dir, FileStore(filepath.Join(dir, "link.json"))
	})
	other := r.restart(t)
	if err := other.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.org.ExpireSessions()
	n := r.number(t, "Dana Whitfield")
	if _, err := other.Lookup(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	r.secrets.lock(true)
	_, err := r.Lookup(t.Context(), n)
	wantError(t, err, crm.ClassTransient, "salesforce.waiting-for-keyring")
	r.secrets.lock(false)
	if _, err := r.Lookup(t.Context(), n); err != nil || r.Status().State != crm.Linked {
		t.Errorf("%v, %+v", err, r.Status())
	}
}

// The access token is as secret as the refresh token: it leaves with the link.
func TestUnlinkingTakesTheAccessTokenToo(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	kept := ""
	for _, v := range r.secrets.all() {
		kept += v
	}
	if r.access == "" || !strings.Contains(kept, r.access) {
		t.Error("the access token is not kept")
	}
	if err := r.Unlink(t.Context()); err != nil || len(r.secrets.all()) != 0 {
		t.Errorf("%v, %d secrets left", err, len(r.secrets.all()))
	}
}
