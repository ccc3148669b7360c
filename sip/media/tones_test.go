package media

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"linecard/sip/sdp"
	"linecard/test/interop"
)

// goertzel is the level of a frequency in samples at 8 kHz, in dBm0.
func goertzel(pcm []int16, hertz float64) float64 {
	var s1, s2 float64
	turn := 2 * math.Cos(2*math.Pi*hertz/8000)
	for _, s := range pcm {
		s1, s2 = float64(s)+turn*s1-s2, s1
	}
	peak := 2 * math.Sqrt(max(s1*s1+s2*s2-turn*s1*s2, 0)) / float64(len(pcm))
	return 20*math.Log10(max(peak, 1)/32124) + 3.17
}

// sounding is what the peer hears of a session that presses keys as tones while the microphone has speech in it.
func sounding(t *testing.T, codec sdp.Codec, pt uint8, keys string) (heard []int16, left string, gone bool) {
	t.Helper()
	peer := open(t)
	params := agreed(peer)
	params.Send = sdp.Format{Codec: codec, PayloadType: pt}
	params.DTMFSend = 0 // the other side takes no events
	s := start(t, params, Options{})
	c, _ := newCodec(codec)
	next(t, peer.rtp)
	if err := s.SendTones(keys, func(l string) { left, gone = l, true }); err != nil {
		t.Fatal(err)
	}
	packets := 8*len(keys) + 8
	for range packets {
		speak(s, 2)
		p := next(t, peer.rtp)
		if p.PayloadType != pt {
			t.Fatalf("a packet of type %d among the audio", p.PayloadType)
		}
		pcm := make([]int16, len(p.Payload))
		c.Decode(pcm, p.Payload)
		heard = append(heard, pcm...)
	}
	return heard, left, gone
}

// TestTonesOfKeys: every key is its two frequencies at a telephone's level for 100 ms, with nothing else in them, then a pause without the
// microphone, as a receiver of ITU-T Q.24 wants it.
func TestTonesOfKeys(t *testing.T) {
	interop.Proves(t, "S3.11")
	for _, c := range []struct {
		codec sdp.Codec
		pt    uint8
	}{{sdp.PCMU, 0}, {sdp.PCMA, 8}} {
		heard, left, gone := sounding(t, c.codec, c.pt, keys)
		if !gone || left != "" {
			t.Errorf("%s: told %v with %q left", c.codec.Name, gone, left)
		}
		for i, key := range keys {
			at := i * 1280 // 160 ms
			on, off := heard[at+40:at+760], heard[at+840:at+1240]
			place := keyPlaces[i]
			for j, hertz := range append(rowHertz[:], columnHertz[:]...) {
				level := goertzel(on, hertz)
				want, its := math.Inf(-1), false
				switch {
				case j < 4 && j == place[0]:
					want, its = -11, true
				case j >= 4 && j-4 == place[1]:
					want, its = -9, true
				}
				switch {
				case its && math.Abs(level-want) > 0.5:
					t.Errorf("%s %c: %v Hz at %.1f dBm0, want %v", c.codec.Name, key, hertz, level, want)
				case !its && level > -31: // 20 dB below the weaker one
					t.Errorf("%s %c: %v Hz at %.1f dBm0 besides", c.codec.Name, key, hertz, level)
				}
			}
			for _, s := range off {
				if s < -40 || s > 40 {
					t.Fatalf("%s %c: not silent after it: %d", c.codec.Name, key, s)
				}
			}
		}
		if rest := heard[len(keys)*1280+80:]; goertzel(rest, 1000) < -20 {
			t.Errorf("%s: the microphone does not come back", c.codec.Name)
		}
	}
}

// The frequencies are those that the keypad has on paper.
func TestKeysAreWhereQ23HasThem(t *testing.T) {
	for i, row := range []string{"123A", "456B", "789C", "*0#D"} {
		for j, key := range row {
			for code, place := range keyPlaces {
				if rune(keys[code]) == key && place != [2]int{i, j} {
					t.Errorf("%c is at %v", key, place)
				}
			}
		}
	}
}

func TestSendTonesErrors(t *testing.T) {
	plain, held := agreed(open(t)), agreed(open(t))
	held.Held = true
	for name, c := range map[string]struct {
		params Params
		digits string
		want   error
	}{
		"a key":    {plain, "5", nil},
		"a letter": {plain, "x", ErrNoKey},
		"on hold":  {held, "1", ErrNoSender},
	} {
		if err := start(t, c.params, Options{}).SendTones(c.digits, func(string) {}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for codec, carries := range map[string]bool{"PCMU": true, "PCMA": true, "opus": false, "G722": false} {
		if carriesTones(sdp.Codec{Name: codec}) != carries {
			t.Errorf("%s carries tones: %v", codec, !carries)
		}
	}
}

// A hold in the middle of a tone ends it: what was not begun is told as not sent, and does not sound after the hold.
func TestHoldForgetsTones(t *testing.T) {
	peer := open(t)
	params := agreed(peer)
	s := start(t, params, Options{})
	next(t, peer.rtp)
	var told []string
	for _, keys := range []string{"12", "3"} {
		if err := s.SendTones(keys, func(left string) { told = append(told, left) }); err != nil {
			t.Fatal(err)
		}
	}
	speak(s, 4)
	for _, held := range []bool{true, false} {
		params.Held = held
		if err := s.Update(params); err != nil {
			t.Fatal(err)
		}
	}
	speak(s, 40)
	if got := fmt.Sprint(told); got != "[2 3]" {
		t.Errorf("told that %s were left", got)
	}
	heard := 0
	for range 22 {
		p := next(t, peer.rtp)
		pcm := make([]int16, len(p.Payload))
		mulaw{}.Decode(pcm, p.Payload)
		if goertzel(pcm, 1209) > -20 || goertzel(pcm, 1336) > -20 {
			heard++
		}
	}
	if heard > 2 {
		t.Errorf("%d packets with a tone, 2 went before the hold", heard)
	}
}

// Keys that go as tones and keys that go as events, as after a change of the account, go one after the other.
func TestTonesAndEventsInOrder(t *testing.T) {
	peer := open(t)
	s := start(t, agreed(peer), Options{})
	next(t, peer.rtp)
	var told []string
	note := func(name string) func(string) { return func(string) { told = append(told, name) } }
	if err := s.SendTones("1", note("tone")); err != nil {
		t.Fatal(err)
	}
	if err := s.SendDTMF("2", note("event")); err != nil {
		t.Fatal(err)
	}
	if err := s.SendTones("3", note("tone again")); err != nil {
		t.Fatal(err)
	}
	speak(s, 2*26)
	if got := fmt.Sprint(told); got != "[tone event tone again]" {
		t.Error(got)
	}
}
