package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// lockedLine says above a page of the settings that some of it is fixed, and by whom.
type lockedLine struct {
	root  *fyne.Container
	words *paragraph
}

func newLockedLine() *lockedLine {
	l := &lockedLine{words: newParagraph("", caption, 2)}
	l.root = container.NewBorder(nil, nil, inset(0, 0, 0, 8, middle(newGlyph("lock", colorMuted, 16))), nil, l.words)
	l.root.Hide()
	return l
}

// pageKeys are the tables and lists of the settings that a page shows.
var pageKeys = map[settingsKind][]string{
	pagePhone: {"accounts"}, pageNumbers: {"numbers", "asking"}, pageColleagues: {"colleagues"}, pageSalesforce: {"orgs", "records", "salesforce"}, pageLogging: {"logging", "journal"}, pageLayouts: {"layouts"}, pageObjects: {"objects"}, pageRules: {"rules", "records"},
	pageOwners: {"owners", "logging"}, pageAudio: {"devices"}, pageAppearance: {"appearance", "language", "notifications"}, pageDirectory: {"directory"}, pageErrors: {"errors"},
}

func (l *lockedLine) show(kind settingsKind, f Form) {
	locked := false
	for _, lock := range f.Locks {
		for _, key := range pageKeys[kind] {
			locked = locked || lock == key || strings.HasPrefix(lock, key+".")
		}
	}
	show(l.root, locked)
	if f.LockedBy == "" {
		l.words.say(phrase("ui.locked-by-admin"))
		return
	}
	l.words.say(phrase("ui.locked-by", "by", f.LockedBy))
}
