package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// open lists what of a part of the window can be changed.
func changeable(o fyne.CanvasObject) (all []fyne.CanvasObject) {
	if !o.Visible() {
		return nil
	}
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			all = append(all, changeable(child)...)
		}
	case *container.Scroll:
		return changeable(o.Content)
	case *dressed:
		return changeable(o.over.Content)
	case *grip:
		return []fyne.CanvasObject{o}
	case fyne.Disableable:
		if !o.Disabled() {
			return []fyne.CanvasObject{o.(fyne.CanvasObject)}
		}
	}
	return all
}

// byIT locks a key.
func (b *bench) byIT(key string) {
	b.settings.form.Locks, b.settings.form.LockedBy = []string{key}, "IT · Support desks"
	b.settings.form.Locked = func(k string) bool { return k == key }
}

func (b *bench) unlocked() {
	b.settings.form.Locks, b.settings.form.LockedBy, b.settings.form.Locked = nil, "", nil
}

// What the administrator fixed is drawn so: by whom, and nothing of it can be changed; once it is free again, all of it can.
func TestALockedLayoutCanOnlyBeRead(t *testing.T) {
	b, _, s := layoutsBench(t)
	free := len(changeable(s.parts))
	b.byIT("layouts")
	b.openSettings(pageLayouts)
	b.settle()
	if left := append(changeable(s.parts), changeable(s.actions)...); len(left) > 0 || !b.says("IT · Support desks") || !s.save.Disabled() {
		t.Errorf("%d things can be changed, such as %T %+v", len(left), left[0], left[0])
	}
	lines := len(s.lines.rows)
	s.known.insert("number")
	b.settle()
	if len(s.lines.rows) != lines || !s.text.has("") && s.text.any() {
		t.Error("a press on a variable changed a locked layout")
	}
	b.unlocked()
	b.openSettings(pageLayouts)
	b.settle()
	if got := len(changeable(s.parts)); got != free || len(changeable(s.actions)) == 0 {
		t.Errorf("unlocked, %d of %d things can be changed", got, free)
	}
}

func TestALockedRuleCanOnlyBeRead(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.byIT("rules")
	b.rules()
	b.settle()
	s := b.Window.settings.sheets[pageRules].(*rulesSheet)
	if left := changeable(s.table); len(left) > 0 || !b.says("IT · Support desks") {
		t.Errorf("of the table %d things can be changed, such as %T", len(left), left[0])
	}
	b.press("1. Support queue")
	for _, part := range s.editor.parts {
		if left := changeable(part); len(left) > 0 {
			t.Errorf("of the rule %d things can be changed, such as %T", len(left), left[0])
		}
	}
	b.unlocked()
	b.openSettings(pageRules)
	b.settle()
	if s.editor.name.Disabled() || s.editor.drop.Disabled() {
		t.Error("unlocked, the rule can't be changed")
	}
}
