package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/crm/layout"
)

// layoutPreview shows what the layout on the page makes of a call, while it is typed, and what the org would not take of it.
type layoutPreview struct {
	s      *layoutsSheet
	root   fyne.CanvasObject
	call   *choice
	calls  []crm.Activity
	org    string // that they are of
	shown  *fyne.Container
	scroll *container.Scroll
	test   fyne.CanvasObject
	try    *button
	result *paragraph
	tried  string // what the result is about

	listing     bool   // the calls of the org are awaited
	busy, again bool   // an answer is awaited; and the page has changed since
	said        string // what is drawn
}

// previewHeight is how much of the page the preview takes.
const previewHeight = 148

func newLayoutPreview(s *layoutsSheet) *layoutPreview {
	p := &layoutPreview{s: s, shown: vbox(4), result: newParagraph("", caption, 6)}
	p.call = newChoice(nil, func(string) {
		p.forget()
		p.s.known.draw()
		p.follow()
	})
	p.scroll = container.NewVScroll(p.shown)
	p.scroll.SetMinSize(fyne.NewSize(0, previewHeight))
	p.try = newButton(phrase("ui.layout-test"), "", widget.MediumImportance, p.send)
	p.result.Hide()
	p.test = hbox(8, p.try)
	head := container.NewBorder(nil, nil, inset(0, 0, 0, 12, middle(newText(phrase("ui.layout-preview"), body.strong()))), nil, bordered(p.call))
	p.root = vbox(8, head, p.scroll, p.result)
	return p
}

// offerCalls lists the latest calls of the org that the layout is for: a call of another one has records that this one does not know.
func (p *layoutPreview) offerCalls() {
	org := p.s.chosenOrg()
	p.org, p.listing = org, true
	p.s.w.ask(func() func() {
		calls, err := p.s.w.cfg.Layouts.Calls(org)
		return func() {
			if p.org != org { // those of another one are asked for by now
				return
			}
			chosen := p.chosen().CallID
			p.s.w.complain(aboutCommand, err)
			p.calls, p.listing = calls, false
			words := make([]string, len(calls))
			for i, a := range calls {
				words[i] = p.words(i, a)
			}
			p.call.SetOptions(words)
			if len(words) == 0 {
				p.call.ClearSelected()
			} else {
				p.call.SetSelectedIndex(max(0, slices.IndexFunc(calls, func(a crm.Activity) bool { return a.CallID == chosen })))
			}
			p.s.known.draw()
			p.follow()
		}
	})
}

// words is a call in the list.
func (p *layoutPreview) words(i int, a crm.Activity) string {
	name := a.PartyName
	if name == "" {
		name = p.s.w.cfg.Format(a.Number)
	}
	if name == "" {
		name = phrase("ui.layout-withheld")
	}
	return phrase("ui.layout-call", "number", i+1, "when", moment(a.Started, p.s.w.cfg.Now()), "name", name)
}

// chosen is the call that is shown.
func (p *layoutPreview) chosen() crm.Activity {
	if i := p.call.SelectedIndex(); i >= 0 && i < len(p.calls) {
		return p.calls[i]
	}
	return crm.Activity{}
}

// follow asks what the layout makes of the call by now. While an answer is awaited, one more question is asked after it, and
// no more.
func (p *layoutPreview) follow() {
	if p.org != p.s.chosenOrg() {
		p.offerCalls()
	}
	if p.listing { // it follows once they are there
		return
	}
	if p.busy {
		p.again = true
		return
	}
	l, call := p.s.read(), p.chosen().CallID
	p.busy, p.again = true, false
	p.s.w.ask(func() func() {
		shown, err := p.s.w.cfg.Layouts.Preview(l, l.Org, call)
		return func() {
			p.busy = false
			if p.listing {
				return
			}
			if p.again {
				p.follow()
				return
			}
			if err != nil {
				p.fail(catalogue.Error(err))
				return
			}
			p.draw(shown)
		}
	})
}

// fail says why there is no preview.
func (p *layoutPreview) fail(why string) {
	p.drawAll(why, []fyne.CanvasObject{newParagraph(sentence(why), body, 4)})
}

