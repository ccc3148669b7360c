package main

import (
	"strings"
	"testing"

	"linecard/app"
	"linecard/sip/demopbx"
)

// The set-up pages of five other products, each walked point by point to the same end here, in the window of an admin.

// Vonage Contact Center, "Link to a Salesforce account": the three states, Production or Sandbox, a login in the browser, Relink, Unlink.
func TestTheLinkPageOfVonage(t *testing.T) {
	w := newWalk(t)
	if w == nil {
		return
	}
	w.press("No org linked") // in the status bar: how the link stands is always in sight
	w.sees("No org is linked", "Production", "Sandbox", "My Domain")
	w.picture("vonage-1-unlinked")
	w.link()
	w.sees("Is that who you meant?", "riley.morgan")
	w.picture("vonage-2-linked")
	w.press("Yes")
	w.misses("Is that who you meant?")

	w.press("Link again") // to another org, or as another user: the page asks where first
	w.sees("Where to log in", "Sandbox")
	w.picture("vonage-3-relink")
	w.press("Link org")
	w.sees("Is that who you meant?")
	w.press("Yes")

	w.press("Unlink")
	w.sees("calls are no longer logged")
	w.picture("vonage-4-unlink")
	w.press("Unlink")
	w.sees("No org is linked")
	w.until("the org has no approval left", func() bool { return w.demo.org.Approvals() == 0 })
}

// Mirage ACD, "Salesforce connection": the status with its reason, the connected org's id, Refresh.
func TestTheConnectionPageOfMirage(t *testing.T) {
	w := newWalk(t)
	if w == nil {
		return
	}
	w.press("No org linked")
	w.link()
	w.press("Yes")
	w.sees("Org id", w.demo.org.ID())
	w.press("Copy org id")
	w.until("the org's id is copied", func() bool { return w.clipboard() == w.demo.org.ID() })

	w.demo.org.RevokeGrants()
	w.demo.org.ExpireSessions()
	w.press("Check link")
	w.sees("The link is broken", "Link again")
	w.picture("mirage-1-inactive")
	w.press("Link again")
	w.sees("Linked to")
	w.picture("mirage-2-active")
}

// XCALLY Motion, "Salesforce integration": an account that is tested; a configuration with subject, description and fields; a trigger; and the
// Case that the agent sees.
func TestTheIntegrationPagesOfXCALLY(t *testing.T) {
	w := newWalk(t)
	if w == nil {
		return
	}
	w.press("No org linked")
	w.link()
	w.press("Yes")

	w.press("What is written")
	w.press("New layout")
	w.write("Name", "Support queue")
	w.choose("Writes a", "Case")
	w.press("Add a part")
	w.into("a text, or {number}", "[Support] Queue caller {number}")
	w.press("Add a line")
	w.into("key, or nothing", "Called")
	w.into("a text, or {notes}", "{called}")
	w.sees("[Support] Queue caller +1")
	w.picture("xcally-1-layout")
	w.press("Save")
	w.sees("Case")

	w.press("Rules")
	w.press("New rule")
	w.write("What you call it", "Support")
	w.choose("Direction", "Inbound")
	w.write("Layout", "Support queue")
	w.picture("xcally-2-rule")
	w.press("Save")
	w.sees("1. Support", "Off")
	w.press("Switch on")
	w.sees("past calls tried")
	w.press("Switch on")
	w.sees("Switch off")
	w.picture("xcally-3-rules")

	w.press("Back to calls")
	id := w.talk(w.demo.dana())
	cases := w.demo.org.CasesFor(id)
	if len(cases) != 1 || !strings.HasSuffix(cases[0].Subject, "[Support] Queue caller "+w.demo.dana().Number) || !strings.Contains(cases[0].Description, "Called: 2041") {
		t.Errorf("the org has %+v", cases)
	}
}

// Yeastar P-Series, "Salesforce CRM integration": the callback URL pasted into the org, the key pasted back, users and extensions.
func TestTheIntegrationPageOfYeastar(t *testing.T) {
	w := newWalk(t)
	if w == nil {
		return
	}
	w.press("No org linked")
	w.press("Show the steps")
	w.sees("1. ", "5. ")
	w.press("Copy all")
	w.until("the guide is copied", func() bool { return strings.Contains(w.clipboard(), "http://localhost:47117/oauth/callback") })
	w.picture("yeastar-1-guide")
	w.press("Hide the steps")
	w.link()
	w.press("Yes")

	w.press("Owners")
	w.sees("2041")
	w.write("E-mail", "riley.morgan@acme-demo.example")
	w.key("Return")
	w.press("Find users")
	w.sees("Found")
	w.picture("yeastar-2-owners")
	w.press("Refresh users")
	w.sees("users, read")
}

// MiiTel, "Salesforce basic settings": link, what the user must be allowed, contacts not fetched, errors with their remedies, e-mail, Unlink.
func TestTheBasicSettingsOfMiiTel(t *testing.T) {
	w := newWalk(t)
	if w == nil {
		return
	}
	w.press("No org linked")
	w.link()
	w.press("Yes")
	w.press("Check-up")
	w.press("Check again")
	w.sees("What works", "API")
	w.picture("miitel-1-check-up")

	w.press("Salesforce")
	w.press("Find callers in Salesforce")
	w.until("nobody is looked for", func() bool { return !w.run.program.Settings().Get().Records.Find })
	w.picture("miitel-2-not-fetched")
	w.press("Back to calls")
	asked := w.demo.org.Count("GET", "/search")
	id := w.talk(w.demo.dana())
	if n := w.demo.org.Count("GET", "/search") - asked; n != 0 {
		t.Errorf("%d searches for a caller who was not to be looked for", n)
	}
	if tasks := w.demo.org.TasksFor(id); len(tasks) != 1 || tasks[0].WhoID != "" {
		t.Errorf("the org has %+v", tasks)
	}

	w.press("Acme Field Services (Demo)") // in the status bar
	w.press("Errors")
	w.sees("Nothing went wrong.")
	w.write("To", "it@acme.example")
	w.write("Mail server", "127.0.0.1:1") // where nobody listens
	w.choose("Encryption", "none")
	w.pressBelow("Tell by e-mail", "Save")
	w.pressBelow("Tell by e-mail", "Send a test")
	w.sees("cannot be reached")
	w.picture("miitel-3-errors")

	w.press("Salesforce")
	w.sees("Requests to Salesforce", "Last call")
	w.press("Unlink")
	w.sees("calls are no longer logged")
	w.press("Unlink")
	w.sees("No org is linked")
}

// link links the demo's org on the Salesforce page.
func (w *walk) link() {
	w.Helper()
	w.press("My Domain")
	w.write("Where to log in", w.demo.orgURL)
	w.write("Consumer key", w.demo.org.ClientID())
	w.press("Link org")
	w.sees("Linked to", "Is that who you meant?")
}

// talk answers a call in the window, hangs up, and saves the log.
func (w *walk) talk(c demopbx.Caller) (id string) {
	w.Helper()
	desk := w.run.program.Desk()
	w.demo.ring(c)
	w.press("Answer")
	w.until("the call is on", func() bool {
		v := desk.View()
		if len(v.Calls) == 0 || v.Calls[0].Phase != app.Talking {
			return false
		}
		id = v.Calls[0].ID
		return true
	})
	w.press("Hang up")
	w.press("Save to Salesforce")
	w.until("the call is logged", func() bool {
		v := desk.View()
		return len(v.History) > 0 && v.History[0].ID == id && v.History[0].Log == app.LogDone
	})
	return id
}
