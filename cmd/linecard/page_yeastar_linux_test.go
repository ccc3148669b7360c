package main

import (
	"strings"
	"testing"
)

// Yeastar P-Series, "Salesforce CRM integration": the callback URL pasted into the org, the key pasted back, users and extensions, and
// all that for the other desks.
func TestTheIntegrationPageOfYeastar(t *testing.T) {
	w := newPageWalk(t, "D")
	if w == nil {
		return
	}
	w.point("D1")
	w.press("No org linked")
	w.sees("For the admin, once for each org")
	w.press("Show the steps")
	w.point("D2")
	w.sees("1. ", "5. ", "Contact Email", "Callback URL", "http://localhost:47117/oauth/callback", "OAuth Scope", "Salesforce needs up to ten minutes")
	w.press("Copy all")
	w.until("the guide is copied", func() bool {
		return strings.Contains(w.clipboard(), "http://localhost:47117/oauth/callback") && strings.Contains(w.clipboard(), "ten minutes")
	})
	w.picture("D2-guide")
	w.point("D3")
	w.sees("Permitted Users", "All users may self-authorize")
	w.press("4. Say who may use it") // done: ticked off
	w.misses("Permitted Users")
	w.picture("D3-ticked")
	w.press("Hide the steps")

	w.point("D4")
	w.logIn("avery.stone@acme-demo.example") // who administers the org
	w.link()
	w.press("Yes")
	w.sees("Linked to Acme Field Services (Demo)", "Avery Stone", "avery.stone@acme-demo.example")
	w.until("the browser says so too", func() bool { return strings.Contains(w.page(), "Linecard now works with your Salesforce org") })
	w.picture("D4-connected")

	w.point("D5")
	w.press("Owners")
	w.sees("2041")
	w.press("Refresh users")
	w.sees("users, read")
	w.write("E-mail", "night.desk@acme-demo.example") // two users have it
	w.key("Return")
	w.press("Find users")
	w.sees("Choose one")
	w.picture("D5-two-users")
	w.choose("Salesforce user", "Kim Sato (kim.sato@acme-demo.example)")
	w.sees("By hand")
	w.misses("Choose one")
	w.choose("Owner where no rule says", "The user of the extension")
	w.picture("D5-by-hand")
	w.press("Back to calls")
	id := w.talk(w.demo.dana())
	w.save(id)
	if tasks := w.demo.org.TasksFor(id); len(tasks) != 1 || w.demo.org.Value(tasks[0].OwnerID, "Username") != "kim.sato@acme-demo.example" {
		t.Errorf("the org has %+v", tasks)
	}

	w.must(w.demo.org.SetActive("kim.sato@acme-demo.example", false)) // the users change
	w.press("Acme Field Services (Demo)")
	w.press("Owners")
	w.press("Refresh users")
	w.sees("Kim Sato is not active in Salesforce any more")
	w.picture("D5-users-changed")
	w.choose("Salesforce user", "Nobody")
	w.write("E-mail", "riley.morgan@acme-demo.example")
	w.key("Return")
	w.press("Find users")
	w.sees("Found")
	w.picture("D5-found")
	w.write("E-mail", "night.desk@acme-demo.example") // the user who was found has it no longer
	w.key("Return")
	w.sees("Choose one")
	w.misses("Riley Morgan (riley.morgan@acme-demo.example)")
	w.press("Find users")
	w.sees("Choose one")
	w.picture("D5-another-address")

	w.point("D6")
	w.press("Profile")
	w.write("Name", "Support desks")
	w.write("Made by, as agents read it", "IT, phone 100")
	w.press("Keep it in the org")
	w.sees("Every desk that is linked to it takes them within a day")
	w.press("Keep it in the org")
	w.sees("Kept in Acme Field Services (Demo) as version 1")
	w.picture("D6-for-all")
}