// draw shows what would be written: what is wrong with it first, then the subject, the description and the fields.
func (p *layoutPreview) draw(r layout.Preview) {
	var rows []fyne.CanvasObject
	for _, problem := range r.Problems {
		words := newParagraph(catalogue.Say(problem.Why), caption, 4)
		words.color = colorMissed
		if problem.Cut {
			words.color = colorHeld
		}
		rows = append(rows, container.NewBorder(nil, nil, inset(1, 0, 0, 8, newGlyph("warning_amber", words.color, 14)), nil, words))
	}
	rows = append(rows, newParagraph(r.Subject, body.strong(), 3), p.lines(r.Description))
	var facts [][2]string
	for _, name := range slices.Sorted(maps.Keys(r.Sent)) {
		if name == "Subject" || name == "Description" || r.Sent[name] == nil {
			continue
		}
		facts = append(facts, [2]string{p.label(name), fmt.Sprint(r.Sent[name])})
	}
	if len(facts) > 0 {
		rows = append(rows, rule(), factGrid(facts))
	}
	p.drawAll(fmt.Sprint(r), rows)
}

// lines is a text of several lines, as the record has it.
func (p *layoutPreview) lines(text string) fyne.CanvasObject {
	lines := vbox(0)
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			line = " "
		}
		if len(lines.Objects) == mostLines {
			break
		}
		lines.Add(newParagraph(line, body, 6))
	}
	return lines
}

// mostLines is how much of a description the preview shows.
const mostLines = 60

func (p *layoutPreview) label(field string) string {
	if p.s.described != nil {
		if f, ok := p.s.described.Field(field); ok && f.Label != "" {
			return f.Label
		}
	}
	return field
}

func (p *layoutPreview) drawAll(said string, rows []fyne.CanvasObject) {
	if said == p.said {
		return
	}
	p.said = said
	p.shown.Objects = rows
	p.shown.Refresh()
	p.scroll.Refresh()
	p.s.w.relayout()
}

// send writes a test log and says what became of it.
func (p *layoutPreview) send() {
	l, call := p.s.read(), p.chosen().CallID
	p.tried = p.now()
	p.tell(phrase("ui.test-is-sent"))
	p.try.enable(false)
	p.s.w.ask(func() func() {
		tried, err := p.s.w.cfg.Layouts.Test(l, l.Org, call)
		return func() {
			p.try.enable(true)
			words := catalogue.Say(tried.Said())
			if err != nil {
				words = catalogue.Error(err)
			}
			p.tell(sentence(words))
		}
	})
}

// forget takes back what was said of a test log of another layout, or of this one as it was.
func (p *layoutPreview) forget() {
	if p.result.Visible() && p.tried != p.now() {
		p.tried = ""
		p.tell("")
	}
}

// now is the layout as it is on the page, and the call it is tried on.
func (p *layoutPreview) now() string { return p.s.text.read()[0] + p.chosen().CallID }

func (p *layoutPreview) tell(words string) {
	p.result.say(words)
	show(p.result, words != "")
	p.s.w.relayout()
}

// knownList is what the call knows; a click inserts the name where the agent was writing.
type knownList struct {
	s    *layoutsSheet
	root fyne.CanvasObject
	rows *fyne.Container
	said string
}

func newKnownList(s *layoutsSheet) *knownList {
	k := &knownList{s: s, rows: vbox(0)}
	k.root = group(phrase("ui.layout-known"), newParagraph(phrase("ui.layout-known-detail"), caption, 3), k.rows)
	return k
}

// draw lists the variables with what the chosen call has of each.
func (k *knownList) draw() {
	c := layout.Call{Activity: k.s.preview.chosen()}
	names := c.Known()
	said := ""
	var rows []fyne.CanvasObject
	for _, name := range names {
		value, _ := c.Variable(name)
		value = strings.Join(strings.Fields(value), " ")
		said += name + "=" + value + "\n"
		rows = append(rows, newClickable(inset(3, 3, 6, 6, container.New(shares{1, 2}, newText("{"+name+"}", body.elided()), newText(value, caption.elided()))), 4,
			func() { k.insert(name) }))
	}
	if said == k.said {
		return
	}
	k.said = said
	k.rows.Objects = rows
	k.rows.Refresh()
}

func (k *knownList) insert(name string) {
	if k.s.locked {
		return
	}
	if k.s.last == nil { // nobody has written anything: a new line takes it
		k.s.addLine(layout.Line{Value: layout.Value("{" + name + "}")})
		k.s.changed()
		return
	}
	k.s.last.insert("{" + name + "}")
	k.s.w.cfg.Window.Canvas().Focus(k.s.last)
}
