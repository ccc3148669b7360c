package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
)

// Owners is who owns the logs of which extension's calls in an org.
type Owners struct {
	Org   string
	At    time.Time // when the users were read; zero: never
	Users []crm.Person
	Rows  []OwnedExtension
}

// OwnedExtension is an extension, and the user of the org it is associated with.
type OwnedExtension struct {
	Extension string
	Email     string
	User      string // id; "" for nobody
	Hand      bool   // chosen by hand
	Problem   string // why nobody can own its calls
}

// ownersSheet is the page of owners: whose the logs are, and which user of the org each extension is.
type ownersSheet struct {
	w       *Window
	page    *fyne.Container
	org     *choice // which org the extensions are shown for, where there are several
	orgs    []string
	whose   fyne.CanvasObject
	chosen  string            // id of that org; "" is the first one linked
	emails  map[string]*field // by extension
	picks   map[string]*userPick
	use     *ruleChoice
	missing *ruleChoice
	read    *paragraph
	refresh *button
	auto    *button
	rows    *fyne.Container
	find    *field // narrows the list down
	finding fyne.CanvasObject
	add     *field
	addIt   *button
	text    typedText // the new extension
	owners  Owners
	said    string
	filling bool
	locked  bool
	test    *tester
}

func newOwnersSheet(w *Window) *ownersSheet {
	s := &ownersSheet{w: w, rows: vbox(14), read: newParagraph("", caption, 3), add: newField(phrase("ui.owner-add-hint"))}
	s.use = &ruleChoice{newChoice([]string{phrase("ui.owner-linked"), phrase("ui.owner-extension")}, func(string) { s.save() }), []string{"linked", "extension"}}
	s.missing = &ruleChoice{newChoice([]string{phrase("ui.owner-wait"), phrase("ui.owner-linked-instead")}, func(string) { s.save() }), []string{"wait", "linked"}}
	s.org = newChoice(nil, func(string) { s.chooseOrg() })
	s.whose = entryRow(phrase("ui.owner-org"), bordered(s.org))
	s.whose.Hide()
	inOrg := func(do func(org string) error) func() {
		return func() { org := s.chosen; s.ask(func() error { return do(org) }) }
	}
	s.refresh = newButton(phrase("ui.owner-refresh"), "refresh", widget.MediumImportance, inOrg(func(org string) error { return w.cfg.Admin.RefreshOwners(org) }))
	s.auto = newButton(phrase("ui.owner-auto"), "", widget.HighImportance, inOrg(func(org string) error { return w.cfg.Admin.AutoOwners(org) }))
	s.find = newField(phrase("ui.owner-find-hint"))
	s.find.OnChanged = func(string) { s.draw(s.owners) }
	s.finding = entryRow(phrase("ui.owner-find"), oneLine(s.find))
	s.finding.Hide()
	s.test = newTester(w, phrase("ui.owner-test"), func(t *tester) {
		org := s.chosen
		t.run(func() ([]testLine, error) { return s.tried(org) })
	})
	s.addIt = newButton(phrase("ui.owner-add"), "", widget.MediumImportance, s.addExtension)
	s.add.OnChanged = func(string) { s.changed() }
	s.page = vbox(20, newText(phrase("ui.page-owners"), title),
		group(phrase("ui.owner-whose"), entryRow(phrase("ui.owner-use"), bordered(s.use.choice)), entryRow(phrase("ui.owner-missing"), bordered(s.missing.choice)),
			newParagraph(phrase("ui.owner-missing-detail"), caption, 4), hbox(8, s.test.button), s.test.lines),
		group(phrase("ui.owner-extensions"), newParagraph(phrase("ui.owner-detail"), caption, 5), s.whose, s.read, hbox(8, s.auto, s.refresh), s.finding, s.rows,
			entryRow(phrase("ui.owner-other"), container.NewBorder(nil, nil, nil, inset(0, 0, 8, 0, s.addIt), oneLine(s.add)))))
	s.text.read = func() []string { return []string{s.add.Text} }
	s.text.write = func(typed []string) { s.add.SetText(typed[0]) }
	return s
}

func (s *ownersSheet) typed() *typedText  { return &s.text }
func (s *ownersSheet) retype(t typedText) { s.text.takeOver(t) }

func (s *ownersSheet) object() fyne.CanvasObject { return s.page }

// show offers the orgs that there are by now.
func (s *ownersSheet) show(v app.View) { s.offerOrgs(v) }

