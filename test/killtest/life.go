package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"linecard/crm/demoorg"
	"linecard/test/rig"
)

// life is one process of the app, from its start to its kill, and what goes on meanwhile.
type life struct {
	*world
	number  int
	random  *rand.Rand // of the goroutine that runs the life
	process *process
	aim     string

	// What is going to happen.
	after             moment
	delay             time.Duration
	inbound, outbound int
	brief             bool // the calls are short and most are answered
	busy              bool // do not disturb is on
	shut              bool // the keyring is locked once the phone is registered, and the org's sessions end
	expire            bool // the org's sessions end before the start, so that the app needs a new token
	faults            []demoorg.Fault

	killing sync.Once
	hit     bool // the moment came

	unlinked bool         // the link was lost
	tokens   atomic.Int32 // answers of the org's token endpoint

	mu     sync.Mutex
	killed time.Time // zero until then
	calls  []*call
	words  map[string]word // by call id
	timer  *time.Timer
}

// call is one that somebody tried to make.
type call struct {
	life    *life
	inbound bool
	number  string // E.164
	plan    plan

	// Guarded by life.mu.
	callID string    // SIP
	id     string    // the app's, when the agent was told it
	told   time.Time // when somebody outside the app first knew of it
}

// word is what the agent said of a call.
type word struct {
	verb   string // save, dont-log; "" for none
	unsure bool   // the app died before it confirmed
}

// longest is how long a life lasts whose moment does not come.
const longest = 2500 * time.Millisecond

// newLife draws what happens in the life with that number.
func (w *world) newLife(number int) *life {
	l := &life{world: w, number: number, random: rand.New(rand.NewPCG(w.o.seed, uint64(number))), words: map[string]word{}}
	a := w.o.aims[number%len(w.o.aims)]
	l.aim = a.name
	l.after, l.delay = a.draw(l.random)
	for range 1 + l.random.IntN(3) {
		if l.random.IntN(3) == 0 {
			l.outbound++
		} else {
			l.inbound++
		}
	}
	l.brief = l.random.IntN(3) == 0
	l.expire = l.random.IntN(8) == 0
	if a.calls != nil {
		a.calls(l, l.random)
	}
	for range 1 + l.random.IntN(2) {
		l.faults = append(l.faults, orgFaults[l.random.IntN(len(orgFaults))])
	}
	l.shut = l.locks()
	return l
}

// live runs the app until it is killed.
func (l *life) live() {
	l.org.ClearFaults()
	for _, f := range l.faults {
		l.org.Inject(f)
	}
	if l.expire {
		l.org.ExpireSessions()
	}
	l.begin(l)
	l.happened(started)
	ctx, hangUp := context.WithCancel(context.Background())
	if l.registered() {
		l.linked()
		if l.busy {
			_ = l.ask(nil, "dnd", map[string]string{"state": "on"})
		}
		if l.shut {
			l.lockKeyring()
		}
		l.happened(registered)
		l.makeCalls(ctx)
		l.until(longest, func() bool { return false })
	} else if !l.over() {
		l.note("panics", "the phone did not register within %v", rig.Patience)
	}
	l.kill()
	<-l.process.ended
	hangUp()
	l.autopsy()
}

// happened starts the timer of the kill if it is the moment to aim at, the first time.
func (l *life) happened(m moment) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m == l.after && l.timer == nil {
		l.hit = true
		l.timer = time.AfterFunc(l.delay, l.kill)
	}
}

// linked reports whether the link is known to work, or to be lost, which is a finding.
func (l *life) linked() bool {
	var s status
	if l.ask(&s, "status", nil) != nil {
		return false
	}
	switch s.Salesforce.State {
	case "Linked":
		return true
	case "Inactive":
		if slices.ContainsFunc(l.faults, stops) {
			return true // a lost one is so in the next life, too
		}
		l.unlinked = true
		l.note("links lost", "Salesforce is %s: %s", s.Salesforce.State, s.Salesforce.Reason)
		return true
	}
	return false
}

// autopsy looks at how the process ended.
func (l *life) autopsy() {
	text := l.process.log.String()
	if l.tokens.Load() > int32(strings.Count(text, "access to Salesforce renewed")) {
		l.world.torn++
	}
	status, _ := l.process.cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case !status.Signaled() || status.Signal() != syscall.SIGKILL:
		l.note("panics", "the app ended by itself (%v):\n%s", l.process.cmd.ProcessState, end(text))
	case strings.Contains(text, "panic"):
		l.note("panics", "the app said:\n%s", end(text))
	}
	if !l.unlinked && !slices.ContainsFunc(l.faults, stops) && strings.Contains(text, "the link to Salesforce is inactive") { // noticed after linked has looked
		l.unlinked = true
		l.note("links lost", "the app said that its link is inactive")
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, "damaged") {
			l.note("damaged", "the app said: %s", strings.TrimSpace(line))
		}
		if strings.Contains(line, password) {
			l.note("panics", "the password is in the log: %s", line)
		}
	}
}

// end is the last part of a text.
func end(text string) string { return text[max(0, len(text)-3000):] }

// note records a finding of this life.
func (l *life) note(column, format string, args ...any) {
	l.world.note(l, column, fmt.Sprintf(format, args...))
}
