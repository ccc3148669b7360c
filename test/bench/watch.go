package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"time"

	"linecard/app/instance"
)

// seen is a line of `linecard events` with the time when it was read.
type seen struct {
	At   time.Time       `json:"at"`
	Line json.RawMessage `json:"line"`
}

// watch writes what the app of a data directory tells to standard output, until it ends. It is a process of its own, for this one is the org,
// too, and reads late while that works.
func watch(ctx context.Context, dir string) error {
	out := json.NewEncoder(os.Stdout)
	return instance.Call(ctx, dir, instance.Request{Verb: "events"}, func(line json.RawMessage) error {
		return out.Encode(seen{time.Now(), line})
	})
}

// startWatch begins to watch the app.
func (l *linecard) startWatch() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	l.watch = exec.Command(self, "-watch", l.dir)
	out, err := l.watch.StdoutPipe()
	if err != nil {
		return err
	}
	if err := l.watch.Start(); err != nil {
		return err
	}
	l.watched = make(chan struct{})
	go l.read(out)
	return nil
}

func (l *linecard) read(out io.Reader) {
	defer close(l.watched)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var s seen
		var e event
		if json.Unmarshal(lines.Bytes(), &s) != nil || json.Unmarshal(s.Line, &e) != nil {
			continue
		}
		e.read = s.At
		l.mu.Lock()
		l.events = append(l.events, e)
		close(l.fresh)
		l.fresh = make(chan struct{})
		l.mu.Unlock()
	}
}

func (l *linecard) endWatch() {
	if l.watch == nil {
		return
	}
	_ = l.watch.Process.Kill()
	<-l.watched
	_ = l.watch.Wait()
	l.watch = nil
}
