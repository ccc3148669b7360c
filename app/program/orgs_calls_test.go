package program_test

import (
	"slices"
	"testing"

	"linecard/app"
	"linecard/app/checkup"
	"linecard/app/profile"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
	"linecard/sip/demopbx"
)

// person has an org know somebody by a number.
func (r *rig) person(org *demoorg.Org, name, number string) {
	r.t.Helper()
	if _, err := org.Create(crm.Contact, map[string]any{"LastName": name, "Phone": number}); err != nil {
		r.t.Fatal(err)
	}
}

// talked answers a call that rings, hangs up, and waits until it is written; it returns how many Tasks each org has of it.
func (r *rig) talked(id string, other *demoorg.Org) (here, there int) {
	r.t.Helper()
	if err := r.desk.Answer(id); err != nil {
		r.t.Fatal(err)
	}
	r.see("talking", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Talking })
	if err := r.desk.Hangup(id); err != nil {
		r.t.Fatal(err)
	}
	r.stands(id, app.LogDone)
	return len(r.org.TasksFor(id)), len(other.TasksFor(id))
}

func (r *rig) rings(number string) string {
	r.t.Helper()
	return r.ring(demopbx.Caller{Number: number, GiveUpAfter: patience}).ID
}

// card waits until the card of the call in front stands so, confirmed by the org.
func (r *rig) card(state app.LookupState) app.CallView {
	r.t.Helper()
	return r.see("the card is "+string(state), func(v app.View) bool {
		return len(v.Calls) > 0 && v.Calls[0].Lookup.State == state && !v.Calls[0].Lookup.Known
	}).Calls[0]
}

// A call belongs to the org of the number that was called; a rule comes before that. Card and history say which org it is.
func TestTheOrgIsChosenByTheCalledNumberAndByARule(t *testing.T) {
	r := ready(t)
	other := r.another()
	r.person(other, "Orla Quinn", "+442079460871")
	r.person(r.org, "Petra Roth", "+442079460872")
	if err := r.p.CallOrg("Another", []string{" 2041 ", "2041", ""}); err != nil {
		t.Fatal(err)
	}
	id := r.rings("+442079460871")
	if c := r.card(app.LookupOne); c.Org != other.ID() || c.OnOrg != "Another" || c.Lookup.Record.Org != other.ID() || c.Name != "Orla Quinn" {
		t.Fatalf("the call is of %s (%q), its record %+v", c.Org, c.OnOrg, c.Lookup.Record)
	}
	if here, there := r.talked(id, other); here != 0 || there != 1 {
		t.Errorf("%d Tasks in the first org, %d in the other", here, there)
	}
	if row := r.see("the history", func(v app.View) bool { return len(v.History) > 0 && v.History[0].ID == id }).History[0]; row.OnOrg != "Another" || row.Org != other.ID() {
		t.Errorf("the history says %q", row.OnOrg)
	}

	r.rules(crm.Rule{Name: "Petra", On: true, Caller: []string{"+44 20 7946 0872"}, Org: r.p.Orgs()[0].OrgName}) // by its own name
	id = r.rings("+442079460872")
	if c := r.card(app.LookupOne); c.Org != r.org.ID() || c.Name != "Petra Roth" {
		t.Fatalf("the call is of %s, with %q", c.Org, c.Name)
	}
	if here, there := r.talked(id, other); here != 1 || there != 0 {
		t.Errorf("%d Tasks in the first org, %d in the other", here, there)
	}

	r.rules(crm.Rule{Name: "Gone", On: true, Caller: []string{"+44*"}, Org: "00D000000000009ZZZ"}) // chooses none: nobody will ever link it
	id = r.rings("+442079460871")
	if c := r.card(app.LookupOne); c.Org != other.ID() {
		t.Errorf("a rule with an org that is not there: %s", c.Org)
	}
	if err := r.desk.Decline(id); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.p.Doctor(t.Context()), func(f checkup.Line) bool { return f.ReasonCode == "rules.org-unknown" && !f.OK && f.Minor }) {
		t.Error("the doctor says nothing of a rule with an org that is not there")
	}
	if err := r.p.CallOrg("Another", []string{"+0"}); !fault.Of(err).Is("rules.bad-number") {
		t.Errorf("a pattern that is wrong: %v", err)
	}
}

