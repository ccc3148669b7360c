package audio

import "time"

// watch gives up a stream whose device is gone, or that a better one can replace.
//
// Silence alone proves little: a sound server that has just taken a second of sound ahead calls again when that has played
// (PulseAudio's null sink does it). So silence makes the line look whether the device is still there, and only a long one
// condemns a device that is.
func (l *line) watch(now time.Time, needed bool) {
	s := l.live
	quiet := s.quiet(now)
	if quiet <= quietLimit && (!needed || now.Before(l.pollAt)) {
		return
	}
	l.pollAt = now.Add(pollTime)
	list, err := s.devices()
	if err != nil {
		l.log.Warn("the sound system has gone", "line", l.name, "error", err)
		l.known = nil
		l.shut()
		l.fail(now)
		return
	}
	present := toSet(list)
	better := false // a stand-in is in use, and something was plugged in
	for d := range present {
		better = better || s.plan != s.wanted && !s.present[d]
	}
	s.present, l.known = present, list
	switch {
	case !has(present, Speaker, s.using.speaker), s.plan.duplex && !has(present, Microphone, s.using.microphone), better:
		l.log.Info("the sound devices have changed", "line", l.name)
		l.shut()
	case quiet > silentLimit:
		l.log.Warn("a sound device has gone silent", "line", l.name)
		l.shut()
		l.fail(now)
	case quiet <= quietLimit:
		l.retryIn = 0 // it works
	}
}

// quiet is how long ago the device last called; one that has not called yet is given time to start.
func (s *liveStream) quiet(now time.Time) time.Duration {
	if quiet := s.serving.quiet(); quiet != never {
		return quiet
	}
	return now.Sub(s.opened) - startLimit
}
