package ui

import (
	"cmp"

	"linecard/app/catalogue"
)

// ProfileTrial is what a profile would change on this computer.
type ProfileTrial struct {
	Title   string
	Locked  []string
	Changes []SettingChange
	Notices []string // what could not be taken of it
}

// SettingChange is a setting that would have another value.
type SettingChange struct{ Key, Now, Then string }

// profileChangesShown is how many changes a test shows; the command line has all.
const profileChangesShown = 20

// tried says what the profile in a file would change here. It is not put in force.
func (s *profileSheet) tried(path string) (lines []testLine, err error) {
	t, err := s.w.cfg.Admin.TryProfile(path)
	if err != nil {
		return nil, err
	}
	locks := phrase("ui.profile-locks-nothing")
	if len(t.Locked) > 0 {
		locks = phrase("ui.profile-locks", "keys", t.Locked)
	}
	lines = append(lines, testLine{text: catalogue.Sentences(phrase("ui.profile-would-change", "by", t.Title, "count", len(t.Changes)), locks)})
	for _, n := range t.Notices {
		lines = append(lines, testLine{n, true})
	}
	for i, c := range t.Changes {
		if i == profileChangesShown {
			lines = append(lines, testLine{text: phrase("ui.trial-more", "more", len(t.Changes)-i)})
			break
		}
		lines = append(lines, testLine{text: phrase("ui.profile-change", "key", c.Key, "now", orNothing(c.Now), "then", orNothing(c.Then))})
	}
	return lines, nil
}

// orNothing is a value in words; "" is one that says nothing.
func orNothing(value string) string { return cmp.Or(value, phrase("ui.none")) }
