package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"time"

	"linecard/test/rig"
)

// follow reads `events` until the app ends.
func (a *app) follow() {
	a.t.Helper()
	a.reader = a.command(context.Background(), "events", "--json")
	out, err := a.reader.StdoutPipe()
	if err != nil {
		a.t.Fatal(err)
	}
	if err := a.reader.Start(); err != nil {
		a.t.Fatal(err)
	}
	listening := make(chan struct{})
	go func() {
		scan := bufio.NewScanner(out)
		for scan.Scan() {
			var e event
			if json.Unmarshal(scan.Bytes(), &e) != nil {
				continue
			}
			if e.Event == "listening" {
				close(listening)
			}
			a.mu.Lock()
			a.events = append(a.events, e)
			close(a.said)
			a.said = make(chan struct{})
			a.mu.Unlock()
		}
	}()
	select {
	case <-listening:
	case <-time.After(rig.Patience):
		a.t.Fatal("events: nothing comes")
	}
}

// await returns the first event with the name that matches, including past ones.
func (a *app) await(name string, fits func(event) bool) event {
	a.t.Helper()
	return a.awaitAfter(0, name, fits)
}

// mark returns the number of events so far, for awaitAfter.
func (a *app) mark() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.events)
}

// awaitAfter is await for events after a mark.
func (a *app) awaitAfter(next int, name string, fits func(event) bool) event {
	a.t.Helper()
	deadline := time.NewTimer(rig.Patience)
	defer deadline.Stop()
	for {
		a.mu.Lock()
		events, said := a.events, a.said
		a.mu.Unlock()
		for ; next < len(events); next++ {
			if events[next].Event == name && (fits == nil || fits(events[next])) {
				return events[next]
			}
		}
		select {
		case <-said:
		case <-deadline.C:
			text, _ := json.MarshalIndent(events, "", " ")
			a.t.Fatalf("no %s event that fits within %v; the app told:\n%s", name, rig.Patience, text)
		}
	}
}

// awaitWithin is awaitAfter for at most d; false when no such event came.
func (a *app) awaitWithin(d time.Duration, next int, name string, fits func(event) bool) (event, bool) {
	deadline := time.NewTimer(d)
	defer deadline.Stop()
	for {
		a.mu.Lock()
		events, said := a.events, a.said
		a.mu.Unlock()
		for ; next < len(events); next++ {
			if events[next].Event == name && fits(events[next]) {
				return events[next], true
			}
		}
		select {
		case <-said:
		case <-deadline.C:
			return event{}, false
		}
	}
}

// ofCall matches the events of one call.
func of(call string) func(event) bool { return func(e event) bool { return e.Call == call } }

// inState matches events with a state.
func inState(state string) func(event) bool { return func(e event) bool { return e.State == state } }
