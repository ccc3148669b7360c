package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// transferPanel asks where to transfer a call: at once, or after consulting somebody there. Then it tells where the consultation stands.
type transferPanel struct {
	root   *fyne.Container
	w      *Window
	choose *fyne.Container // where to
	two    *consultPanel   // where the consultation stands
	wish   *referredPanel  // where the other side wants the agent to go
	first  *button         // consult first
	with   *connectRow     // to another call that is up
	join   *joinRow        // with another call that is up
	title  *text
	target *field
	now    *button
	recent *fyne.Container
	close  func()
	call   app.CallView
	rows   []app.HistoryRow
	came   time.Time           // when it last opened by itself, or showed what the agent did not ask for
	team   []app.ColleagueView // those who are free first
	people []crm.Record        // of the org, whose name fits what is typed; from this computer's copy
	asked  int                 // counts what was typed, so that an answer that comes late is dropped
}

const transferChoices = 4

func newTransferPanel(w *Window, closePanel func()) *transferPanel {
	t := &transferPanel{w: w, close: closePanel, title: newText("", heading.elided()), target: newField(phrase("ui.extension-or-number"))}
	t.target.OnSubmitted = func(string) { t.transfer() }
	t.target.OnChanged = func(s string) {
		w.byHand(func() { // the list is as long as what fits, and what is below it moves
			t.now.enable(dialable(s))
			t.first.enable(dialable(s))
			t.find(s)
			t.suggest()
		})
	}
	t.now = newButton(phrase("ui.transfer-now"), "phone_forwarded", widget.HighImportance, t.transfer)
	t.now.enable(false)
	t.first = newButton(phrase("ui.consult-first"), "call", widget.MediumImportance, t.consult)
	t.first.enable(false)
	back := newButton(phrase("ui.back"), "", widget.LowImportance, closePanel)
	t.with = newConnectRow(w, func(c app.CallView) {
		closePanel()
		w.connect(c)
	})
	t.join = newJoinRow(func(c app.CallView) {
		closePanel()
		w.join(c)
	})
	t.recent = vbox(0)
	t.choose = vbox(10, t.title, t.target, t.recent, flowing(6, back, t.first, t.now), t.with.root, t.join.root)
	came := func() bool { return w.startled(t.came) }
	t.two, t.wish = newConsultPanel(w, came), newReferredPanel(w, came)
	t.root = container.NewStack(t.choose, t.two.root, t.wish.root)
	t.part(app.CallView{})
	return t
}

// part shows the one part of the panel that fits the call, and reports whether that is news that the agent has to see.
func (t *transferPanel) part(c app.CallView) bool {
	wish := c.Referred.Asks // what is asked comes before where the consultation stands
	two := c.Consult.With != "" && !wish
	news := two && !t.two.root.Visible() || wish && !t.wish.root.Visible()
	show(t.choose, !two && !wish)
	show(t.two.root, two)
	show(t.wish.root, wish)
	return news
}

func (t *transferPanel) show(v app.View, c app.CallView) {
	if c.ID != t.call.ID {
		t.target.SetText("")
	}
	t.call, t.rows, t.team = c, v.History, app.FreeFirst(v.Colleagues)
	t.title.set(transferTo(c))
	t.two.show(c)
	t.with.show(c, t.w.cfg.Now())
	t.join.show(c)
	t.wish.show(c)
	if t.root.Visible() {
		t.suggest()
	}
}

// begin is called as the panel opens.
func (t *transferPanel) begin() {
	if !t.choose.Visible() {
		return
	}
	t.target.SetText("")
	t.suggest()
	t.w.cfg.Window.Canvas().Focus(t.target)
}

