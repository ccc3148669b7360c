package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// pageSize is how many calls the desk gives at once.
const pageSize = 200

// doubleClick is how quickly two clicks on a row follow each other to dial it.
const doubleClick = 400 * time.Millisecond

// leftPane is the number field and the calls of the past. Recent calls come with the View; every other list is asked for,
// off the UI goroutine, and an answer that a later question has overtaken is dropped.
type leftPane struct {
	root   *fyne.Container
	w      *Window
	dial   *dialbar
	chips  *callChips
	tabs   *tabs
	list   *callList
	team   *colleagueList
	past   []fyne.CanvasObject // the list of calls
	empty  *paragraph
	note   *logNote
	copied *copiedNumber
	send   *button // "Send all now"

	needs, back *fyne.Container // buttons that lead to the calls without a record, and back to those not logged

	sendAll *fyne.Container // the button in its place, shown while the list of what is not logged has something
	tab     tabKind
	text    string // searched for
	asked   int    // questions so far
	rows    []app.HistoryRow
	lines   []listLine // of rows
	view    app.View
	deep    bool // older pages have been added to rows
	stale   bool // rows answer an older question than the one that is asked
	take    bool // Enter was pressed on a name before its answer came

	selected  string // id
	clicked   time.Time
	clickedID string
	who       whoAnswer // kept until the agent asks again
}

func newLeftPane(w *Window) *leftPane {
	p := &leftPane{w: w, empty: newParagraph("", caption.centred(), 3)}
	p.dial = newDialbar(w, p.search, p.enterList)
	p.chips = newCallChips(w)
	p.tabs = newTabs(p.openTab)
	p.tabs.choose(tabRecent)
	p.note, p.copied = newLogNote(w), newCopiedNumber(w)
	p.list = &callList{enter: p.dialSelected, shows: p.showRow}
	p.list.HideSeparators = true
	p.list.Length = func() int { return len(p.lines) }
	p.list.CreateItem = func() fyne.CanvasObject { return newHistoryRow(p.menu) }
	p.list.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		if i == len(p.lines)-1 {
			p.older()
		}
		if i < len(p.lines) {
			marked := p.lines[i].ID == p.selected || p.list.focused && i == p.list.at
			o.(*historyRow).at, o.(*historyRow).tapped = i, p.clickedRow
			o.(*historyRow).set(p.lines[i], w.cfg.Now(), marked, p.view.Org.State == crm.Linked, p.tab == tabNotLogged)
		}
	}
	p.list.ExtendBaseWidget(p.list)
	p.send = newButton(phrase("ui.send-all-now"), "refresh", widget.MediumImportance, func() {
		w.do(func() error { _, err := w.cfg.Desk.SendAll(); return err })
	})
	p.sendAll = inset(0, 8, 8, 8, p.send)
	p.sendAll.Hide()
	p.needs = p.leadsTo(tabNeedsRecord, phrase("ui.calls-need-record"), "person_search")
	p.back = vbox(0, p.leadsTo(tabNotLogged, phrase("ui.calls-not-logged"), "arrow_back"), inset(0, 6, 16, 8, newText(phrase("ui.calls-need-record"), body.strong())))
	p.needs.Hide()
	p.back.Hide()
	p.team = newColleagueList(w)
	p.past = []fyne.CanvasObject{inset(2, 0, 0, 0, p.list), newWheel(p.list), inset(40, 0, 24, 24, p.empty)}
	above := vbox(0, p.dial.root, chipArea(p.chips), inset(0, 0, 8, 8, p.tabs.root), p.needs, p.back, p.sendAll, rule())
	p.root = container.NewStack(newBox(colorSurface, 0), container.NewBorder(above, p.note.root, nil, nil,
		container.NewBorder(nil, p.copied.root, nil, nil, container.NewStack(append(slices.Clone(p.past), p.team.root)...))))
	return p
}

func (p *leftPane) show(v app.View) {
	fresh := !slices.Equal(v.History, p.view.History) || v.Unlogged != p.view.Unlogged || v.Missed != p.view.Missed ||
		v.Org.State != p.view.Org.State
	p.view = v
	p.copied.show(v)
	p.dial.from.show(v)
	p.dial.as.show(v, p.dial.from.account())
	p.dial.tellDialed() // the plan may have changed
	p.showTeam()
	p.tabs.counts(v.Missed, v.Unlogged)
	show(p.sendAll, p.tab == tabNotLogged && v.Unlogged > 0)
	if fresh {
		p.load()
	}
}

