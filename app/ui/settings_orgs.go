package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
)

// orgList is the Salesforce page's list of orgs. Who has one org sees no more of it than the button that links another.
type orgList struct {
	s        *salesforceSheet
	root     *fyne.Container
	chooser  *chooser
	first    *button // links the second org; it stands beside the only one
	add      *button
	remove   *button
	actions  *fyne.Container
	question *question
	chosen   string // key of the org that the page is about; see keyOf
	adding   bool   // the page is about an org that will be linked beside the others
}

func newOrgList(s *salesforceSheet) *orgList {
	l := &orgList{s: s}
	l.chooser = newChooser(func(i int) {
		l.question.takeBack()
		if orgs := s.w.knownOrgs(s.form); i < len(orgs) {
			l.chosen, l.adding = keyOf(orgs[i]), false
			s.pour()
		}
	})
	l.first = newButton(phrase("ui.link-another-org"), "", widget.LowImportance, l.begin)
	l.add = newButton(phrase("ui.link-another-org"), "", widget.MediumImportance, l.begin)
	l.remove = newButton(phrase("ui.remove-org"), "", widget.LowImportance, l.ask)
	l.actions = hbox(8, l.add, l.remove)
	l.question = newQuestion(s.w, l.actions, l.reload)
	l.root = vbox(0, group(phrase("ui.group-orgs"), l.chooser.root, l.actions, l.question.root))
	l.root.Hide()
	return l
}

// begin clears the page for one more org.
func (l *orgList) begin() {
	l.question.takeBack()
	l.adding = true
	l.s.pour()
}

// reload reads the settings again, if the page is still open.
func (l *orgList) reload() {
	if page := l.s.w.settings; page.open == pageSalesforce {
		page.refill()
	}
}

// ask asks whether to remove the chosen org, and says what waits for it.
func (l *orgList) ask() {
	o, org, w := l.org(l.s.w.view), l.setting(), l.s.w
	w.ask(func() func() {
		waiting, err := w.cfg.Settings.Waiting(o.OrgID)
		return func() {
			w.complain(aboutSettings, err)
			if err != nil {
				return
			}
			words := phrase("ui.remove-org-question", "org", orgTitle(o))
			if waiting > 0 {
				words = phrase("ui.remove-org-waiting", "org", orgTitle(o), "count", waiting)
			}
			l.question.ask(words, phrase("ui.remove-org"), func() error {
				return w.cfg.Settings.RemoveOrg(context.Background(), org)
			})
		}
	})
}

// newOrg stands for the org that will be linked beside others, among what was typed.
const newOrg = "+"

// about is what tells the chosen org apart, "" where there is only one.
func (l *orgList) about() string {
	switch {
	case l.adding:
		return newOrg
	case len(l.s.w.knownOrgs(l.s.form)) < 2:
		return ""
	}
	return keyOf(l.org(l.s.w.view))
}

// has says whether an org is among those there are.
func (l *orgList) has(key string) bool {
	return slices.ContainsFunc(l.s.w.knownOrgs(l.s.form), func(o app.OrgView) bool { return keyOf(o) == key })
}

// linked takes note that the org of an id was linked.
func (l *orgList) linked(org string) {
	l.chosen, l.adding = org, false
	l.reload()
}

func (l *orgList) show(v app.View) {
	orgs := l.s.w.knownOrgs(l.s.form)
	several := len(orgs) > 1 || l.adding
	show(l.root, several)
	show(l.first, !several && l.org(v).State == crm.Linked)
	show(l.actions, !l.adding && !l.question.root.Visible())
	var rows []listed
	chosen := -1
	for i, o := range orgs {
		r := listed{name: orgTitle(o), detail: orgDetail(o)}
		r.icon, r.ink, _ = orgStanding(o)
		rows = append(rows, r)
		if keyOf(o) == keyOf(l.org(v)) {
			chosen = i
		}
	}
	if l.adding {
		chosen = len(rows)
		rows = append(rows, listed{"cloud", colorMuted, phrase("ui.new-org"), phrase("ui.not-linked-yet")})
	}
	l.chooser.show(rows, chosen)
}

// org is how the link of the chosen org stands; of the only or first one, where none is chosen.
func (l *orgList) org(v app.View) app.OrgView {
	if l.adding {
		return app.OrgView{}
	}
	orgs := l.s.w.knownOrgs(l.s.form)
	switch {
	case len(orgs) == 1 && orgs[0].OrgID != "" && orgs[0].State != crm.Unlinked: // of several users' links it is the broken one
		return orgs[0]
	case len(orgs) < 2:
		return v.Org
	}
	if i := slices.IndexFunc(orgs, func(o app.OrgView) bool { return keyOf(o) == l.chosen }); i >= 0 {
		return orgs[i]
	}
	return orgs[0]
}

