package ui

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// settingsKind is one page of the settings. They stand in this order.
type settingsKind int

const (
	pagePhone settingsKind = iota
	pageNumbers
	pageColleagues
	pageSalesforce
	pageLogging
	pageAudio
	pageAppearance
	pageObjects // with a Config.Objects
	pageLayouts // with a Config.Layouts
	pageRules   // this and those below it, but for the last, are there with a Config.Admin
	pageOwners
	pageDirectory
	pageErrors
	pageDoctor
	pageProfile
	pageAbout
	pageCount
)

// settingsEntry is a page in the list of pages.
type settingsEntry struct {
	icon, word string
	sheet      settingsSheet // nil: the page is not there
}

func settingsEntries(w *Window) [pageCount]settingsEntry {
	all := [pageCount]settingsEntry{
		pagePhone:      {"settings_phone", phrase("ui.page-phone"), newPhoneSheet(w)},
		pageSalesforce: {"cloud", productSalesforce, newSalesforceSheet(w)},
		pageNumbers:    {"dialpad", phrase("ui.page-numbers"), newNumbersSheet(w)},
		pageColleagues: {"person_add", phrase("ui.page-colleagues"), newColleaguesSheet(w)},
		pageLogging:    {"history", phrase("ui.page-logging"), newLoggingSheet(w)},
		pageAudio:      {"headset_mic", phrase("ui.page-audio"), newAudioSheet(w)},
		pageAppearance: {"palette", phrase("ui.page-appearance"), newAppearanceSheet(w)},
		pageAbout:      {"info", phrase("ui.page-about"), newAboutSheet(w)},
	}
	if w.cfg.Admin != nil {
		all[pageDirectory] = settingsEntry{"person_search", phrase("ui.page-directory"), newDirectorySheet(w)}
		all[pageRules] = settingsEntry{"phone_forwarded", phrase("ui.page-rules"), newRulesSheet(w)}
		all[pageOwners] = settingsEntry{"person", phrase("ui.page-owners"), newOwnersSheet(w)}
		all[pageErrors] = settingsEntry{"warning_amber", phrase("ui.page-errors"), newErrorsSheet(w)}
		all[pageDoctor] = settingsEntry{"support", phrase("ui.page-doctor"), newDoctorSheet(w)}
		all[pageProfile] = settingsEntry{"lock", phrase("ui.page-profile"), newProfileSheet(w)}
	}
	if w.cfg.Objects != nil {
		all[pageObjects] = settingsEntry{"business", phrase("ui.page-objects"), newObjectsSheet(w)}
	}
	if w.cfg.Layouts != nil {
		all[pageLayouts] = settingsEntry{"assignment", phrase("ui.page-layouts"), newLayoutsSheet(w)}
	}
	return all
}

// settingsSheet is one page: it is filled once when opened, and shows the View while it is open.
type settingsSheet interface {
	object() fyne.CanvasObject
	fill(Form)
	show(app.View)
}

// settingsPage covers the panes, not the calls: one that rings while it is open is answered from its chip.
type settingsPage struct {
	root   *fyne.Container
	w      *Window
	sheets []settingsSheet
	items  []*settingsItem
	holder *fyne.Container
	scroll *container.Scroll
	foot   *fyne.Container // the open sheet's, always in sight
	locked *lockedLine
	chips  *callChips
	open   settingsKind
	loaded Form // as it was loaded last
}

type settingsItem struct {
	button *clickable
	icon   *glyph
	word   *text
	dot    *glyph // what was typed on the page is not saved
	name   string
}

