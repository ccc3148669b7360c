package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// ringScene is a call that rings here.
type ringScene struct {
	w       *Window
	root    *fyne.Container
	hero    *hero
	answer  *button
	decline *button
	silence *button
	hint    *text
	call    app.CallView
}

func newRingScene(w *Window) *ringScene {
	s := &ringScene{w: w, hero: newHero(false), hint: newText("", caption.centred())}
	s.answer = newButton(phrase("ui.answer"), "call", widget.SuccessImportance, func() {
		if w.talkingBeside(s.call.ID) == "" || !w.taken() { // one that is talked on would be put on hold for it
			w.takeOver(s.call)
		}
	})
	s.decline = newButton(phrase("ui.decline"), "call_end", widget.DangerImportance, func() {
		if !w.replaced() {
			w.decline(s.call.ID)
		}
	})
	s.silence = newButton(phrase("ui.silence"), "volume_off", widget.LowImportance, func() {
		id := s.call.ID
		s.silence.enable(false)
		w.do(func() error { return w.cfg.Desk.Silence(id) })
	})
	accept := container.New(sharing{gap: 16, most: 156}, sized(0, 46, s.answer), sized(0, 46, s.decline))
	s.root = container.New(upperThird{}, vbox(0,
		s.hero.root,
		inset(18, 0, 0, 0, pills(accept)),
		inset(12, 0, 0, 0, s.hint),
		inset(6, 0, 0, 0, middle(s.silence))))
	w.guard(s.root)
	return s
}

func (s *ringScene) object() fyne.CanvasObject { return s.root }

func (s *ringScene) show(_ app.View, c app.CallView) {
	if c.ID != s.call.ID {
		s.silence.enable(true)
	}
	s.call = c
	s.hero.show(c)
	s.answer.label(takeWords(c, s.w.talkingBeside(c.ID) != ""))
	s.hint.set(phrase("ui.keys-ringing", "answer", shortcutName(keyAnswer), "decline", shortcutName(keyHangup)))
}

func (s *ringScene) tick(now time.Time) { s.hero.tick(s.call, now) }

// upperThird hangs its content a little above the middle of the pane, where the eye is, and below where a strip comes down.
type upperThird struct{}

func (upperThird) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().AddWidthHeight(48, 16+stripBand())
}

func (upperThird) Layout(o []fyne.CanvasObject, size fyne.Size) {
	least := o[0].MinSize()
	y := max(stripBand(), (size.Height-least.Height)*0.36)
	o[0].Move(fyne.NewPos(24, y))
	o[0].Resize(fyne.NewSize(size.Width-48, least.Height))
}