func (p *leftPane) openTab(kind tabKind) {
	p.tab, p.deep = kind, false
	p.tabs.choose(kind)
	p.showTeam()
	show(p.sendAll, kind == tabNotLogged && p.view.Unlogged > 0)
	show(p.needs, kind == tabNotLogged)
	show(p.back, kind == tabNeedsRecord)
	p.selected = ""
	p.load()
	p.list.ScrollToTop()
	if kind == tabMissed && p.view.Missed > 0 {
		p.w.do(func() error { p.w.cfg.Desk.MarkMissedSeen(); return nil })
	}
}

// leadsTo makes a button over the list that opens another one.
func (p *leftPane) leadsTo(kind tabKind, words, icon string) *fyne.Container {
	return inset(0, 8, 8, 8, newButton(words, icon, widget.LowImportance, func() { p.openTab(kind) }))
}

// enterList gives the keyboard to the list in sight.
func (p *leftPane) enterList() {
	if p.tab == tabColleagues {
		p.w.focus(p.team.list)
		return
	}
	p.w.focus(p.list)
}

// showTeam shows the colleagues while their tab is chosen, which is there while there are any.
func (p *leftPane) showTeam() {
	some := len(p.view.Colleagues) > 0
	p.tabs.offer(some)
	if !some && p.tab == tabColleagues {
		p.openTab(tabRecent)
		return
	}
	team := p.tab == tabColleagues
	if focused := p.w.cfg.Window.Canvas().Focused(); team && focused == fyne.Focusable(p.list) || !team && focused == fyne.Focusable(p.team.list) {
		p.w.cfg.Window.Canvas().Unfocus() // nothing out of sight has the keyboard
	}
	show(p.team.root, team)
	for _, part := range p.past {
		show(part, !team)
	}
	if team {
		p.team.show(p.view.Colleagues, p.text)
	}
}

func (p *leftPane) search(s string) {
	if i := slices.IndexFunc(p.rows, func(r app.HistoryRow) bool { return r.ID == p.selected }); i >= 0 && p.rows[i].Dial == s {
		return // the number of the call that was just clicked: the list stays
	}
	p.text, p.deep, p.take = s, false, false
	p.showTeam()
	p.load()
}

// load fills the list for the tab and what is searched for.
func (p *leftPane) load() {
	p.asked++
	if p.tab == tabColleagues || p.tab == tabRecent && p.text == "" { // colleagues come with the View too
		p.fill(p.view.History)
		return
	}
	p.stale = true
	p.inquire(time.Time{}, p.fill)
}

// older adds the page before the oldest call listed. It is called as that one comes into sight.
func (p *leftPane) older() {
	if n := len(p.rows); n > 0 && n%pageSize == 0 {
		p.asked++
		p.inquire(p.rows[n-1].Started, func(rows []app.HistoryRow) {
			p.deep = true
			p.rows = append(slices.Clip(p.rows), rows...)
			p.line()
		})
	}
}

// inquire asks the desk for a page of what is listed now, and hands it on unless something else has been asked since.
func (p *leftPane) inquire(before time.Time, then func([]app.HistoryRow)) {
	question := p.asked
	filter := app.HistoryFilter{Text: p.text, Missed: p.tab == tabMissed, NotLogged: p.tab == tabNotLogged, NeedsRecord: p.tab == tabNeedsRecord, Before: before, Limit: pageSize}
	p.w.ask(func() func() {
		rows, err := p.w.cfg.Desk.History(filter)
		return func() {
			if question != p.asked {
				return
			}
			p.w.complain(aboutList, err)
			if err != nil {
				p.take = false
				return
			}
			then(rows)
			p.w.relayout()
		}
	})
}

// fill lists a first page. What was added of older calls stays, or the list would jump under the agent's eyes.
func (p *leftPane) fill(rows []app.HistoryRow) {
	if p.deep && len(rows) > 0 {
		oldest := rows[len(rows)-1].Started
		rows = slices.Concat(rows, slices.DeleteFunc(slices.Clone(p.rows), func(r app.HistoryRow) bool { return !r.Started.Before(oldest) }))
	}
	p.rows, p.stale = rows, false
	p.line()
	p.showNote()
	words := ""
	if len(rows) == 0 {
		switch {
		case p.text != "" && dialable(p.text):
			words = phrase("ui.list-no-match-dial")
		case p.text != "":
			words = phrase("ui.list-no-match")
		case p.tab == tabMissed:
			words = phrase("ui.list-no-missed")
		case p.tab == tabNotLogged:
			words = phrase("ui.list-all-logged")
		case p.tab == tabNeedsRecord:
			words = phrase("ui.list-none-needs-record")
		default:
			words = phrase("ui.list-empty")
		}
	}
	p.empty.say(words)
	if p.take {
		p.takeFirst()
	}
}

// line makes the lines of the rows. A line with a heading is higher.
func (p *leftPane) line() {
	p.lines = linesOf(p.rows, p.w.cfg.Now(), p.tab == tabNotLogged || p.tab == tabNeedsRecord)
	row := newHistoryRow(nil).MinSize().Height
	for i, l := range p.lines {
		height := row
		if l.day != "" {
			height += dayHeight()
		}
		p.list.SetItemHeight(i, height)
	}
	p.list.Refresh()
}

