package audio

import (
	"reflect"

	"linecard/fault"
)

// Status is what the agent may be told of the sound devices.
type Status struct {
	Microphone string      // name of the one in use, or last used; "" when there is none
	Speaker    string      // likewise
	Ringer     string      // likewise; the speaker's name when there is no ringer of its own
	Null       bool        // no sound device: calls work, silently
	Problem    fault.Fault // the zero Fault when all is well
}

func (s Status) equal(t Status) bool { return reflect.DeepEqual(s, t) }

// Kind is what a device is for.
type Kind int

// The kinds of device.
const (
	Microphone Kind = iota
	Speaker         // ringers too
)

// Device is a microphone or speaker the computer has.
type Device struct {
	Kind    Kind
	Name    string // what the system calls it; this is what is kept in the settings
	Default bool   // the system's choice
}

// What Status.Problem may be.
var (
	problemNoDevice = fault.New("sip.audio.no-device")
	problemNoMic    = fault.New("sip.audio.no-microphone")
)

func problemMissing(chosen, using string) fault.Fault {
	if using == "" {
		return fault.New("sip.audio.not-connected", "chosen", chosen)
	}
	return fault.New("sip.audio.not-connected.other", "chosen", chosen, "using", using)
}

// Status tells which devices are in use, or were last, and what is wrong with them.
func (e *Engine) Status() Status {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.look()
}

// OnChange calls fn with the status as it stands, and then whenever it changes, in order; nil ends that. The later calls come
// from a goroutine of the engine. fn must not block for long, nor call the engine's OnChange or Close.
func (e *Engine) OnChange(fn func(Status)) {
	e.telling.Lock()
	defer e.telling.Unlock()
	e.mu.Lock()
	e.onChange, e.told = fn, e.look()
	s := e.told
	e.mu.Unlock()
	if fn != nil {
		fn(s)
	}
}

// look puts the status together. The caller holds mu.
func (e *Engine) look() Status {
	if e.null {
		return Status{Null: true}
	}
	talk := e.talk.status()
	s := Status{
		Microphone: talk.microphone, Speaker: talk.speaker, Ringer: talk.speaker,
		Null: talk.failed, Problem: talk.problem,
	}
	if e.config.Ringer == "" {
		return s
	}
	ring := e.ring.status()
	s.Ringer = ring.speaker
	if s.Problem.IsZero() && !ring.failed { // if nothing opens at all, the talk line says so, and more recently
		s.Problem = ring.problem
	}
	return s
}

// tell reports a change of status.
func (e *Engine) tell() {
	e.telling.Lock() // keeps the reports of the two lines in order
	defer e.telling.Unlock()
	e.mu.Lock()
	s, fn := e.look(), e.onChange
	same := s.equal(e.told)
	e.told = s
	e.mu.Unlock()
	if !same && fn != nil {
		fn(s)
	}
}