// setting is what the settings have of the chosen org.
func (l *orgList) setting() settings.Org {
	if l.adding {
		return settings.DefaultOrg()
	}
	o := l.org(l.s.w.view)
	for _, e := range l.s.form.Orgs {
		if e.OrgID == o.OrgID && (e.OrgID != "" || e.LoginHost == o.LoginHost) {
			return e
		}
	}
	return l.s.form.Org("")
}

// target is the org that will be linked. One of several that never had a link is named by nothing: it is linked as one more,
// and takes its place then.
func (l *orgList) target() LinkTarget {
	o := l.org(l.s.w.view)
	several := len(l.s.w.knownOrgs(l.s.form)) > 1
	if several && o.OrgID == "" && o.State == crm.Legacy && !l.adding {
		return LinkTarget{Add: true, Legacy: o.LoginHost}
	}
	if l.adding || several && o.OrgID == "" {
		return LinkTarget{Add: true}
	}
	if several {
		return LinkTarget{Org: o.OrgID}
	}
	return LinkTarget{}
}

// knownOrgs are the orgs that have a link, and behind them those of the settings that are not linked. Of several users' links to an org it is the
// one that must be linked again. Settings that were written by
// hand may not name the org of a link: then one without an id stands for it.
func (w *Window) knownOrgs(f Form) (all []app.OrgView) {
	unnamed := 0
	for _, o := range w.view.Orgs {
		if o.OrgID == "" {
			continue
		}
		if i := slices.IndexFunc(all, func(k app.OrgView) bool { return k.OrgID == o.OrgID }); i >= 0 {
			if all[i].State != crm.Inactive && o.State == crm.Inactive {
				all[i] = o
			}
			continue
		}
		all = append(all, o)
		if !slices.ContainsFunc(f.Orgs, func(e settings.Org) bool { return e.OrgID == o.OrgID }) {
			unnamed++
		}
	}
	for _, e := range f.Orgs {
		if e.OrgID == "" && e.Legacy { // the note of an older integration stands for no link
			if slices.ContainsFunc(w.view.Orgs, func(o app.OrgView) bool { return o.OrgID != "" }) {
				all = append(all, app.OrgViewOf(crm.LinkStatus{State: crm.Legacy, Reason: fault.New("orgs.legacy"), LoginHost: e.LoginHost, Label: e.Label}))
				continue
			}
		}
		if e.OrgID == "" && unnamed > 0 {
			unnamed--
			continue
		}
		if e.OrgID != "" && slices.ContainsFunc(all, func(k app.OrgView) bool { return k.OrgID == e.OrgID }) {
			continue
		}
		all = append(all, app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Unlinked, OrgID: e.OrgID, LoginHost: e.LoginHost}})
	}
	return all
}

// ownNames are the names that the linked orgs have themselves, by id.
func (w *Window) ownNames() map[string]string {
	own := map[string]string{}
	for _, o := range w.view.Orgs {
		if o.OrgID != "" {
			own[o.OrgID] = o.OrgName
		}
	}
	return own
}

// keyOf tells orgs apart: by their ids, and those that never had a link by where they log in.
func keyOf(o app.OrgView) string { return cmp.Or(o.OrgID, o.LoginHost) }

// orgTitle is what an org is called where there are several.
func orgTitle(o app.OrgView) string {
	if o.Called() != "" {
		return orgName(o)
	}
	return cmp.Or(o.OrgID, strings.TrimPrefix(o.LoginHost, "https://"))
}

// titleOf is what the org of an id is called, which is the id where no link tells more.
func titleOf(v app.View, id string) string {
	for _, o := range v.Orgs {
		if id != "" && o.OrgID == id {
			return orgTitle(o)
		}
	}
	return id
}

// apartOrgs are the names of orgs in a list, each of several of one name with its id: a list knows what is chosen by its words.
func apartOrgs(names, ids []string) []string {
	apart := slices.Clone(names)
	for i, name := range names {
		if slices.Index(names, name) < i || slices.Contains(names[i+1:], name) {
			apart[i] = phrase("ui.org-with-id", "org", name, "id", ids[i])
		}
	}
	return apart
}

// linkedOrgs are the ids of the orgs that are linked, each once, and their names in a list.
func linkedOrgs(v app.View) (ids, names []string) {
	for _, o := range v.Orgs {
		if o.State == crm.Linked && !slices.Contains(ids, o.OrgID) {
			ids, names = append(ids, o.OrgID), append(names, orgTitle(o))
		}
	}
	return ids, apartOrgs(names, ids)
}

// orgDetail is how a link stands, below the org's name, and on a line of its own what the org is for: a long one hides no trouble.
func orgDetail(o app.OrgView) string {
	return strings.TrimSuffix(howOrgStands(o)+"\n"+o.Description, "\n")
}

// howOrgStands is how the link of an org stands, in a line.
func howOrgStands(o app.OrgView) string {
	if o.State == crm.Linked && o.Trouble == "" {
		return phrase("ui.linked-as", "user", joined(o.DisplayName, o.Username))
	}
	if o.State == crm.Unlinked {
		return phrase("ui.not-linked-now")
	}
	_, _, words := orgStanding(o)
	return words
}
