package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
)

// tabKind is which calls of the past are listed.
type tabKind int

const (
	tabRecent tabKind = iota
	tabMissed
	tabNotLogged
	tabColleagues
	tabNeedsRecord // what lies behind the tab of what is not logged: a fifth word has no room
)

func tabWords() []string {
	return []string{phrase("ui.tab-recent"), phrase("ui.tab-missed"), phrase("ui.tab-not-logged"), phrase("ui.tab-colleagues")}
}

// tabs are the words above the history, with their counts.
type tabs struct {
	root  *fyne.Container
	items []*tab
	most  int // the highest count that is written out
}

type tab struct {
	button *clickable
	beside *fyne.Container // what has room at both sides
	word   *text
	count  *text
	line   *box
}

func newTabs(chosen func(tabKind)) *tabs {
	t := &tabs{root: hbox(2), most: 999}
	for kind, word := range tabWords() {
		i := &tab{word: newText(word, body), count: newText("", caption), line: newBox(colorNone, 1)}
		i.line.least = fyne.NewSize(1, 2)
		i.count.Hide()
		face := container.NewBorder(nil, i.line, nil, nil, inset(6, 6, 0, 0, hbox(6, i.word, i.count)))
		i.beside = inset(0, 0, 8, 8, face)
		i.button = newClickable(i.beside, 6, func() { chosen(tabKind(kind)) })
		t.items = append(t.items, i)
		t.root.Add(i.button)
	}
	return t
}

// offer shows the tab of the colleagues, or not. All four have less room at their sides and shorter counts, so that they fit the pane.
func (t *tabs) offer(team bool) {
	if t.items[tabColleagues].button.Visible() == team {
		return
	}
	side, gap, most := float32(8), float32(2), 999
	if team {
		side, gap, most = 5, 0, 99
	}
	show(t.items[tabColleagues].button, team)
	t.most, t.root.Layout = most, layout.NewCustomPaddedHBoxLayout(gap)
	for _, i := range t.items {
		i.beside.Layout = layout.NewCustomPaddedLayout(0, 0, side, side)
	}
	relayout(t.root)
}

// choose underlines the tab.
func (t *tabs) choose(kind tabKind) {
	if kind == tabNeedsRecord {
		kind = tabNotLogged
	}
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
		case n > t.most:
			word = phrase("ui.more-than", "number", t.most)
		case n > 0:
			word = phrase("ui.number", "number", n)
		}
		t.items[kind].count.say(word)
	}
	t.items[tabMissed].count.paint(colorMissed)
	t.items[tabNotLogged].count.paint(colorHeld)
}
