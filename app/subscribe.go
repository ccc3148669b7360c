package app

import (
	"context"
	"slices"
	"sync"
)

// subscribers are the faces that draw the desk.
type subscribers struct {
	mu   sync.Mutex
	list []*func(View)
}

func (s *subscribers) add(f func(View)) (cancel func()) {
	p := &f
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, p)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.list = slices.DeleteFunc(s.list, func(q *func(View)) bool { return q == p })
	}
}

func (s *subscribers) each(v View) {
	s.mu.Lock()
	list := slices.Clone(s.list)
	s.mu.Unlock()
	for _, f := range list {
		(*f)(v)
	}
}

// bus carries event lines to programs.
type bus struct {
	mu     sync.Mutex
	closed bool
	lines  []chan Event
}

// behind is how many events a slow reader may lag before it loses the oldest.
const behind = 4096

func (b *bus) listen(ctx context.Context) <-chan Event {
	ch := make(chan Event, behind)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		close(ch)
		return ch
	}
	b.lines = append(b.lines, ch)
	context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if i := slices.Index(b.lines, ch); i >= 0 {
			b.lines = slices.Delete(b.lines, i, i+1)
			close(ch)
		}
	})
	return ch
}

// publish puts what an event says of a fault into words and hands it to every reader.
func (b *bus) publish(e Event) {
	e = e.worded()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, ch := range b.lines {
		for sent := false; !sent; {
			select {
			case ch <- e:
				sent = true
			default:
				select {
				case <-ch:
				default:
				}
			}
		}
	}
}

func (b *bus) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for _, ch := range b.lines {
		close(ch)
	}
	b.lines = nil
}
