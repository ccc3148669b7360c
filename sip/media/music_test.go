package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"linecard/sip/sdp"
	"linecard/test/interop"
	"linecard/wave"
)

// file is a WAV file of 16-bit PCM with the same sound on each channel.
func file(pcm []int16, rate, channels int) *bytes.Buffer {
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) }
	b.WriteString("RIFF\x00\x00\x00\x00WAVEfmt ")
	put([]uint32{16, uint32(channels)<<16 | wave.FormatPCM, uint32(rate), uint32(rate * channels * 2), uint32(16<<16 | channels*2)})
	b.WriteString("data")
	put(uint32(len(pcm) * channels * 2))
	for _, v := range pcm {
		for range channels {
			put(v)
		}
	}
	return &b
}

// TestMusicOfEachKindIsHeardOnHold: what the other side gets is the tone of the file, at its level, whatever rate the file has, and the
// microphone's is not in it.
func TestMusicOfEachKindIsHeardOnHold(t *testing.T) {
	interop.Proves(t, "S3.4")
	for _, rate := range []int{8000, 11025, 16000, 22050, 44100, 48000} {
		for _, channels := range []int{1, 2} {
			m, err := ReadMusic(file(tone(440, 8000, rate, 2*rate), rate, channels))
			if err != nil {
				t.Fatalf("%d Hz: %v", rate, err)
			}
			peer := open(t)
			params := agreed(peer)
			params.Held, params.Direction = true, sdp.SendOnly
			s := start(t, params, Options{})
			s.Music(m)
			pcm := getsOf(t, s, peer, 100)
			if got := amplitude(pcm[1600:], 440, 8000); math.Abs(got-8000) > 400 {
				t.Errorf("%d Hz, %d channels: the tone of 8000 is heard with %.0f", rate, channels, got)
			}
			if got := amplitude(pcm[1600:], 1000, 8000); got > 100 {
				t.Errorf("%d Hz: the microphone is heard on hold, with %.0f", rate, got)
			}
		}
	}
}

// getsOf is what the other side gets of so many blocks, at 8 kHz, while somebody speaks at 1000 Hz.
func getsOf(t *testing.T, s *Session, peer *Socket, blocks int) (pcm []int16) {
	t.Helper()
	for range blocks / 2 {
		speak(s, 2)
		frame := make([]int16, 160)
		mulaw{}.Decode(frame, next(t, peer.rtp).Payload)
		pcm = append(pcm, frame...)
	}
	return pcm
}

// TestMusicGoesOnWhereItStopped, gently; and a call that is not held hears none of it.
func TestMusicGoesOnWhereItStopped(t *testing.T) {
	low, high := tone(400, 8000, musicRate, musicRate), tone(900, 8000, musicRate, musicRate)
	m, err := ReadMusic(file(append(low, high...), musicRate, 1))
	if err != nil {
		t.Fatal(err)
	}
	peer := open(t)
	params := agreed(peer)
	s := start(t, params, Options{})
	s.Music(m)
	hold := func(on bool) {
		params.Held = on
		if err := s.Update(params); err != nil {
			t.Fatal(err)
		}
	}
	if pcm := getsOf(t, s, peer, 20); amplitude(pcm, 400, 8000) > 100 {
		t.Error("music in a call that is not held")
	}
	hold(true)
	if pcm := getsOf(t, s, peer, 96); amplitude(pcm[2000:6000], 400, 8000) < 7600 {
		t.Error("the first hold does not begin at the beginning")
	}
	hold(false)
	if pcm := getsOf(t, s, peer, 40); amplitude(pcm[1600:], 400, 8000) > 100 || amplitude(pcm[1600:], 1000, 8000) < 9500 {
		t.Error("after the hold the music is heard, or the microphone is not")
	}
	s.Music(m) // the same again changes nothing
	hold(true)
	if pcm := getsOf(t, s, peer, 60); amplitude(pcm[1600:4000], 900, 8000) < 7600 {
		t.Error("the second hold does not go on where the first one stopped")
	}
	s.Music(nil)
	if pcm := getsOf(t, s, peer, 20); amplitude(pcm[800:], 900, 8000) > 100 {
		t.Error("music that was taken away is heard")
	}
}

// TestNoMusicBeforeTheAnswer: who has not answered yet and is held hears silence.
func TestNoMusicBeforeTheAnswer(t *testing.T) {
	m, err := ReadMusic(file(tone(440, 8000, 8000, 8000), 8000, 1))
	if err != nil {
		t.Fatal(err)
	}
	peer := open(t)
	params := agreed(peer)
	params.Held, params.Early = true, true
	s := start(t, params, Options{})
	s.Music(m)
	if pcm := getsOf(t, s, peer, 20); amplitude(pcm, 440, 8000) > 10 {
		t.Error("music before the answer")
	}
}

// TestTheLoopDoesNotClick: where the end meets the beginning, as within, two samples are no farther apart than a tone of that level has them.
func TestTheLoopDoesNotClick(t *testing.T) {
	interop.Proves(t, "S3.4")
	const hz, level = 300, 12000
	for _, n := range []int{10007, 5001, 16033, 900, 7} { // not whole numbers of waves
		m, err := ReadMusic(file(tone(hz, level, musicRate, n), musicRate, 1))
		if err != nil {
			t.Fatal(err)
		}
		step := 2 * math.Pi * hz / musicRate * level * 1.5
		if n < 1000 {
			continue // too short for a fade that is not a sound itself: it only has to play
		}
		player := newMusician(m)
		var pcm []int16
		for range 3 * n / len(player.low) {
			player.block()
			pcm = append(pcm, player.low[:]...)
		}
		for i := 1; i < len(pcm); i++ {
			if d := math.Abs(float64(pcm[i]) - float64(pcm[i-1])); d > step {
				t.Errorf("%d samples: a step of %.0f at %d", n, d, i)
				break
			}
		}
	}
}

func TestWhatIsNoMusic(t *testing.T) {
	second := make([]int16, 8000)
	for name, c := range map[string]struct {
		file *bytes.Buffer
		want error
	}{
		"empty":          {file(nil, 8000, 1), wave.ErrNoSamples},
		"three channels": {file(second, 8000, 3), ErrMusicFormat},
		"too fast":       {file(second, 96000, 1), ErrMusicFormat},
		"too slow":       {file(second, 4000, 1), ErrMusicFormat},
		"no channel":     {file(second, 8000, 0), ErrMusicFormat},
		"too long":       {file(make([]int16, 8000*601), 8000, 1), ErrMusicLong},
		"no WAVE":        {bytes.NewBufferString("ID3"), wave.ErrNotWave},
	} {
		if _, err := ReadMusic(c.file); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if m, err := ReadMusic(file([]int16{5}, 48000, 1)); err == nil && len(m.samples) == 0 {
		t.Error("music without a sample")
	}
}

// TestMusicAllocatesNothing in the audio clock's goroutine.
func TestMusicAllocatesNothing(t *testing.T) {
	m, err := ReadMusic(file(tone(440, 8000, 44100, 44100), 44100, 2))
	if err != nil {
		t.Fatal(err)
	}
	p := newMusician(m)
	if n := testing.AllocsPerRun(200, func() { p.block() }); n != 0 {
		t.Errorf("%.0f allocations a block", n)
	}
}
