package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// callScene is a call that is up, and the same form after it: the agent who is writing when the other side hangs up goes
// on writing in the same field. A call that is dialed has the buttons at the same places, so that Hang up is where it stays once the call is
// answered, and no form yet.
type callScene struct {
	w        *Window
	root     *fyne.Container
	hero     *hero
	controls *fyne.Container // live or over
	live     *fyne.Container // the buttons of a call
	over     *fyne.Container // and of one that has ended
	hint     *text           // of one that is dialed
	redial   *control
	mute     *control
	hold     *control
	keypad   *control
	transfer *control
	form     *wrapForm
	keys     *callKeypad
	target   *transferPanel
	spelled  *keepOffer
	keyed    bool // keys were typed since the keypad was opened
	call     app.CallView
}

func newCallScene(w *Window) *callScene {
	s := &callScene{w: w, hero: newHero(true)}
	s.mute = newControl(phrase("ui.mute"), "mic_off", widget.MediumImportance, s.toggleMute)
	s.hold = newControl(phrase("ui.hold"), "pause", widget.MediumImportance, s.toggleHold)
	s.keypad = newControl(phrase("ui.keypad"), "dialpad", widget.MediumImportance, s.toggleKeypad)
	s.transfer = newControl(phrase("ui.transfer"), "phone_forwarded", widget.MediumImportance, s.toggleTransfer)
	hangup := newControl(phrase("ui.hang-up"), "call_end", widget.DangerImportance, func() {
		if !w.replaced() {
			w.hangup(s.call.ID)
		}
	})
	s.redial = newControl(phrase("ui.call-again"), "call", widget.MediumImportance, func() { w.dial(s.call.Account, redialNumber(s.call)) })
	s.live = container.New(row{gap: 6, most: 74}, s.mute.root, s.hold.root, s.keypad.root, s.transfer.root, hangup.root)
	s.over = container.New(row{gap: 6, most: 74}, s.redial.root)
	s.controls = container.NewStack(s.live, s.over)
	s.form = newWrapForm(w)
	s.keys = newCallKeypad(func(key string) { w.press(s.call.ID, key) })
	s.target = newTransferPanel(w, s.closeTarget)
	s.hint = newText(phrase("ui.keys-dialing", "hangup", shortcutName(keyHangup)), caption.centred())
	s.spelled = newKeepOffer(w)
	s.root = container.New(s, s.hero.root, s.controls, s.spelled.root, s.form.root, s.keys.root, s.target.root, s.hint)
	w.guard(s.root)
	s.open(nil)
	return s
}

func (s *callScene) object() fyne.CanvasObject { return s.root }

func (s *callScene) show(v app.View, c app.CallView) {
	other := c.ID != s.call.ID
	if c.ID != s.call.ID || !live(c) {
		if c.ID == s.call.ID && s.w.middle.done != c.ID && s.w.keying() {
			s.w.tear() // the rest of what is typed is for the other side's machine
		}
		s.keys.clear()
		s.open(nil)
	}
	s.call = c
	for _, b := range []*control{s.mute, s.hold, s.keypad, s.transfer} {
		b.button.enable(c.Phase != app.Dialing)
	}
	show(s.hint, c.Phase == app.Dialing && c.Consult.With == "")
	if c.Muted {
		s.mute.set(phrase("ui.unmute"), "mic", widget.HighImportance)
	} else {
		s.mute.set(phrase("ui.mute"), "mic_off", widget.MediumImportance)
	}
	if c.Phase == app.Held {
		s.hold.set(phrase("ui.resume"), "play_arrow", widget.HighImportance)
	} else {
		s.hold.set(phrase("ui.hold"), "pause", widget.MediumImportance)
	}
	s.target.show(v, c)
	s.follow(c, other)
	s.form.show(v, c)
	show(s.form.root, writes(c))
	show(s.live, live(c))
	show(s.over, !live(c) && redialNumber(c) != "") // where it is not, its place stays: the form is the same form
	s.redial.word.set(phrase("ui.call-again"))
	if c.Direction == crm.Inbound {
		s.redial.word.set(phrase("ui.call-back"))
	}
	s.hero.show(c)
	s.spelled.show(c)
}

// writes says whether there is anything to write about the call: one with a colleague is not logged, and one that is dialed is none yet.
func writes(c app.CallView) bool { return !c.Extension && c.Phase != app.Dialing }

// follow opens the panel for what a transfer has come to, and closes it when that is over.
// other says that it is another call than before: the panel is there in both of a pair.
func (s *callScene) follow(c app.CallView, other bool) {
	waits := c.Consult.With != "" || c.Referred.Asks
	before := !s.target.choose.Visible()
	switch news := s.target.part(c); {
	case (news || other && waits) && live(c) && !s.keys.root.Visible():
		s.open(s.target.root)
		s.target.came = s.w.cfg.Now()
	case before && !waits && s.target.root.Visible():
		s.closeTarget()
	}
}

