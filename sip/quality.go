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
	goodMOS = 4.0
	fairMOS = 3.1

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
	better bool    // the last look was better by a level than what was told
	sum    float64 // of R over the call
	all    twoWays // the sums of the conditions
	count  int
}

// twoWays are the conditions of the two directions.
type twoWays struct{ heard, sent media.Conditions }

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
		c.forgetQuality()
		return
	}
	if w.looks++; w.looks > 1 {
		if q, tell := w.look(now, c.params.Direction.Receives()); tell {
			c.tell(CallQuality{ID: c.id, Account: c.account, At: c.p.now(), Quality: q})
		}
	} else {
		w.before[1] = now
	}
	w.before = [2]media.Stats{w.before[1], now}
}

// forgetQuality has the quality looked at as of a new call: a hold has begun or is over.
func (c *call) forgetQuality() {
	w := &c.quality
	w.looks, w.told, w.better = 0, Quality{}, false
}

// look rates the sound since the look before the last one, and says whether it is to be told; the zero Quality is that it is not known any more. A
// better level is believed at the second look.
func (w *qualityWatch) look(now media.Stats, receives bool) (q Quality, tell bool) {
	ways, known := conditions(w.before[0], now)
	if known = known && receives; known {
		var r float64
		r, q = ways.rate()
		w.sum, w.count = w.sum+r, w.count+1
		w.all.heard, w.all.sent = plus(w.all.heard, ways.heard), plus(w.all.sent, ways.sent)
	}
	once := w.better
	if w.better = known && q.Level.over(w.told.Level); w.better && !once {
		return q, false
	}
	w.better = false
	if tell = q.changed(w.told); tell {
		w.told = q
	}
	return q, tell
}

// over reports whether a level is better than another one that is known.
func (l QualityLevel) over(other QualityLevel) bool {
	return other == PoorQuality && l != PoorQuality || other == FairQuality && l == GoodQuality
}

// changed reports whether there is something to tell: while a call is not good, also that the cause is another.
func (q Quality) changed(was Quality) bool {
	return q.MOS != was.MOS || q.Level != was.Level || q.Cause != was.Cause || q.Sent != was.Sent || math.Round(q.Percent) != math.Round(was.Percent)
}

// overall is the quality of the call so far: the mean of its looks, and what was wrong with all of them. Of a call that is too short for one it is
// that of all that was counted, or zero.
func (c *call) overall(now media.Stats) Quality { return c.quality.overall(now) }

func (w *qualityWatch) overall(now media.Stats) Quality {
	if w.count > 0 {
		n := float64(w.count)
		_, q := twoWays{mean(w.all.heard, n), mean(w.all.sent, n)}.rate()
		return q.at(w.sum / n)
	}
	_, q, _ := rate(media.Stats{}, now)
	return q
}

func plus(a, b media.Conditions) media.Conditions {
	return media.Conditions{Loss: a.Loss + b.Loss, Late: a.Late + b.Late, Delay: a.Delay + b.Delay}
}

func mean(sum media.Conditions, n float64) media.Conditions {
	return media.Conditions{Loss: sum.Loss / n, Late: sum.Late / n, Delay: time.Duration(float64(sum.Delay) / n)}
}

// conditions are what the sound has met between two looks. A stream that has stopped is lost, unless the peer has said that it is silent.
func conditions(before, now media.Stats) (ways twoWays, known bool) {
	grown := func(now, before uint64) float64 { return max(0, float64(now)-float64(before)) } // a duplicate makes up for one that was lost
	got, lost, late := grown(now.PacketsReceived, before.PacketsReceived), grown(now.PacketsLost, before.PacketsLost), grown(now.PacketsLate, before.PacketsLate)
	way := now.RoundTrip/2 + packetTime
	ways.heard = media.Conditions{Delay: way + now.BufferDelay}
	ways.sent = media.Conditions{Loss: now.RemoteLoss, Delay: way + min(2*now.RemoteJitter, mostWait)}
	switch all := got + lost; {
	case all == 0 && now.PacketsReceived > 0 && !now.Silent:
		ways.heard.Loss = 1
	case all < leastPackets:
		return twoWays{}, false
	default:
		ways.heard.Loss, ways.heard.Late = lost/all, late/all
	}
	return ways, true
}

// rate rates the sound between two looks.
func rate(before, now media.Stats) (r float64, q Quality, known bool) {
	ways, known := conditions(before, now)
	if !known {
		return 0, Quality{}, false
	}
	r, q = ways.rate()
	return r, q, true
}

// rate rates the worse direction.
func (w twoWays) rate() (r float64, q Quality) {
	c, rating := w.heard, w.heard.Rate()
	if theirs := w.sent.Rate(); theirs.R < rating.R {
		c, rating, q.Sent = w.sent, theirs, true
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
	return rating.R, q.at(rating.R)
}

// at is the quality with this rating; a good one has no cause. The level is that of the figure that is shown.
func (q Quality) at(r float64) Quality {
	q.MOS = math.Round(10*media.MOS(r)) / 10
	switch {
	case q.MOS >= goodMOS:
		return Quality{MOS: q.MOS, Level: GoodQuality, Delay: q.Delay}
	case q.MOS >= fairMOS:
		q.Level = FairQuality
	default:
		q.Level = PoorQuality
	}
	return q
}

func percent(part float64) float64 { return math.Round(1000*part) / 10 }
