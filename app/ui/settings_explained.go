package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// explainedChoice is a setting that is one of a few words, and under it what the chosen one means.
type explainedChoice struct {
	root   *fyne.Container
	choice *choice
	means  *paragraph
	words  []explained
}

// explained is a value of such a setting: what it is called, and what it means. Loud is what calls may fail for.
type explained struct {
	value       string
	name, means string
	loud        bool
}

func newExplainedChoice(label string, words []explained, changed func()) *explainedChoice {
	f := &explainedChoice{means: newParagraph("", caption, 3), words: words}
	var names []string
	for _, w := range words {
		names = append(names, phrase(w.name))
	}
	f.choice = newChoice(names, func(string) {
		f.explain()
		changed()
	})
	f.root = vbox(4, entryRow(label, bordered(f.choice)), f.means)
	return f
}

// value is what is chosen, as the setting has it.
func (f *explainedChoice) value() string { return f.words[max(f.choice.SelectedIndex(), 0)].value }

func (f *explainedChoice) set(value string) {
	i := max(slices.IndexFunc(f.words, func(w explained) bool { return w.value == value }), 0)
	f.choice.SetSelected(f.choice.Options[i])
	f.explain()
}

func (f *explainedChoice) explain() {
	w := f.words[max(f.choice.SelectedIndex(), 0)]
	f.means.color = colorMuted
	if w.loud {
		f.means.color = theme.ColorNameForeground
	}
	f.means.say(phrase(w.means))
}