// offerOrgs lists the orgs, also one whose link is broken: its users are known from before. Where there is one, nobody is asked. An org
// that was chosen and is gone leaves its place to the first.
func (s *ownersSheet) offerOrgs(v app.View) {
	var orgs, names []string
	for _, o := range v.Orgs {
		if o.State != crm.Unlinked && o.OrgID != "" && !slices.Contains(orgs, o.OrgID) {
			orgs, names = append(orgs, o.OrgID), append(names, orgTitle(o))
		}
	}
	names = apartOrgs(names, orgs)
	show(s.whose, len(orgs) > 1)
	if slices.Equal(orgs, s.orgs) && slices.Equal(names, s.org.Options) {
		return
	}
	was := s.filling
	s.filling = true
	s.orgs = orgs
	s.org.SetOptions(names)
	at := slices.Index(orgs, s.chosen)
	if at < 0 && s.chosen != "" {
		s.chosen = ""
		s.w.dispatch(s.reload)
	}
	if len(orgs) > 0 {
		s.org.SetSelected(names[max(0, at)])
	}
	s.filling = was
	s.w.relayout()
}

func (s *ownersSheet) chooseOrg() {
	at := slices.Index(s.org.Options, s.org.Selected)
	if s.filling || at < 0 || at >= len(s.orgs) || s.orgs[at] == s.chosen {
		return
	}
	s.chosen = s.orgs[at]
	s.test.forget()
	s.reload()
}

func (s *ownersSheet) fill(f Form) {
	s.filling = true
	s.test.forget()
	s.offerOrgs(s.w.view)
	s.use.set(f.Logging.Owner)
	s.missing.set(f.Logging.NoOwner)
	s.text.fill("", func() { s.add.SetText("") })
	s.filling = false
	f.lock("logging.owner", s.use)
	f.lock("logging.no_owner", s.missing)
	s.locked = f.isLocked("owners")
	s.changed()
	s.reload()
}

func (s *ownersSheet) changed() {
	s.addIt.enable(strings.TrimSpace(s.add.Text) != "" && !s.locked)
	if !s.filling && s.w.settings != nil {
		s.w.settings.mark()
	}
}

func (s *ownersSheet) save() {
	if s.filling {
		return
	}
	use, missing := s.use.value(), s.missing.value()
	s.w.do(func() error {
		err := s.w.cfg.Settings.Change(func(set *settings.Settings) { set.Logging.Owner, set.Logging.NoOwner = use, missing })
		s.w.dispatch(s.test.forget)
		return err
	})
}

// ask does something that takes as long as the org, and draws what has come of it.
func (s *ownersSheet) ask(do func() error) {
	s.refresh.enable(false)
	s.auto.enable(false)
	s.w.ask(func() func() {
		err := do()
		return func() {
			s.w.complain(aboutCommand, err)
			s.test.forget()
			if err != nil {
				s.said = "" // what was chosen is not in force: it is drawn as it is
			}
			s.reload()
		}
	})
}

func (s *ownersSheet) reload() {
	org := s.chosen
	s.w.ask(func() func() {
		o := s.w.cfg.Admin.Owners(org)
		return func() {
			if org == s.chosen { // another may have been chosen since
				s.draw(o)
			}
		}
	})
}

func (s *ownersSheet) draw(o Owners) {
	s.refresh.enable(o.Org != "")
	s.auto.enable(o.Org != "" && !s.locked)
	show(s.finding, len(o.Rows) > ownersFound)
	said := fmt.Sprint(o, s.locked, s.find.Text)
	if said == s.said {
		return
	}
	s.said, s.owners = said, o
	switch {
	case o.Org == "":
		s.read.say(phrase("ui.owner-no-org"))
	case o.At.IsZero():
		s.read.say(phrase("ui.owner-not-read"))
	default:
		s.read.say(phrase("ui.owner-read", "count", len(o.Users), "at", moment(o.At, s.w.cfg.Now())))
	}
	typing, typed, cursor := s.typing()
	picking, pick := s.picking()
	s.rows.RemoveAll()
	s.emails, s.picks = map[string]*field{}, map[string]*userPick{}
	for _, r := range o.Rows {
		if !s.fits(r) {
			continue
		}
		if len(s.rows.Objects) > 0 {
			s.rows.Add(rule())
		}
		s.rows.Add(s.row(r))
	}
	if len(s.rows.Objects) == 0 && len(o.Rows) > 0 {
		s.rows.Add(newParagraph(phrase("ui.owner-none-found"), body, 2))
	}
	s.rows.Refresh()
	s.w.relayout()
	if f := s.emails[typing]; f != nil && typing != "" { // whoever types goes on typing
		f.SetText(typed)
		s.w.focus(f)
		f.CursorColumn = cursor
		f.Refresh()
	}
	if p := s.picks[picking]; p != nil && picking != "" {
		p.resume(pick)
	}
}

