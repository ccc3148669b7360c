package ui

import (
	"slices"
	"testing"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/layout"
)

// A production org and its full copy, which has the same name, and twins of a sandbox are told apart on each page by their ids, and
// what is changed is changed in the one that was chosen.
func TestOrgsOfOneNameAreToldApart(t *testing.T) {
	var objects *fakeObjects
	layouts := &fakeLayouts{all: layout.List{support()}, object: caseObject()}
	b := newBench(t, func(c *Config) {
		objects = withObjects(c)
		c.Layouts = layouts
	})
	v := severalAtRest()
	v.Orgs[1].OrgName = v.Orgs[0].OrgName
	b.draw(v)
	first, second := v.Orgs[0].OrgID, v.Orgs[1].OrgID
	b.settings.form.Orgs = []settings.Org{{OrgID: first, LoginHost: "https://login.salesforce.com"}, {OrgID: second, LoginHost: "https://globex.my.salesforce.com"}}
	title := func(id string) string { return phrase("ui.org-with-id", "org", "Acme Production", "id", id) }

	a := b.owners()
	w := b.Window.settings.sheets[pageOwners].(*ownersSheet)
	w.org.SetSelected(title(second))
	b.settle()
	b.press("Refresh users")
	if asked := a.said(); !slices.Equal(asked, []string{"refresh owners " + second}) {
		t.Errorf("owners: %q", asked)
	}

	b.openSettings(pageObjects)
	b.settle()
	o := b.Window.settings.sheets[pageObjects].(*objectsSheet)
	if want := []string{title(first), title(second)}; !slices.Equal(o.org.Options[1:], want) {
		t.Fatalf("objects: %q", o.org.Options)
	}
	o.org.SetSelected(title(second))
	b.settle()
	o.change(crm.Lead, func(o *crm.Object) { o.Search = false })
	b.settle()
	if got := objects.set.form.Settings.Objects; len(got) == 0 || got[0].Org != second || o.chosenOrg() != second {
		t.Errorf("objects were changed in %+v, and the page is about %s", got, o.chosenOrg())
	}

	b.openSettings(pageLayouts)
	b.settle()
	l := b.Window.settings.sheets[pageLayouts].(*layoutsSheet)
	l.org.SetSelected(title(second))
	if got := l.read().Org; got != second {
		t.Errorf("the layout is for %q", got)
	}
	b.settings.form.Orgs[1].Label = "Sandbox" // another name while the page is open
	v.Orgs[1].Label = "Sandbox"
	b.draw(v)
	b.Window.settings.refill()
	b.settle()
	if got := l.read().Org; got != second || l.org.Selected != "Sandbox" {
		t.Errorf("after its org was renamed, the layout is for %q, %q", got, l.org.Selected)
	}
}

// Of two users' links to an org, the page is about the one that must be made again, whichever is first.
func TestTheBrokenLinkOfTwoUsersIsShown(t *testing.T) {
	works := app.OrgViewOf(crm.LinkStatus{State: crm.Linked, OrgID: "00DA", UserID: "u1"})
	broken := app.OrgViewOf(crm.LinkStatus{State: crm.Inactive, OrgID: "00DA", UserID: "u2"})
	for _, orgs := range [][]app.OrgView{{works, broken}, {broken, works}} {
		b := newBench(t, nil)
		v := idle()
		v.Orgs = orgs
		b.draw(v)
		if all := b.knownOrgs(Form{}); len(all) != 1 || all[0].UserID != "u2" {
			t.Errorf("it is about %+v", all)
		}
		b.openSettings(pageSalesforce)
		b.settle()
		if o := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet).list.org(v); o.UserID != "u2" {
			t.Errorf("the page shows %+v", o)
		}
	}
}
