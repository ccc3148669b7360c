package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/settings"
	"linecard/crm"
)

// salesforceSheet links an org, and says how the link stands. Where there are several it has a list of them; the rest is about
// the chosen one.
type salesforceSheet struct {
	w        *Window
	form     Form
	page     *fyne.Container
	list     *orgList
	standing *standing
	facts    *fyne.Container
	shown    app.OrgView
	check    *button
	unlink   *button
	again    *button
	stop     *button
	copyURL  *button
	copyID   *button
	old      *button // takes note of an older integration
	buttons  *fyne.Container
	setUp    fyne.CanvasObject
	host     *hostChoice
	mark     *orgMark
	calls    *orgCalls
	parting  *question // before an org is unlinked
	meant    *meant
	clientID *field
	link     *button
	callback *fyne.Container
	find     *findChoice
	several  *severalChoice
	requests *requestsGroup // nil where they are not counted
	text     typedText
	filling  bool
	guide    *setupGuide
	silence  *fyne.Container // asks what Salesforce shows in the browser
}

// linking is the link under way. It is the window's: the page that began it may be built again in the meantime.
type linking struct {
	address string             // the page to allow the link on, while one is waited for
	end     context.CancelFunc // of the link under way
	shown   []crm.ShownError   // what the browser may show, once it has been silent for a while
	attempt int

	relinking bool   // the page of an org that is linked shows how to link it again
	made      string // id of the org that was linked a moment ago: the agent is asked whether that is what was meant
	madeUser  string // id of the user it was linked as
	before    string // who was linked to it before, as people read it
}

func (l *linking) cancel() {
	if l.end != nil {
		l.end()
		l.end = nil
	}
}

func newSalesforceSheet(w *Window) *salesforceSheet {
	s := &salesforceSheet{w: w, standing: newStanding(), facts: vbox(10), callback: vbox(2), silence: vbox(0)}
	s.list = newOrgList(s)
	s.check = newButton(phrase("ui.check-link"), "refresh", widget.MediumImportance, func() {
		w.do(func() error { return w.cfg.Settings.RefreshLink(context.Background()) })
	})
	s.unlink = newButton(phrase("ui.unlink"), "link_off", widget.MediumImportance, func() {
		s.askToUnlink()
	})
	s.stop = newButton(phrase("ui.cancel"), "close", widget.MediumImportance, w.link.cancel)
	s.copyURL = newButton(phrase("ui.copy-address"), "", widget.MediumImportance, func() { w.cfg.App.Clipboard().SetContent(w.link.address) })
	s.host = newHostChoice(w, s.ready)
	s.clientID = newField(phrase("ui.from-the-orgs-external-client-app"))
	s.clientID.OnChanged = func(string) { s.ready() }
	s.link = newButton(phrase("ui.link-org"), "cloud", widget.HighImportance, s.begin)
	s.old = newButton(phrase("ui.import-legacy"), "", widget.LowImportance, func() { w.cfg.ChooseFile(s.importLegacy) })
	s.setUp = group(phrase("ui.link-an-org"),
		entryRow(phrase("ui.field-login-host"), s.host.root),
		entryRow(phrase("ui.consumer-key"), oneLine(s.clientID)),
		newParagraph(phrase("ui.external-client-app"), caption, 3),
		s.callback, hbox(8, s.link, s.old))
	s.again = newButton(phrase("ui.link-again"), "cloud", widget.HighImportance, s.linkAgain)
	s.copyID = newButton(phrase("ui.copy-org-id"), "", widget.LowImportance, func() { w.cfg.App.Clipboard().SetContent(s.list.org(w.view).OrgID) })
	s.buttons = hbox(8, s.again, s.check, s.unlink, s.stop, s.copyURL, s.copyID, s.list.first)
	s.parting = newQuestion(w, s.buttons, s.list.reload)
	s.meant, s.mark, s.calls = newMeant(s), newOrgMark(s), newOrgCalls(s)
	s.text.read = func() []string { return []string{s.host.text(), s.clientID.Text} }
	s.text.write = func(typed []string) {
		s.host.set(typed[0])
		s.clientID.SetText(typed[1])
	}
	s.find, s.several, s.guide = newFindChoice(w), newSeveralChoice(w), newSetupGuide(w)
	s.page = vbox(20, newText(productSalesforce, title), s.list.root,
		s.meant.root, group(phrase("ui.now"), s.standing.root, s.facts, s.buttons, s.parting.root), s.silence, s.setUp, s.mark.root, s.calls.root, s.guide.root, s.find.root, s.several.root)
	s.text.beside, s.mark.text.beside = &s.mark.text, &s.calls.text
	if w.cfg.Admin != nil {
		s.requests = newRequestsGroup(w)
		s.page.Add(s.requests.root)
		s.calls.text.beside = &s.requests.text
	}
	s.ready()
	return s
}

func (s *salesforceSheet) object() fyne.CanvasObject { return s.page }

