package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// Strips lie across the top of the window and never in front of anything: a ringing call is never behind a dialog.

// strip is a sentence in a tint with what can be done about it.
type strip struct {
	root    *fyne.Container
	back    *box
	icon    *glyph
	words   *paragraph
	buttons *fyne.Container
}

func newStrip(iconName string, ink, tint fyne.ThemeColorName, buttons ...fyne.CanvasObject) *strip {
	s := &strip{back: newBox(tint, 0), icon: newGlyph(iconName, ink, 18), words: newParagraph("", body, 3), buttons: hbox(6, buttons...)}
	s.root = container.NewStack(s.back, inset(6, 6, 14, 12,
		container.NewBorder(nil, nil, inset(0, 0, 0, 10, s.icon), middle(s.buttons), container.New(midHeight{}, s.words))))
	s.root.Hide()
	return s
}

func (s *strip) say(words string) {
	s.words.say(words)
	show(s.root, words != "")
}

// callStrip is a call that is not the one in the centre.
type callStrip struct {
	*strip
	w       *Window
	take    *button
	decline *button
	look    *button
	call    app.CallView
}

func newCallStrip(w *Window) *callStrip {
	s := &callStrip{w: w}
	s.take = newButton(phrase("ui.answer"), "call", widget.SuccessImportance, func() { s.w.takeOver(s.call) })
	s.decline = newButton(phrase("ui.decline"), "call_end", widget.DangerImportance, func() { s.w.hangup(s.call.ID) })
	s.look = newButton(phrase("ui.show"), "", widget.MediumImportance, func() { s.w.focusCall(s.call.ID) })
	s.strip = newStrip("call", colorRinging, colorRingTint, s.look, s.decline, s.take)
	return s
}

func (s *callStrip) show(c app.CallView) {
	s.call = c
	busy := s.w.talkingBeside(c.ID) != ""
	ringing := c.Phase == app.Ringing
	show(s.decline, live(c))
	show(s.take, ringing || c.Phase == app.Held)
	show(s.look, !ringing)
	switch {
	case c.Phase == app.Held && busy:
		s.take.label(phrase("ui.swap"))
	case c.Phase == app.Held:
		s.take.label(phrase("ui.resume"))
	case busy:
		s.take.label(phrase("ui.hold-and-answer"))
	default:
		s.take.label(phrase("ui.answer"))
	}
	if ringing {
		s.decline.label(phrase("ui.decline"))
	} else {
		s.decline.label(phrase("ui.hang-up"))
	}
	ink, tint, iconName := colorHeld, colorHeldTint, "pause"
	switch c.Phase {
	case app.Ringing, app.Dialing:
		ink, tint, iconName = colorRinging, colorRingTint, "call"
	case app.Talking:
		ink, tint, iconName = colorTalking, colorTalkTint, "call"
	case app.WrapUp:
		iconName = "assignment"
	case app.Finished:
		ink, tint, iconName = colorMissed, colorMissedTint, "call_missed"
	}
	s.icon.set(iconName, ink)
	s.back.paint(tint)
}

func (s *callStrip) tick(now time.Time) {
	c := s.call
	words := callName(c)
	switch c.Phase {
	case app.Ringing:
		words = joined(phrase("ui.strip-calling", "name", words), callDetail(c), callNumber(c), c.OnLine, span(now.Sub(c.Started)))
	case app.Dialing:
		words = phrase("ui.strip-dialing", "name", words, "waited", now.Sub(c.Started))
	case app.Held:
		words = phrase("ui.strip-on-hold", "name", words, "waited", now.Sub(c.HeldSince))
	case app.Talking, app.RemHeld:
		words = joined(words, span(now.Sub(c.Answered)))
	case app.WrapUp:
		words = phrase("ui.strip-wrap-up", "name", words)
		if !c.Wrap.Until.IsZero() {
			words = joined(words, span(c.Wrap.Until.Sub(now)+time.Second-1))
		}
	case app.Finished:
		end, _ := ended(c)
		words = joined(words, end)
	}
	s.say(joined(words))
}

// callDetail says more of whom a call is with: the company, or how many it could be.
func callDetail(c app.CallView) string {
	if unpicked(c) {
		return phrase("ui.matches", "count", len(c.Lookup.Matches))
	}
	return c.Line2
}

// callStrips are all calls but the one in the centre, made as they are needed.
type callStrips struct {
	root  *fyne.Container
	w     *Window
	strip []*callStrip
	count int
}

func newCallStrips(w *Window) *callStrips { return &callStrips{root: vbox(1), w: w} }

func (s *callStrips) show(calls []app.CallView, shown string) {
	s.count = 0
	for _, c := range calls {
		if c.ID == shown {
			continue
		}
		if s.count == len(s.strip) {
			s.strip = append(s.strip, newCallStrip(s.w))
			s.root.Add(s.strip[s.count].root)
		}
		s.strip[s.count].show(c)
		s.count++
	}
	for _, unused := range s.strip[s.count:] {
		unused.root.Hide()
	}
}

func (s *callStrips) tick(now time.Time) {
	for _, shown := range s.strip[:s.count] {
		shown.tick(now)
	}
}
