package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// tabKind is which calls of the past are listed.
type tabKind int

const (
	tabRecent tabKind = iota
	tabMissed
	tabNotLogged
	tabColleagues
)

func tabWords() []string {
	return []string{phrase("ui.tab-recent"), phrase("ui.tab-missed"), phrase("ui.tab-not-logged"), phrase("ui.tab-colleagues")}
}

// tabs are the words above the history, with their counts.
type tabs struct {
	root  *fyne.Container
	items []*tab
}

type tab struct {
	button *clickable
	word   *text
	count  *text
	line   *box
}

func newTabs(chosen func(tabKind)) *tabs {
	t := &tabs{root: hbox(2)}
	for kind, word := range tabWords() {
		i := &tab{word: newText(word, body), count: newText("", caption), line: newBox(colorNone, 1)}
		i.line.least = fyne.NewSize(1, 2)
		i.count.Hide()
		face := container.NewBorder(nil, i.line, nil, nil, inset(6, 6, 0, 0, hbox(6, i.word, i.count)))
		i.button = newClickable(inset(0, 0, 8, 8, face), 6, func() { chosen(tabKind(kind)) })
		t.items = append(t.items, i)
		t.root.Add(i.button)
	}
	return t
}

// choose underlines the tab.
func (t *tabs) choose(kind tabKind) {
	for k, i := range t.items {
		line, ink, bold := colorNone, colorMuted, false
		if tabKind(k) == kind {
			line, ink, bold = theme.ColorNamePrimary, theme.ColorNameForeground, true
		}
		i.line.paint(line)
		i.word.bold = bold
		i.word.paint(ink)
		i.word.Refresh()
	}
	relayout(t.root)
}

// counts writes how many calls a tab holds; zero is not written.
func (t *tabs) counts(missed, notLogged int) {
	for kind, n := range map[tabKind]int{tabMissed: missed, tabNotLogged: notLogged} {
		word := ""
		switch {
		case n > 999:
			word = phrase("ui.more-than", "number", 999)
		case n > 0:
			word = phrase("ui.number", "number", n)
		}
		t.items[kind].count.say(word)
	}
	t.items[tabMissed].count.paint(colorMissed)
	t.items[tabNotLogged].count.paint(colorHeld)
}
