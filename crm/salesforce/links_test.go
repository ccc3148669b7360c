package salesforce

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/test/wait"
)

// linkRig is the links of one data directory with two orgs.
type linkRig struct {
	*Links
	a, b *rig
	base Config
}

func newLinkRig(t *testing.T, stores LinkStores) *linkRig {
	t.Helper()
	d := &linkRig{a: newRig(t, demoorg.Config{Instance: "o1"}, nil)}
	d.b = newRig(t, demoorg.Config{Instance: "o2", Redirects: d.a.CallbackURLs()}, nil)
	d.base = Config{Secrets: d.a.secrets, Ports: d.a.cfg.Ports, Region: func() string { return "US" }, LinkTimeout: time.Minute, LookupTimeout: time.Minute}
	d.open(t, stores)
	return d
}

func (d *linkRig) open(t *testing.T, stores LinkStores) {
	t.Helper()
	l, err := OpenLinks(stores, d.base)
	if err != nil {
		t.Fatal(err)
	}
	d.Links = l
	t.Cleanup(func() { _ = l.Close() })
}

func (d *linkRig) link(t *testing.T, r *rig, username string, replace *Client) crm.LinkStatus {
	t.Helper()
	req := LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID(), Username: username}
	s, err := d.Link(t.Context(), req, replace, d.a.open)
	if err != nil {
		t.Fatal(err)
	}
	wait.For(t, d.a.page) // the browser has shown the page
	return s
}

func TestSeveralLinksSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	d := newLinkRig(t, DirStores(dir))
	first := d.link(t, d.a, "", nil)
	second := d.link(t, d.b, "", nil)
	third := d.link(t, d.b, demoorg.OtherUser, nil)
	if first.OrgID == second.OrgID || third.OrgID != second.OrgID || third.UserID == second.UserID {
		t.Fatalf("%+v\n%+v\n%+v", first, second, third)
	}
	for _, f := range []string{"link.json", "link.lock", "links/2.json", "links/2.lock", "links/3.json"} {
		if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
			t.Error(err)
		}
	}
	saved, err := SavedLinks(DirStores(dir))
	if err != nil || len(saved) != 3 || saved[0].OrgID != first.OrgID || saved[2].UserID != third.UserID {
		t.Fatalf("%+v, %v", saved, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d.open(t, DirStores(dir))
	if err := d.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Each link writes in its own org, as its own user.
	for _, s := range []crm.LinkStatus{first, second, third} {
		a := talked()
		a.CallID, a.Who, a.Org, a.User = "call-"+s.OrgID+s.UserID, crm.Ref{}, s.OrgID, s.UserID
		if _, err := d.Log(t.Context(), a, false); err != nil {
			t.Fatal(err)
		}
		own, other := d.a.org, d.b.org
		if s.OrgID == other.ID() {
			own, other = other, own
		}
		if got := own.TasksFor(a.CallID); len(got) != 1 || got[0].CreatedByID != s.UserID || len(other.TasksFor(a.CallID)) != 0 {
			t.Errorf("%+v", got)
		}
	}
}

// The file of a version with one link is the first link.
func TestAnOldInstallKeepsItsLink(t *testing.T) {
	dir := t.TempDir()
	r := linkedRig(t, demoorg.Config{}, func(c *Config) { c.Dir, c.Store = dir, FileStore(filepath.Join(dir, "link.json")) })
	base := r.cfg
	base.Store, base.Lock = nil, ""
	l, err := OpenLinks(DirStores(dir), base)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all := l.Status(); len(all) != 1 || all[0].State != crm.Linked || all[0].OrgID != r.org.ID() {
		t.Errorf("%+v", all)
	}
}

func TestLinkingAgain(t *testing.T) {
	kinds := map[string]func() LinkStores{"on disk": func() LinkStores { return DirStores(t.TempDir()) }, "in memory": MemoryStores}
	for name, stores := range kinds {
		t.Run(name, func(t *testing.T) {
			d := newLinkRig(t, stores())
			first := d.link(t, d.a, "", nil)
			again := d.link(t, d.a, "", nil) // the same user, without a link to replace
			if len(d.Status()) != 1 || again.OrgID != first.OrgID || d.a.org.Approvals() != 1 {
				t.Errorf("the same user: %d links, %d approvals", len(d.Status()), d.a.org.Approvals())
			}
			d.link(t, d.b, "", d.Of(first.OrgID, ""))
			if all := d.Status(); len(all) != 1 || all[0].OrgID != d.b.org.ID() || d.a.org.Approvals() != 0 {
				t.Errorf("replaced: %+v, %d approvals left", all, d.a.org.Approvals())
			}
			d.link(t, d.a, "", nil)
			if all := d.Status(); len(all) != 2 {
				t.Errorf("added: %+v", all)
			}
			if err := d.Unlink(t.Context(), d.Of(d.b.org.ID(), "")); err != nil {
				t.Fatal(err)
			}
			if all := d.Status(); len(all) != 1 || all[0].OrgID != d.a.org.ID() || d.b.org.Approvals() != 0 {
				t.Errorf("unlinked: %+v", all)
			}
			if saved, err := SavedLinks(d.stores); err != nil || len(saved) != 1 || saved[0].OrgID != d.a.org.ID() {
				t.Errorf("%+v, %v", saved, err)
			}
		})
	}
}

// A user whose link was replaced while the keyring is locked, and who is linked again before it opens, gets their place back: as another
// client's, the new link would be ended with the replaced one.
func TestAReplacedUserWhoIsLinkedAgainKeepsTheLink(t *testing.T) {
	stores := DirStores(t.TempDir())
	d := newLinkRig(t, stores)
	d.base.Secrets = shutKeyring{d.a.secrets}
	d.open(t, stores)
	first := d.link(t, d.a, "", nil)
	d.a.secrets.lock(true)
	d.link(t, d.a, demoorg.OtherUser, d.Of(first.OrgID, first.UserID))
	if again := d.link(t, d.a, "", nil); len(d.Status()) != 1 || again.UserID != first.UserID || !again.Unsaved {
		t.Fatalf("%d links, %+v", len(d.Status()), again)
	}
	d.a.secrets.lock(false)
	for _, c := range d.All() {
		if err := c.KeyringChanged(t.Context()); err != nil || c.Status().Unsaved {
			t.Errorf("%v, %+v", err, c.Status())
		}
	}
	if n := d.a.org.Approvals(); n != 1 || len(d.a.secrets.all()) != 2 {
		t.Errorf("%d approvals, %d secrets", n, len(d.a.secrets.all()))
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d.open(t, stores)
	d.a.org.ExpireSessions()
	if err := d.Restore(t.Context()); err != nil || len(d.Status()) != 1 || d.Status()[0].UserID != first.UserID || d.Status()[0].State != crm.Linked {
		t.Errorf("the next start: %v, %+v", err, d.Status())
	}
}
