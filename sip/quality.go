package sip

import (
	"math"
	"time"

	"linecard/sip/media"
)

// QualityLevel is how a call sounds, in a word.
type QualityLevel string

// The levels: their bounds are those at which ITU-T G.109 says that some users, and many of them, are dissatisfied.
const (
	GoodQuality QualityLevel = "good" // MOS 4.0 and more
	FairQuality QualityLevel = "fair" // MOS 3.1 and more
	PoorQuality QualityLevel = "poor"
)

// QualityCause is what takes most away of the quality.
type QualityCause string

// The causes.
const (
	CauseLoss  QualityCause = "loss"  // packets do not arrive
	CauseLate  QualityCause = "late"  // packets come too late to be played
	CauseDelay QualityCause = "delay" // the way is long
)

// Quality is how a call sounds, of the two directions in the worse one.
type Quality struct {
	MOS     float64       `json:"mos"` // mean opinion score by the E-model, 1 to 4.5, to one decimal
	Level   QualityLevel  `json:"level"`
	Cause   QualityCause  `json:"cause,omitempty"` // "" while it is good
	Sent    bool          `json:"sent,omitempty"`  // it is the sound from here to the other side, as that side reports it
	Percent float64       `json:"percent"`         // of the packets that are lost or late, by Cause; 0 otherwise
	Delay   time.Duration `json:"delay"`           // from mouth to ear, as far as it is known
}

const (
	goodR = 80
	fairR = 60

	qualityEvery = 5 * time.Second        // so often it is looked at, over twice that time
	leastPackets = 50                     // of a stream that can be judged
	packetTime   = 20 * time.Millisecond  // how long a packet is filled
	mostWait     = 300 * time.Millisecond // that a jitter buffer is thought to have
)

// qualityWatch is what a call's quality was, a look at a time.
type qualityWatch struct {
	before [2]media.Stats // the last looks, the older one first
	looks  int
	told   Quality
	sum    float64 // of R over the call
	count  int
}

// watchQuality looks at the quality of a call as long as it has this session.
func (c *call) watchQuality(session *media.Session) {
	c.p.after(qualityEvery, func() {
		if c.audio != session || c.phase == ended {
			return
		}
		c.lookAtQuality(session.Stats())
		c.watchQuality(session)
	})
}

// lookAtQuality tells how the call has sounded lately, where that has changed. A call that is held has no quality.
func (c *call) lookAtQuality(now media.Stats) {
	w := &c.quality
	if c.phase != talking || c.held || c.remoteHold {
		w.looks = 0
		return
	}
	if w.looks++; w.looks > 1 {
		if r, q, known := rate(w.before[0], now); known {
			w.sum, w.count = w.sum+r, w.count+1
			if q.changed(w.told) {
				w.told = q
				c.tell(CallQuality{ID: c.id, Account: c.account, At: c.p.now(), Quality: q})
			}
		}
	} else {
		w.before[1] = now
	}
	w.before = [2]media.Stats{w.before[1], now}
}

// changed reports whether there is something to tell: while a call is not good, also that the cause is another.
func (q Quality) changed(was Quality) bool {
	return q.MOS != was.MOS || q.Level != was.Level || q.Cause != was.Cause || q.Sent != was.Sent || math.Round(q.Percent) != math.Round(was.Percent)
}

// overall is the quality of the call so far: the mean of its looks, and what was wrong with all of it. Of a call that is too short for one it is zero.
func (c *call) overall(now media.Stats) Quality {
	r, q, known := rate(media.Stats{}, now)
	if !known {
		return Quality{}
	}
	if w := &c.quality; w.count > 0 {
		r = w.sum / float64(w.count)
	}
	return q.at(r)
}

// rate rates the sound between two looks.
func rate(before, now media.Stats) (r float64, q Quality, known bool) {
	grown := func(now, before uint64) float64 { return max(0, float64(now)-float64(before)) } // a duplicate makes up for one that was lost
	got, lost, late := grown(now.PacketsReceived, before.PacketsReceived), grown(now.PacketsLost, before.PacketsLost), grown(now.PacketsLate, before.PacketsLate)
	if got+lost < leastPackets {
		return 0, Quality{}, false
	}
	way := now.RoundTrip/2 + packetTime
	heard := media.Conditions{Loss: lost / (got + lost), Late: late / (got + lost), Delay: way + now.BufferDelay}
	sent := media.Conditions{Loss: now.RemoteLoss, Delay: way + min(2*now.RemoteJitter, mostWait)}
	c, rating := heard, heard.Rate()
	if theirs := sent.Rate(); theirs.R < rating.R {
		c, rating, q.Sent = sent, theirs, true
	}
	q.Delay = c.Delay.Round(time.Millisecond)
	switch most := max(rating.ByLoss, rating.ByLate, rating.ByDelay); most {
	case rating.ByLoss:
		q.Cause, q.Percent = CauseLoss, percent(c.Loss)
	case rating.ByLate:
		q.Cause, q.Percent = CauseLate, percent(c.Late)
	default:
		q.Cause = CauseDelay
	}
	return rating.R, q.at(rating.R), true
}

// at is the quality with this rating; a good one has no cause.
func (q Quality) at(r float64) Quality {
	q.MOS = math.Round(10*media.MOS(r)) / 10
	switch {
	case r >= goodR:
		return Quality{MOS: q.MOS, Level: GoodQuality, Delay: q.Delay}
	case r >= fairR:
		q.Level = FairQuality
	default:
		q.Level = PoorQuality
	}
	return q
}

func percent(part float64) float64 { return math.Round(1000*part) / 10 }
