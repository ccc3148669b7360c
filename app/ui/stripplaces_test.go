package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"linecard/app"
)

// However many lines a strip has, and however many other calls there are, it covers neither whom the call in the centre is with nor how long
// that has gone on, nor the buttons of the call.
func TestNoStripCoversTheCall(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("The other side doesn't take transfers, and the call goes on. ", 6))
	strips := map[string]func(b *bench, v *app.View){
		"one line":              func(b *bench, _ *app.View) { b.say(aboutCommand, "The call goes on.") },
		"many lines":            func(b *bench, _ *app.View) { b.say(aboutCommand, long) },
		"a notice":              func(_ *bench, v *app.View) { v.Notice = noKeyring },
		"a link asks to dial":   func(b *bench, _ *app.View) { b.AskDial("+1 900 555 0166") },
		"a notice, and trouble": func(b *bench, v *app.View) { v.Notice = noKeyring; b.say(aboutCommand, long) },
	}
	calls := map[string][]app.CallView{
		"two others":       {talking(), priya(), otherWrapUp()},
		"three others":     {unknownTalk(), priya(), otherHeld(), otherWrapUp()},
		"one rings":        {dana()},
		"wrap-up and ring": {wrapUp(), priya()},
	}
	for _, size := range []fyne.Size{fyne.NewSize(threePanes, 560), fyne.NewSize(1120, 700), fyne.NewSize(1920, 1040)} {
		for of, all := range calls {
			for what, shown := range strips {
				b := newBench(t, nil)
				b.resize(size.Width, size.Height)
				v := with(idle(), all...)
				b.draw(v)
				shown(b, &v)
				b.draw(v)
				b.settle()
				covered := 0
				for _, s := range []*strip{b.quitting, b.leaving, b.asking, b.trouble, b.notice, b.forwarding.strip} {
					if !s.root.Visible() {
						continue
					}
					covered++
					for name, part := range b.partsOfTheCall() {
						if overlap(b.place(s.root), b.place(part)) {
							t.Errorf("%v, %s, %s: the strip at %v covers %s at %v", size, of, what, b.place(s.root), name, b.place(part))
						}
					}
				}
				if covered == 0 {
					t.Errorf("%v, %s, %s: there is no strip", size, of, what)
				}
			}
		}
	}
}

// partsOfTheCall are what an agent must always see of the call in the centre.
func (b *bench) partsOfTheCall() map[string]fyne.CanvasObject {
	if b.centre.ring != nil && b.centre.ring.root.Visible() {
		return map[string]fyne.CanvasObject{"the name": b.centre.ring.hero.name, "Answer": b.centre.ring.answer, "Decline": b.centre.ring.decline}
	}
	call := b.centre.call
	return map[string]fyne.CanvasObject{"the name": call.hero.name, "the clock": call.hero.clock, "the pill": call.hero.pill.root, "the buttons": call.controls}
}

// rect is a place in the window.
type rect struct {
	fyne.Position
	fyne.Size
}

func (b *bench) place(o fyne.CanvasObject) rect { return rect{b.absolute(o), o.Size()} }

func overlap(a, b rect) bool {
	const rounding = 0.1 // of a pixel
	return min(a.X+a.Width, b.X+b.Width)-max(a.X, b.X) > rounding && min(a.Y+a.Height, b.Y+b.Height)-max(a.Y, b.Y) > rounding
}
