package program_test

import (
	"slices"
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/program"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
)

// phoned has a customer call, answers, and hangs up; it returns the id of the call.
func (r *rig) phoned(number string) string {
	r.t.Helper()
	c := r.ring(demopbx.Caller{Number: number})
	if err := r.desk.Answer(c.ID); err != nil {
		r.t.Fatal(err)
	}
	r.see("talking", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Talking })
	if err := r.desk.Hangup(c.ID); err != nil {
		r.t.Fatal(err)
	}
	return c.ID
}

// stands waits until the log of a call stands so, and takes the call off the desk.
func (r *rig) stands(id string, state app.LogState) app.CallView {
	r.t.Helper()
	var is app.CallView
	r.see("the log is "+string(state), func(v app.View) bool {
		for _, c := range v.Calls {
			if c.ID == id && c.Wrap.Log == state {
				is = c
				return true
			}
		}
		return false
	})
	if err := r.desk.Dismiss(id); err != nil {
		r.t.Fatal(err)
	}
	r.see("at rest", func(v app.View) bool { return len(v.Calls) == 0 })
	return is
}

// ownerOf is the name of the user who owns the one Task of a call.
func (r *rig) ownerOf(id string) string {
	r.t.Helper()
	tasks := r.org.TasksFor(id)
	if len(tasks) != 1 {
		r.t.Fatalf("%d Tasks", len(tasks))
	}
	for _, u := range r.p.Owners("").Users {
		if crm.SameID(u.ID, tasks[0].OwnerID) {
			return u.Name
		}
	}
	return tasks[0].OwnerID
}

// Extension 2041 is Sam's by e-mail. When Sam leaves, the log waits and says so; it is nobody else's until the admin says who.
func TestTheLogIsTheExtensionsUsers(t *testing.T) {
	r := ready(t)
	if err := r.p.SetOwnerEmail("2041", "SAM.Okoro@acme-demo.example"); err != nil {
		t.Fatal(err)
	}
	if n, err := r.p.AutoOwners(t.Context(), ""); err != nil || n != 1 {
		t.Fatalf("%d found, %v", n, err)
	}
	r.set("logging.owner", "extension")
	id := r.phoned("+14155550132")
	r.stands(id, app.LogDone)
	if got := r.ownerOf(id); got != "Sam Okoro" {
		t.Errorf("the owner is %s", got)
	}

	if err := r.org.SetActive(demoorg.OtherUser, false); err != nil { // the list is older than that
		t.Fatal(err)
	}
	id = r.phoned("+14155550132")
	if c := r.stands(id, app.LogParked); !strings.Contains(c.Wrap.Error, "Sam Okoro is not active in Salesforce any more") {
		t.Errorf("it waits: %+v", c.Wrap)
	}
	if len(r.org.TasksFor(id)) > 0 {
		t.Error("it is somebody else's")
	}
	if got := r.p.Owners("").Rows[0]; !got.Problem.Is("owners.inactive") {
		t.Errorf("the table does not say so: %+v", got)
	}
	if err := r.p.SetOwner(t.Context(), "", "2041", demoorg.OtherUser); err == nil {
		t.Error("an inactive user was chosen")
	}
	if err := r.p.SetOwner(t.Context(), "", "2041", "Nina Petrov"); err != nil {
		t.Fatal(err)
	}
	r.see("logged by itself", func(v app.View) bool {
		return v.Outbox.Parked == 0 && v.Outbox.Waiting == 0 && len(r.org.TasksFor(id)) == 1
	})
	if got := r.ownerOf(id); got != "Nina Petrov" {
		t.Errorf("the owner is %s", got)
	}

	// The linked user gets it only where the admin chose that, and it is told. What waits by then goes out with the setting.
	if err := r.p.SetOwner(t.Context(), "", "2041", "none"); err != nil {
		t.Fatal(err)
	}
	id = r.phoned("+14155550132")
	r.stands(id, app.LogParked)
	r.set("logging.no_owner", "linked")
	r.see("logged for the linked user, which is told", func(v app.View) bool {
		return v.Outbox.Parked == 0 && v.Outbox.Waiting == 0 && len(r.org.TasksFor(id)) == 1 && strings.Contains(v.Notice, "logged as the linked user's")
	})
	if got := r.ownerOf(id); got != "Riley Morgan" {
		t.Errorf("the owner is %s", got)
	}
}

