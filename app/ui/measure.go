package ui

import (
	"sync"

	"fyne.io/fyne/v2"
)

// measured remembers how wide texts are. Fyne does so too, but forgets all of it whenever a widget is given a theme of its own
// (see dressed), and shaping a line of text again costs more than anything else a change of the window does.
var measured measures

type measures struct {
	mu    sync.Mutex
	sizes map[measure]fyne.Size
}

// measure is what the size of a text depends on. The window has one typeface, so its style says the rest.
type measure struct {
	text  string
	size  float32
	style fyne.TextStyle
}

// mostMeasures bounds what is remembered: a few days of callers and records.
const mostMeasures = 8192

func (m *measures) of(text string, size float32, style fyne.TextStyle) fyne.Size {
	key := measure{text, size, style}
	m.mu.Lock()
	defer m.mu.Unlock()
	if known, ok := m.sizes[key]; ok {
		return known
	}
	if m.sizes == nil || len(m.sizes) >= mostMeasures {
		m.sizes = map[measure]fyne.Size{}
	}
	s := fyne.MeasureText(text, size, style)
	m.sizes[key] = s
	return s
}