// suggest lists whom the agent spoke to lately, as far as what is typed fits: colleagues first, for that is where most
// calls go. A colleague of another account is at another phone system, which this call cannot be handed to.
func (t *transferPanel) suggest() {
	var found []fyne.CanvasObject
	candidates := t.candidates()
	offer := func(c app.ColleagueView, name string) {
		iconName, ink, word := activityLook(c.State)
		line := container.NewBorder(nil, nil, inset(0, 0, 0, 8, newGlyph(iconName, ink, 16)),
			newText(joined(word, colleagueNumber(c)), caption), newText(name, body.elided()))
		found = append(found, newClickable(inset(6, 6, 8, 8, line), 6, func() { t.target.SetText(c.Extension) }))
		candidates = slices.DeleteFunc(candidates, func(r app.HistoryRow) bool { return r.Dial == c.Extension })
	}
	owner := t.call.RecordsOwner
	if owner != nil && colleagueFits(*owner, t.target.Text) {
		offer(*owner, phrase("ui.transfer-owner", "name", owner.Name))
	}
	for _, c := range t.team {
		if len(found) == transferChoices {
			break
		}
		if owner != nil && c.Extension == owner.Extension {
			continue
		}
		if c.Account != "" && c.Account != t.call.Account || !colleagueFits(c, t.target.Text) || c.Extension == t.call.Number {
			continue
		}
		offer(c, colleagueName(c))
	}
	for _, r := range candidates {
		if len(found) == transferChoices {
			break
		}
		name, number, face := r.Name, r.Number, "person"
		if name == "" {
			name, number = number, ""
		}
		if isExtension(r) {
			face = "headset_mic"
		}
		line := container.NewBorder(nil, nil, inset(0, 0, 0, 8, newGlyph(face, colorMuted, 16)),
			newText(number, caption), newText(name, body.elided()))
		found = append(found, newClickable(inset(6, 6, 8, 8, line), 6, func() { t.target.SetText(r.Dial) }))
	}
	for _, r := range t.people[:min(len(t.people), transferChoices)] {
		if slices.ContainsFunc(candidates, func(h app.HistoryRow) bool { return h.Name == r.Name }) { // from their last call
			continue
		}
		number := r.Phones[0].Value
		found = append(found, newLine(objectIcon(r.Object), r.Name, joined(r.Company, number), func() { t.target.SetText(number) }))
	}
	t.recent.Objects = found
	t.recent.Refresh()
	relayout(t.root)
}

// find looks for people of the call's org while a name is typed. Nothing is asked of the org: whom an agent hands a call to is mostly a
// colleague, and it works while Salesforce is down.
func (t *transferPanel) find(typed string) {
	t.asked++
	asked, org := t.asked, t.call.Org
	t.people = nil
	if !isName(typed) {
		return
	}
	t.w.ask(func() func() {
		here := t.w.cfg.Desk.Nearby(context.Background(), org, typed)
		return func() {
			if t.asked != asked {
				return
			}
			t.people = slices.DeleteFunc(slices.Clone(here), func(r crm.Record) bool { return len(r.Phones) == 0 || t.onTheLine(r) })
			t.suggest()
		}
	})
}

// onTheLine reports whether a record is the other party's, to whom the call cannot be handed.
func (t *transferPanel) onTheLine(r crm.Record) bool {
	m := t.call.Lookup.Record
	return m != nil && m.Is(r.Ref)
}

// candidates are the calls of the past that lead somewhere the call could go, each number once. The customer on the line
// is none of them, under whatever number, and neither is an unknown one who rang in vain.
func (t *transferPanel) candidates() []app.HistoryRow {
	var colleagues, others []app.HistoryRow
	seen := map[string]bool{t.call.E164: true, t.call.Number: true}
	for _, r := range t.rows {
		number := r.Plain()
		if strings.Contains(r.Dial, "@") { // the name alone does not tell two addresses apart
			number = r.Dial
		}
		switch {
		case r.Dial == "" || seen[number] || seen[r.Number] || t.isOtherParty(r) || !mentions(r, t.target.Text):
			continue
		case r.Name == "" && r.Outcome == crm.Missed:
			continue
		case isExtension(r):
			colleagues = append(colleagues, r)
		default:
			others = append(others, r)
		}
		seen[number] = true
	}
	return append(colleagues, others...)
}

func (t *transferPanel) isOtherParty(r app.HistoryRow) bool {
	if m := t.call.Lookup.Record; m != nil && r.Who.Is(m.Ref) {
		return true
	}
	return r.Name != "" && r.Name == t.call.Name
}

// isExtension says whether a call of the past was with a colleague: within the house numbers are short.
func isExtension(r app.HistoryRow) bool {
	const longest = 6
	n := r.Plain()
	return r.Who.IsZero() && len(n) <= longest && strings.Trim(n, "0123456789") == ""
}

func mentions(r app.HistoryRow, s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	return strings.Contains(strings.ToLower(r.Name+" "+r.Company), s) ||
		strings.Contains(app.Spelling(r.Dial), app.Spelling(s))
}

func (t *transferPanel) transfer() {
	id, to := t.call.ID, t.target.Text
	if !dialable(to) {
		return
	}
	t.close()
	t.w.handOn(handOn{call: id}, to)
}

// consult holds the call and dials whoever it may go to.
func (t *transferPanel) consult() {
	id, to := t.call.ID, t.target.Text
	if !dialable(to) || t.w.taken() {
		return
	}
	t.close()
	t.w.handOn(handOn{call: id, consult: true}, to)
}

// dialable says whether s reads like something to call: a number however it is spelled, or an address.
func dialable(s string) bool { return app.ReadTyped(s).Call != "" }
