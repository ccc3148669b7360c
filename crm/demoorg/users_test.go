package demoorg_test

import (
	"strings"
	"testing"

	"linecard/crm/demoorg"
)

// The users: some share a mailbox, one has left, one is no person; a sandbox changes their addresses; who has left owns nothing
// new.
func TestUsersOfTheOrg(t *testing.T) {
	_, c := start(t, demoorg.Config{Sandbox: true})
	mailboxes, left, automated, leaver := map[string]int{}, 0, 0, ""
	for _, u := range into[page](t, c.query("SELECT Id, Email, IsActive, UserType FROM User")).Records {
		if !strings.HasSuffix(u["Email"].(string), "@acme-demo.example.invalid") {
			t.Errorf("address %v", u["Email"])
		}
		mailboxes[u["Email"].(string)]++
		if u["IsActive"] != true {
			left++
			leaver = u["Id"].(string)
		}
		if u["UserType"] != "Standard" {
			automated++
		}
	}
	if left != 1 || automated != 1 || mailboxes["night.desk@acme-demo.example.invalid"] != 2 {
		t.Errorf("%d have left, %d are automated, mailboxes %v", left, automated, mailboxes)
	}
	r := c.rest("POST", "/sobjects/Task", object{"Subject": "Call", "OwnerId": leaver})
	if r.status != 400 || !strings.Contains(string(r.body), `"errorCode":"OPERATION_WITH_INVALID_USER_TYPE_EXCEPTION","fields":["OwnerId"]`) {
		t.Errorf("%d %s", r.status, r.body)
	}
}
