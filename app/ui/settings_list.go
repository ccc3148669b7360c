package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// listed is an account or an org in a list of them: what it is called and how it stands.
type listed struct {
	icon   string
	ink    fyne.ThemeColorName
	name   string
	detail string // in lines
}

// chooser is a list of which one is chosen: the page below it is about that one.
type chooser struct {
	root   *fyne.Container
	rows   []listed
	chosen int
	pick   func(i int)
}

func newChooser(pick func(i int)) *chooser { return &chooser{root: vbox(2), pick: pick} }

func (c *chooser) show(rows []listed, chosen int) {
	if c.chosen == chosen && slices.Equal(c.rows, rows) {
		return
	}
	c.rows, c.chosen = rows, chosen
	c.root.Objects = nil
	for i, r := range rows {
		rest, name := colorNone, body
		if i == chosen {
			rest, name = theme.ColorNameSelection, body.strong()
		}
		words := vbox(1, newText(r.name, name.elided()))
		for _, detail := range strings.Split(r.detail, "\n") {
			words.Add(newText(detail, caption.elided()))
		}
		line := container.NewBorder(nil, nil, inset(0, 0, 0, 12, middle(newGlyph(r.icon, r.ink, 18))), nil, words)
		c.root.Add(newClickable(inset(6, 6, 10, 10, line), 6, func() { c.pick(i) }).background(rest))
	}
	c.root.Refresh()
}

// question is asked on the page before something is removed.
type question struct {
	root  *fyne.Container
	w     *Window
	words *paragraph
	yes   *button
	do    func() error
	done  func()            // after do has succeeded
	hides fyne.CanvasObject // what is not there meanwhile
}

func newQuestion(w *Window, hides fyne.CanvasObject, done func()) *question {
	q := &question{w: w, hides: hides, done: done, words: newParagraph("", body, 5)}
	q.yes = newButton("", "", widget.DangerImportance, q.answer)
	no := newButton(phrase("ui.cancel"), "", widget.LowImportance, q.takeBack)
	q.root = vbox(8, q.words, hbox(8, q.yes, no))
	w.guard(q.root) // it comes to where the button was that asks it
	q.root.Hide()
	w.pageAsks = append(w.pageAsks, q)
	return q
}

// takeBack takes the question back. A page does it for all of its own when it is opened, and for one whose subject may be gone; filling a page is
// no reason, for a page is filled again once the keyring has answered, when a question may have been put already.
func (q *question) takeBack() { q.ask("", "", nil) }

// ask puts the question.
func (q *question) ask(words, yes string, do func() error) {
	q.w.byHand(func() {
		q.do = do
		q.words.say(words)
		q.yes.label(yes)
		show(q.root, words != "")
		show(q.hides, words == "")
	})
}

// sameKeys reports whether two lists are of the same things in the same order.
func sameKeys[T any](a, b []T, key func(T) string) bool {
	return slices.EqualFunc(a, b, func(x, y T) bool { return key(x) == key(y) })
}

func (q *question) answer() {
	do := q.do
	q.takeBack()
	if do == nil {
		return
	}
	q.w.ask(func() func() {
		err := do()
		return func() {
			q.w.complain(aboutSettings, err)
			if err == nil {
				q.done()
			}
		}
	})
}
