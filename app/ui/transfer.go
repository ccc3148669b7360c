package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// transferPanel asks where to transfer a call. Handing over is blind: the other party is connected at once.
type transferPanel struct {
	root   *fyne.Container
	w      *Window
	title  *text
	target *field
	now    *button
	recent *fyne.Container
	close  func()
	call   app.CallView
	rows   []app.HistoryRow
}

const transferChoices = 4

func newTransferPanel(w *Window, closePanel func()) *transferPanel {
	t := &transferPanel{w: w, close: closePanel, title: newText("", heading.elided()), target: newField(phrase("ui.extension-or-number"))}
	t.target.OnSubmitted = func(string) { t.transfer() }
	t.target.OnChanged = func(s string) {
		t.now.enable(dialable(s))
		t.suggest()
	}
	t.now = newButton(phrase("ui.transfer-now"), "phone_forwarded", widget.HighImportance, t.transfer)
	t.now.enable(false)
	back := newButton(phrase("ui.back"), "", widget.LowImportance, closePanel)
	t.recent = vbox(0)
	t.root = vbox(10, t.title, t.target, t.recent, container.NewBorder(nil, nil, nil, hbox(6, back, t.now)))
	return t
}

func (t *transferPanel) show(v app.View, c app.CallView) {
	if c.ID != t.call.ID {
		t.target.SetText("")
	}
	t.call, t.rows = c, v.History
	t.title.set(transferTo(c))
	if t.root.Visible() {
		t.suggest()
	}
}

// begin is called as the panel opens.
func (t *transferPanel) begin() {
	t.target.SetText("")
	t.suggest()
	t.w.cfg.Window.Canvas().Focus(t.target)
}

// suggest lists whom the agent spoke to lately, as far as what is typed fits: colleagues first, for that is where most
// calls go.
func (t *transferPanel) suggest() {
	var found []fyne.CanvasObject
	for _, r := range t.candidates() {
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
	t.recent.Objects = found
	t.recent.Refresh()
	relayout(t.root)
}

// candidates are the calls of the past that lead somewhere the call could go, each number once. The customer on the line
// is none of them, under whatever number, and neither is an unknown one who rang in vain.
func (t *transferPanel) candidates() []app.HistoryRow {
	var colleagues, others []app.HistoryRow
	seen := map[string]bool{t.call.E164: true, t.call.Number: true}
	for _, r := range t.rows {
		switch {
		case r.Dial == "" || seen[r.Dial] || seen[r.Number] || t.isOtherParty(r) || !mentions(r, t.target.Text):
			continue
		case r.Name == "" && r.Outcome == crm.Missed:
			continue
		case isExtension(r):
			colleagues = append(colleagues, r)
		default:
			others = append(others, r)
		}
		seen[r.Dial] = true
	}
	return append(colleagues, others...)
}

func (t *transferPanel) isOtherParty(r app.HistoryRow) bool {
	if m := t.call.Lookup.Record; m != nil && !r.Who.IsZero() && r.Who.ID == m.ID {
		return true
	}
	return r.Name != "" && r.Name == t.call.Name
}

// isExtension says whether a call of the past was with a colleague: within the house numbers are short.
func isExtension(r app.HistoryRow) bool {
	const longest = 6
	return r.Who.IsZero() && len(r.Dial) <= longest && strings.Trim(r.Dial, "0123456789") == ""
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
	t.w.do(func() error { return t.w.cfg.Desk.Transfer(id, to) })
}

// dialable says whether s reads like something to call: a number however it is spelled, or an address.
func dialable(s string) bool { return app.ReadTyped(s).Call != "" }