// A profile is kept in no org of several by accident: every desk of it would take the settings.
func TestAProfileIsKeptInNoOrgByAccident(t *testing.T) {
	r := ready(t)
	other := r.another()
	_, err := r.p.PublishProfile(t.Context(), "", profile.Request{Name: "Support desks"})
	if f := fault.Of(err); !f.Is("profile.which-org") {
		t.Errorf("published: %v", err)
	}
	if v, err := r.p.PublishProfile(t.Context(), other.ID(), profile.Request{Name: "Support desks"}); err != nil || v.Org != other.ID() {
		t.Errorf("published in %q: %v", v.Org, err)
	}
}

// Where all orgs are asked, a call belongs to the one that knows the caller: its log is written there, the next call has it on the first
// card, and of people in both orgs the agent picks one.
func TestOrgsAreSearchedTogether(t *testing.T) {
	r := ready(t)
	other := r.another()
	r.person(other, "Orla Quinn", "+442079460871")
	r.person(r.org, "Petra Roth", "+442079460872")
	r.person(r.org, "Petra Roth", "+442079460873")
	r.person(other, "Paul Reed", "+442079460873")
	if err := r.p.SearchOrgs("all"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		number, name string
		there        int
	}{{"+442079460871", "Orla Quinn", 1}, {"+442079460872", "Petra Roth", 0}, {"+442079460874", "", 0}} {
		id := r.rings(tt.number)
		state, org := app.LookupOne, r.org.ID()
		if tt.there == 1 {
			org = other.ID()
		}
		if tt.name == "" {
			state = app.LookupNoMatch
		}
		if c := r.card(state); c.Org != org || tt.name != "" && c.Name != tt.name {
			t.Fatalf("%s is %q of %s, want %q of %s", tt.number, c.Name, c.Org, tt.name, org)
		}
		if here, there := r.talked(id, other); here != 1-tt.there || there != tt.there {
			t.Errorf("%s: %d Tasks in the first org, %d in the other", tt.number, here, there)
		}
	}

	id := r.rings("+442079460871")
	if c := r.see("the first card", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Lookup.State == app.LookupOne }).Calls[0]; c.Org != other.ID() || c.Name != "Orla Quinn" {
		t.Errorf("the first card is %q of %s", c.Name, c.Org)
	}
	if err := r.desk.Decline(id); err != nil {
		t.Fatal(err)
	}
	r.see("no call", func(v app.View) bool { return len(v.Calls) == 0 })

	id = r.rings("+442079460873")
	c := r.card(app.LookupMany)
	if len(c.Lookup.Matches) != 2 || c.Lookup.Matches[0].Org == c.Lookup.Matches[1].Org || c.Org != r.org.ID() {
		t.Fatalf("the choice is %+v of %s", c.Lookup.Matches, c.Org)
	}
	for _, m := range c.Lookup.Matches {
		if m.Org == other.ID() {
			if err := r.desk.Pick(id, m.Ref); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.see("picked", func(v app.View) bool {
		return len(v.Calls) > 0 && v.Calls[0].Org == other.ID() && v.Calls[0].Name == "Paul Reed"
	})
	if here, there := r.talked(id, other); here != 0 || there != 1 {
		t.Errorf("picked: %d Tasks in the first org, %d in the other", here, there)
	}

	r.set("accounts[1].org", r.org.ID()) // somebody has chosen
	id = r.rings("+442079460871")
	if c := r.card(app.LookupNoMatch); c.Org != r.org.ID() {
		t.Errorf("the account's org is %s", c.Org)
	}
	if err := r.desk.Decline(id); err != nil {
		t.Fatal(err)
	}
	if err := r.p.SearchOrgs("some"); !fault.Of(err).Is("settings.must-be-one-of") {
		t.Error(err)
	}
}
