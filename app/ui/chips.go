package ui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// chip is a call that is not the one in the centre: who it is with, how it stands, and what can be done about it. Pressing its
// head brings it to the centre: a second caller can be looked at before the first is put on hold.
type chip struct {
	root    *fyne.Container
	w       *Window
	back    *box
	icon    *glyph
	name    *text
	time    *text
	detail  *text
	take    *button
	end     *button
	buttons *fyne.Container
	call    app.CallView
}

func newChip(w *Window) *chip {
	c := &chip{
		w: w, back: newBox(colorRingTint, 8), icon: newGlyph("call", colorRinging, 16),
		name: newText("", body.strong().elided()), time: newText("", caption), detail: newText("", caption.elided()),
	}
	c.take = newButton("", "", widget.SuccessImportance, func() { c.w.takeOver(c.call) })
	c.end = newButton("", "", widget.DangerImportance, func() { c.w.hangup(c.call.ID) })
	c.buttons = container.New(sharing{gap: 6, most: 180}, c.take, c.end)
	c.w.guard(c.buttons)
	head := newClickable(inset(5, 5, 8, 6, container.NewBorder(nil, nil, inset(0, 0, 0, 8, c.icon), newGlyph("chevron_right", colorMuted, 16),
		vbox(0, container.NewBorder(nil, nil, nil, inset(0, 0, 6, 4, c.time), c.name), c.detail))), 8, func() { c.w.focusCall(c.call.ID) })
	c.root = container.NewStack(c.back, vbox(0, head, inset(1, 7, 8, 8, c.buttons)))
	return c
}

func (c *chip) show(call app.CallView) {
	c.call = call
	busy := c.w.talkingBeside(call.ID) != ""
	ringing := call.Phase == app.Ringing
	show(c.take, ringing || call.Phase == app.Held)
	show(c.end, live(call))
	c.buttons.Objects = c.buttons.Objects[:0]
	for _, b := range []*button{c.take, c.end} {
		if b.Visible() {
			c.buttons.Objects = append(c.buttons.Objects, b)
		}
	}
	show(c.buttons, live(call))
	c.take.label(takeWords(call, busy))
	if ringing {
		c.end.label(phrase("ui.decline"))
	} else {
		c.end.label(phrase("ui.hang-up"))
	}
	ink, tint, iconName := colorHeld, colorHeldTint, "pause"
	switch call.Phase {
	case app.Ringing, app.Dialing:
		ink, tint, iconName = colorRinging, colorRingTint, "call"
	case app.Talking:
		ink, tint, iconName = colorTalking, colorTalkTint, "call"
	case app.WrapUp:
		iconName = "assignment"
	case app.Finished:
		ink, tint, iconName = colorMissed, colorMissedTint, "call_missed"
	}
	c.icon.set(iconName, ink)
	c.back.paint(tint)
	c.name.set(callName(call))
}

// takeWords are on the button that answers or resumes a call; busy says whether another is being talked on.
func takeWords(c app.CallView, busy bool) string {
	switch {
	case c.Phase == app.Held && busy:
		return phrase("ui.swap")
	case c.Phase == app.Held:
		return phrase("ui.resume")
	case busy:
		return phrase("ui.hold-and-answer")
	}
	return phrase("ui.answer")
}

func (c *chip) tick(now time.Time) {
	call := c.call
	waited, words, ink := "", "", colorMuted
	switch call.Phase {
	case app.Ringing:
		waited, words = span(now.Sub(call.Started)), joined(callDetail(call), callNumber(call), call.OnLine)
	case app.Dialing:
		waited, words = span(now.Sub(call.Started)), phrase("ui.chip-dialing")
	case app.Held:
		waited, words = span(now.Sub(call.HeldSince)), joined(phrase("ui.chip-on-hold"), callDetail(call))
		if longHeld(call, now) {
			ink = colorMissed
		}
	case app.Talking, app.RemHeld:
		waited, words = span(now.Sub(call.Answered)), joined(phrase("ui.chip-in-call"), callDetail(call))
	case app.WrapUp:
		words = joined(phrase("ui.chip-wrap-up"), firstLine(call.Wrap.Notes))
		if !call.Wrap.Until.IsZero() {
			waited = span(call.Wrap.Until.Sub(now) + time.Second - 1)
		}
	case app.Finished:
		words, _ = ended(call)
	}
	c.time.set(waited)
	c.time.paint(ink)
	c.detail.set(words)
	c.detail.paint(ink)
}

// callDetail says more of whom a call is with: the company, or how many it could be.
func callDetail(c app.CallView) string {
	if unpicked(c) {
		return phrase("ui.matches", "count", len(c.Lookup.Matches))
	}
	return c.Line2
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// heldLong is how long a caller waits before the window reminds the agent.
const heldLong = 2 * time.Minute

func longHeld(c app.CallView, now time.Time) bool {
	return c.Phase == app.Held && now.Sub(c.HeldSince) >= heldLong
}

// callChips are all calls but the one in the centre, one below the other in the order they came, so that none takes another's
// place while it lasts. One that comes takes the place of what is below them, and one that goes leaves its place to that: see seats.
type callChips struct {
	root  *fyne.Container
	w     *Window
	chips []*chip
}

func newCallChips(w *Window) *callChips {
	c := &callChips{root: vbox(6), w: w}
	c.root.Hide()
	return c
}

func (c *callChips) show(calls []app.CallView, shown string) {
	others := slices.DeleteFunc(slices.Clone(calls), func(call app.CallView) bool { return call.ID == shown })
	slices.SortStableFunc(others, func(a, b app.CallView) int { return a.Started.Compare(b.Started) })
	before := c.chips
	c.chips = make([]*chip, len(others))
	c.root.Objects = c.root.Objects[:0]
	for i, call := range others {
		at := slices.IndexFunc(before, func(o *chip) bool { return o.call.ID == call.ID })
		if at < 0 {
			c.chips[i] = newChip(c.w)
		} else {
			c.chips[i] = before[at]
		}
		c.chips[i].show(call)
		c.root.Objects = append(c.root.Objects, c.chips[i].root)
	}
	show(c.root, len(c.chips) > 0)
	c.root.Refresh()
}

func (c *callChips) tick(now time.Time) {
	for _, chip := range c.chips {
		chip.tick(now)
	}
}

// chipArea keeps the chips off the edges of what they stand in.
func chipArea(c *callChips) fyne.CanvasObject {
	return container.New(gapAround{top: 0, bottom: 8, side: 12}, c.root)
}

// gapAround is an inset that takes no room while what it holds is hidden.
type gapAround struct{ top, bottom, side float32 }

func (g gapAround) MinSize(o []fyne.CanvasObject) fyne.Size {
	if !o[0].Visible() {
		return fyne.Size{}
	}
	return o[0].MinSize().AddWidthHeight(2*g.side, g.top+g.bottom)
}

func (g gapAround) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(g.side, g.top))
	o[0].Resize(fyne.NewSize(size.Width-2*g.side, size.Height-g.top-g.bottom))
}
