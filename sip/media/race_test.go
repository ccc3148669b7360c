package media

import (
	"sync"
	"testing"

	"linecard/sip/sdp"
)

// TestManyHands: the audio clock, signalling, the window and the network all have a hand in a call at once, up to and past
// its end.
func TestManyHands(t *testing.T) {
	as, bs := open(t), open(t)
	pa, pb := agreed(bs), agreed(as)
	a, err := NewSession(as, pa, Options{OnDTMF: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewSession(bs, pb, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var hands sync.WaitGroup
	hand := func(do func(i int)) {
		hands.Go(func() {
			for i := range 300 {
				do(i)
			}
		})
	}
	pcm, out := tone(440, 8000, SampleRate, BlockSize), make([]int16, BlockSize)
	hand(func(int) { a.WriteMicrophone(pcm); b.WriteMicrophone(pcm) })
	hand(func(int) { a.ReadSpeaker(out); b.ReadSpeaker(out) })
	hand(func(i int) { a.Mute(i%2 == 0) })
	hand(func(int) { _ = b.SendDTMF("1", func(string) {}) })
	hand(func(int) { a.Stats(); b.Stats() })
	hand(func(i int) {
		p := pa
		p.Held, p.Direction = i%2 == 0, []sdp.Direction{sdp.SendRecv, sdp.SendOnly, sdp.RecvOnly, sdp.Inactive}[i%4]
		if err := a.Update(p); err != nil {
			t.Error(err)
		}
	})
	hand(func(i int) {
		if i == 200 {
			b.Close()
		}
	})
	hands.Wait()
	for _, s := range []*Session{a, b} {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
