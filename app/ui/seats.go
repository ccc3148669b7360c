package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
)

// A button may come under the pointer by itself: somebody rings, a strip comes down and moves the panes at the sides, the other side hangs
// up. A click that is on its way at that moment is meant for what stood there. So the window remembers for a second what could be clicked
// where, and a button that is guarded asks, when it is clicked, whether anything else was at that point. Where nothing was, nothing else can be
// meant, and the first click counts.
//
// What the agent moves by hand is seen to move (byHand), and only the second click of a double click is not meant for it. Keys go to what has
// the focus, wherever that is, and ask nothing here.

// seats are the places of all that can be clicked in the window.
type seats struct {
	now    []seat
	left   []seat // a moment ago
	size   fyne.Size
	byHand bool // the agent makes the change that is under way
}

// seat is the place of one thing, in the window.
type seat struct {
	who      any
	at       area
	seen     area          // what of the window shows the page that it is on
	scrolled fyne.Position // how far that is scrolled, which the agent does
	until    time.Time     // a click there may be meant for it
}

// moved says whether the thing has another place than before, by other means than the wheel.
func (s seat) moved(before seat) bool {
	return s.at.from.Add(s.scrolled) != before.at.from.Add(before.scrolled) || s.at.to.Add(s.scrolled) != before.at.to.Add(before.scrolled)
}

type area struct{ from, to fyne.Position }

func (a area) holds(p fyne.Position) bool {
	return p.X >= a.from.X && p.X < a.to.X && p.Y >= a.from.Y && p.Y < a.to.Y
}

// look notes where everything is, and for how long a click may be meant for what was there before.
func (s *seats) look(root fyne.CanvasObject, now time.Time, late time.Duration) {
	before, resized := s.now, root.Size() != s.size
	s.now, s.size = nil, root.Size()
	s.find(root, seat{seen: area{to: fyne.NewPos(s.size.Width, s.size.Height)}})
	s.left = slices.DeleteFunc(s.left, func(l seat) bool { return !now.Before(l.until) })
	if resized || late == 0 {
		return
	}
	there := make(map[any]seat, len(s.now))
	for _, n := range s.now {
		there[n.who] = n
	}
	for _, b := range before {
		if n, ok := there[b.who]; !ok || n.moved(b) {
			b.until = now.Add(late)
			s.left = append(s.left, b)
		}
	}
}

// find adds what can be clicked in o. in is the container that o lies in.
func (s *seats) find(o fyne.CanvasObject, in seat) {
	if !o.Visible() {
		return
	}
	from := in.at.from.Add(o.Position())
	in.at = area{from, from.Add(o.Size())}
	switch c := o.(type) {
	case *container.Scroll:
		in.seen, in.scrolled = in.at, in.scrolled.Add(c.Offset)
	case fyne.Tappable, desktop.Mouseable, *callList:
		in.who = whoIs(o)
		s.now = append(s.now, in)
	}
	for _, part := range parts(o) {
		s.find(part, in)
	}
}

// whoIs tells a thing from others. A page that is built again has new lines, and those that say the same are the same.
func whoIs(o fyne.CanvasObject) any {
	if c, ok := o.(*clickable); ok && c.means != nil {
		return c.means
	}
	return o
}

// another says whether something else than o was a moment ago where o was clicked, at a point of its own.
func (s *seats) another(o fyne.CanvasObject, at fyne.Position) bool {
	who := whoIs(o)
	i := slices.IndexFunc(s.now, func(n seat) bool { return n.who == who })
	if i < 0 {
		return false
	}
	at = s.now[i].at.from.Add(at)
	return slices.ContainsFunc(s.left, func(l seat) bool { return l.who != who && l.at.holds(at) && l.seen.holds(at) })
}

// pushed says whether a thing has just moved.
func (s *seats) pushed(o fyne.CanvasObject) bool {
	i := slices.IndexFunc(s.now, func(n seat) bool { return n.who == o })
	return i >= 0 && slices.ContainsFunc(s.left, func(l seat) bool { return l.who == o && l.at.from != s.now[i].at.from })
}

// guard has all buttons in o ask whether a click was meant for them.
func (w *Window) guard(o fyne.CanvasObject) {
	if b, ok := o.(*button); ok {
		b.meant = w.meant
	}
	for _, part := range parts(o) {
		w.guard(part)
	}
}

// guardLine is guard for a line on a page that is built again. means is whom or what a click on it is about.
func (w *Window) guardLine(o fyne.CanvasObject, means any) fyne.CanvasObject {
	if c, ok := o.(*clickable); ok {
		c.meant, c.means = w.meant, means
	}
	for _, part := range parts(o) {
		w.guardLine(part, means)
	}
	return o
}

// meant says whether a click on o, at a point of its own, was meant for it. If not, it tells the agent so: nothing was done.
func (w *Window) meant(o fyne.CanvasObject, at fyne.Position) bool {
	w.seats.look(w.root, w.cfg.Now(), 0)
	if !w.seats.another(o, at) {
		return true
	}
	w.refuse()
	return false
}

// laidOut takes notice that the window has been laid out.
func (w *Window) laidOut() {
	if w.seats.byHand {
		w.seats.look(w.root, w.cfg.Now(), doubleClick)
	} else {
		w.seats.look(w.root, w.cfg.Now(), reactionTime)
	}
}

// byHand makes a change that the agent asks for at this moment, and lays the window out.
func (w *Window) byHand(change func()) {
	before := w.seats.byHand
	w.seats.byHand = true
	change()
	w.relayout()
	w.seats.byHand = before
}