func newSettingsPage(w *Window) *settingsPage {
	s := &settingsPage{w: w, holder: container.NewStack(), chips: newCallChips(w)}
	side := vbox(2, inset(0, 10, 10, 0, newText(phrase("ui.settings"), title)))
	for kind, entry := range settingsEntries(w) {
		s.sheets = append(s.sheets, entry.sheet)
		i := &settingsItem{name: entry.icon, icon: newGlyph(entry.icon, colorMuted, 18), word: newText(entry.word, body), dot: newGlyph("fiber_manual_record", colorHeld, 9)}
		i.dot.Hide()
		i.button = newClickable(inset(8, 8, 10, 10, container.NewBorder(nil, nil, hbox(10, i.icon, i.word), i.dot)), 6, func() { s.turn(settingsKind(kind)) })
		s.items = append(s.items, i)
		if entry.sheet != nil {
			side.Add(i.button)
		}
	}
	back := newButton(phrase("ui.back-to-calls"), "arrow_back", widget.LowImportance, w.leaveSettings)
	s.locked = newLockedLine()
	s.scroll = container.NewVScroll(inset(stripBand(), 24, 32, 32, container.New(columnOf{560}, vbox(12, s.locked.root, s.holder))))
	side.Add(inset(14, 0, -12, -12, chipArea(s.chips)))
	left := container.NewStack(newBox(colorSurface, 0), inset(stripBand(), 16, 14, 14, container.NewBorder(nil, back, nil, nil, container.NewVScroll(side))))
	s.foot = container.NewStack()
	s.root = container.New(belowStrips{w}, container.NewStack(newBox(theme.ColorNameBackground, 0),
		container.New(sidebar{}, left, rule(), container.NewBorder(nil, s.foot, nil, nil, s.scroll))))
	return s
}

// turn opens a page, filled with what is saved, and with what was typed there before.
func (s *settingsPage) turn(kind settingsKind) {
	if !s.listed() { // who goes through the list with the keyboard stays there
		s.w.leavePanes()
	}
	s.open = kind
	for _, q := range s.w.pageAsks {
		q.takeBack()
	}
	for k, i := range s.items {
		ink, rest := colorMuted, colorNone
		if settingsKind(k) == kind {
			ink, rest = theme.ColorNamePrimary, theme.ColorNameSelection
		}
		i.icon.set(i.name, ink)
		i.button.background(rest)
	}
	s.holder.Objects = []fyne.CanvasObject{s.sheets[kind].object()}
	s.holder.Refresh()
	s.foot.Objects = nil
	if sheet, ok := s.sheets[kind].(interface{ footer() fyne.CanvasObject }); ok {
		bar := inset(12, 12, 32, 32, container.New(columnOf{560}, sheet.footer()))
		s.foot.Objects = []fyne.CanvasObject{newBox(colorSurface, 0), container.NewBorder(rule(), nil, nil, nil, bar)}
	}
	s.foot.Refresh()
	s.scroll.ScrollToTop()
	s.sheets[kind].show(s.w.view)
	s.fill(s.now()) // before anybody can press anything: a choice must never be saved beside values that were not there yet
	s.refill()
}

// listed says whether the keyboard is in the list of pages.
func (s *settingsPage) listed() bool {
	at := s.w.cfg.Window.Canvas().Focused()
	return slices.ContainsFunc(s.items, func(i *settingsItem) bool { return at == fyne.Focusable(i.button) })
}

// now is what is set now, with the passwords and devices that were there when they were loaded last.
func (s *settingsPage) now() Form {
	f := s.w.cfg.Settings.Now()
	f.Passwords, f.Microphones, f.Speakers = s.loaded.Passwords, s.loaded.Microphones, s.loaded.Speakers
	return f
}

// fill fills the open page.
func (s *settingsPage) fill(f Form) {
	s.locked.show(s.open, f)
	s.w.unmoved(func() { s.sheets[s.open].fill(f) })
	s.mark()
	s.begin()
	s.w.relayout()
}

// refill fills the open page with what is saved now.
func (s *settingsPage) refill() { s.refillSaying(nil) }

