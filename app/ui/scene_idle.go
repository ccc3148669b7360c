package ui

import (
	"cmp"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// idleScene is what stands there between calls: whether calls would come through, and how the day went.
type idleScene struct {
	w       *Window
	root    *fyne.Container
	icon    *glyph
	title   *paragraph
	detail  *paragraph
	retry   *text
	first   *button // what to do about it
	second  *button
	buttons *fyne.Container
	day     *fyne.Container
	calls   *figure
	missed  *figure
	waiting *figure
	owed    *owedList
	view    app.View
}

func newIdleScene(w *Window) *idleScene {
	s := &idleScene{
		w: w, icon: newGlyph("headset_mic", colorMuted, 30), title: newParagraph("", title.centred(), 2),
		detail: newParagraph("", body.centred().in(colorMuted), 4), retry: newText("", caption.centred()),
	}
	s.first = newButton("", "", widget.HighImportance, nil)
	s.second = newButton("", "", widget.MediumImportance, nil)
	s.buttons = middle(hbox(8, s.second, s.first))
	s.calls = newFigure(phrase("ui.calls-today"), func() { w.list(tabRecent) })
	s.missed = newFigure(phrase("ui.figure-missed"), func() { w.list(tabMissed) })
	s.waiting = newFigure(phrase("ui.figure-not-logged"), func() { w.list(tabNotLogged) })
	s.day = middle(hbox(6, s.calls.button, s.missed.button, s.waiting.button))
	s.owed = newOwedList(w)
	s.root = container.New(upperThird{}, vbox(8,
		middle(onDisc(s.icon)), inset(6, 0, 0, 0, container.New(columnOf{420}, s.title)),
		container.New(columnOf{420}, s.detail), s.retry,
		inset(8, 0, 0, 0, s.buttons), inset(8, 0, 0, 0, s.day), s.owed.root))
	return s
}

func (s *idleScene) object() fyne.CanvasObject { return s.root }

func (s *idleScene) show(v app.View, _ app.CallView) {
	s.view = v
	p := v.Phone
	ink := colorMuted
	iconName, first, second := "headset_mic", "", ""
	switch {
	case p.State == app.Unreachable:
		iconName, ink, first, second = "error_outline", colorMissed, phrase("ui.try-now"), phrase("ui.phone-settings")
		s.title.say(phrase("ui.cannot-reach", "server", p.Server))
		s.detail.say(sentence(p.Reason))
	case p.State == app.Refused:
		iconName, ink, first = "error_outline", colorMissed, phrase("ui.phone-settings")
		s.title.say(phrase("ui.server-refused", "server", p.Server, "extension", p.Extension))
		s.detail.say(sentence(p.Reason))
	case p.State == app.Registering:
		s.title.say(phrase("ui.connecting"))
		s.detail.say(phrase("ui.signing-on", "server", p.Server, "extension", p.Extension))
	case p.State == app.Unregistered:
		first = phrase("ui.try-now")
		s.title.say(phrase("ui.signed-off"))
		s.detail.say(phrase("ui.calls-do-not-ring", "extension", p.Extension))
	case v.DND:
		iconName, ink, first = "do_not_disturb_on", colorMissed, phrase("ui.take-calls")
		s.title.say(phrase("ui.do-not-disturb"))
		s.detail.say(phrase("ui.dnd-detail"))
	case p.State != app.Registered:
		iconName, ink, first, second = "settings_phone", colorHeld, phrase("ui.phone-settings"), phrase("ui.try-now")
		s.title.say(phrase("ui.not-signed-on-title"))
		s.detail.say(cmp.Or(sentence(p.Reason), phrase("ui.not-signed-on-detail")))
	default:
		s.title.say(phrase("ui.ready-for-calls"))
		s.detail.say(cmp.Or(sentence(p.Reason), phrase("ui.ready-detail", "extension", p.Extension)))
	}
	s.icon.set(iconName, ink)
	s.offer(s.first, first)
	s.offer(s.second, second)
	show(s.buttons, first != "" || second != "")
	s.calls.set(v.Today.Calls, theme.ColorNameForeground)
	s.missed.set(v.Today.Missed, colorMissed)
	s.waiting.set(v.Unlogged, colorHeld)
	s.owed.show(v)
}

// offer labels a button with what it does, or hides it.
func (s *idleScene) offer(b *button, what string) {
	show(b, what != "")
	b.label(what)
	switch what {
	case phrase("ui.phone-settings"):
		b.OnTapped = func() { s.w.openSettings(pagePhone) }
	case phrase("ui.try-now"):
		b.OnTapped = func() { s.w.do(func() error { return s.w.cfg.Settings.Reconnect("") }) }
	case phrase("ui.take-calls"):
		b.OnTapped = func() { s.w.setDND(false) }
	}
}

func (s *idleScene) tick(now time.Time) {
	p := s.view.Phone
	if p.Configured && p.State == app.Unreachable && p.RetryAt.After(now) {
		s.retry.say(phrase("ui.trying-again-in", "left", p.RetryAt.Sub(now)))
	} else {
		s.retry.say("")
	}
}

// figure is one number of the day; pressing it lists what it counts.
type figure struct {
	button *clickable
	number *text
}

func newFigure(word string, pressed func()) *figure {
	f := &figure{number: newText(phrase("ui.number", "number", 0), style{size: theme.SizeNameHeadingText, bold: true}.centred())}
	f.button = newClickable(inset(8, 8, 14, 14, vbox(2, f.number, newText(word, caption))), 8, pressed)
	return f
}

func (f *figure) set(n int, ink fyne.ThemeColorName) {
	f.number.set(phrase("ui.number", "number", n))
	if n == 0 {
		ink = colorMuted
	}
	f.number.paint(ink)
}
