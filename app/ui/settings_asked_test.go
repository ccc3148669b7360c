package ui

import "testing"

// TestAQuestionOutlivesTheKeyring: a page is there before the keyring has answered, and filled again then. What was asked on it by then is still asked;
// another page asks nothing.
func TestAQuestionOutlivesTheKeyring(t *testing.T) {
	b, _ := adminBench(t)
	b.draw(severalAtRest())
	b.severalSaved(pagePhone)
	for kind, sheet := range b.Window.settings.sheets {
		if sheet == nil {
			continue
		}
		letGo := b.slow()
		b.openSettings(settingsKind(kind))
		for _, q := range b.pageAsks {
			if q.root.Visible() {
				t.Errorf("page %d opens with a question", kind)
			}
			q.ask("Really?", "Yes", nil)
		}
		letGo()
		for i, q := range b.pageAsks {
			if !q.root.Visible() {
				t.Errorf("page %d has taken back question %d", kind, i)
			}
		}
	}
}

// TestAQuestionAboutWhatIsGoneIsTakenBack: the account was removed by the command line while the window asked about it.
func TestAQuestionAboutWhatIsGoneIsTakenBack(t *testing.T) {
	b := newBench(t, nil)
	b.draw(severalAtRest())
	b.severalSaved(pagePhone)
	b.press("Sales")
	b.press("Remove account")
	b.settings.form.Accounts = b.settings.form.Accounts[:1]
	b.Window.settings.refill()
	b.settle()
	if b.phoneSheet().list.question.root.Visible() {
		t.Errorf("%q", words(b.root))
	}
}
