package audio

import (
	"context"
	"slices"
	"time"
)

// standIns are what to open for a wish, best first.
func standIns(want plan) []plan {
	list := []plan{want}
	if want.duplex && want.microphone != "" {
		list = append(list, plan{speaker: want.speaker, duplex: true})
	}
	if want.speaker != "" {
		list = append(list, plan{duplex: want.duplex, microphone: want.microphone})
	}
	if want.duplex && want.microphone != "" && want.speaker != "" {
		list = append(list, plan{duplex: true})
	}
	if want.duplex {
		list = append(list, plan{speaker: want.speaker})
		if want.speaker != "" {
			list = append(list, plan{})
		}
	}
	return list
}

// survey finds out which devices would be opened. Unless they were chosen again, only another list than before is heeded: that
// a listed device does not open is known from trying, and no list takes it back.
func (l *line) survey(want plan, chosen bool) {
	list, err := l.backend.devices()
	l.surveyIn = min(2*l.surveyIn, surveyMost)
	if err == nil || chosen || l.surveyIn == 0 {
		l.surveyIn = surveyTime
	}
	l.surveyAt = time.Now().Add(l.surveyIn)
	if !chosen && sameDevices(list, l.known) {
		return
	}
	l.known = list
	present := toSet(list)
	use := want
	switch {
	case err != nil || !hasKind(list, Speaker):
		is := l.setState(lineState{failed: true, problem: problemNoDevice})
		l.log.Log(context.Background(), news(is), "there is no sound device", "line", l.name, "error", err)
		return
	case want.duplex && !hasKind(list, Microphone):
		use.duplex, use.microphone = false, ""
	case want.duplex && want.microphone != "" && !has(present, Microphone, want.microphone):
		use.microphone = ""
	}
	if want.speaker != "" && !has(present, Speaker, want.speaker) {
		use.speaker = ""
	}
	l.setState(describe(use, want, list))
}

// sameDevices tells whether both lists have the same devices, in any order.
func sameDevices(a, b []Device) bool {
	missing := func(list []Device) func(Device) bool {
		return func(d Device) bool { return !slices.Contains(list, d) }
	}
	return len(a) == len(b) && !slices.ContainsFunc(a, missing(b)) && !slices.ContainsFunc(b, missing(a))
}

// describe is what the agent is told of a stream that opened.
func describe(p, want plan, list []Device) lineState {
	s := lineState{speaker: p.speaker, microphone: p.microphone}
	if s.speaker == "" {
		s.speaker = defaultName(list, Speaker)
	}
	if p.duplex && s.microphone == "" {
		s.microphone = defaultName(list, Microphone)
	}
	switch {
	case want.duplex && !p.duplex:
		s.problem = problemNoMic
	case want.duplex && p.microphone != want.microphone:
		s.problem = problemMissing(want.microphone, s.microphone)
	case p.speaker != want.speaker:
		s.problem = problemMissing(want.speaker, s.speaker)
	}
	return s
}

func defaultName(list []Device, kind Kind) string {
	for _, d := range list {
		if d.Kind == kind && d.Default {
			return d.Name
		}
	}
	return ""
}

func hasKind(list []Device, kind Kind) bool {
	return slices.ContainsFunc(list, func(d Device) bool { return d.Kind == kind })
}

func toSet(list []Device) map[Device]bool {
	set := make(map[Device]bool, len(list))
	for _, d := range list {
		d.Default = false
		set[d] = true
	}
	return set
}

// has tells whether the device is there. One whose name the system does not tell cannot be missed.
func has(set map[Device]bool, kind Kind, name string) bool {
	return name == "" || set[Device{Kind: kind, Name: name}]
}
