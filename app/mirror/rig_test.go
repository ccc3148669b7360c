package mirror_test

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"linecard/app/directory"
	"linecard/app/mirror"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/crm/salesforce"
	"linecard/fault"
	"linecard/test/ports"
)

// rig is an org, a link to it, a directory on the disk and a mirror between them.
type rig struct {
	t      *testing.T
	org    *demoorg.Org
	url    string
	link   *salesforce.Client
	dir    *directory.Directory
	path   string
	mirror *mirror.Mirror
	told   chan struct{} // something has changed

	mu     sync.Mutex
	choice mirror.Choice
	failed []fault.Fault
	offset time.Duration
	store  func(mirror.Store) mirror.Store
}

type secrets struct {
	mu sync.Mutex
	m  map[string]string
}

func (s *secrets) Get(key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.m[key]; ok {
		return v, nil
	}
	return "", salesforce.ErrNoSecret
}

func (s *secrets) Set(key, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[key] = value
	return nil
}

func (s *secrets) Delete(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, key)
	return nil
}

// newRig links an org and opens a directory; the mirror is not started.
func newRig(t *testing.T, oc demoorg.Config) *rig {
	t.Helper()
	r := &rig{t: t, told: make(chan struct{}, 1), choice: mirror.Choice{On: true, Objects: mirror.Objects, Every: time.Hour, Region: "US"}}
	port := ports.Free(t)
	oc.AutoApprove = true
	oc.Redirects = []string{"http://localhost:" + itoa(port) + "/oauth/callback"}
	r.org = demoorg.New(oc)
	url, err := r.org.Start("127.0.0.1:0")
	check(t, err)
	r.url = url
	stores := salesforce.MemoryStores()
	cfg := salesforce.Config{Secrets: &secrets{m: map[string]string{}}, Ports: []int{port}, Region: func() string { return "US" }, LookupTimeout: 30 * time.Second}
	stores.Configure(&cfg, stores.First())
	r.link = salesforce.New(cfg)
	var browser sync.WaitGroup
	_, err = r.link.Link(context.Background(), salesforce.LinkRequest{LoginHost: url, ClientID: r.org.ClientID()}, func(page string) error {
		browser.Go(func() {
			req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, page, nil)
			if resp, err := http.DefaultClient.Do(req); err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
		return nil
	})
	check(t, err)
	r.path = filepath.Join(t.TempDir(), directory.FileName)
	r.open()
	t.Cleanup(func() {
		browser.Wait()
		http.DefaultClient.CloseIdleConnections()
		r.close()
		check(t, r.link.Close())
		check(t, r.org.Close())
	})
	return r
}

func itoa(n int) string {
	var b []byte
	for ; n > 0; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Add(r.offset)
}

// later moves the clocks of the org and of this computer on.
func (r *rig) later(d time.Duration) {
	r.mu.Lock()
	r.offset += d
	r.mu.Unlock()
	r.org.Advance(d)
}

func (r *rig) open() {
	r.t.Helper()
	var err error
	r.dir, err = directory.Open(r.path, directory.Options{Now: r.now})
	check(r.t, err)
	var store mirror.Store = r.dir
	if r.store != nil {
		store = r.store(store)
	}
	r.mirror = mirror.New(store, mirror.Options{
		Choice: func(string) mirror.Choice { r.mu.Lock(); defer r.mu.Unlock(); return r.choice },
		Now:    r.now, Poll: time.Millisecond,
		Failed: func(_ string, why fault.Fault) { r.mu.Lock(); defer r.mu.Unlock(); r.failed = append(r.failed, why) },
	})
	r.mirror.OnChange(func() {
		select {
		case r.told <- struct{}{}:
		default:
		}
	})
}

func (r *rig) close() {
	r.t.Helper()
	r.mirror.Close()
	check(r.t, r.dir.Close())
}

// start lets the mirror follow the link.
func (r *rig) start() { r.mirror.Follow([]mirror.Org{r.link}) }

func (r *rig) choose(f func(*mirror.Choice)) {
	r.mu.Lock()
	f(&r.choice)
	r.mu.Unlock()
	r.mirror.Recheck()
}

func (r *rig) status() mirror.Status {
	r.t.Helper()
	all := r.mirror.Status()
	if len(all) != 1 {
		r.t.Fatalf("%d copies", len(all))
	}
	return all[0]
}

// await waits until the copy is as wanted.
func (r *rig) await(what string, ok func(mirror.Status) bool) mirror.Status {
	r.t.Helper()
	limit := time.After(4 * time.Minute) // only a failure reaches it, however busy the machine is
	for {
		if all := r.mirror.Status(); len(all) == 1 && ok(all[0]) {
			return all[0]
		}
		select {
		case <-r.told:
		case <-limit:
			r.t.Fatalf("never %s: %+v", what, r.mirror.Status())
		}
	}
}

func upToDate(s mirror.Status) bool { return s.State == mirror.UpToDate }

// syncNow brings the copy up to date.
func (r *rig) syncNow() mirror.Status {
	r.t.Helper()
	before := r.status().Checked
	check(r.t, r.mirror.SyncNow(""))
	return r.await("up to date again", func(s mirror.Status) bool { return upToDate(s) && s.Checked.After(before) })
}

// knows reports whom a number belongs to, by the copy alone.
func (r *rig) knows(phone string) string {
	k, ok := r.dir.Recall(r.org.ID(), crm.ParseNumber(phone, crm.NumberPlan{Region: "US"}))
	if !ok {
		return ""
	}
	return k.Result.Matches[0].Name
}

func (r *rig) finds(text string) (names []string) {
	r.t.Helper()
	found, err := r.dir.Search(context.Background(), r.org.ID(), text, 20)
	check(r.t, err)
	for _, f := range found {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
}

func (r *rig) person(name string) demoorg.Person {
	r.t.Helper()
	p, ok := r.org.Caller(name)
	if !ok {
		r.t.Fatalf("nobody is called %s", name)
	}
	return p
}