// refillSaying is refill that leaves in sight what went wrong before.
func (s *settingsPage) refillSaying(wrong error) {
	kind := s.open
	s.w.ask(func() func() {
		form, err := s.w.cfg.Settings.Load()
		return func() {
			s.w.complain(aboutSettings, cmp.Or(err, wrong))
			if err == nil {
				s.loaded = form
			}
			if err == nil && s.open == kind {
				s.fill(s.now()) // what was chosen while the keyring was asked stays
			}
		}
	})
}

func (s *settingsPage) show(v app.View) {
	s.chips.show(v.Calls, "")
	s.sheets[s.open].show(v)
}

func (w *Window) inSettings() bool { return w.settings != nil && w.settings.root.Visible() }

// openSettings opens a page by the agent's hand.
func (w *Window) openSettings(kind settingsKind) {
	w.turned()
	w.showPage(kind)
}

func (w *Window) showPage(kind settingsKind) {
	if w.cfg.Settings == nil {
		return
	}
	w.makeSettings()
	w.leavePanes()
	if !w.inSettings() {
		w.settings.root.Show()
		w.roomForSettings()
		w.swap(w.panes, w.settings.root)
	}
	w.settings.turn(kind)
	w.apply(w.view)
}

func (w *Window) makeSettings() {
	if w.settings == nil {
		w.pageAsks = nil
		w.settings = newSettingsPage(w)
		w.settings.root.Hide()
	}
}

// showSettings draws the View on the page that is open.
func (w *Window) showSettings() {
	if w.settings != nil {
		w.settings.show(w.view)
	}
}

func (w *Window) closeSettings() {
	if !w.inSettings() {
		return
	}
	w.leavePanes()
	w.leaving.say("")
	w.settings.root.Hide()
	w.swap(w.settings.root, w.panes)
	w.narrowAgain()
}

// swap puts one thing in the middle of the window in another's place.
func (w *Window) swap(out, in fyne.CanvasObject) {
	w.byHand(func() {
		for i, o := range w.root.Objects {
			if o == out {
				w.root.Objects[i] = in
			}
		}
		w.root.Refresh()
	})
}

// sidebar is a list at the left, a line, and the page.
type sidebar struct{}

const sidebarWidth = 284

func (sidebar) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(sidebarWidth+1+o[2].MinSize().Width, o[0].MinSize().Height)
}

func (sidebar) Layout(o []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for i, w := range []float32{sidebarWidth, 1, size.Width - sidebarWidth - 1} {
		o[i].Move(fyne.NewPos(x, 0))
		o[i].Resize(fyne.NewSize(w, size.Height))
		x += w
	}
}

// group is a heading with what belongs under it, on a card.
func group(heading string, o ...fyne.CanvasObject) fyne.CanvasObject {
	card := newBox(colorSurface, 10)
	card.stroke = theme.ColorNameSeparator
	return vbox(8, newText(heading, body.strong()), container.NewStack(card, inset(16, 16, 16, 16, vbox(12, o...))))
}

// entryRow is a field under its label.
func entryRow(label string, o fyne.CanvasObject) fyne.CanvasObject {
	return vbox(4, newText(label, caption), o)
}

// pair is two fields side by side.
func pair(a, b fyne.CanvasObject) fyne.CanvasObject {
	return container.New(row{gap: 12, most: sceneWidth}, a, b)
}

// standing is an icon and a sentence: how something stands now.
type standing struct {
	root  *fyne.Container
	icon  *glyph
	title *text
	why   *paragraph
}

func newStanding() *standing {
	s := &standing{icon: newGlyph("info", colorMuted, 22), title: newText("", body.strong().elided()), why: newParagraph("", caption, 5)}
	s.root = container.NewBorder(nil, nil, inset(0, 0, 0, 12, s.icon), nil, vbox(3, s.title, s.why))
	return s
}

func (s *standing) set(iconName string, ink fyne.ThemeColorName, title, why string) {
	s.icon.set(iconName, ink)
	s.title.set(title)
	s.why.say(why)
}
