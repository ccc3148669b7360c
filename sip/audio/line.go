package audio

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"linecard/fault"
)

// line keeps one device, or pair, open while it is needed. Its goroutine, run, is the only one that opens, watches and
// replaces the device; closing is left to goroutines of their own, because a sound server may drain before it lets go.
type line struct {
	name    string // for the log
	backend backend
	log     *slog.Logger
	// begin makes the receiver of a stream about to be opened. up is called when it is open, down when the line gives it up.
	begin func() (r receiver, up, down func())
	// changed is told, on the line's goroutine, that state would answer differently now.
	changed func()

	kick    chan struct{}
	closing sync.WaitGroup

	mu     sync.Mutex
	needed bool
	shown  bool // the agent is told of this line
	want   plan
	again  bool // devices were chosen again: try at once in spite of the back-off
	state  lineState

	live      *liveStream // only run touches what follows
	idleSince time.Time
	retryAt   time.Time
	retryIn   time.Duration
	pollAt    time.Time
	surveyAt  time.Time
	surveyIn  time.Duration
	known     []Device // of the last list; what differs from it is news
}

// lineState is what the agent may be told of a line.
type lineState struct {
	microphone, speaker string // names in use
	failed              bool   // nothing could be opened: the null device stands in
	problem             fault.Fault
}

// liveStream is an open stream and what run knows of it.
type liveStream struct {
	stream
	opened  time.Time
	plan    plan // what was opened
	wanted  plan // what was asked for
	using   plan // the names behind plan's defaults, as far as the system tells
	present map[Device]bool
	serving receiver
	down    func()
}

const (
	lingerTime  = 3 * time.Second // an unneeded device stays open so long
	pollTime    = 2 * time.Second // between readings of the device list
	watchTime   = 100 * time.Millisecond
	quietLimit  = 300 * time.Millisecond // the null device stands in for one that has not called for so long
	silentLimit = 3 * time.Second        // and one that is still there, but has not called for so long, is opened again
	startLimit  = 2 * time.Second        // a device may take so long to call for the first time: Bluetooth headsets do
	retryFirst  = 2 * time.Second
	retryMost   = 10 * time.Second // trying costs some milliseconds of CPU each time
	surveyTime  = 15 * time.Second // between looks for what was plugged in or out while no device is open: a millisecond each
	surveyMost  = 10 * time.Minute // the same where there is no sound system
)

// set tells what is needed now, and whether the agent sees the line's state. It does not block.
func (l *line) set(needed, shown bool, want plan, again bool) {
	l.mu.Lock()
	l.needed, l.shown, l.want = needed, shown, want
	l.again = l.again || again
	l.mu.Unlock()
	select {
	case l.kick <- struct{}{}:
	default:
	}
}

func (l *line) status() lineState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// setState tells whether the state is a new one.
func (l *line) setState(s lineState) bool {
	l.mu.Lock()
	differs := !reflect.DeepEqual(l.state, s)
	l.state = s
	l.mu.Unlock()
	if differs {
		l.changed()
	}
	return differs
}

// news is the level to log at: what is so once more, as at every try again, is a detail.
func news(is bool) slog.Level {
	if is {
		return slog.LevelInfo
	}
	return slog.LevelDebug
}

func (l *line) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		l.step(ctx, time.Now())
		timer.Reset(l.pause(time.Now()))
		select {
		case <-ctx.Done():
			l.shut()
			l.closing.Wait()
			return
		case <-l.kick:
		case <-timer.C:
		}
	}
}

// step brings the device nearer to what is wanted.
func (l *line) step(ctx context.Context, now time.Time) {
	l.mu.Lock()
	needed, shown, want, again := l.needed, l.shown, l.want, l.again
	l.again = false
	l.mu.Unlock()
	if again {
		l.retryAt, l.retryIn = time.Time{}, 0
	}
	if l.live != nil {
		l.watch(now, needed)
	}
	if !needed {
		if l.live == nil {
			if shown && (again || !now.Before(l.surveyAt)) {
				l.survey(want, again)
			}
			return
		}
		if l.idleSince.IsZero() {
			l.idleSince = now
		}
		if now.Sub(l.idleSince) >= lingerTime {
			l.shut()
		}
		return
	}
	l.idleSince = time.Time{}
	if l.live != nil && !l.live.serves(want) {
		l.shut()
	}
	if l.live == nil && !now.Before(l.retryAt) {
		l.open(ctx, want)
	}
}

// pause is how long nothing but a kick can change what step does.
func (l *line) pause(now time.Time) time.Duration {
	l.mu.Lock()
	needed, shown := l.needed, l.shown
	l.mu.Unlock()
	switch {
	case l.live != nil:
		return watchTime
	case needed:
		return max(l.retryAt.Sub(now), 0)
	case shown:
		return max(l.surveyAt.Sub(now), 0)
	}
	return time.Hour
}

// serves tells whether the stream, opened for one wish, fulfils another: a microphone too many does no harm.
func (s *liveStream) serves(want plan) bool {
	if !want.duplex {
		return s.wanted.speaker == want.speaker
	}
	return s.wanted == want
}

// fail leaves the line to the null device for a while.
func (l *line) fail(now time.Time) {
	l.retryIn = min(max(2*l.retryIn, retryFirst), retryMost)
	l.retryAt = now.Add(l.retryIn)
	is := l.setState(lineState{failed: true, problem: problemNoDevice})
	l.log.Log(context.Background(), news(is), "no sound device works", "line", l.name, "again in", l.retryIn)
}

// shut lets go of the stream without waiting for it.
func (l *line) shut() {
	s := l.live
	if s == nil {
		return
	}
	l.live = nil
	s.down()
	l.closing.Add(1)
	go func() {
		defer l.closing.Done()
		began := time.Now()
		s.close()
		l.log.Debug("sound device closed", "line", l.name, "took", time.Since(began))
	}()
}

// open opens the best there is of what can stand in for the wish. Where there is no sound system at all, nothing can.
func (l *line) open(ctx context.Context, want plan) {
	began := time.Now()
	for _, p := range standIns(want) {
		if ctx.Err() != nil {
			return
		}
		r, up, down := l.begin()
		opened, err := l.backend.open(p, r)
		if err != nil {
			l.log.Debug("a sound device did not open", "line", l.name, "error", err)
			if errors.Is(err, errNoSystem) {
				l.known = nil
				break
			}
			continue
		}
		s := &liveStream{stream: opened, opened: time.Now(), plan: p, wanted: want, serving: r, down: down}
		l.live = s
		up()
		l.retryAt = time.Time{}
		list, err := s.devices()
		if err != nil {
			l.log.Debug("list the sound devices", "error", err)
		}
		s.present, l.known = toSet(list), list
		l.pollAt = time.Now().Add(pollTime)
		l.log.Info("sound device open", "line", l.name, "duplex", p.duplex, "took", time.Since(began))
		now := describe(p, want, list)
		s.using = plan{speaker: now.speaker, microphone: now.microphone}
		if !want.duplex {
			now.microphone = l.status().microphone // not asked for, so nothing new is known of it
		}
		l.setState(now)
		return
	}
	l.fail(time.Now())
}
