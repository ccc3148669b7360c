package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2/widget"

	"linecard/clean"
)

// notes is a field for long texts. Fyne's own lays the whole text out again for every key: with 10,000 characters in it a key
// took 650 ms, and the calls stood still meanwhile. Here the width of every word is measured once, and only the rows in sight
// are drawn.
//
// The file notes_keys.go says what the keyboard does in it, notes_mouse.go what the mouse does, notes_draw.go how it looks.
type notes struct {
	widget.BaseWidget
	echo
	Text      string
	OnChanged func(string)
	full      func() // told when more is put in than fits

	hint    string
	least   int     // rows
	caret   int     // byte in Text, between two runes
	anchor  int     // other end of the selection
	wished  float32 // how far right Up and Down aim; less than nothing for where the caret is
	rows    []int   // bytes at which the rows begin
	top     int     // first row in sight
	wheel   float32
	focused bool
	shift   bool
	past    []version // to go back to
	future  []version // that were gone back from
	begun   time.Time // of the run of keys that Undo takes back as one
	click   struct {
		at    time.Time
		byte  int
		count int
	}

	width  float32 // the rows are wrapped for
	size   float32 // of the text they are wrapped for
	widths map[string]float32
	most   int // widths that are remembered
}

// version is the text at a moment, for Undo.
type version struct {
	text          string
	caret, anchor int
}

const (
	mostNotes    = 100_000 // bytes the field takes
	mostVersions = 100
	oneRun       = time.Second // keys that follow each other faster are one step for Undo
)

func newNotes(rows int, hint string) *notes {
	n := &notes{hint: hint, least: rows, rows: []int{0}, wished: -1}
	n.ExtendBaseWidget(n)
	return n
}

// hintAt changes what stands in the empty field.
func (n *notes) hintAt(hint string) {
	if n.hint != hint {
		n.hint = hint
		n.Refresh()
	}
}

// follow takes over what the desk says, unless the agent has written something it does not know yet.
func (n *notes) follow(said string, fresh bool) {
	if n.takes(n.Text, said, fresh) {
		n.SetText(said)
	}
	if fresh {
		n.past, n.future = nil, nil
	}
}

// resume takes over another field's text, with its caret and what can be undone.
func (n *notes) resume(o *notes) {
	n.SetText(o.Text)
	n.echo, n.caret, n.anchor, n.past, n.future, n.begun = o.echo, o.caret, o.anchor, o.past, o.future, o.begun
	n.Refresh()
}

// SetText replaces the text, which is not the agent's doing: Undo does not bring it back.
func (n *notes) SetText(s string) {
	n.past, n.future = nil, nil
	n.Text, n.caret, n.anchor, n.wished = s, len(s), len(s), -1
	n.changed()
}

// changed draws the text after it became another.
func (n *notes) changed() {
	n.wrap()
	n.caret, n.anchor = min(n.caret, len(n.Text)), min(n.anchor, len(n.Text))
	n.showCaret()
	n.Refresh()
	if n.OnChanged != nil {
		n.OnChanged(n.Text)
	}
}

// selection is the selected part, from its first byte to behind its last one.
func (n *notes) selection() (from, to int) { return min(n.caret, n.anchor), max(n.caret, n.anchor) }

func (n *notes) selected() string {
	from, to := n.selection()
	return n.Text[from:to]
}

// insert puts s in the place of what is selected. What shows nothing is left out, as the Task leaves it out.
func (n *notes) insert(s string) {
	s = clean.Typed(s, true)
	from, to := n.selection()
	if room := mostNotes - (len(n.Text) - (to - from)); len(s) > room {
		s = strings.ToValidUTF8(s[:max(0, room)], "")
		if n.full != nil {
			n.full()
		}
	}
	if s == "" && from == to {
		return
	}
	n.keep(len(s) == 1 && s != " " && s != "\n" && from == to)
	n.replace(from, to, s)
}

func (n *notes) replace(from, to int, s string) {
	n.Text = n.Text[:from] + s + n.Text[to:]
	n.caret = from + len(s)
	n.anchor, n.wished = n.caret, -1
	n.changed()
}

// remove deletes what is selected, or else what lies between the caret and another place.
func (n *notes) remove(other int) {
	from, to := n.selection()
	if from == to {
		from, to = min(n.caret, other), max(n.caret, other)
	}
	if from != to {
		n.keep(false)
		n.replace(from, to, "")
	}
}

// keep remembers the text as it is, to go back to. A run of keys is one step.
func (n *notes) keep(run bool) {
	now := time.Now()
	n.future = nil
	if run && len(n.past) > 0 && now.Sub(n.begun) < oneRun {
		n.begun = now
		return
	}
	n.begun = time.Time{}
	if run {
		n.begun = now
	}
	n.past = append(n.past, version{n.Text, n.caret, n.anchor})
	if len(n.past) > mostVersions {
		n.past = n.past[1:]
	}
}

func (n *notes) undo() { n.step(&n.past, &n.future) }
func (n *notes) redo() { n.step(&n.future, &n.past) }

// step goes to the last version of one stack, and puts the text as it is on the other.
func (n *notes) step(from, to *[]version) {
	if len(*from) == 0 {
		return
	}
	last := (*from)[len(*from)-1]
	*from = (*from)[:len(*from)-1]
	*to = append(*to, version{n.Text, n.caret, n.anchor})
	n.Text, n.caret, n.anchor, n.begun = last.text, last.caret, last.anchor, time.Time{}
	n.changed()
}
