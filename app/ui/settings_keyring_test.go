package ui

import (
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// While the keyring is asked, every page has what is set, so that a choice is never saved beside values that were not there yet; and a
// choice made meanwhile stays.
func TestPagesDoNotWaitForTheKeyring(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Admin, c.Layouts = &fakeAdmin{}, nil })
	b.draw(idle())
	b.settings.locked = make(chan struct{})
	unlock := sync.OnceFunc(func() { close(b.settings.locked) })
	defer unlock()
	b.makeSettings()
	for kind := range pageCount {
		if b.Window.settings.sheets[kind] == nil {
			continue
		}
		b.openSettings(kind)
		sheet := b.Window.settings.sheets[kind]
		early := chosen(sheet.object())
		sheet.fill(b.settings.form)
		if late := chosen(sheet.object()); len(early) != len(late) {
			t.Errorf("page %d has %d choices, and %d once the keyring answers", kind, len(early), len(late))
		} else {
			for i := range early {
				if early[i] != late[i] {
					t.Errorf("page %d has %q, and %q once the keyring answers", kind, early[i], late[i])
				}
			}
		}
	}
	b.openSettings(pageSalesforce)
	find := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet).find
	test.Tap(find.find)
	unlock()
	b.settle()
	if find.find.Checked || !find.keep.Checked {
		t.Errorf("the page has find %v, keep %v", find.find.Checked, find.keep.Checked)
	}
	if r := b.settings.form.Records; r.Find || !r.KeepNames {
		t.Errorf("saved: %+v", r)
	}
}

// chosen is what is ticked and chosen in an object, in order. Sound devices are known later.
func chosen(o fyne.CanvasObject) (all []string) {
	switch o := o.(type) {
	case *widget.Check:
		if o.Checked {
			return []string{o.Text}
		}
		return []string{"not " + o.Text}
	case *widget.RadioGroup:
		return []string{o.Selected}
	case *dressed:
		return chosen(o.over.Content)
	case *container.Scroll:
		return chosen(o.Content)
	case *fyne.Container:
		for _, child := range o.Objects {
			all = append(all, chosen(child)...)
		}
	}
	return all
}
