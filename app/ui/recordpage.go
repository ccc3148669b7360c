package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// savedOn says on what record the call is logged.
func savedOn(object string) string {
	switch object {
	case crm.Contact:
		return phrase("ui.saved-on-contact")
	case crm.Lead:
		return phrase("ui.saved-on-lead")
	case crm.Account:
		return phrase("ui.saved-on-account")
	}
	return phrase("ui.saved-on-record")
}

// objectIcon stands for an object of the org.
func objectIcon(object string) string {
	if strings.HasSuffix(object, "__c") {
		return "work"
	}
	switch object {
	case crm.Account:
		return "business"
	case crm.Opportunity:
		return "work"
	case crm.Case:
		return "support"
	case crm.Task:
		return "assignment"
	}
	return "person"
}

// objectName is an object as people read it: a custom one without what Salesforce adds to its name.
func objectName(object string) string {
	name, custom := strings.CutSuffix(object, "__c")
	if !custom {
		return object
	}
	if _, own, ok := strings.Cut(name, "__"); ok { // of a package
		name = own
	}
	return strings.ReplaceAll(name, "_", " ")
}

// recordFace is the picture of a record: a person's initials, or what stands for its object.
func recordFace(r crm.Record, size float32) *avatar {
	face := newAvatar(size)
	if r.Object == crm.Contact || r.Object == crm.Lead {
		face.set(r.Name, "person")
	} else {
		face.set("", objectIcon(r.Object))
	}
	return face
}

// recordPage is one record: who it is, why it is shown, what is open, what was last.
func (p *recordPane) recordPage(v app.View, c app.CallView) fyne.CanvasObject {
	w := p.w
	m := c.Lookup.Record
	r := m.Record
	page := vbox(0, recordHead(r), inset(10, 0, 0, 0, standingOf(c.Lookup)))
	if mark := orgPill(v, r.Ref); mark != nil {
		page.Add(inset(8, 0, 0, 0, hbox(0, mark)))
	}
	if c.Lookup.Known && c.Lookup.Error != "" {
		page.Add(inset(4, 0, 0, 0, p.comes(false)))
		page.Add(inset(8, 0, 0, 0, p.again(v, c)))
	}
	if line := silence(c); line != nil {
		page.Add(inset(10, 0, 0, 0, line))
	}
	if r.DoNotCall {
		mark := newPill()
		mark.set(phrase("ui.pill-do-not-call"), colorMissed, colorMissedTint)
		page.Add(inset(8, 0, 0, 0, hbox(0, mark.root)))
	}
	facts := [][2]string{{phrase("ui.fact-account"), accountName(r)}, {phrase("ui.fact-owner"), r.Owner}, {phrase("ui.fact-status"), r.Status}}
	if r.Details == nil && !r.LastActivity.IsZero() { // the org has not told more
		facts = append(facts, [2]string{phrase("ui.fact-last-activity"), moment(r.LastActivity, w.cfg.Now())})
	}
	facts = append(facts, [2]string{phrase("ui.fact-org"), orgFact(v, r.Ref)})
	page.Add(inset(12, 0, 0, 0, factGrid(facts)))
	if r.URL != "" {
		page.Add(inset(14, 0, 0, 0, newButton(phrase("ui.open-in-salesforce"), "open_in_new", widget.MediumImportance, func() { w.openRecord(r.Ref) })))
	}
	if p.now.card {
		page.Add(p.card.root)
	}
	if len(r.Phones) > 0 || r.Email != "" {
		page.Add(section(phrase("ui.call-or-write")))
		for _, f := range r.Phones {
			page.Add(phoneLine(w, c.Account, f))
		}
		if r.Email != "" {
			page.Add(newLine("email", r.Email, phrase("ui.email"), nil))
		}
	}
	if d := r.Details; d != nil {
		if open := slices.Concat(shownOf(d.Opportunities), shownOf(d.Cases)); len(open) > 0 {
			page.Add(section(phrase("ui.section-open")))
			for _, o := range open {
				page.Add(newOpenLine(o, opens(w, o.Ref)))
			}
			if len(d.Opportunities) > crm.MaxRelated || len(d.Cases) > crm.MaxRelated {
				page.Add(inset(4, 0, 0, 0, newText(phrase("ui.more-open"), caption)))
			}
		}
		if len(d.Activities) > 0 {
			page.Add(section(phrase("ui.recent-activity")))
			for _, a := range shownOf(d.Activities) {
				page.Add(newLine(objectIcon(a.Object), a.Name, moment(a.When, w.cfg.Now()), opens(w, a.Ref)))
			}
		}
	}
	if c.Lookup.Missing != "" && !(c.Lookup.Known && c.Lookup.Error != "") {
		page.Add(section(phrase("ui.section-open")))
		page.Add(inset(2, 0, 0, 0, reason("cloud_off", colorHeld, phrase("ui.part-missing", "why", sentence(c.Lookup.Missing)), sideWidth-32)))
		page.Add(inset(4, 0, 0, 0, p.comes(false)))
		page.Add(inset(6, 0, 0, 0, p.again(v, c)))
	}
	if others := otherMatches(c.Lookup); len(others) > 0 {
		page.Add(section(phrase("ui.other-matches")))
		for _, o := range others {
			line := newLine(objectIcon(o.Object), o.Name, joined(objectName(o.Object), orgAmong(v, c.Lookup.Matches, refOfMatch, o)), func() { w.pickClicked(c.ID, o.Ref) })
			page.Add(w.guardLine(line, o.Ref))
		}
	}
	return container.NewBorder(inset(18, 16, 16, 16, page), nil, nil, nil)
}