// picking is the extension whose user is looked for, "" for none, and the search. It is not used any more after that.
func (s *ownersSheet) picking() (extension string, search *userPick) {
	for extension, p := range s.picks {
		if p.focused() {
			p.field.left = nil
			return extension, p
		}
	}
	return "", nil
}

// userOf is the user of an extension, to be chosen: from a list, or, of many, by a part of the name.
func (s *ownersSheet) userOf(r OwnedExtension) (row fyne.CanvasObject, lock disableable) {
	choose := func(id string) {
		org := s.chosen
		s.ask(func() error { return s.w.cfg.Admin.SetOwner(org, r.Extension, id) })
	}
	if len(s.owners.Users) > usersListed {
		p := newUserPick(s.w, s.owners.Users, userOf(s.owners.Users, r.User), func() { s.closePicks(r.Extension) }, choose)
		s.picks[r.Extension] = p
		return p.root, p
	}
	ids, words := []string{""}, []string{userWords(crm.Person{})}
	for _, u := range s.owners.Users {
		if u.Active || u.ID == r.User {
			ids, words = append(ids, u.ID), append(words, userWords(u))
		}
	}
	if !slices.Contains(ids, r.User) {
		ids, words = append(ids, r.User), append(words, r.User)
	}
	user := &ruleChoice{newChoice(words, nil), ids}
	user.set(r.User)
	user.OnChanged = func(string) { choose(user.value()) }
	return bordered(user.choice), user
}

// closePicks closes the lists of users of the other extensions.
func (s *ownersSheet) closePicks(but string) {
	for extension, p := range s.picks {
		if extension != but && p.list.Visible() {
			p.close()
		}
	}
}

// ownersFound is how many extensions are looked through without a search.
const ownersFound = 5

// fits says whether a row is what is looked for.
func (s *ownersSheet) fits(r OwnedExtension) bool {
	if !s.finding.Visible() {
		return true
	}
	var u crm.Person
	if i := slices.IndexFunc(s.owners.Users, func(u crm.Person) bool { return u.ID == r.User }); i >= 0 {
		u = s.owners.Users[i]
	}
	return crm.HasWords(s.find.Text, r.Extension, r.Email, u.Name, u.Username)
}

// typing is the extension whose e-mail address has the keyboard, "" for none, and what is typed there. The field is not used any
// more after that.
func (s *ownersSheet) typing() (extension, text string, cursor int) {
	for extension, f := range s.emails {
		if s.w.cfg.Window.Canvas().Focused() == fyne.Focusable(f) {
			f.left = nil
			return extension, f.Text, f.CursorColumn
		}
	}
	return "", "", 0
}

// row is one extension: its e-mail address, and the user it is associated with, to be chosen.
func (s *ownersSheet) row(r OwnedExtension) fyne.CanvasObject {
	user, lock := s.userOf(r)
	email := newField(phrase("ui.owner-email-hint"))
	email.SetText(r.Email)
	kept := r.Email
	email.left = func() {
		text := strings.TrimSpace(email.Text)
		if text == kept || s.locked {
			return
		}
		kept = text
		s.ask(func() error { return s.w.cfg.Admin.SetOwnerEmail(r.Extension, text) })
	}
	email.OnSubmitted = func(string) {
		kept = r.Email // what was refused is tried again
		email.left()
	}
	s.emails[r.Extension] = email
	for _, d := range []disableable{lock, email} {
		if s.locked {
			d.Disable()
		}
	}
	how := ""
	switch {
	case r.User != "" && r.Hand:
		how = phrase("ui.owner-by-hand")
	case r.User != "":
		how = phrase("ui.owner-found")
	}
	row := vbox(6, container.NewBorder(nil, nil, nil, newText(how, caption), newText(r.Extension, body.strong().elided())),
		pair(entryRow(phrase("ui.owner-email"), oneLine(email)), entryRow(phrase("ui.owner-user"), user)))
	if r.Problem != "" {
		row.Add(warning(r.Problem))
	}
	return row
}

// addExtension takes an extension that no account of this desk has: a profile for others names theirs too.
func (s *ownersSheet) addExtension() {
	text := s.add.Text
	extension, email, _ := strings.Cut(strings.TrimSpace(text), " ")
	s.w.ask(func() func() {
		err := s.w.cfg.Admin.SetOwnerEmail(extension, strings.TrimSpace(email))
		return func() {
			s.w.complain(aboutCommand, err)
			if err == nil {
				if s.add.Text == text { // else the next one is being typed
					s.add.SetText("")
				}
				s.w.settings.mark()
				s.reload()
			}
		}
	})
}
