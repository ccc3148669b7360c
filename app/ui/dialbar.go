package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// dialbar is the number field with its keypad and the green button. The field is the search too: what is typed finds
// calls of the past by name, company or number, and what can be dialled is dialled with Enter.
type dialbar struct {
	root  *fyne.Container
	w     *Window
	field *numberEntry
	call  *button
	pad   *fyne.Container
	from  *callFrom
	as    *callAs
	then  *text // the keys for after the answer
	shows *text // what the callee sees, where their record says it
	found *peopleFound
	open  *button
	paste *button // offers the number on the clipboard, while the field is empty
}

// numberEntry hands Down and Escape on.
type numberEntry struct {
	widget.Entry
	down func()
}

// TypedKey implements fyne.Focusable.
func (e *numberEntry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyDown:
		e.down()
	case fyne.KeyEscape:
		passEscape(e, k)
		e.SetText("")
	default:
		e.Entry.TypedKey(k)
	}
}

func newDialbar(w *Window, changed func(string), down func()) *dialbar {
	d := &dialbar{w: w, from: newCallFrom(w), as: newCallAs(w), field: &numberEntry{down: down}}
	empty := newButton("", "close", widget.LowImportance, func() { d.field.SetText("") })
	empty.Hide()
	d.paste = newButton("", "content_paste", widget.LowImportance, func() { w.left.copied.read(d.from.account()) })
	d.field.ActionItem = container.NewStack(d.paste, empty) // before the field is drawn first: later it would have no place
	d.field.ExtendBaseWidget(d.field)
	d.field.SetPlaceHolder(phrase("ui.name-or-number"))
	d.field.Wrapping = fyne.TextWrap(fyne.TextTruncateClip) // a long paste would bring a scroll bar across the text
	d.field.SetIcon(tinted("search", colorMuted))
	d.field.OnChanged = func(s string) {
		show(empty, s != "")
		show(d.paste, s == "")
		d.from.from("")
		d.tellDialed()
		d.found.find(s)
		changed(s)
	}
	d.field.OnSubmitted = func(string) { d.submit() }
	d.call = newButton("", "call", widget.SuccessImportance, d.submit)
	w.guard(d.call)
	d.open = newButton("", "dialpad", widget.LowImportance, d.toggle)
	d.pad = inset(8, 4, 0, 0, newKeypad(d.press))
	d.pad.Hide()
	d.then = newText("", caption.elided())
	d.then.Hide()
	d.shows = newText("", caption.elided())
	d.shows.Hide()
	d.as.once = d.tellDialed
	parts := vbox(0, container.NewBorder(nil, nil, nil, hbox(4, d.open, sized(36, 34, d.call)), d.field), d.from.root, d.as.root, d.shows, d.then, d.pad)
	d.found = &peopleFound{w: w, root: vbox(0), fill: d.fill}
	list, without := inset(6, 0, 6, 6, d.found.root), len(parts.Objects)
	d.found.drawn = func(some bool) { // it is in its place only while there is somebody
		parts.Objects = parts.Objects[:without:without]
		if some {
			parts.Add(list)
		}
		parts.Refresh()
		w.relayout()
	}
	d.from.changed = d.tellDialed
	d.root = inset(12, 8, 12, 12, parts)
	return d
}

// submit dials what stands in the field. A name first becomes the number of the first call found, and a pasted text the
// first number in it, to be seen before it is dialled.
func (d *dialbar) submit() {
	switch typed := app.ReadTyped(d.field.Text); {
	case typed.Call != "":
		account, as, text := d.from.account(), d.as.thisCall, d.field.Text // an empty field is nobody's number
		d.field.SetText("")
		d.w.leaveField()
		d.w.dialOr(account, typed.Call, as, func() { // refused: it is there to be dialed again, or mended
			if now := d.w.left.dial; now.field.Text == "" { // the window may have been built again meanwhile
				now.fillFrom(account, text)
				now.as.again(as)
			}
		})
	case len(typed.Numbers) > 0:
		d.fill(typed.Numbers[0])
		if len(typed.Numbers) > 1 {
			d.w.say(aboutCommand, phrase("ui.several-numbers", "numbers", typed.Numbers))
		}
	case strings.TrimSpace(d.field.Text) != "":
		d.w.left.takeFirst()
	default:
		d.w.focus(d.field)
	}
}

// tellDialed says what is dialed, where the account's dial plan makes another number of it, and which keys are pressed after the answer.
func (d *dialbar) tellDialed() {
	words, shows, of, typed := "", "", "", app.ReadTyped(d.field.Text)
	if typed.Call != "" {
		plan, err := d.w.cfg.Desk.WillDial(d.from.account(), typed.Call)
		switch other := err == nil && plan.Sent != plan.Read; {
		case other && plan.Then != "":
			words = phrase("ui.will-dial-then", "sent", plan.Sent, "keys", plan.Then)
		case other:
			words = phrase("ui.will-dial", "sent", plan.Sent)
		case typed.Then != "":
			words = phrase("ui.then-keys", "keys", typed.Then)
		}
		if err == nil && plan.AsOf == app.ShownByRecord {
			of = plan.As
		}
	}
	d.as.forNumber(d.from.account(), typed.Call, of)
	if of != "" && d.as.thisCall == "" {
		shows = phrase("ui.shows-of-record", "number", d.w.cfg.Format(of))
	}
	if words != d.then.value || shows != d.shows.value {
		d.then.say(words)
		d.shows.say(shows)
		d.w.relayout()
	}
}

// fill shows a number in the field, ready for Enter.
func (d *dialbar) fill(number string) {
	d.field.SetText(number)
	d.field.CursorColumn = len([]rune(number))
	d.field.Refresh()
}

// fillFrom shows the number of a call of the past, to be called from that call's account.
func (d *dialbar) fillFrom(account, number string) {
	d.fill(number)
	d.from.from(account)
	d.tellDialed()
}

func (d *dialbar) press(key string) { d.fill(d.field.Text + key) }

// typed takes a key that was typed with nothing focused.
func (d *dialbar) typed(r rune) {
	d.w.focus(d.field)
	d.press(string(r))
}

func (d *dialbar) toggle() {
	show(d.pad, !d.pad.Visible())
	if d.pad.Visible() {
		d.open.look("dialpad", widget.HighImportance)
	} else {
		d.open.look("dialpad", widget.LowImportance)
	}
	d.w.relayout()
}
