package salesforce

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/wholefile"
)

// fileSecrets are Secrets that two processes share.
type fileSecrets string

var oneFile sync.Mutex

func (f fileSecrets) all() map[string]string {
	all := map[string]string{}
	if b, err := os.ReadFile(string(f)); err == nil {
		_ = json.Unmarshal(b, &all)
	}
	return all
}

func (f fileSecrets) Get(key string) (string, error) {
	oneFile.Lock()
	defer oneFile.Unlock()
	if v, ok := f.all()[key]; ok {
		return v, nil
	}
	return "", ErrNoSecret
}

func (f fileSecrets) put(change func(map[string]string)) error {
	oneFile.Lock()
	defer oneFile.Unlock()
	all := f.all()
	change(all)
	b, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return wholefile.Write(string(f), b, 0o600) // the other process reads the old file or the new one, never half of one
}

func (f fileSecrets) Set(key, value string) error {
	return f.put(func(all map[string]string) { all[key] = value })
}

func (f fileSecrets) Delete(key string) error {
	return f.put(func(all map[string]string) { delete(all, key) })
}

// renewing in the environment makes this program the process that renews a link, with the secrets in that file.
const renewing = "LINECARD_TEST_RENEWS_WITH"

func renewIfAsked() {
	if file := os.Getenv(renewing); file != "" {
		if err := RenewApart(context.Background(), Config{Secrets: fileSecrets(file)}, os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// apartRig is a linked client whose renewals are made by a process of their own.
func apartRig(t *testing.T) *rig {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "secrets")
	r := linkedRig(t, demoorg.Config{Rotate: true}, func(c *Config) {
		c.Dir, c.Store, c.Secrets = dir, FileStore(filepath.Join(dir, "link.json")), fileSecrets(file)
		c.Apart = func() *exec.Cmd {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), renewing+"="+file)
			return cmd
		}
	})
	r.org.ExpireSessions()
	return r
}

func TestAProcessOfItsOwnRenews(t *testing.T) {
	r := apartRig(t)
	before := r.refresh
	n := r.number(t, "Dana Whitfield")
	if got, err := r.Lookup(t.Context(), n); err != nil || len(got.Matches) != 1 {
		t.Fatalf("%d matches, %v", len(got.Matches), err)
	}
	kept, err := r.cfg.Secrets.Get(r.Client.link.secretKey())
	if err != nil || kept == before || kept != r.refresh || r.Status().Unsaved {
		t.Errorf("%v; changed %t, known %t, %+v", err, kept != before, kept == r.refresh, r.Status())
	}
	r.org.ExpireSessions() // the next one has the new token
	if _, err := r.Lookup(t.Context(), n); err != nil || r.grants("refresh_token") != 2 {
		t.Errorf("%v, %d refreshes", err, r.grants("refresh_token"))
	}
	remove := r.org.Inject(demoorg.Fault{Kind: demoorg.OAuthRefusal, Code: "invalid_grant", Message: "inactive user", Times: demoorg.Always})
	defer remove()
	r.org.ExpireSessions()
	_, err = r.Lookup(t.Context(), n)
	wantError(t, err, crm.ClassRelink, "salesforce.user-inactive")
}

// What that process asks of the org is counted too.
func TestARenewalByAnotherProcessIsCounted(t *testing.T) {
	r := apartRig(t)
	m := newTally()
	r.cfg.Meter = m
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
		t.Fatal(err)
	}
	if kinds, _ := m.snapshot(); kinds[KindToken] != r.grants("refresh_token") || kinds[KindToken] == 0 {
		t.Errorf("%d tokens counted, %d fetched: %v", kinds[KindToken], r.grants("refresh_token"), kinds)
	}
}

// An app that ends while the org answers loses nothing: the next start has the token that nobody has told to the app.
func TestARenewalOutlivesTheApp(t *testing.T) {
	r := apartRig(t)
	r.org.Inject(demoorg.Fault{Kind: demoorg.SlowBody, Path: "/oauth2/token", Delay: 2 * time.Second})
	job := renewal{Link: r.Client.link, Refresh: r.refresh, Stale: r.access}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := r.renewApart(ctx, job)
		ended <- err
	}()
	if err := r.org.Await(t.Context(), func() bool { return r.grants("refresh_token") > 0 }); err != nil {
		t.Fatal(err)
	}
	end()
	if err := <-ended; err == nil {
		t.Fatal("the answer came before the end")
	}
	next := r.restart(t)
	if err := next.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := next.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil || next.Status().State != crm.Linked {
		t.Errorf("%v, %+v", err, next.Status())
	}
	if n := r.grants("refresh_token"); n != 1 {
		t.Errorf("%d refreshes: the next start has asked the org again", n)
	}
}

// Where the keyring does not have the token, the answer of the other process may be the only place that has the next one: it is waited for,
// however long that takes.
func TestAnAnswerThatIsNowhereElseIsWaitedFor(t *testing.T) {
	r := apartRig(t)
	job := renewal{Link: r.Client.link, Refresh: r.refresh, Stale: r.access, Unsaved: true}
	over, end := context.WithDeadline(t.Context(), time.Now())
	defer end()
	done, err := r.renewApart(over, job)
	if err != nil || done.Refresh == "" || done.Refresh == job.Refresh {
		t.Errorf("%v, another token %t", err, done.Refresh != job.Refresh)
	}
}

// A job that is cut off, because the app ended while it wrote it, spends nothing.
func TestACutOffRenewalIsNotBegun(t *testing.T) {
	r := apartRig(t)
	cmd := r.cfg.Apart()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = in.Write([]byte(`{"renewal":{"refresh":"` + r.refresh))
	_ = in.Close()
	if err := cmd.Wait(); err == nil {
		t.Error("a cut off job succeeds")
	}
	if n := r.grants("refresh_token"); n != 0 {
		t.Errorf("%d refreshes", n)
	}
}

// A program that does not start, as one whose file is gone, leaves the renewal to this process.
func TestRenewalWithoutAnotherProcess(t *testing.T) {
	r := apartRig(t)
	r.cfg.Apart = func() *exec.Cmd { return exec.Command(filepath.Join(t.TempDir(), "gone")) }
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
		t.Error(err)
	}
}