// clickedRow is one click: it shows the number in the field. A second one soon after dials it, unless a chip went from there a moment ago: then
// they are clicks on its buttons.
func (p *leftPane) clickedRow(i widget.ListItemID) {
	if i >= len(p.lines) {
		return
	}
	r, now := p.lines[i].HistoryRow, p.w.cfg.Now()
	double := p.clickedID == r.ID && now.Sub(p.clicked) < doubleClick && !p.w.seats.pushed(p.list)
	p.clickedID, p.clicked = r.ID, now
	p.showRow(i)
	if double {
		p.clickedID = ""
		p.dialSelected()
	}
}

// showRow shows the number of a call in the field, and the note on its log.
func (p *leftPane) showRow(i widget.ListItemID) {
	r := p.lines[i].HistoryRow
	p.list.at, p.selected = i, r.ID
	p.w.byHand(func() {
		if r.Dial != "" {
			p.dial.fillFrom(r.Account, r.Dial)
		}
		p.showNote()
		p.list.Refresh()
	})
}

func (p *leftPane) chosen() (app.HistoryRow, bool) {
	for _, r := range p.rows {
		if r.ID == p.selected {
			return r, true
		}
	}
	return app.HistoryRow{}, false
}

func (p *leftPane) dialSelected() {
	if r, ok := p.chosen(); ok && r.Dial != "" {
		p.dial.fill("")
		p.w.dial(r.Account, r.Dial)
	}
}

// takeFirst shows the number of the first call found. The list may still hold what was there before the last letters were
// typed; then it waits for the answer, or the number of somebody else would be dialled.
func (p *leftPane) takeFirst() {
	if p.take = p.stale; p.take {
		return
	}
	if p.tab == tabColleagues && len(p.team.shown) > 0 {
		c := p.team.shown[0]
		p.dial.fillFrom(c.Account, c.Extension)
		return
	}
	for _, r := range p.rows {
		if r.Dial != "" && p.tab != tabColleagues {
			p.selected = r.ID
			p.dial.fillFrom(r.Account, r.Dial)
			p.list.Refresh()
			return
		}
	}
	p.w.say(aboutCommand, phrase("ui.list-nobody"))
}

func (p *leftPane) showNote() {
	r, ok := p.chosen()
	chosen := ok
	if !ok && p.tab == tabNotLogged && len(p.rows) > 0 {
		r, ok = p.rows[0], true // why, and what to do about it, without a click
	}
	p.note.set(r, ok, chosen, p.view, p.w.cfg.Now())
	p.w.relayout()
}

func (p *leftPane) menu(r app.HistoryRow, at fyne.Position) {
	m := fyne.NewMenu("")
	add := func(words string, possible bool, f func()) {
		i := fyne.NewMenuItem(words, f)
		i.Disabled = !possible
		m.Items = append(m.Items, i)
	}
	add(phrase("ui.call-name", "name", rowName(r)), r.Dial != "", func() { p.w.dial(r.Account, r.Dial) })
	add(phrase("ui.copy-number"), r.Number != "", func() { p.w.cfg.App.Clipboard().SetContent(r.Number) })
	m.Items = append(m.Items, fyne.NewMenuItemSeparator())
	add(phrase("ui.open-record"), r.Who.URL != "", func() { p.w.openRecord(r.Who) })
	add(phrase("ui.wrong-person"), r.Number != "" && !r.Unidentified, func() { p.askWho(r, at) })
	add(phrase("ui.search-person"), linked(p.view), func() { p.searchWho(r, at) })
	if r.NeedsRecord {
		add(phrase("ui.nobody-known"), true, func() { p.pointAt(r, crm.Ref{}, "") })
	}
	contact := newContactURL(orgOf(p.view, r.Org).InstanceURL, numberOfRow(r))
	add(phrase("ui.create-contact"), contact != "" && r.Who.IsZero(), func() { p.w.openURL(contact) })
	add(openWords(r.Task.Object), r.Task.URL != "", func() { p.w.openRecord(r.Task) })
	switch r.Log {
	case app.LogQueued, app.LogParked, app.LogChecking, app.LogElsewhere, app.LogHeld:
		if r.Log == app.LogElsewhere {
			add(logAsWords(p.view), linked(p.view), func() { p.w.logAs(r.ID) })
		} else {
			add(phrase("ui.log-it-now"), true, func() { p.w.retryLog(r.ID) })
		}
		add(phrase("ui.dont-log-it"), true, func() { p.w.discardLog(r.ID) })
	}
	popUp(p.w.cfg.Window.Canvas(), m, at)
}
