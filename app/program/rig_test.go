package program_test

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/program"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/sip"
	"linecard/sip/demopbx"
)

// patience is how long what is bound to happen may take: far beyond what it takes on a busy machine.
const patience = 30 * time.Second

// keyring is a keyring in memory that can be locked, as one that asks for a password and is refused.
type keyring struct {
	settings.Memory
	mu     sync.Mutex
	locked bool
	mute   bool // it does not answer about the orgs' links

	prompts chan prompt // while it is locked, given a prompt for each password of an account that is asked for; nil for one that refuses at once

	tells  chan func()   // given what it calls at a change; nil for one that does not tell of changes
	looked chan struct{} // given something for each look at it, as long as it has room; may be nil
}

func (k *keyring) Follow(ctx context.Context, changed func()) {
	if k.tells == nil {
		return
	}
	k.tells <- changed
	<-ctx.Done()
}

var errLocked = errors.New("the keyring is locked")

func (k *keyring) lock(locked bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.locked = locked
}

// silence has it not answer about links to orgs, as one whose owner does not type its password.
func (k *keyring) silence(mute bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.mute = mute
}

func (k *keyring) silent(key string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.mute && !strings.HasPrefix(key, "sip:")
}

func (k *keyring) Open(context.Context) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case k.looked <- struct{}{}:
	default:
	}
	return !k.locked
}

// prompt is the keyring's question for its password; whoever gets it dismisses it by closing it.
type prompt chan struct{}

func (k *keyring) Get(ctx context.Context, key string) (string, error) {
	if !k.Open(ctx) {
		if k.prompts != nil && strings.HasPrefix(key, "sip:") {
			p := make(prompt)
			k.prompts <- p
			select {
			case <-p:
			case <-ctx.Done():
			}
		}
		return "", errLocked
	}
	if k.silent(key) {
		<-ctx.Done()
		return "", ctx.Err()
	}
	return k.Memory.Get(ctx, key)
}

func (k *keyring) Set(ctx context.Context, key, secret string) error {
	if !k.Open(ctx) {
		return errLocked
	}
	return k.Memory.Set(ctx, key, secret)
}

// logBook keeps the log.
type logBook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// logged is what the program has logged.
func (r *rig) logged() string {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	return r.log.text.String()
}

// rig is a program with a PBX and an org beside it.
type rig struct {
	t       *testing.T
	pbx     *demopbx.PBX
	org     *demoorg.Org
	orgURL  string
	dir     string
	secrets *keyring
	opened  chan string
	p       *program.Program
	desk    *app.Desk
	views   chan struct{}
	log     logBook

	alertAfter time.Duration    // how long a thing must be broken before it is told
	now        func() time.Time // for what is done once a day
	profiles   []string         // installed with the program
	extension  string           // that is called; "" is 2041

	mu       sync.Mutex
	codes    []string                // that the PBX was called by
	codeless bool                    // it takes none
	holds    func()                  // what it does before it answers one
	states   []sip.RegistrationState // the phone's, since the start
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), secrets: &keyring{}, opened: make(chan string, 10), views: make(chan struct{}, 1)}
	var err error
	r.pbx, err = demopbx.Start(context.Background(), demopbx.Config{
		Users: map[string]string{"2041": "geheim", "2042": "zwei", "1001": "drei"},
		Code: func(_, number string) bool {
			r.mu.Lock()
			holds := r.holds
			r.codes = append(r.codes, number)
			yes := !r.codeless
			r.mu.Unlock()
			if holds != nil {
				holds()
			}
			return yes
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.pbx.Close() })
	r.org = demoorg.New(demoorg.Config{AutoApprove: true, CustomObjects: true})
	if r.orgURL, err = r.org.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.org.Close() })
	return r
}

