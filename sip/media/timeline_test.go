package media

import (
	"testing"

	"pgregory.net/rapid"
)

// TestTimelinePlaysWhatItHas: packets of any lengths at any places, overlapping or not, are read in order from front to
// back. Audio comes exactly where there is some, and nothing is left behind.
func TestTimelinePlaysWhatItHas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var line timeline
		const length = 400
		var there [length]bool
		for range rapid.IntRange(0, 8).Draw(t, "packets") {
			at, n := rapid.IntRange(0, length-100).Draw(t, "at"), rapid.IntRange(1, 100).Draw(t, "samples")
			if line.store(&Packet{Payload: make([]byte, n), Decoder: mulaw{}}, int64(at), n) > 0 {
				continue // there was one at this place
			}
			for i := at; i < at+n; i++ {
				there[i] = true
			}
		}
		out := make([]int16, 80)
		for head := 0; head < length; {
			if has := line.has(int64(head), 1); has != there[head] {
				t.Fatalf("position %d: has audio %t, should be %t", head, has, there[head])
			}
			n := line.read(out[:min(len(out), length-head)], int64(head))
			if (n > 0) != there[head] {
				t.Fatalf("position %d: %d samples read where there is audio is %t", head, n, there[head])
			}
			if n == 0 {
				n = line.gap(length-head, int64(head))
			}
			for i := head; i < head+n; i++ {
				if there[i] != there[head] {
					t.Fatalf("position %d: %d samples at once, but at %d it changes", head, n, i)
				}
			}
			head += n
		}
		line.read(out, length)
		if !line.empty(length) {
			t.Fatal("something was left behind")
		}
	})
}

// TestUnread: what a jump looked at and left is there again.
func TestUnread(t *testing.T) {
	var line timeline
	payload := make([]byte, 160)
	pcm := tone(440, 8000, 8000, 320)
	for i := range 2 {
		mulaw{}.encode(payload, pcm[i*160:(i+1)*160])
		line.store(&Packet{Payload: payload, Decoder: mulaw{}}, int64(i*160), 160)
	}
	first, second := make([]int16, 240), make([]int16, 320)
	for n := 0; n < len(first); {
		n += line.read(first[n:], int64(n))
	}
	line.unread(first[100:], 100)
	copy(second, first[:100])
	for n := 100; n < len(second); {
		k := line.read(second[n:], int64(n))
		if k == 0 {
			t.Fatalf("nothing at %d", n)
		}
		n += k
	}
	if a := amplitude(second, 440, 8000); a < 7900 {
		t.Errorf("the tone of 8000 is at %.0f", a)
	}
}