func (s *callScene) tick(now time.Time) {
	s.hero.tick(s.call, now)
	if s.call.Phase != app.WrapUp {
		return
	}
	if left := s.call.Wrap.Until.Sub(now); !s.call.Wrap.Until.IsZero() {
		s.hero.pill.set(phrase("ui.pill-wrap-up-left", "left", left+time.Second-1), colorHeld, colorHeldTint)
	}
}

// body is the panel that is open above the notes, or nil.
func (s *callScene) body() fyne.CanvasObject {
	switch {
	case s.keys.root.Visible():
		return s.keys.root
	case s.target.root.Visible():
		return s.target.root
	}
	return nil
}

func (s *callScene) open(panel fyne.CanvasObject) {
	s.keyed = false
	show(s.keys.root, panel == s.keys.root)
	show(s.target.root, panel == s.target.root)
	show(s.form.root, writes(s.call))
	s.form.onlyNotes(panel != nil)
	mark := func(c *control, iconName string, open bool) {
		if open {
			c.button.look(iconName, widget.HighImportance)
		} else {
			c.button.look(iconName, widget.MediumImportance)
		}
	}
	mark(s.keypad, "dialpad", panel == s.keys.root)
	mark(s.transfer, "phone_forwarded", panel == s.target.root)
	relayout(s.root)
}

func (s *callScene) toggleMute() {
	id, on := s.call.ID, !s.call.Muted
	s.w.do(func() error { return s.w.cfg.Desk.SetMute(id, on) })
}

func (s *callScene) toggleHold() {
	id := s.call.ID
	if s.w.taken() { // it would be another call that is put on hold, or that the agent is heard in
		return
	}
	s.w.choose(id)
	if s.call.Phase == app.Held {
		s.w.do(func() error { return s.w.cfg.Desk.Resume(id) })
	} else {
		s.w.do(func() error { return s.w.cfg.Desk.Hold(id) })
	}
}

func (s *callScene) toggleKeypad() {
	s.w.byHand(func() {
		if s.keys.root.Visible() {
			s.open(nil)
			return
		}
		s.open(s.keys.root)
		s.w.middle.torn = false
		s.w.cfg.Window.Canvas().Unfocus() // so that typed digits are keys, not notes
	})
}

func (s *callScene) toggleTransfer() {
	s.w.byHand(func() {
		if s.target.root.Visible() {
			s.closeTarget()
			return
		}
		s.w.turned()
		s.open(s.target.root)
		s.target.begin() // the list makes the panel higher
	})
}

// closeTarget closes the panel for a transfer by hand.
func (s *callScene) closeTarget() {
	if s.w.cfg.Window.Canvas().Focused() == fyne.Focusable(s.target.target) {
		s.w.leaveField()
	}
	s.open(nil)
}

const (
	sceneMargin = 24
	sceneGap    = 16
	sceneWidth  = 560 // the most a form is wide
	formGrowth  = 260 // how much more room the notes take when there is some
)

// sceneSide is what is free at the sides of a call: less in a window that is no wider than a phone.
func sceneSide(width float32) float32 {
	if width < 400 {
		return 12
	}
	return sceneMargin
}

// MinSize implements fyne.Layout.
func (s *callScene) MinSize([]fyne.CanvasObject) fyne.Size {
	h := stripBand() + s.hero.root.MinSize().Height + sceneGap + s.live.MinSize().Height + sceneGap
	for _, o := range []fyne.CanvasObject{s.spelled.root, s.keys.root, s.target.root, s.form.root} {
		if o.Visible() {
			h += o.MinSize().Height + sceneGap
		}
	}
	return fyne.NewSize(300, h)
}

// Layout implements fyne.Layout: the hero, the buttons and the form have the same place for every call and to its end, and the
// notes take what is left.
func (s *callScene) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	width := min(size.Width-2*sceneSide(size.Width), sceneWidth)
	x, y := (size.Width-width)/2, stripBand()
	place := func(o fyne.CanvasObject, height float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(width, height))
		y += height + sceneGap
	}
	place(s.hero.root, s.hero.root.MinSize().Height)
	place(s.controls, s.live.MinSize().Height) // also where there is no button
	if s.spelled.root.Visible() {
		place(s.spelled.root, s.spelled.root.MinSize().Height)
	}
	if b := s.body(); b != nil {
		place(b, b.MinSize().Height)
	}
	if s.hint.Visible() {
		place(s.hint, s.hint.MinSize().Height)
	}
	height := s.form.root.MinSize().Height
	place(s.form.root, min(max(height, size.Height-y-sceneGap), height+formGrowth))
}
