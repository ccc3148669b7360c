package ui

import "sync"

// lane runs what it is given one after another, off the UI goroutine, without ever making that wait. Keys pressed in a
// call and words typed into a form go through one, so that they arrive in order; its goroutine lives only while there
// is something to do.
type lane struct {
	mu      sync.Mutex
	queue   []func()
	running bool
	all     *sync.WaitGroup
}

func (l *lane) run(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, f)
	if l.running {
		return
	}
	l.running = true
	l.all.Add(1)
	go l.drain()
}

func (l *lane) drain() {
	defer l.all.Done()
	for {
		l.mu.Lock()
		if len(l.queue) == 0 {
			l.running = false
			l.mu.Unlock()
			return
		}
		f := l.queue[0]
		l.queue = l.queue[1:]
		l.mu.Unlock()
		f()
	}
}