func (s *salesforceSheet) fill(f Form) {
	if !sameKeys(s.form.Orgs, f.Orgs, func(o settings.Org) string { return o.OrgID + o.LoginHost }) {
		s.list.question.takeBack()
		s.parting.takeBack()
	}
	s.form = f
	s.find.fill(f)
	s.several.fill(f)
	if s.requests != nil {
		s.requests.fill(f)
	}
	s.guide.fill(f)
	s.text.only(func(about string) bool { return about == newOrg || about == "" || s.list.has(about) })
	here := func(about string) bool {
		return about == "" || slices.ContainsFunc(f.Orgs, func(o settings.Org) bool { return o.OrgID == about })
	}
	s.mark.text.only(here)
	s.calls.text.only(here)
	s.list.adding = s.list.adding && s.text.has(newOrg)
	s.pour()
	f.lock("orgs", s.host, s.clientID, s.list.first, s.old)
	s.callback.Objects = nil
	for _, url := range f.Callbacks {
		copyIt := newButton(phrase("ui.copy"), "", widget.LowImportance, func() { s.w.cfg.App.Clipboard().SetContent(url) })
		s.callback.Add(container.NewBorder(nil, nil, nil, copyIt, newText(url, body.elided())))
	}
	s.callback.Refresh()
}

// pour fills the fields with what the settings have of the chosen org.
func (s *salesforceSheet) pour() {
	org := s.list.setting()
	s.filling = true
	s.text.fill(s.list.about(), func() { s.text.write([]string{org.LoginHost, org.ClientID}) })
	s.mark.fill(org, s.form)
	s.calls.fill(org, s.form)
	s.filling = false
	s.ready()
	s.show(s.w.view)
	s.w.relayout()
}

func (s *salesforceSheet) typed() *typedText { return &s.text }

func (s *salesforceSheet) retype(t typedText) {
	s.text.kept, s.list.adding, s.list.chosen = t.kept, t.about == newOrg, t.about
	for to, from := s.text.beside, t.beside; to != nil && from != nil; to, from = to.beside, from.beside {
		to.kept = from.kept
	}
}

func (s *salesforceSheet) ready() {
	if s.link != nil {
		whole := s.host.text() != "" && strings.TrimSpace(s.clientID.Text) != ""
		s.link.enable(whole)
		s.again.enable(whole)
	}
	if !s.filling && s.w.settings != nil {
		s.w.settings.mark()
	}
}

// begin opens the browser on the org's page and waits for the user to allow it there.
func (s *salesforceSheet) begin() {
	l := &s.w.link
	l.cancel()
	ctx, end := context.WithCancel(context.Background())
	l.end = end
	l.attempt++
	l.shown = nil
	attempt := l.attempt
	to := s.list.target()
	to.Host, to.ClientID = s.host.text(), strings.TrimSpace(s.clientID.Text)
	before := s.list.org(s.w.view)
	about, sent := s.text.about, s.text.read()
	to.Silent = func(shown []crm.ShownError) {
		s.w.dispatch(func() {
			if attempt == l.attempt && l.address != "" {
				l.shown = shown
				s.w.showSettings()
				s.w.relayout()
			}
		})
	}
	s.w.do(func() error {
		defer end()
		org, user, err := s.w.cfg.Settings.Link(ctx, to, func(url string) error {
			s.w.dispatch(func() { l.address = url; s.w.showSettings() })
			return s.w.cfg.OpenURL(url)
		})
		s.w.dispatch(func() {
			if attempt != l.attempt {
				return // another link has been begun since
			}
			l.address, l.end, l.shown = "", nil, nil
			if err == nil {
				s.text.settle(about, sent) // linking saves them
				l.relinking, l.made, l.madeUser, l.before = false, org, user, ""
				if before.OrgID == org {
					l.before = before.Username
				}
				s.list.linked(org)
			}
			s.w.showSettings()
			s.w.relayout()
			if page := s.w.settings; err == nil && page != nil && page.open == pageSalesforce { // who was linked is asked about at the top
				page.scroll.ScrollToTop()
			}
		})
		if errors.Is(err, context.Canceled) {
			return nil // the agent's own wish
		}
		return err
	})
}

