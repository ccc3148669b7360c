package media

import (
	"math"
	"time"
)

// Conditions is what a stream of sound meets on its way, as far as it can be counted.
type Conditions struct {
	Loss  float64       // part of the packets that never came, 0 to 1
	Late  float64       // part of them that came after their moment to be played
	Delay time.Duration // from mouth to ear
}

// Rating says how the E-model (ITU-T G.107) rates a stream, and what takes how much away of it.
type Rating struct {
	R                       float64 // 0 to BestR
	ByLoss, ByLate, ByDelay float64 // what it would be higher without these
}

const (
	// BestR is what the E-model gives a call of G.711 on which nothing is wrong: all that is not counted here is at its default.
	BestR = 93.2

	// How G.711 with packet loss concealment bears loss at random (ITU-T G.113, Appendix I): the codec takes nothing, and its robustness.
	impairment = 0.0
	robustness = 25.1

	// Beyond this delay people begin to talk at the same time (Cole and Rosenbluth, "Voice over IP performance monitoring", 2001).
	noticed = 177300 * time.Microsecond
)

// Rate rates a stream by the E-model in the form that is used where only the network is known (RFC 3611 §4.7.5; Cole and Rosenbluth): R = 93.2 − Id − Ie-eff.
// Packets that are late are lost to the ear.
func (c Conditions) Rate() Rating {
	loss, late := share(c.Loss), share(c.Late)
	ie := impaired(loss + late)
	byLoss := impaired(loss)
	id := delayed(c.Delay)
	// Where next to nothing is late, the difference may be rounded below nothing.
	return Rating{R: max(0, BestR-ie-id), ByLoss: byLoss, ByLate: max(0, ie-byLoss), ByDelay: id}
}

func share(part float64) float64 {
	if !(part > 0) { // NaN too
		return 0
	}
	return min(part, 1)
}

// impaired is Ie-eff of G.107: what the codec and lost packets take away.
func impaired(lost float64) float64 {
	percent := 100 * min(lost, 1)
	return impairment + (95-impairment)*percent/(percent+robustness)
}

// delayed is Id: what the delay takes away, with no echo to speak of.
func delayed(d time.Duration) float64 {
	ms := max(d, 0).Seconds() * 1000
	id := 0.024 * ms
	if d > noticed {
		id += 0.11 * (ms - noticed.Seconds()*1000)
	}
	return id
}

// MOS is the mean opinion score that goes with R, 1 (bad) to 4.5 (ITU-T G.107, Annex B).
func MOS(r float64) float64 {
	switch {
	case !(r > 0):
		return 1
	case r >= 100:
		return 4.5
	}
	return math.Max(1, 1+0.035*r+7e-6*r*(r-60)*(100-r))
}
