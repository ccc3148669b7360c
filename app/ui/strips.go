package ui

import (
	"linecard/app/catalogue"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// A strip lies across the top of the window, where nothing else is: a call is never behind a question. There is one at a time,
// the gravest; the others wait for it to go.

// strip is a sentence in a tint with what can be done about it.
type strip struct {
	root    *fyne.Container
	back    *box
	icon    *glyph
	words   *paragraph
	buttons *fyne.Container
	open    bool // it has something to say, and is seen when its turn comes
	said    string
	also    string // behind it: that a click was not taken
}

func newStrip(iconName string, ink, tint fyne.ThemeColorName, buttons ...fyne.CanvasObject) *strip {
	s := &strip{back: newBox(tint, 0), icon: newGlyph(iconName, ink, 18), words: newParagraph("", body, 3), buttons: hbox(6, buttons...)}
	row := &stripRow{icon: inset(0, 0, 0, 10, s.icon), words: container.New(midHeight{}, s.words), buttons: middle(s.buttons)}
	s.root = container.NewStack(s.back, inset(6, 6, 14, 12, container.New(row, row.words, row.icon, row.buttons)))
	s.root.Hide()
	return s
}

func (s *strip) say(words string) {
	s.said, s.open = words, words != ""
	if s.open {
		words = catalogue.Sentences(words, s.also)
	}
	s.words.say(words)
}

// add says one thing more, where the strip says anything.
func (s *strip) add(also string) {
	if s.also != also {
		s.also = also
		s.say(s.said)
	}
}

// takeTurns shows the first strip that has something to say.
func takeTurns(all ...*strip) {
	taken := false
	for _, s := range all {
		show(s.root, s.open && !taken)
		taken = taken || s.open
	}
}
