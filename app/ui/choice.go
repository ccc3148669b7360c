package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// choice is a drop-down list that passes Escape on.
type choice struct {
	widget.Select
	echo
	values []string // of the options, where they are not their own
	listed bool     // its list was opened
}

func newChoice(options []string, changed func(string)) *choice {
	c := &choice{}
	c.Options, c.OnChanged = options, changed
	c.ExtendBaseWidget(c)
	return c
}

// value is that of the chosen option, "" for none.
func (c *choice) value() string {
	switch i := c.SelectedIndex(); {
	case i < 0:
		return ""
	case i < len(c.values):
		return c.values[i]
	default:
		return c.Options[i]
	}
}

// follow gives the list its options with their values, and shows what the desk says is chosen, unless the agent has chosen something
// that it does not know yet.
func (c *choice) follow(options, values []string, chosen, value string, fresh bool) {
	if show := c.shows(c.value(), value, fresh); len(c.sent) > 0 {
		chosen = c.Selected // perhaps no option any more
		if i := slices.Index(values, show); i >= 0 && show != "" {
			chosen = options[i]
		}
		value = show
	}
	if chosen != "" && !slices.Contains(options, chosen) {
		options, values = append(slices.Clone(options), chosen), append(slices.Clone(values), value)
	}
	c.values = values
	choose(c, options, chosen)
}

// choose gives a list its options and its choice, if either is new.
func choose(c *choice, options []string, chosen string) {
	if chosen != "" && !slices.Contains(options, chosen) {
		options = append(options, chosen)
	}
	if !slices.Equal(c.Options, options) {
		c.SetOptions(options)
	}
	if c.Selected != chosen {
		if chosen == "" {
			c.ClearSelected()
		} else {
			c.SetSelected(chosen)
		}
	}
	if off := len(options) == 0; off != c.Disabled() {
		if off {
			c.Disable()
		} else {
			c.Enable()
		}
	}
}

// Tapped implements fyne.Tappable.
func (c *choice) Tapped(e *fyne.PointEvent) {
	c.listed = true
	c.Select.Tapped(e)
}

// TypedKey implements fyne.Focusable.
func (c *choice) TypedKey(e *fyne.KeyEvent) {
	if !passEscape(c, e) {
		c.listed = true
		c.Select.TypedKey(e)
	}
}
