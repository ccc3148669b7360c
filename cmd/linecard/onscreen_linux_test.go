package main

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// onScreen is all that a window shows, in the order in which it is drawn.
type onScreen struct{ places []*place }

// place is an object in a window, and where it is.
type place struct {
	object fyne.CanvasObject
	inside []*place // what it is in, the nearest last
	at     fyne.Position
	size   fyne.Size
	low    fyne.Position // what can be seen of it
	high   fyne.Position
	aim    fyne.Position // where it is clicked; zero: in its middle
}

func lookAt(c fyne.Canvas) *onScreen {
	s := &onScreen{}
	whole := func(o fyne.CanvasObject) {
		s.add(o, nil, fyne.Position{}, fyne.Position{}, fyne.NewPos(c.Size().Width, c.Size().Height))
	}
	if c.Content() != nil {
		whole(c.Content())
	}
	for _, o := range c.Overlays().List() {
		whole(o)
	}
	return s
}

func (s *onScreen) add(o fyne.CanvasObject, inside []*place, from, low, high fyne.Position) {
	if !o.Visible() {
		return
	}
	p := &place{object: o, inside: inside, at: from.Add(o.Position()), size: o.Size()}
	p.low, p.high = low, high
	if _, clips := o.(*container.Scroll); clips {
		p.low = fyne.NewPos(max(low.X, p.at.X), max(low.Y, p.at.Y))
		p.high = fyne.NewPos(min(high.X, p.at.X+p.size.Width), min(high.Y, p.at.Y+p.size.Height))
	}
	s.places = append(s.places, p)
	path := append(slices.Clip(inside), p)
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			s.add(child, path, p.at, p.low, p.high)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			s.add(child, path, p.at, p.low, p.high)
		}
	}
}

// words are all texts in the window, also those that a scroll bar would bring into sight.
func (s *onScreen) words() (all []string) {
	for _, p := range s.places {
		if t, ok := p.object.(*canvas.Text); ok && t.Text != "" {
			all = append(all, t.Text)
		}
	}
	return all
}

// after is what stands behind a text.
func (s *onScreen) after(text string) *onScreen {
	i := slices.IndexFunc(s.places, func(p *place) bool {
		t, ok := p.object.(*canvas.Text)
		return ok && t.Text == text
	})
	return &onScreen{s.places[i+1:]}
}

// first is the nearest thing to press behind a text that has the word in it.
func (s *onScreen) first(text, word string) *place {
	behind := s.after(text)
	for i, p := range behind.places {
		if t, ok := p.object.(*canvas.Text); ok && t.Text == word {
			return (&onScreen{behind.places[:i+1]}).pressable(word)
		}
	}
	return nil
}

// pressable is what can be pressed and has the word in it, or has it below it as the round buttons of a call have; of several, what was
// drawn last, which is on top.
func (s *onScreen) pressable(word string) *place {
	for i, p := range slices.Backward(s.places) {
		t, ok := p.object.(*canvas.Text)
		if !ok || t.Text != word {
			continue
		}
		for _, outer := range slices.Backward(p.inside) {
			if isPressable(outer.object) {
				aimed := *outer
				aimed.aim = p.middle() // a check box does not take a click far from its words
				if t.Alignment == fyne.TextAlignLeading {
					aimed.aim.X = p.at.X + min(p.size.Width, t.MinSize().Width)/2
				}
				return &aimed
			}
		}
		for _, q := range slices.Backward(s.places[:i]) {
			if gap := p.at.Y - q.at.Y - q.size.Height; isPressable(q.object) && gap >= 0 && gap < 12 && abs(q.middle().X-p.middle().X) < 4 {
				return q
			}
		}
	}
	return nil
}

// under is the nearest object of a kind below a label, in its column.
func (s *onScreen) under(label string, kind func(fyne.CanvasObject) bool) (nearest *place) {
	for i, p := range s.places {
		t, ok := p.object.(*canvas.Text)
		if !ok || t.Text != label {
			continue
		}
		for _, q := range s.places[i:] {
			if !kind(q.object) || q.at.Y < p.at.Y || q.at.X > p.at.X+8 || q.at.X+q.size.Width < p.at.X {
				continue
			}
			if nearest == nil || q.at.Y < nearest.at.Y {
				nearest = q
			}
		}
		if nearest != nil {
			return nearest
		}
	}
	return nil
}

