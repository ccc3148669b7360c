package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// endScene shows a failed call, and why it failed.
type endScene struct {
	w       *Window
	root    *fyne.Container
	icon    *glyph
	title   *paragraph
	who     *text
	detail  *paragraph
	redial  *button
	dismiss *button
	others  *spellingOffer
	call    app.CallView
}

func newEndScene(w *Window) *endScene {
	s := &endScene{
		w: w, icon: newGlyph("call_end", colorMissed, 30), title: newParagraph("", title.centred(), 2),
		who: newText("", body.centred()), detail: newParagraph("", body.centred().in(colorMuted), 3),
	}
	s.redial = newButton(phrase("ui.call-again"), "call", widget.HighImportance, func() {
		c := s.call
		if w.taken() || w.startled(w.shift.gone) { // the button of the call that ended was here
			return
		}
		w.dismiss(c.ID)
		w.dial(c.Account, redialNumber(c))
	})
	s.dismiss = newButton(phrase("ui.dismiss"), "", widget.MediumImportance, func() {
		if !w.taken() {
			w.dismiss(s.call.ID)
		}
	})
	s.others = newSpellingOffer(w)
	s.root = container.New(upperThird{}, vbox(8,
		middle(onDisc(s.icon)), inset(6, 0, 0, 0, s.title), s.who, s.detail,
		inset(12, 0, 0, 0, middle(hbox(8, s.redial, s.dismiss))), s.others.root))
	w.guard(s.root)
	return s
}

func (s *endScene) object() fyne.CanvasObject { return s.root }

func (s *endScene) show(_ app.View, c app.CallView) {
	s.call = c
	words, iconName := ended(c)
	s.title.say(words)
	s.icon.set(iconName, colorMissed)
	if c.EndReason == app.EndAnsweredElsewhere || c.EndReason == app.EndTransferred {
		s.icon.set(iconName, colorTalking)
	}
	s.who.set(joined(callName(c), callNumber(c)))
	s.detail.say(endDetail(c))
	s.others.show(c)
	show(s.redial, redialNumber(c) != "")
	if c.Direction == crm.Inbound {
		s.redial.label(phrase("ui.call-back"))
	} else {
		s.redial.label(phrase("ui.call-again"))
	}
}

func (s *endScene) tick(time.Time) {}

func redialNumber(c app.CallView) string {
	switch {
	case c.Withheld:
		return ""
	case c.Again != "":
		return c.Again
	case c.E164 != "":
		return c.E164
	}
	return c.Number
}

// onDisc puts an icon on a grey circle.
func onDisc(o fyne.CanvasObject) fyne.CanvasObject {
	return sized(68, 68, container.NewStack(newBox(colorSunken, 34), middle(o)))
}
