package ui

import (
	"slices"
	"testing"
	"time"

	"linecard/app/mirror"
	"linecard/app/settings"
	"linecard/fault"
)

func (a *fakeAdmin) Copies() []mirror.Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.copies)
}

func (a *fakeAdmin) SyncCopy(org string) error { return a.note("sync %s", org) }
func (a *fakeAdmin) WipeCopy(org string) error { return a.note("wipe %s", org) }
func (a *fakeAdmin) PauseCopy(org string, paused bool) error {
	return a.note("pause %s %v", org, paused)
}

const copiedOrg = "00D000000000001AAA"

// The page switches the copy on, says what is copied and how it stands, and does what its buttons say; a wipe is asked twice.
func TestTheDirectoryPage(t *testing.T) {
	b, admin := adminBench(t)
	b.openSettings(pageDirectory)
	b.settle()
	sheet := b.Window.settings.sheets[pageDirectory].(*directorySheet)
	sheet.on.SetChecked(true)
	sheet.objects[2].SetChecked(false)
	b.settle()
	if d := b.settings.form.Settings.Directory; !d.Copy || !d.Contacts || d.Leads {
		t.Errorf("%+v", d)
	}
	sheet.every.SetSelected("Every 4 hours")
	b.settle()
	if m := b.settings.form.Settings.Directory.Minutes; m != 240 {
		t.Errorf("every %d minutes", m)
	}
	for minutes, word := range map[int]string{7: "Every 7 minutes", 60: "Every hour", 1440: "Once a day", 90: "Every 90 minutes", 2880: "Every 2 days"} {
		if got := everyWord(minutes); got != word || minutesOf(word, minutes) != minutes || !slices.Contains(everyWords(minutes), word) {
			t.Errorf("%d is %q", minutes, got)
		}
	}
	told := ""
	last := func() string {
		if all := admin.said(); len(all) > 0 {
			told = all[len(all)-1]
		}
		return told
	}
	for _, tt := range []struct {
		status mirror.Status
		shows  []string
		press  string
		asks   string
	}{
		{mirror.Status{State: mirror.Copying, Object: "Contact", Read: 412000, Total: 1000000, Records: 412000, Bytes: 240 << 20}, []string{"Copying the contacts: 412,000 of 1,000,000", "412,000 people and companies", "240 MB on this computer", "not yet"}, "Pause", "pause " + copiedOrg + " true"},
		{mirror.Status{State: mirror.Paused, Records: 1, Bytes: 100 << 10}, []string{"Paused", "1 person or company", "0.1 MB on this computer"}, "Resume", "pause " + copiedOrg + " false"},
		{mirror.Status{State: mirror.Waiting, Error: fault.New(mirror.ErrDiskFull), Whole: true, Checked: time.Now()}, []string{"Waiting"}, "Sync now", "sync " + copiedOrg},
		{mirror.Status{State: mirror.UpToDate, Whole: true, Checked: time.Now(), Records: 2}, []string{"Up to date"}, "Wipe", ""},
	} {
		tt.status.Org = copiedOrg
		admin.mu.Lock()
		admin.copies = []mirror.Status{tt.status}
		admin.mu.Unlock()
		sheet.reload()
		b.settle()
		for _, s := range tt.shows {
			if !b.shows(s) {
				t.Errorf("%s: no %q in %q", tt.status.State, s, words(b.root))
			}
		}
		b.press(tt.press)
		if got := last(); tt.asks != "" && got != tt.asks {
			t.Errorf("%s asks %q, not %q", tt.press, got, tt.asks)
		}
	}
	if got := last(); got != "sync "+copiedOrg {
		t.Errorf("wiped without being asked twice: %q", got)
	}
	b.settle()
	b.press("Delete the copy from this computer")
	if got := last(); got != "wipe "+copiedOrg {
		t.Errorf("%q", got)
	}
}

// copying opens the page while a copy is made.
func (b *bench) copying() {
	b.Window.cfg.Admin = &fakeAdmin{copies: []mirror.Status{{
		Org: copiedOrg, State: mirror.Copying, Object: "Contact", Read: 412_000, Total: 1_000_000, Records: 467_312, Bytes: 262 << 20,
	}}}
	b.settings.form.Settings.Directory = settings.Default().Directory
	b.settings.form.Settings.Directory.Copy = true
	b.Window.settings = nil
	b.openSettings(pageDirectory)
}