// hinted is the last field that shows a hint.
func (s *onScreen) hinted(hint string) *place {
	for _, p := range slices.Backward(s.places) {
		if t, ok := p.object.(*canvas.Text); ok && t.Text == hint {
			for _, outer := range slices.Backward(p.inside) {
				if isField(outer.object) {
					return outer
				}
			}
		}
	}
	return nil
}

// opener is what opens the list of the last field that shows a hint.
func (s *onScreen) opener(hint string) *place {
	field := s.hinted(hint)
	if field == nil {
		return nil
	}
	for _, p := range slices.Backward(s.places) {
		if isPressable(p.object) && p.isIn(field.object) {
			return p
		}
	}
	return nil
}

// beside is the nearest object of a kind to the left of a text, in its row.
func (s *onScreen) beside(word string, kind func(fyne.CanvasObject) bool) (nearest *place) {
	for _, p := range s.places {
		t, ok := p.object.(*canvas.Text)
		if !ok || t.Text != word {
			continue
		}
		for _, q := range s.places {
			if kind(q.object) && q.at.X < p.at.X && (nearest == nil || abs(q.middle().Y-p.middle().Y) < abs(nearest.middle().Y-p.middle().Y)) {
				nearest = q
			}
		}
		if nearest != nil {
			return nearest
		}
	}
	return nil
}

// having is the innermost object of a kind that a text is in.
func (s *onScreen) having(word string, kind func(fyne.CanvasObject) bool) *place {
	for _, p := range s.places {
		if t, ok := p.object.(*canvas.Text); ok && t.Text == word {
			for _, outer := range slices.Backward(p.inside) {
				if kind(outer.object) {
					return outer
				}
			}
		}
	}
	return nil
}

// open says whether a click in the middle of a place reaches it, or a part of it.
func (s *onScreen) open(at *place) bool {
	m := at.middle()
	for _, p := range slices.Backward(s.places) {
		low := fyne.NewPos(max(p.at.X, p.low.X), max(p.at.Y, p.low.Y))
		high := fyne.NewPos(min(p.at.X+p.size.Width, p.high.X), min(p.at.Y+p.size.Height, p.high.Y))
		hit := m.X >= low.X && m.X <= high.X && m.Y >= low.Y && m.Y <= high.Y
		if hit && (isPressable(p.object) || isField(p.object)) {
			return p.object == at.object || p.isIn(at.object)
		}
	}
	return false
}

func (p *place) isIn(o fyne.CanvasObject) bool {
	return slices.ContainsFunc(p.inside, func(outer *place) bool { return outer.object == o })
}

// reveal scrolls to a place that is out of sight, and says whether it had to.
func (p *place) reveal() bool {
	m := p.middle()
	if m.Y >= p.low.Y+20 && m.Y <= p.high.Y-20 {
		return false
	}
	for _, outer := range slices.Backward(p.inside) {
		if scroll, ok := outer.object.(*container.Scroll); ok {
			scroll.ScrollToOffset(scroll.Offset.AddXY(0, m.Y-(outer.at.Y+outer.size.Height/2)))
			return true
		}
	}
	return false
}

func (p *place) middle() fyne.Position {
	if !p.aim.IsZero() {
		return p.aim
	}
	return p.at.AddXY(p.size.Width/2, p.size.Height/2)
}

func isPressable(o fyne.CanvasObject) bool {
	if d, ok := o.(fyne.Disableable); ok && d.Disabled() {
		return false
	}
	_, field := o.(interface{ SelectedText() string })
	_, ok := o.(fyne.Tappable)
	return ok && !field
}

func isField(o fyne.CanvasObject) bool {
	_, ok := o.(interface{ SelectedText() string })
	return ok
}

func isCheck(o fyne.CanvasObject) bool {
	_, ok := o.(*widget.Check)
	return ok
}

func isList(o fyne.CanvasObject) bool {
	_, ok := o.(interface{ SetSelectedIndex(int) })
	_, group := o.(*widget.RadioGroup)
	return ok && !group
}

func abs(x float32) float32 { return max(x, -x) }