// What waits for an owner goes out when the settings name one, however they come to: by hand, or from a profile.
func TestASettingThatNamesTheOwnerSendsWhatWaits(t *testing.T) {
	r := ready(t)
	if err := r.p.RefreshOwners(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	r.set("logging.owner", "extension")
	id := r.phoned("+14155550132")
	r.stands(id, app.LogParked)
	users := r.p.Owners("").Users
	sam := users[slices.IndexFunc(users, func(u crm.Person) bool { return u.Name == "Sam Okoro" })].ID
	if err := r.p.Settings().Change(func(s *settings.Settings) {
		s.Owners = []settings.Owner{{Extension: "2041", Org: r.org.ID(), User: sam}}
	}); err != nil {
		t.Fatal(err)
	}
	r.see("logged", func(v app.View) bool {
		return v.Outbox.Parked == 0 && v.Outbox.Waiting == 0 && len(r.org.TasksFor(id)) == 1
	})
	if got := r.ownerOf(id); got != "Sam Okoro" {
		t.Errorf("the owner is %s", got)
	}
}

// A rule names the owner, and what a rule does to a call is done by the running program, changed in the midst of it.
func TestRulesInTheRunningProgram(t *testing.T) {
	r := ready(t)
	if err := r.p.RefreshOwners(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	table := func(rules ...crm.Rule) {
		t.Helper()
		if err := r.p.Settings().Change(func(s *settings.Settings) { s.Rules = rules }); err != nil {
			t.Fatal(err)
		}
	}
	table(crm.Rule{Name: "Contacts", On: true, Objects: []string{"Contact"}, Owner: "nina.petrov@acme-demo.example"}, crm.Rule{Name: "Strangers", On: true, Objects: []string{"none"}, Log: "no"})
	id := r.phoned("+14155550132")
	r.stands(id, app.LogDone)
	if got := r.ownerOf(id); got != "Nina Petrov" {
		t.Errorf("the owner is %s", got)
	}
	c := r.ring(demopbx.Caller{Number: demoorg.UnknownNumber})
	r.see("looked up", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Lookup.State == app.LookupNoMatch })
	if err := r.desk.Answer(c.ID); err != nil {
		t.Fatal(err)
	}
	r.see("talking", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Talking })
	if err := r.desk.Hangup(c.ID); err != nil {
		t.Fatal(err)
	}
	r.see("gone, with nothing to write", func(v app.View) bool { return len(v.Calls) == 0 && v.Outbox.Waiting == 0 })
	if len(r.org.TasksFor(c.ID)) > 0 {
		t.Error("a stranger's call was logged")
	}
	// Rules that change while a call is on judge it too.
	c = r.ring(demopbx.Caller{Number: "+14155550132"})
	table(crm.Rule{Name: "Nothing", On: true, Log: "no"})
	if err := r.desk.Decline(c.ID); err != nil {
		t.Fatal(err)
	}
	r.see("gone", func(v app.View) bool { return len(v.Calls) == 0 && v.Outbox.Waiting == 0 })
	if len(r.org.TasksFor(c.ID)) > 0 {
		t.Error("the new rules did not judge the call")
	}
}

// While the org does not answer, whom a call is with is not known, and a rule about strangers must wait for that.
func TestARuleAboutRecordsWaitsForTheOrg(t *testing.T) {
	r := ready(t)
	if err := program.SetRules(r.p.Settings(), []crm.Rule{{Name: "Strangers", On: true, Objects: []string{"none"}, Log: "no"}, {Name: "Contacts", On: true, Objects: []string{"any"}, Owner: "nina.petrov@acme-demo.example"}}); err != nil {
		t.Fatal(err)
	}
	if err := r.p.RefreshOwners(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	mend := r.org.Inject(demoorg.Fault{Kind: demoorg.Unavailable, Path: "/search", Times: demoorg.Always})
	dana := r.phoned("+14155550132")
	r.see("over", func(v app.View) bool { return len(v.Calls) == 1 && v.Calls[0].Phase == app.WrapUp })
	_ = r.desk.Dismiss(dana)
	r.see("at rest", func(v app.View) bool { return len(v.Calls) == 0 })
	stranger := r.phoned(demoorg.UnknownNumber)
	r.see("over", func(v app.View) bool { return len(v.Calls) == 1 && v.Calls[0].Phase == app.WrapUp })
	_ = r.desk.Dismiss(stranger)
	mend()
	if _, err := r.desk.SendAll(); err != nil {
		t.Fatal(err)
	}
	r.see("all settled", func(v app.View) bool {
		return v.Outbox.Waiting == 0 && v.Outbox.Parked == 0 && len(r.org.TasksFor(dana)) == 1
	})
	if len(r.org.TasksFor(stranger)) > 0 || r.ownerOf(dana) != "Nina Petrov" {
		t.Errorf("the stranger has %d Tasks; the owner of the contact's call is %s", len(r.org.TasksFor(stranger)), r.ownerOf(dana))
	}
}

// What a rule says of a caller whom the org named late holds for every attempt, not only for the one that heard the name.
func TestWhatARuleSaysOfALateNameOutlivesAFailedAttempt(t *testing.T) {
	r := ready(t)
	if err := program.SetRules(r.p.Settings(), []crm.Rule{{Name: "Contacts", On: true, Objects: []string{"any"}, Owner: "nina.petrov@acme-demo.example"}}); err != nil {
		t.Fatal(err)
	}
	if err := r.p.RefreshOwners(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	mend := r.org.Inject(demoorg.Fault{Kind: demoorg.Unavailable, Path: "/search", Times: demoorg.Always})
	dana := r.phoned("+14155550132")
	r.see("over", func(v app.View) bool { return len(v.Calls) == 1 && v.Calls[0].Phase == app.WrapUp })
	_ = r.desk.Dismiss(dana)
	r.see("at rest", func(v app.View) bool { return len(v.Calls) == 0 })
	open := r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Path: "/sobjects", Method: "POST", Times: demoorg.Always, Status: 400, Code: "UNABLE_TO_LOCK_ROW"})
	mend()
	writes := func() int { return r.org.Count("POST", "/sobjects") }
	if _, err := r.desk.SendAll(); err != nil {
		t.Fatal(err)
	}
	if err := r.org.Await(t.Context(), func() bool { return writes() > 0 }); err != nil {
		t.Fatal(err)
	}
	open()
	if _, err := r.desk.SendAll(); err != nil {
		t.Fatal(err)
	}
	r.see("logged", func(v app.View) bool { return v.Outbox.Waiting == 0 && len(r.org.TasksFor(dana)) == 1 })
	if got := r.ownerOf(dana); got != "Nina Petrov" {
		t.Errorf("the owner is %s", got)
	}
}
