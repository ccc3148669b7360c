package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// press clicks what the agent would: the visible button with the word in it or, for the round ones, below it.
func (b *bench) press(word string) {
	b.t.Helper()
	target := find(b.root, word)
	if target == nil {
		b.t.Fatalf("nothing to press says %q; there is: %q", word, words(b.root))
	}
	test.Tap(target)
	b.settle()
}

// shows says whether the window has the words in it.
func (b *bench) shows(s string) bool {
	for _, w := range words(b.root) {
		if w == s {
			return true
		}
	}
	return false
}

func find(o fyne.CanvasObject, word string) fyne.Tappable {
	if !o.Visible() {
		return nil
	}
	switch o := o.(type) {
	case *button:
		if o.Text == word {
			return o
		}
	case *clickable:
		if contains(o.content, word) {
			return o
		}
	case *container.Scroll:
		return find(o.Content, word)
	case *dressed:
		return find(o.over.Content, word)
	case *fyne.Container:
		if len(o.Objects) == 2 { // a control: the button, and its word
			if face, ok := o.Objects[0].(*dressed); ok {
				if round, ok := face.over.Content.(*button); ok && contains(o.Objects[1], word) {
					return round
				}
			}
		}
		for _, child := range o.Objects {
			if found := find(child, word); found != nil {
				return found
			}
		}
	}
	return nil
}

func contains(o fyne.CanvasObject, word string) bool {
	for _, w := range words(o) {
		if w == word {
			return true
		}
	}
	return false
}

// words are all texts that can be seen in o.
func words(o fyne.CanvasObject) []string {
	if !o.Visible() {
		return nil
	}
	var all []string
	switch o := o.(type) {
	case *text:
		all = append(all, o.value)
	case *paragraph:
		all = append(all, o.value)
	case *clock:
		all = append(all, o.value)
	case *button:
		all = append(all, o.Text)
	case *clickable:
		return words(o.content)
	case *historyRow:
		return append(all, o.name.value, o.sub.value)
	case *container.Scroll:
		return words(o.Content)
	case *dressed:
		return words(o.over.Content)
	case *fyne.Container:
		for _, child := range o.Objects {
			all = append(all, words(child)...)
		}
	}
	return all
}