// start starts the program on what its folder and its keyring hold.
func (r *rig) start() {
	r.t.Helper()
	p, err := program.New(context.Background(), program.Config{
		Dir: r.dir, Version: "test", Secrets: r.secrets, Listen: "127.0.0.1", NoSound: true, AlertAfter: r.alertAfter, Now: r.now, Log: slog.New(slog.NewTextHandler(&r.log, nil)),
		OpenURL: func(url string) error { r.opened <- url; return nil }, Profiles: r.profiles,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.p, r.desk = p, p.Desk()
	r.mu.Lock()
	r.states = nil
	r.mu.Unlock()
	unsubscribe := r.desk.Subscribe(func(v app.View) {
		r.mu.Lock()
		r.states = append(r.states, v.Phone.State)
		r.mu.Unlock()
		select {
		case r.views <- struct{}{}:
		default:
		}
	})
	r.t.Cleanup(func() {
		unsubscribe()
		r.stop()
	})
	p.Start()
}

// stop closes the program; a second time does nothing.
func (r *rig) stop() {
	if r.p != nil {
		r.p.Close()
		r.p = nil
	}
}

// account is the account that the PBX knows.
func (r *rig) account() settings.Account {
	a := settings.DefaultAccount()
	a.Server, a.User = r.pbx.Addr(), "2041"
	return a
}

// ready is a program whose phone is registered and whose org is linked.
func ready(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	r.begin()
	return r
}

// begin starts the program, registers its phone and links its org.
func (r *rig) begin() {
	r.t.Helper()
	r.start()
	password := "geheim"
	if err := r.p.SetAccount(r.t.Context(), "", r.account(), &password); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.p.Link(r.t.Context(), linkTo(r), visit); err != nil {
		r.t.Fatal(err)
	}
	r.see("registered and linked", func(v app.View) bool { return v.Phone.State == sip.Registered && v.Org.State == crm.Linked })
	r.looked()
}

// looked waits until a new link was looked at for a profile, so that a test may count the requests that follow.
func (r *rig) looked() {
	r.t.Helper()
	end := time.NewTimer(patience)
	defer end.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for r.p.KeptProfile().Looked.IsZero() && r.p.ProfileTrouble().IsZero() {
		select {
		case <-tick.C:
		case <-end.C:
			r.t.Fatal("the org was never looked at for a profile")
		}
	}
}

// linkTo asks for a link to the rig's org.
func linkTo(r *rig) program.LinkRequest {
	return program.LinkRequest{Host: r.orgURL, Key: r.org.ClientID()}
}

// visit is a browser that goes where the page sends it.
func visit(url string) error {
	go func() {
		if res, err := http.Get(url); err == nil {
			_ = res.Body.Close()
		}
	}()
	return nil
}

// see waits for a View that fits.
func (r *rig) see(what string, fits func(app.View) bool) app.View {
	r.t.Helper()
	end := time.NewTimer(patience)
	defer end.Stop()
	for {
		v := r.desk.View()
		if fits(v) {
			return v
		}
		select {
		case <-r.views:
		case <-end.C:
			r.t.Fatalf("never %s: phone %+v, org %v, notice %q, %d calls", what, v.Phone, v.Org.State, v.Notice, len(v.Calls))
		}
	}
}

// set changes a setting as the command line does.
func (r *rig) set(key, value string) {
	r.t.Helper()
	if err := r.p.Settings().Set(key, value); err != nil {
		r.t.Fatal(err)
	}
}

// ring places a call to the agent and waits until it rings.
func (r *rig) ring(c demopbx.Caller) app.CallView {
	r.t.Helper()
	c.To = cmp.Or(r.extension, "2041")
	go func() { _, _ = r.pbx.Call(context.Background(), c) }()
	v := r.see("ringing", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Ringing })
	return v.Calls[0]
}

// was reports whether the phone was in that state since the start.
func (r *rig) was(state sip.RegistrationState) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Contains(r.states, state)
}

// file is the settings file.
func (r *rig) file() string {
	b, err := os.ReadFile(filepath.Join(r.dir, settings.FileName))
	if err != nil && !os.IsNotExist(err) {
		r.t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}