// silence says which orgs have not answered yet, where another has; nil for none.
func silence(c app.CallView) fyne.CanvasObject {
	if c.Lookup.Waits == "" {
		return nil
	}
	return reason("cloud_off", colorHeld, sentence(c.Lookup.Waits), sideWidth-32)
}

// shownOf are those that are shown; one more is asked for, to say that there are more.
func shownOf(related []crm.Related) []crm.Related {
	return related[:min(len(related), crm.MaxRelated)]
}

func accountName(r crm.Record) string {
	if r.Account.Name != "" {
		return r.Account.Name
	}
	if r.Object == crm.Account {
		return ""
	}
	return r.Company
}

func recordHead(r crm.Record) fyne.CanvasObject {
	face := recordFace(r, 36)
	return container.NewBorder(nil, nil, inset(0, 0, 0, 10, face), nil,
		vbox(1, newText(joined(strings.ToUpper(objectName(r.Object)), r.Title), eyebrow.elided()), newText(r.Name, heading.elided())))
}

// standingOf says how sure the record is: what it matched on, or that it is remembered and what the org says to that.
func standingOf(l app.LookupView) fyne.CanvasObject {
	const width = sideWidth - 32
	switch {
	case l.Known && l.Error != "":
		return reason("cloud_off", colorHeld, phrase("ui.remembered-unconfirmed", "why", sentence(l.Error)), width)
	case l.Known:
		return reason("history", colorMuted, phrase("ui.remembered"), width)
	}
	if l.Chosen {
		return reason("history", colorTalking, phrase("ui.chosen-before"), width)
	}
	return whyLine(l.Record.Why, width)
}

// whyLine says what made the record a match. A probable one says so.
func whyLine(w crm.Why, width float32) fyne.CanvasObject {
	iconName, ink, words := "check_circle", colorTalking, phrase("ui.matched-on", "field", w.Label)
	switch {
	case w.Unsure:
		iconName, ink, words = "error_outline", colorHeld, phrase("ui.matched-unsurely", "field", w.Label)
	case w.Closeness == crm.National:
		words = phrase("ui.matched-without-country", "field", w.Label)
	case w.Closeness == crm.Suffix:
		iconName, ink, words = "error_outline", colorHeld, phrase("ui.matched-probably", "field", w.Label)
	}
	if w.Label == "" {
		iconName, ink, words = "check_circle", colorTalking, phrase("ui.picked-by-you")
	}
	return reason(iconName, ink, words, width)
}

