package ui

import (
	"testing"

	"linecard/app"
	"linecard/test/interop"
)

// poorSound is a call of which much is lost.
func poorSound(c app.CallView) app.CallView {
	c.Quality.MOS, c.Quality.Level, c.Quality.Words = 2.3, app.PoorQuality, "Poor sound (2.3): 25 % of the packets to you are lost."
	return c
}

// TestHowACallSoundsIsShown: nothing while it is good; what is wrong, with the microphone that is off, while it is not; what there is to say of a
// transfer comes first.
func TestHowACallSoundsIsShown(t *testing.T) {
	interop.Proves(t, "S4.10")
	b := newBench(t, nil)
	words := poorSound(talking()).Quality.Words
	poor := poorSound(talking()).Quality
	for name, c := range map[string]struct {
		change func(*app.CallView)
		want   string
	}{
		"good":             {func(c *app.CallView) { c.Quality.MOS, c.Quality.Level = 4.4, app.GoodQuality }, ""},
		"poor":             {func(c *app.CallView) { c.Quality = poor }, words},
		"poor and muted":   {func(c *app.CallView) { c.Quality, c.Muted = poor, true }, "microphone off · " + words},
		"poor in transfer": {func(c *app.CallView) { c.Quality, c.Transfer = poor, "Transferring to 2042" }, "Transferring to 2042"},
	} {
		call := talking()
		c.change(&call)
		b.draw(onlyCall(call)())
		if got := b.centre.call.hero.status.value; got != c.want {
			t.Errorf("%s: it says %q, want %q", name, got, c.want)
		}
	}
}
