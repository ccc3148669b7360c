package ui

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/crm"
)

// What the window says to agents with several accounts or orgs, and to nobody else: which of them something is about.

// phonesStanding is how several accounts stand: all registered, or the one that most needs the agent, by its name.
func phonesStanding(v app.View) (iconName string, ink fyne.ThemeColorName, words string) {
	if len(v.Phones) < 2 {
		return phoneStanding(v.Phone)
	}
	if !slices.ContainsFunc(v.Phones, func(p app.PhoneView) bool { return p.State != app.Registered }) {
		return "check_circle", colorTalking, phrase("ui.bar-accounts-registered", "count", len(v.Phones))
	}
	iconName, ink, words = phoneStanding(v.Phone)
	return iconName, ink, phrase("ui.bar-of", "name", cmp.Or(v.Phone.Label, v.Phone.Account), "standing", words)
}

// orgsStanding is how several orgs stand: all linked, or the first that is not, by its name.
func orgsStanding(v app.View) (iconName string, ink fyne.ThemeColorName, words string) {
	if len(v.Orgs) < 2 {
		return orgStanding(v.Org)
	}
	for _, o := range v.Orgs {
		if o.State != crm.Linked || o.Trouble != "" {
			iconName, ink, words = orgStanding(o)
			return iconName, ink, phrase("ui.bar-of", "name", orgName(o), "standing", words)
		}
	}
	return "cloud_done", colorTalking, phrase("ui.bar-orgs-linked", "count", len(v.Orgs))
}

// orgOf is the link to the org of an id; the only or first one for an id that is "" or not known.
func orgOf(v app.View, id string) app.OrgView {
	for _, o := range v.Orgs {
		if id != "" && o.OrgID == id {
			return o
		}
	}
	return v.Org
}

// orgFact names the org that a record is in, where it could be another.
func orgFact(v app.View, r crm.Ref) string {
	if len(v.Orgs) < 2 {
		return ""
	}
	return orgName(orgOf(v, r.Org))
}

// orgAmong names the org of one of several records, where they are of different ones.
func orgAmong[R any](v app.View, records []R, refOf func(R) crm.Ref, one R) string {
	org := refOf(one).Org
	if !slices.ContainsFunc(records, func(r R) bool { return refOf(r).Org != org }) {
		return ""
	}
	return orgName(orgOf(v, org))
}

func refOfRecord(r crm.Record) crm.Ref { return r.Ref }
func refOfMatch(m crm.Match) crm.Ref   { return m.Ref }

// orgNames are the names of several orgs, for a page that shows one of them to notice a change.
func orgNames(v app.View) string {
	names := ""
	for _, o := range v.Orgs {
		names += o.OrgID + orgName(o)
	}
	return names
}

// sandboxLinked says whether any of the linked orgs is a sandbox.
func sandboxLinked(v app.View) bool {
	sandbox := func(o app.OrgView) bool { return o.Sandbox && o.State != crm.Unlinked }
	return sandbox(v.Org) || slices.ContainsFunc(v.Orgs, sandbox)
}

// linked says whether any org is.
func linked(v app.View) bool {
	return v.Org.State == crm.Linked || slices.ContainsFunc(v.Orgs, func(o app.OrgView) bool { return o.State == crm.Linked })
}

// openable says whether address is a page of a linked org.
func (w *Window) openable(address string) bool {
	return openable(address, w.view.Org.InstanceURL) ||
		slices.ContainsFunc(w.view.Orgs, func(o app.OrgView) bool { return openable(address, o.InstanceURL) })
}

// logAsWords are on the button that logs a call of another org or user with the link there is.
func logAsWords(v app.View) string {
	users := map[string]bool{}
	for _, o := range append(slices.Clone(v.Orgs), v.Org) {
		if o.State == crm.Linked {
			users[cmp.Or(o.DisplayName, o.Username)] = true
		}
	}
	for user := range users {
		if len(users) == 1 && user != "" {
			return phrase("ui.log-as", "user", short(user))
		}
	}
	return phrase("ui.log-with-linked-org")
}
