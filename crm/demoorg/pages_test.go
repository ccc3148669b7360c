package demoorg_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"linecard/crm/demoorg"
)

// browse opens a page as a browser does, without a token.
func (c *client) browse(path string) answer {
	c.t.Helper()
	c.token = ""
	return c.send("GET", path, nil)
}

func shows(t *testing.T, a answer, texts ...string) {
	t.Helper()
	want(t, a, 200)
	if ct := a.header.Get("Content-Type"); !strings.HasPrefix(ct, "text/html") {
		t.Fatalf("a page of type %q", ct)
	}
	for _, s := range texts {
		if !strings.Contains(string(a.body), s) {
			t.Errorf("the page does not show %q", s)
		}
	}
}

func TestPages(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	dana := person(t, org, "Dana Whitfield")
	task := c.create("Task", object{
		"Subject": "Inbound call from Dana", "Status": "Completed", "WhoId": dana.ID, "CallDurationInSeconds": 75,
		"CallType": "Inbound", "Description": "First line\nSecond <b>line</b>",
	})

	t.Run("a contact", func(t *testing.T) {
		shows(t, c.browse("/lightning/r/Contact/"+dana.ID+"/view"), "Dana Whitfield", "VP Operations", "Acme Corp", "(415) 555-0132",
			"Inbound call from Dana", "Activity", "Acme Corp – Renewal")
	})
	t.Run("a task", func(t *testing.T) {
		a := c.browse("/lightning/r/Task/" + task + "/view")
		shows(t, a, "Inbound call from Dana", "1\u00a0min\u00a015\u00a0s", "Completed", "Inbound", "Dana Whitfield", "Second &lt;b&gt;line")
		if strings.Contains(string(a.body), "<b>line") {
			t.Error("text is shown as markup")
		}
	})
	t.Run("by id alone", func(t *testing.T) {
		for _, path := range []string{"/" + task, "/" + task[:15], "/lightning/r/" + task + "/view"} {
			if at := want(t, c.browse(path), 302).header.Get("Location"); at != "/lightning/r/Task/"+task+"/view" {
				t.Errorf("%s leads to %q", path, at)
			}
		}
	})
	t.Run("home and lists", func(t *testing.T) {
		for _, path := range []string{"/", "/lightning/page/home", "/lightning/o/Task/list"} {
			shows(t, c.browse(path), "Inbound call from Dana")
		}
		for _, obj := range []string{"Account", "Contact", "Lead", "Opportunity", "Case"} {
			shows(t, c.browse("/lightning/o/"+obj+"/list"), "/lightning/r/"+obj+"/")
		}
	})
	t.Run("every link works", func(t *testing.T) {
		seen, todo := map[string]bool{}, []string{"/", "/lightning/o/Account/list"}
		for len(todo) > 0 && len(seen) < 150 {
			at := todo[0]
			todo = todo[1:]
			if seen[at] {
				continue
			}
			seen[at] = true
			a := want(t, c.browse(at), 200)
			for _, m := range regexp.MustCompile(`(?:href|src)="([^"]+)"`).FindAllSubmatch(a.body, -1) {
				todo = append(todo, string(m[1]))
			}
		}
		if len(seen) < 100 {
			t.Errorf("only %d pages are linked", len(seen))
		}
	})
	t.Run("pages that do not exist", func(t *testing.T) {
		for _, path := range []string{"/003dm0000zzzzzz", "/lightning/r/Contact/003dm0000zzzzzz/view", "/lightning/o/Nope/list", "/lightning/o/User/new", "/nowhere/at/all"} {
			if a := want(t, c.browse(path), 404); !strings.Contains(string(a.body), "URL No Longer Exists") {
				t.Errorf("%s: %s", path, a.body)
			}
		}
	})
}

func TestNewRecordPage(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	a := c.browse("/lightning/o/Contact/new?defaultFieldValues=" + url.QueryEscape("Phone=%2B14155550155,LastName=O%27Brien%2C Jr"))
	shows(t, a, `value="&#43;14155550155"`, `value="O&#39;Brien, Jr"`, "Last Name *")
	shows(t, c.browse("/lightning/o/Contact/new?defaultFieldValues=Phone=%2B14155550155,LastName=Lee"), `value="&#43;14155550155"`, `value="Lee"`)

	a = c.form("/lightning/o/Contact/new", url.Values{"FirstName": {"No"}})
	shows(t, a, "Required fields are missing: [LastName]", `value="No"`)
	made := want(t, c.form("/lightning/o/Contact/new", url.Values{"LastName": {"Lee"}, "Phone": {"+14155550155"}}), 303).header.Get("Location")
	shows(t, c.browse(made), "Lee", "&#43;14155550155")
	c.token = org.Token()
	if hits := found(t, c.search("FIND {14155550155} IN PHONE FIELDS RETURNING Contact(Id, Name)")); hitNames(hits) != "Lee" {
		t.Errorf("the new contact is found as %v", hits)
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	before := c.query("SELECT COUNT() FROM Contact").body
	for _, path := range []string{"/lightning/o/Contact/new", "/services/oauth2/consent"} {
		a := c.send("POST", path, "LastName=Planted", "Content-Type", "application/x-www-form-urlencoded", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
		want(t, a, 403)
	}
	c.token = org.Token()
	if after := c.query("SELECT COUNT() FROM Contact").body; string(after) != string(before) {
		t.Errorf("contacts went from %s to %s", before, after)
	}
	for _, path := range []string{"/", authorizeURL(org)} {
		a := c.browse(path)
		if a.status == 302 {
			a = c.browse(a.header.Get("Location"))
		}
		if a.header.Get("X-Frame-Options") != "DENY" || !strings.Contains(a.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s may be framed: %v", path, a.header)
		}
	}
}
