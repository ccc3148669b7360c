package program_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/app"
	"linecard/crm/demoorg"
	"linecard/fault"
	"linecard/sip"
	"linecard/sip/demopbx"
)

// gate stands before an org and holds requests back.
type gate struct {
	mu      sync.Mutex
	part    string        // of the path of what is held back; "" for nothing
	arrived chan struct{} // closed at the first of them
	open    chan struct{}
}

// gated is a rig whose org is behind a gate.
func gated(t *testing.T, r *rig) *gate {
	t.Helper()
	g := &gate{}
	org := r.org.Handler()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		g.mu.Lock()
		held, open := g.part != "" && strings.Contains(req.URL.Path, g.part), g.open
		if held && g.arrived != nil {
			close(g.arrived)
			g.arrived = nil
		}
		g.mu.Unlock()
		if held {
			select {
			case <-open:
			case <-req.Context().Done():
				return
			}
		}
		org.ServeHTTP(w, req)
	}))
	t.Cleanup(s.Close)
	r.orgURL = s.URL
	return g
}

// hold holds back from now on; the channel is closed once there is something, and open lets it pass.
func (g *gate) hold(part string) (arrived <-chan struct{}, open func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	came := make(chan struct{})
	g.part, g.arrived, g.open = part, came, make(chan struct{})
	return came, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.part = ""
		close(g.open)
	}
}

func within(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatal("never", what)
	}
}

// ringing places a call to an extension and waits until it rings at the agent's desk; over hangs up.
func (c *company) ringing(pbx *demopbx.PBX, extension string) (over func()) {
	c.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = pbx.Call(ctx, demopbx.Caller{Name: "Dana", Number: "+14155550132", To: extension, GiveUpAfter: time.Minute})
	}()
	c.t.Cleanup(func() { cancel(); <-done })
	c.agent.see("ringing", rings)
	return func() {
		cancel()
		c.agent.see("no call", func(v app.View) bool { return !rings(v) })
	}
}

func rings(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Ringing }

// A call that begins to ring while a profile is read is not ended by it: the profile applies after the call, soon. What the agent does by hand
// meanwhile is refused with the reason.
func TestACallThatRingsDuringALook(t *testing.T) {
	c := newCompany(t)
	g := gated(t, c.agent)
	password := "zwei"
	a := c.agent.account()
	a.User = "2042"
	if err := c.agent.p.SetAccount(t.Context(), "", a, &password); err != nil {
		t.Fatal(err)
	}
	c.agent.as(demoorg.FirstUser)
	c.agent.see("registered", func(v app.View) bool { return v.Phone.State == sip.Registered })
	c.looked()
	c.publish("ask")
	c.clock.pass(25 * time.Hour)
	read, open := g.hold("/VersionData")
	if err := c.agent.p.RefreshLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	within(t, "the profile is read", read)
	over := c.ringing(c.agent.pbx, "2042")
	open()
	c.agent.p.AwaitProfileLooks()
	for what, err := range map[string]error{
		"look": c.agent.p.LookForProfile(t.Context()), "import": c.agent.p.ImportProfile([]byte(settingsOf("Me", "never"))), "remove": c.agent.p.RemoveProfile(),
	} {
		if !fault.Of(err).Is("profile.call-rings") {
			t.Errorf("%s during a call that rings: %v", what, err)
		}
	}
	if v := c.agent.desk.View(); !rings(v) || c.mode() != "always" {
		t.Errorf("the call is %+v, the mode %s", v.Calls, c.mode())
	}
	over()
	c.await("applied", func() bool { return c.mode() == "ask" })
}

// The agent's account is not made another one while a call rings on it.
func TestACallThatRingsWhileTheAccountIsMade(t *testing.T) {
	c := newCompany(t)
	g := gated(t, c.agent)
	pbx, err := demopbx.Start(context.Background(), demopbx.Config{Users: map[string]string{"1001": "geheim"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pbx.Close() })
	profileWith := func(field string) []byte {
		return []byte("profile = 1\n[agent]\nuser_field = 'Extension'\ndisplay_name_field = '" + field + "'\n[agent.account]\nserver = '" + pbx.Addr() + "'\n")
	}
	if err := c.agent.p.ImportProfile(profileWith("Name")); err != nil {
		t.Fatal(err)
	}
	c.agent.as(demoorg.FirstUser)
	c.typePassword()
	c.agent.see("registered", func(v app.View) bool { return v.Phone.State == sip.Registered })
	c.looked()
	named := func() string { return c.agent.p.Settings().Get().Accounts[0].DisplayName }
	before := named()
	asked, open := g.hold("/sobjects/User/")
	if err := c.agent.p.ImportProfile(profileWith("Title")); err != nil {
		t.Fatal(err)
	}
	within(t, "the user is asked for", asked)
	over := c.ringing(pbx, "1001")
	open()
	c.agent.p.AwaitAgents()
	if v := c.agent.desk.View(); !rings(v) || named() != before {
		t.Errorf("the call is %+v, the name %q", v.Calls, named())
	}
	over()
	c.await("another account", func() bool { return named() != before })
}
