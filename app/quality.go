package app

import (
	"linecard/app/catalogue"
	"linecard/fault"
	"linecard/sip"
)

// QualityLevel is how a call sounds, in a word.
type QualityLevel = sip.QualityLevel

// The levels.
const (
	GoodQuality = sip.GoodQuality
	FairQuality = sip.FairQuality
	PoorQuality = sip.PoorQuality
)

// QualityView is how a call sounds. The zero value is not known: it has just begun, or nothing is to be heard.
type QualityView struct {
	sip.Quality
	Words string // what is wrong, as a sentence; "" while it is good. Set by render
}

// sounds takes how a call sounds by now. The stream of events has a line where that is another word, not for each figure.
func sounds(s state, i int, e sip.CallQuality) (state, []effect) {
	c := s.calls[i]
	if !c.live() || c.localHold || c.remoteHold {
		return s, nil
	}
	was := c.quality.Level
	c.quality = e.Quality
	s = s.with(i, c)
	if was == e.Level || e.Level == "" || was == "" && e.Level == GoodQuality {
		return s, nil
	}
	line := c.says("quality", e.At).with(string(e.Level))
	line.Why = wrongWith(e.Quality)
	return s, []effect{say{line}}
}

// wrongWith says what is wrong with the sound; the zero Fault while it is good.
func wrongWith(q sip.Quality) fault.Fault {
	code := fault.Code("desk.quality.fair")
	switch q.Level {
	case FairQuality:
	case PoorQuality:
		code = "desk.quality.poor"
	default:
		return fault.Fault{}
	}
	cause := fault.Code("desk.quality.delay")
	switch {
	case q.Cause == sip.CauseLoss && q.Sent:
		cause = "desk.quality.lost-there"
	case q.Cause == sip.CauseLoss:
		cause = "desk.quality.lost-here"
	case q.Cause == sip.CauseLate:
		cause = "desk.quality.late"
	}
	return fault.New(code, "mos", q.MOS, "why", fault.New(cause, "percent", int(q.Percent+0.5), "delay", int(q.Delay.Milliseconds())))
}

// qualityView draws how a call sounds.
func (c *call) qualityView() QualityView {
	v := QualityView{Quality: c.quality}
	if c.live() {
		v.Words = catalogue.Say(wrongWith(c.quality))
	}
	return v
}