func (s *salesforceSheet) show(v app.View) {
	s.list.show(v)
	if s.requests != nil {
		s.requests.reload()
	}
	o := s.list.org(v)
	linking := o.State == crm.Linking || s.w.link.address != ""
	has := o.State == crm.Linked || o.State == crm.Inactive || o.State == crm.Waiting
	show(s.check, has && !linking)
	show(s.unlink, has && !linking)
	relinking := s.w.link.relinking && !s.list.adding
	show(s.again, (o.State == crm.Inactive || o.State == crm.Linked && !relinking) && !linking)
	show(s.copyID, o.State == crm.Linked && !linking)
	s.again.look("cloud", importanceOf(o.State == crm.Inactive))
	show(s.stop, linking && s.w.link.end != nil) // a link begun on the command line is cancelled there
	show(s.copyURL, s.w.link.address != "")
	show(s.list.first, s.list.first.Visible() && !linking)
	s.list.add.enable(!linking && !s.form.isLocked("orgs"))
	s.list.remove.enable(!linking && !s.form.isLocked("orgs"))
	show(s.buttons, slices.ContainsFunc(s.buttons.Objects, fyne.CanvasObject.Visible))
	s.ask()
	gone := o.State == crm.Linked || o.State == crm.Waiting
	show(s.setUp, (!gone || relinking) && !linking)
	s.meant.show(o)
	if gone && !linking && !relinking { // the fields are gone
		s.text.settle(s.text.about, s.text.read())
	}
	switch {
	case linking:
		s.standing.set("cloud_sync", colorHeld, phrase("ui.waiting-for-browser"),
			phrase("ui.waiting-for-browser-detail"))
	case o.State == crm.Linked:
		if o.Trouble != "" {
			s.standing.set("cloud_off", colorHeld, phrase("ui.linked-unreachable", "org", orgName(o)),
				phrase("ui.kept-until-it-answers", "why", sentence(o.Trouble)))
			break
		}
		why := phrase("ui.linked-detail")
		if o.Unsaved {
			why = phrase("ui.linked-unsaved")
		}
		s.standing.set("cloud_done", colorTalking, phrase("ui.linked-to", "org", orgName(o)), why)
	case o.State == crm.Waiting:
		s.standing.set("cloud_sync", colorHeld, phrase("ui.org-waits"), sentence(o.Reason))
	case o.State == crm.Inactive:
		s.standing.set("cloud_off", colorMissed, phrase("ui.link-broken"), sentence(o.Reason))
	case o.State == crm.Legacy:
		s.standing.set("warning_amber", colorHeld, phrase("ui.org-legacy"), sentence(o.Reason))
	case s.list.adding:
		s.standing.set("cloud", colorMuted, phrase("ui.new-org"), phrase("ui.new-org-detail"))
	case s.list.root.Visible():
		s.standing.set("link_off", colorMuted, phrase("ui.org-not-linked", "org", orgTitle(o)), phrase("ui.org-not-linked-detail"))
	default:
		s.standing.set("link_off", colorMuted, phrase("ui.no-org-is-linked"), phrase("ui.no-org-detail"))
	}
	s.showFacts(o, has)
}

// ask asks what Salesforce shows, where the browser has been silent for a while, and says what helps with each error.
func (s *salesforceSheet) ask() {
	if shown := s.w.link.shown; len(shown) > 0 && len(s.silence.Objects) == 0 {
		rows := []fyne.CanvasObject{newParagraph(phrase("ui.did-salesforce-show-detail"), body, 3)}
		for _, e := range shown {
			rows = append(rows, rule(), vbox(2, newText(catalogue.Say(e.Shown), body.strong()), newParagraph(catalogue.Say(e.Remedy), caption, 8)))
		}
		s.silence.Objects = []fyne.CanvasObject{group(phrase("ui.did-salesforce-show"), rows...)}
		s.silence.Refresh()
	}
	if len(s.w.link.shown) == 0 && len(s.silence.Objects) > 0 {
		s.silence.Objects = nil
		s.silence.Refresh()
	}
	show(s.silence, len(s.silence.Objects) > 0)
}

func (s *salesforceSheet) showFacts(o app.OrgView, has bool) {
	show(s.facts, has)
	if !has || fmt.Sprint(o) == fmt.Sprint(s.shown) {
		return
	}
	s.shown = o
	used := ""
	if o.APILimit > 0 {
		used = phrase("ui.used-of", "used", o.APIUsed, "limit", o.APILimit)
	}
	s.facts.Objects = []fyne.CanvasObject{rule()}
	for _, l := range o.Limits {
		told := container.NewBorder(nil, nil, inset(0, 0, 0, 12, newGlyph("warning_amber", colorHeld, 22)), nil, newParagraph(l, caption, 6))
		s.facts.Objects = append(s.facts.Objects, told)
	}
	username := o.Username
	if o.DisplayName == "" {
		username = "" // it stands in the other's place
	}
	s.facts.Objects = append(s.facts.Objects, factGrid([][2]string{
		{phrase("ui.fact-user"), cmp.Or(o.DisplayName, o.Username)},
		{phrase("ui.fact-username"), username},
		{phrase("ui.fact-org-id"), o.OrgID},
		{phrase("ui.fact-address"), strings.TrimPrefix(o.InstanceURL, "https://")},
		{phrase("ui.fact-api-version"), o.APIVersion},
		{phrase("ui.fact-linked"), moment(o.LinkedAt, s.w.cfg.Now())},
		{phrase("ui.fact-token"), s.tokenAge(o)},
		{phrase("ui.fact-risk"), s.nextRisk(o)},
		{phrase("ui.fact-api-requests"), used},
		{phrase("ui.fact-scopes"), phrase("ui.comma-list", "items", o.Scopes)},
	}))
	s.facts.Refresh()
	s.w.relayout()
}
