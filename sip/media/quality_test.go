package media

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/test/interop"
)

// TestMOSOfPublishedValues: ITU-T G.107 Annex B and G.109 name the score of each bound between two classes of quality.
func TestMOSOfPublishedValues(t *testing.T) {
	for _, v := range []struct{ r, mos float64 }{
		{-5, 1}, {0, 1}, {50, 2.58}, {60, 3.10}, {70, 3.60}, {80, 4.03}, {90, 4.34}, {93.2, 4.41}, {100, 4.5}, {120, 4.5}, {math.NaN(), 1},
	} {
		if got := MOS(v.r); math.Abs(got-v.mos) > 0.01 {
			t.Errorf("R %.1f has MOS %.3f, want %.2f", v.r, got, v.mos)
		}
	}
}

// TestRatingOfPublishedValues: G.711 with concealment by G.113 Appendix I, and the delay by Cole and Rosenbluth (their table of Id).
func TestRatingOfPublishedValues(t *testing.T) {
	interop.Proves(t, "S4.10")
	ms := time.Millisecond
	for _, v := range []struct {
		c Conditions
		r float64
	}{
		{Conditions{}, 93.2},
		{Conditions{Delay: 100 * ms}, 90.8}, // 0.024·100
		{Conditions{Delay: 150 * ms}, 89.6}, // the bound of ITU-T G.114
		{Conditions{Delay: 400 * ms}, 59.1}, // 9.6 + 0.11·222.7
		{Conditions{Loss: 0.01}, 89.56},     // 95·1/26.1
		{Conditions{Loss: 0.03}, 83.06},     // 95·3/28.1
		{Conditions{Late: 0.03}, 83.06},     // to the ear the same
		{Conditions{Loss: 0.05}, 77.42},     // 95·5/30.1
		{Conditions{Loss: 0.1, Delay: 150 * ms}, 62.53},
		{Conditions{Loss: 1}, 17.26},
		{Conditions{Loss: 7, Late: -3, Delay: -ms}, 17.26},
		{Conditions{Loss: math.NaN()}, 93.2},
		{Conditions{Loss: 1, Late: 1, Delay: time.Minute}, 0},
	} {
		if got := v.c.Rate(); math.Abs(got.R-v.r) > 0.05 {
			t.Errorf("%+v is rated %.2f, want %.2f", v.c, got.R, v.r)
		}
	}
}

// TestWhatIsLateTakesNothingBelowNothing: next to nothing that is late is lost in the rounding of what was never there.
func TestWhatIsLateTakesNothingBelowNothing(t *testing.T) {
	if got := (Conditions{Loss: 0.5, Late: 8.326672684688674e-17}).Rate(); got.ByLate < 0 {
		t.Errorf("what is late takes %g away", got.ByLate)
	}
}

// TestWorseIsNeverRatedBetterProperty: more loss, more that is late or more delay never has a higher score, each score is within its bounds, and what is
// told to take away adds up.
func TestWorseIsNeverRatedBetterProperty(t *testing.T) {
	conditions := func(t *rapid.T, label string) Conditions {
		return Conditions{
			Loss: rapid.Float64Range(0, 1).Draw(t, label+" loss"), Late: rapid.Float64Range(0, 1).Draw(t, label+" late"),
			Delay: time.Duration(rapid.Int64Range(0, int64(3*time.Second)).Draw(t, label+" delay")),
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, more := conditions(t, "a"), conditions(t, "more")
		b := Conditions{Loss: min(1, a.Loss+more.Loss), Late: min(1, a.Late+more.Late), Delay: a.Delay + more.Delay}
		better, worse := a.Rate(), b.Rate()
		if worse.R > better.R+1e-9 || MOS(worse.R) > MOS(better.R)+1e-9 {
			t.Fatalf("%+v: %.3f, worse %+v: %.3f", a, better.R, b, worse.R)
		}
		for _, r := range []Rating{better, worse} {
			if m := MOS(r.R); r.R < 0 || r.R > BestR || m < 1 || m > 4.5 || r.ByLoss < 0 || r.ByLate < 0 || r.ByDelay < 0 {
				t.Fatalf("%+v, MOS %.2f", r, m)
			}
			if sum := r.R + r.ByLoss + r.ByLate + r.ByDelay; r.R > 0 && math.Abs(sum-BestR) > 1e-6 {
				t.Fatalf("%+v adds up to %.3f", r, sum)
			}
		}
	})
}