// reason is an icon and words in so much width. The words are never cut: they are what the agent judges a match by.
func reason(iconName string, ink fyne.ThemeColorName, words string, width float32) fyne.CanvasObject {
	const iconSize, gap = 14, 6
	return container.NewBorder(nil, nil, inset(1, 0, 0, gap, vbox(0, newGlyph(iconName, ink, iconSize))), nil,
		newParagraph(words, caption, 5).narrow(width-iconSize-gap))
}

// factGrid is pairs of a label and a value, two abreast; empty ones are left out.
func factGrid(facts [][2]string) fyne.CanvasObject {
	grid := vbox(10)
	var cells []fyne.CanvasObject
	for _, f := range facts {
		if f[1] != "" {
			cells = append(cells, vbox(1, newText(f[0], caption.elided()), newText(f[1], body.elided())))
		}
	}
	for i := 0; i < len(cells); i += 2 {
		pair := cells[i:min(i+2, len(cells))]
		if len(pair) == 1 {
			grid.Add(pair[0])
			continue
		}
		grid.Add(container.New(row{gap: 12, most: sideWidth}, pair...))
	}
	return grid
}

func section(words string) fyne.CanvasObject {
	return vbox(0, inset(14, 12, 0, 0, rule()), inset(0, 4, 0, 0, newText(words, body.strong())))
}

// phoneLine dials the number it shows, from the account of the call.
func phoneLine(w *Window, account string, f crm.PhoneField) fyne.CanvasObject {
	number := f.Value
	return w.guardLine(newLine("call", w.cfg.Format(number), f.Label, func() { w.dial(account, number) }), number)
}

// newLine is one related thing in a line, which opens when pressed.
func newLine(iconName, words, detail string, pressed func()) fyne.CanvasObject {
	ink := theme.ColorNameForeground
	if pressed != nil && iconName == "call" {
		ink = theme.ColorNameHyperlink
	}
	line := inset(5, 5, 6, 6, container.New(lineLayout{}, newGlyph(iconName, colorMuted, 16), newText(words, body.elided().in(ink)),
		newText(detail, caption.elided().trailing())))
	if pressed == nil {
		return inset(0, 0, -6, -6, line)
	}
	return inset(0, 0, -6, -6, newClickable(line, 6, pressed))
}

// newOpenLine is an open deal or case in two lines: its name, and below it where it stands, which is what the agent looks for.
func newOpenLine(o crm.Related, pressed func()) fyne.CanvasObject {
	words := vbox(1, newText(o.Name, body.elided()), newText(o.Detail, caption.elided()))
	line := inset(5, 5, 6, 6, container.NewBorder(nil, nil, inset(0, 0, 0, 6, newGlyph(objectIcon(o.Object), colorMuted, 16)), nil, words))
	if pressed == nil {
		return inset(0, 0, -6, -6, line)
	}
	return inset(0, 0, -6, -6, newClickable(line, 6, pressed))
}

// lineLayout is an icon, words, and a detail at the right, which gets at most two fifths of the line.
type lineLayout struct{}

func (lineLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(120, max(o[0].MinSize().Height, o[1].MinSize().Height))
}

func (lineLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	words, detail := o[1].(*text), o[2].(*text)
	x := o[0].MinSize().Width + 10
	aside := min(detail.measure(detail.value).Width, size.Width*0.42)
	if free := size.Width - x - 8 - words.measure(words.value).Width; free > aside {
		aside = min(detail.measure(detail.value).Width, free)
	}
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(o[0].MinSize().Width, size.Height))
	o[1].Move(fyne.NewPos(x, (size.Height-words.MinSize().Height)/2))
	o[1].Resize(fyne.NewSize(size.Width-x-8-aside, words.MinSize().Height))
	o[2].Move(fyne.NewPos(size.Width-aside, (size.Height-detail.MinSize().Height)/2))
	o[2].Resize(fyne.NewSize(aside, detail.MinSize().Height))
}

