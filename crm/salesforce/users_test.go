package salesforce

import (
	"context"
	"slices"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
)

func names(users []crm.Person) (out []string) {
	for _, u := range users {
		out = append(out, u.Name)
	}
	return out
}

// The list has the people who can own records: nobody who has left, and nothing that is no person.
func TestUsers(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Sandbox: true}, nil)
	users, err := r.Users(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := names(users); !slices.Equal(got, []string{"Avery Stone", "Jo Lind", "Kim Sato", "Nina Petrov", "Riley Morgan", "Sam Okoro"}) {
		t.Errorf("users %q", got)
	}
	sam := users[5]
	if sam.Email != "sam.okoro@acme-demo.example.invalid" || crm.PlainEmail(sam.Email) != "sam.okoro@acme-demo.example" || sam.Extension != "1002" || !sam.Active {
		t.Errorf("%+v", sam)
	}
	if users[1].Email != users[2].Email {
		t.Errorf("no two users share an address: %+v", users)
	}
	if err := r.org.SetActive(demoorg.OtherUser, false); err != nil {
		t.Fatal(err)
	}
	users, err = r.Users(context.Background(), []string{sam.ID, users[0].ID, "005dm0000000zzzAAA", "linked"})
	if err != nil || len(users) != 6 || users[5].Name != "Sam Okoro" || users[5].Active {
		t.Errorf("of one who has left it is not told that: %v, %+v", err, users)
	}
}

// A long list comes page by page, a request each.
func TestUsersComeInPages(t *testing.T) {
	r := linkedRig(t, demoorg.Config{MoreUsers: 4500}, nil)
	before, _ := r.org.Usage()
	users, err := r.Users(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, u := range users {
		ids[u.ID] = true
	}
	if len(users) != 4506 || len(ids) != 4506 {
		t.Errorf("%d users, %d of them different", len(users), len(ids))
	}
	if after, _ := r.org.Usage(); after-before != 3 {
		t.Errorf("%d requests", after-before)
	}
}

// A log belongs to the user it names, alone and in a batch, and to nobody else when the org does not take that user.
func TestTheOwnerOfALog(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	ctx := context.Background()
	users, err := r.Users(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	nina := users[slices.Index(names(users), "Nina Petrov")]
	s := r.Status()
	call := func(id, owner string) crm.Activity {
		return crm.Activity{CallID: id, Direction: crm.Inbound, Outcome: crm.Answered, Number: "+14155550132", Started: time.Now(), Ended: time.Now(), Org: s.OrgID, User: s.UserID, Owner: owner}
	}
	if _, err := r.Log(ctx, call("c1", nina.ID), false); err != nil {
		t.Fatal(err)
	}
	written, err := r.LogAll(ctx, []crm.Activity{call("c2", nina.ID), call("c3", ""), call("c4", s.UserID)})
	if err != nil || written[0].Err != nil || written[1].Err != nil || written[2].Err != nil {
		t.Fatal(err, written)
	}
	for id, owner := range map[string]string{"c1": nina.ID, "c2": nina.ID, "c3": s.UserID, "c4": s.UserID} {
		if got := r.org.TasksFor(id); len(got) != 1 || got[0].OwnerID != owner || got[0].CreatedByID != s.UserID {
			t.Errorf("%s: %+v", id, got)
		}
	}
	// What the agent types later leaves the owner alone: a Task may have been handed on in the org.
	if err := r.Update(ctx, crm.Ref{Object: crm.Task, ID: r.org.TasksFor("c1")[0].ID}, call("c1", s.UserID)); err != nil || r.org.TasksFor("c1")[0].OwnerID != nina.ID {
		t.Errorf("%v, %+v", err, r.org.TasksFor("c1"))
	}
	if err := r.org.SetActive(nina.Username, false); err != nil {
		t.Fatal(err)
	}
	_, err = r.Log(ctx, call("c5", nina.ID), false)
	if !crm.OwnerRefused(err) {
		t.Errorf("an inactive owner: %v", err)
	}
	written, err = r.LogAll(ctx, []crm.Activity{call("c6", nina.ID), call("c7", "")})
	if err != nil || !crm.OwnerRefused(written[0].Err) || written[1].Err != nil {
		t.Errorf("in a batch: %v, %+v", err, written)
	}
	_, err = r.Log(ctx, call("c8", "nobody@acme-demo.example"), false)
	wantError(t, err, crm.ClassRejected, "")
	for _, id := range []string{"c5", "c6", "c8"} {
		if got := r.org.TasksFor(id); len(got) > 0 {
			t.Errorf("%s is somebody else's: %+v", id, got)
		}
	}
}
