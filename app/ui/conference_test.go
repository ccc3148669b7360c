package ui

import (
	"strings"
	"testing"

	"linecard/app"
)

// The shortcut completes no transfer of two calls that are about to meet in a conference room.
func TestShortcutWhileTheRoomGathers(t *testing.T) {
	for _, waits := range []bool{true, false} {
		b := newBench(t, nil)
		both := consulted()
		for i := range both {
			both[i].Conference = app.ConferenceView{Waits: waits}
		}
		b.draw(with(idle(), both...))
		b.passes(later)
		b.desk.said()
		b.hit(keyComplete)
		if did := b.desk.said(); (len(did) == 0) != waits {
			t.Errorf("waiting for the room %v: told the desk %q", waits, did)
		}
	}
}

// An agent in a conference whose microphone is off sees that, and where the call stands.
func TestMutedInConference(t *testing.T) {
	for _, c := range inConference() {
		c.Muted = true
		for _, word := range []string{phrase("ui.microphone-off"), c.Transfer} {
			if line := statusLine(c, noon); !strings.Contains(line, word) {
				t.Errorf("%s: %q does not say %q", c.ID, line, word)
			}
		}
	}
}
