package ui

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/settings"
)

// accountList is the phone page's list of accounts. Who has one account sees no more of it than the button that adds another.
type accountList struct {
	s        *phoneSheet
	root     *fyne.Container
	chooser  *chooser
	first    *button // adds the second account; it stands beside the only one
	add      *button
	remove   *button
	only     *button // removes the only one; it stands beside it
	actions  *fyne.Container
	question *question
	last     *question // about the only one
	alone    *fyne.Container
	adding   bool // the page is about an account that will be added
}

func newAccountList(s *phoneSheet) *accountList {
	l := &accountList{s: s}
	l.chooser = newChooser(func(i int) {
		l.question.takeBack()
		if accounts := s.form.Accounts; i < len(accounts) {
			s.choose(accounts[i].ID())
		}
	})
	l.first = newButton(phrase("ui.add-another-account"), "", widget.LowImportance, l.begin)
	l.add = newButton(phrase("ui.add-account"), "", widget.MediumImportance, l.begin)
	l.remove = newButton(phrase("ui.remove-account"), "", widget.LowImportance, l.ask)
	l.actions = hbox(8, l.add, l.remove)
	l.question = newQuestion(s.w, l.actions, func() { s.w.settings.refill() })
	l.only = newButton(phrase("ui.remove-account"), "", widget.LowImportance, l.askLast)
	l.alone = hbox(8, s.retry, l.first, l.only)
	l.last = newQuestion(s.w, l.alone, func() {
		s.gone = accountTitle(s.account)
		s.w.settings.refill()
	})
	l.root = vbox(0, group(phrase("ui.group-accounts"), l.chooser.root, l.actions, l.question.root))
	l.root.Hide()
	return l
}

// unask takes back what was asked.
func (l *accountList) unask() {
	l.question.takeBack()
	l.last.takeBack()
}

// begin clears the page for one more account.
func (l *accountList) begin() {
	l.unask()
	l.adding = true
	l.s.pour(settings.DefaultAccount())
	l.s.show(l.s.w.view)
	l.s.w.relayout()
}

// ask asks whether to remove the chosen account.
func (l *accountList) ask() {
	a := l.s.account
	l.question.ask(phrase("ui.remove-account-question", "account", accountTitle(a)), phrase("ui.remove-account"), func() error {
		return l.s.w.cfg.Settings.RemoveAccount(a.ID())
	})
}

// askLast asks whether to remove the only account, and says what the program is without one.
func (l *accountList) askLast() {
	a := l.s.account
	l.last.ask(phrase("ui.remove-only-account-question", "account", accountTitle(a)), phrase("ui.remove-account"), func() error {
		return l.s.w.cfg.Settings.RemoveAccount(a.ID())
	})
}

// several says whether there is anything to choose from.
func (l *accountList) several() bool {
	return len(l.s.form.Accounts) > 1 || l.adding && len(l.s.form.Accounts) > 0
}

func (l *accountList) show(v app.View) {
	show(l.root, l.several())
	alone := len(l.s.form.Accounts) == 1 && !l.adding
	show(l.first, alone)
	show(l.only, alone)
	show(l.actions, !l.adding && !l.question.root.Visible())
	var rows []listed
	chosen := -1
	for i, a := range l.s.form.Accounts {
		r := listed{name: accountTitle(a)}
		r.icon, r.ink, r.detail = phoneStanding(l.s.phone(v, a.ID()))
		rows = append(rows, r)
		if a.ID() == l.s.account.ID() {
			chosen = i
		}
	}
	if l.adding {
		chosen = len(rows)
		rows = append(rows, listed{"settings_phone", colorMuted, phrase("ui.new-account"), phrase("ui.not-saved-yet")})
	}
	l.chooser.show(rows, chosen)
}

// accountTitle is what an account is called where there are several.
func accountTitle(a settings.Account) string { return cmp.Or(a.Label, a.ID()) }

// accountTitles are what accounts are called in a list, each of several of one label with its id.
func accountTitles(accounts []settings.Account) []string {
	var titles, ids []string
	for _, a := range accounts {
		titles, ids = append(titles, accountTitle(a)), append(ids, a.ID())
	}
	return apartOrgs(titles, ids)
}

// choose fills the page with the account of an id; with the first one when there is none.
func (s *phoneSheet) choose(id string) {
	a := settings.DefaultAccount()
	if len(s.form.Accounts) > 0 {
		a = s.form.Accounts[0]
	}
	if one, ok := s.form.Settings.Account(id); ok {
		a = one
	}
	s.list.adding = false
	s.pour(a)
	s.show(s.w.view)
	s.w.relayout()
}

// phone is the registration of an account.
func (s *phoneSheet) phone(v app.View, account string) app.PhoneView {
	if len(s.form.Accounts) < 2 && !s.list.adding {
		return v.Phone
	}
	i := slices.IndexFunc(v.Phones, func(p app.PhoneView) bool { return p.Account == account })
	if i < 0 {
		return app.PhoneView{}
	}
	return v.Phones[i]
}

// offerOrgs shows what there is to say of an account only where there are several accounts or orgs: what it is called, and which
// org its calls belong to.
func (s *phoneSheet) offerOrgs() {
	s.orgs = []string{""}
	names := []string{phrase("ui.first-org")}
	for _, o := range s.w.knownOrgs(s.form) {
		if o.OrgID != "" {
			s.orgs, names = append(s.orgs, o.OrgID), append(names, orgTitle(o))
		}
	}
	if id := s.account.Org; !slices.Contains(s.orgs, id) {
		s.orgs, names = append(s.orgs, id), append(names, phrase("ui.unknown-org", "org", id))
	}
	s.org.SetOptions(apartOrgs(names, s.orgs))
	s.chooseOrg(s.account.Org)
	label, org := entryRow(phrase("ui.field-label"), s.label), entryRow(phrase("ui.field-org"), bordered(s.org))
	accounts, orgs := s.list.several(), len(s.orgs) > 2 || s.account.Org != ""
	switch {
	case accounts && orgs:
		s.whose.Objects = []fyne.CanvasObject{pair(label, org)}
	case accounts:
		s.whose.Objects = []fyne.CanvasObject{label}
	case orgs:
		s.whose.Objects = []fyne.CanvasObject{org}
	default:
		s.whose.Objects = nil
	}
	show(s.whose, accounts || orgs)
	s.whose.Refresh()
}

func (s *phoneSheet) chooseOrg(id string) {
	if i := slices.Index(s.orgs, id); i >= 0 && i < len(s.org.Options) {
		s.org.SetSelected(s.org.Options[i])
	}
}

// chosenOrg is the id of the org that is chosen for the account.
func (s *phoneSheet) chosenOrg() string {
	if i := s.org.SelectedIndex(); i >= 0 {
		return s.orgs[i]
	}
	return s.account.Org
}