func opens(w *Window, r crm.Ref) func() {
	if r.URL == "" {
		return nil
	}
	return func() { w.openRecord(r) }
}

func otherMatches(l app.LookupView) []crm.Match {
	var others []crm.Match
	for _, m := range l.Matches {
		if l.Record == nil || !m.Is(l.Record.Ref) {
			others = append(others, m)
		}
	}
	return others
}

// newPickPage lists everybody who has the number. Picking one joins the call to the record.
func newPickPage(w *Window, c app.CallView) fyne.CanvasObject {
	page := vbox(6, newText(phrase("ui.matches", "count", len(c.Lookup.Matches)), heading),
		newParagraph(phrase("ui.pick-detail"), caption, 3).narrow(sideWidth-32))
	if line := silence(c); line != nil {
		page.Add(inset(4, 0, 0, 0, line))
	}
	list := vbox(6)
	for i, m := range c.Lookup.Matches {
		card := matchCard(m, orgAmong(w.view, c.Lookup.Matches, refOfMatch, m), i+1, func() {
			if !w.taken() {
				w.pickClicked(c.ID, m.Ref)
			}
		})
		list.Add(w.guardLine(card, m.Ref))
	}
	page.Add(inset(6, 0, 0, 0, list))
	if len(c.Lookup.Matches) > 1 {
		page.Add(inset(4, 0, 0, 0, newText(phrase("ui.pick-keys", "last", min(len(c.Lookup.Matches), pickKeys)), caption.elided())))
	}
	if c.Lookup.More {
		page.Add(inset(6, 0, 0, 0, newParagraph(phrase("ui.more-matches"), caption, 3).narrow(sideWidth-32)))
	}
	return container.NewBorder(inset(18, 16, 16, 16, page), nil, nil, nil)
}

// cardWidth is what a match's card leaves for words between its picture and its arrow.
const cardWidth = sideWidth - 2*16 - 12 - 8 - 32 - 10 - 18 - 8

// pickKeys is how many of the matches a key chooses.
const pickKeys = 9

// keyCap is the key that does it, drawn on what it does; none where there is none.
func keyCap(n int) fyne.CanvasObject {
	if n > pickKeys {
		return newGlyph("chevron_right", colorMuted, 18)
	}
	back := newBox(colorSurface, 4)
	back.stroke = theme.ColorNameSeparator
	return middle(sized(18, 18, container.NewStack(back, container.New(midHeight{}, newText(phrase("ui.number", "number", n), caption.centred())))))
}

// pickByKey takes a digit, typed with nothing focused, for the match that has it, and says whether there is one.
func (w *Window) pickByKey(c app.CallView, r rune) bool {
	n := int(r - '1')
	if !unpicked(c) || n < 0 || n >= min(len(c.Lookup.Matches), pickKeys) || len(c.Lookup.Matches) < 2 {
		return false
	}
	if now := w.cfg.Now(); now.Sub(w.record.since) < reactionTime {
		w.record.since = now // as long as the typing goes on
		w.say(aboutCommand, phrase("ui.pick-again"))
		return true
	}
	w.pick(c.ID, c.Lookup.Matches[n].Ref)
	return true
}

// pickClicked picks the record that was clicked, unless the org's answer has just put it under the pointer.
func (w *Window) pickClicked(call string, record crm.Ref) {
	if w.cfg.Now().Sub(w.record.replaced) < reactionTime {
		w.say(aboutCommand, phrase("ui.pick-again"))
		return
	}
	w.pick(call, record)
}

func matchCard(m crm.Match, org string, key int, pressed func()) fyne.CanvasObject {
	face := recordFace(m.Record, 32)
	card := container.NewBorder(nil, nil, inset(0, 0, 0, 10, middle(face)), keyCap(key),
		vbox(2, newText(m.Name, body.strong().elided()), newText(joined(objectName(m.Object), m.Company, org), caption.elided()), whyLine(m.Why, cardWidth)))
	return newClickable(inset(10, 10, 12, 8, card), 8, pressed).background(colorSunken)
}
