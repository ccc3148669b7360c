package program_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/profile"
	"linecard/crm/demoorg"
)

// clock is a clock that is set by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// company is an org with the desks of an admin and of an agent.
type company struct {
	t            *testing.T
	admin, agent *rig
	site         *demoorg.Org
	url          string // of site
	clock        *clock
}

// another is a rig with a data directory of its own at the same org and PBX.
func (r *rig) nextDesk() *rig {
	return &rig{t: r.t, pbx: r.pbx, org: r.org, orgURL: r.orgURL, dir: r.t.TempDir(), secrets: &keyring{}, opened: make(chan string, 10), views: make(chan struct{}, 1), now: r.now}
}

// as links the rig's org as one of its users.
func (r *rig) as(username string) {
	r.t.Helper()
	if _, err := r.p.Link(r.t.Context(), linkTo(r), func(url string) error { return visit(url + "&login_hint=" + username) }); err != nil {
		r.t.Fatal(err)
	}
}

func newCompany(t *testing.T) *company {
	t.Helper()
	c := &company{t: t, clock: &clock{at: time.Now()}}
	c.admin = newRig(t)
	c.admin.now, c.site, c.url = c.clock.now, c.admin.org, c.admin.orgURL
	c.agent = c.admin.nextDesk()
	c.admin.start()
	password := "geheim"
	if err := c.admin.p.SetAccount(t.Context(), "", c.admin.account(), &password); err != nil {
		t.Fatal(err)
	}
	c.admin.as(demoorg.AdminUser)
	c.agent.start()
	return c
}

// publish has the admin's desk publish its settings.
func (c *company) publish(mode string) {
	c.t.Helper()
	c.admin.set("logging.mode", mode)
	v, err := c.admin.p.PublishProfile(c.t.Context(), "", profile.Request{Name: "Support desks", By: "IT", Locked: []string{"accounts", "logging"}})
	if err != nil || !v.Administrator || !v.KnownAdministrator {
		c.t.Fatalf("published %+v, %v", v, err)
	}
}

// nextDay lets a day pass, and has the agent's desk hear from the org, as any call has.
func (c *company) nextDay() {
	c.t.Helper()
	c.org().Advance(24 * time.Hour)
	c.clock.pass(24*time.Hour + time.Minute)
	if err := c.agent.p.RefreshLink(c.t.Context()); err != nil {
		c.t.Log("the link:", err)
	}
}

func (c *company) org() *demoorg.Org { return c.site }

// looked waits until the agent's desk has looked since the last day began.
func (c *company) looked() profile.Kept {
	c.t.Helper()
	var kept profile.Kept
	c.await("looked", func() bool {
		kept = c.agent.p.KeptProfile()
		return !kept.Looked.Before(c.clock.now())
	})
	return kept
}

// await waits until something is so. The org tells of each request; what the desk does with the answer follows at once.
func (c *company) await(what string, so func() bool) {
	c.t.Helper()
	end := time.NewTimer(patience)
	defer end.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-end.C:
			c.t.Fatalf("never %s: %+v", what, c.agent.p.KeptProfile())
		}
	}
}

// mode is the mode of logging on the agent's desk.
func (c *company) mode() string { return string(c.agent.p.Settings().Get().Logging.Mode) }

// typePassword is the last of what the agent does.
func (c *company) typePassword() {
	c.t.Helper()
	password := "geheim"
	c.agent.see("the agent's account", func(v app.View) bool { return v.Phone.Configured })
	a := c.agent.p.Settings().Get().Accounts[0]
	if err := c.agent.p.SetAccount(c.t.Context(), a.ID(), a, &password); err != nil {
		c.t.Fatal(err)
	}
}

// post sends something to the org as one of its users, and returns the id of what it made.
func (c *company) post(username, object string, fields map[string]any) string {
	c.t.Helper()
	b, err := json.Marshal(fields)
	if err != nil {
		c.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url+"/services/data/v60.0/sobjects/"+object, bytes.NewReader(b))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.org().TokenOf(username))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	var made struct{ ID string }
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil || made.ID == "" {
		c.t.Fatalf("status %d, %v", res.StatusCode, err)
	}
	return made.ID
}

// upload puts a file with that name into the org as one of its users, shared with all.
func (c *company) upload(username, content string) (document string) {
	c.t.Helper()
	v := c.post(username, "ContentVersion", map[string]any{"PathOnClient": profile.OrgFileName, "VersionData": base64.StdEncoding.EncodeToString([]byte(content))})
	document = c.read(username, "SELECT ContentDocumentId FROM ContentVersion WHERE Id = '"+v+"'")["ContentDocumentId"].(string)
	c.post(username, "ContentDocumentLink", map[string]any{"ContentDocumentId": document, "LinkedEntityId": c.org().ID(), "ShareType": "V"})
	return document
}

// read is the first record of a query.
func (c *company) read(username, soql string) map[string]any {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.url+"/services/data/v60.0/query", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	q := req.URL.Query()
	q.Set("q", soql)
	req.URL.RawQuery = q.Encode()
	req.Header.Set("Authorization", "Bearer "+c.org().TokenOf(username))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	var page struct{ Records []map[string]any }
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil || len(page.Records) == 0 {
		c.t.Fatalf("%s: %v, %v", soql, page, err)
	}
	return page.Records[0]
}

// settings are what a profile of somebody says.
func settingsOf(by, mode string) string {
	return "profile = 1\nname = 'Desks'\nby = '" + by + "'\nlocked = ['logging']\n[settings.logging]\nmode = '" + mode + "'\n"
}
