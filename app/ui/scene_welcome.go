package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// welcomeScene is what stands there until a phone account is set: the three things to set up, each leading to its page, and
// a way to look around first.
type welcomeScene struct {
	w     *Window
	root  *fyne.Container
	phone *step
	org   *step
	sound *step
	first *button // has the keyboard from the start
	begun bool
}

func newWelcomeScene(w *Window) *welcomeScene {
	s := &welcomeScene{
		w:     w,
		phone: newStep("1", phrase("ui.step-phone"), phrase("ui.step-phone-detail"), func() { w.openSettings(pagePhone) }),
		org:   newStep("2", phrase("ui.step-org"), phrase("ui.step-org-detail"), func() { w.openSettings(pageSalesforce) }),
		sound: newStep("3", phrase("ui.step-sound"), phrase("ui.step-sound-detail"), func() { w.openSettings(pageAudio) }),
	}
	setUp := newButton(phrase("ui.set-up-my-phone"), "settings_phone", widget.HighImportance, func() { w.openSettings(pagePhone) })
	buttons := hbox(8, setUp)
	note := newParagraph("", caption.centred(), 3)
	if w.cfg.TryDemo != nil {
		try := newButton(phrase("ui.try-it-now"), "call", widget.MediumImportance, func() { w.do(w.cfg.TryDemo) })
		buttons.Objects = []fyne.CanvasObject{try, setUp}
		note.say(phrase("ui.try-detail"))
	}
	s.first = setUp
	if w.cfg.TryDemo != nil {
		s.first = buttons.Objects[0].(*button)
	}
	s.root = container.New(upperThird{}, vbox(0,
		newText(phrase("ui.welcome"), title.centred()),
		inset(6, 0, 0, 0, newParagraph(phrase("ui.welcome-detail"), body.centred().in(colorMuted), 2)),
		inset(18, 0, 0, 0, container.New(columnOf{400}, vbox(4, s.phone.button, s.org.button, s.sound.button))),
		inset(18, 0, 0, 0, middle(buttons)),
		inset(12, 0, 0, 0, container.New(columnOf{400}, note))))
	return s
}

func (s *welcomeScene) object() fyne.CanvasObject { return s.root }

func (s *welcomeScene) show(v app.View, _ app.CallView) {
	if canvas := s.w.cfg.Window.Canvas(); !s.begun && canvas.Focused() == nil && !s.w.busy() {
		canvas.Focus(s.first)
	}
	s.begun = true
	s.phone.done(v.Phone.Configured)
	s.org.done(linked(v))
	s.sound.done(v.Audio.Microphone != "" && !v.Audio.Null)
}

func (s *welcomeScene) tick(time.Time) {}

// step is one thing to set up, with its number until it is done and a tick from then on.
type step struct {
	button *clickable
	number *text
	tick   *glyph
}

func newStep(number, what, how string, pressed func()) *step {
	s := &step{number: newText(number, body.strong().centred()), tick: newGlyph("done", colorTalking, 18)}
	s.tick.Hide()
	disc := sized(30, 30, container.NewStack(newBox(colorSunken, 15), container.New(midHeight{}, s.number), middle(s.tick)))
	card := container.NewBorder(nil, nil, inset(0, 0, 0, 12, middle(disc)), newGlyph("chevron_right", colorMuted, 18),
		vbox(2, newText(what, body.strong().in(theme.ColorNameForeground).elided()), newText(how, caption.elided())))
	s.button = newClickable(inset(10, 10, 12, 10, card), 8, pressed).background(colorSurface)
	return s
}

func (s *step) done(yes bool) {
	show(s.number, !yes)
	show(s.tick, yes)
}
