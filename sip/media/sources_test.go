package media

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// ear is a receiver in a time of its own, and how loud it was in each 10 ms.
type ear struct {
	r     *receiver
	from  netip.AddrPort
	now   time.Time
	heard []int
	keys  string
}

func newEar(t *testing.T) *ear {
	e := &ear{from: netip.MustParseAddrPort("192.0.2.1:4000"), now: time.Now()}
	e.r = newReceiver(func(rate, clock int) JitterBuffer { return NewAdaptive(rate, clock) })
	p := agreed(open(t))
	p.Remote = e.from
	e.r.set(p)
	return e
}

// comes gives it a packet.
func (e *ear) comes(h rtp.Header, payload []byte) {
	h.Version = 2
	data := make([]byte, 12+len(payload))
	_, _ = h.MarshalTo(data)
	copy(data[12:], payload)
	e.keys += e.r.take(data, e.from, e.now)
}

// passes lets 20 ms go by.
func (e *ear) passes() {
	pcm := make([]int16, BlockSize)
	for range 2 {
		e.r.block(pcm)
		e.heard = append(e.heard, level(pcm))
	}
	e.now = e.now.Add(20 * time.Millisecond)
}

// loud is the part of the time, from the beginning of the sound on, in which it was heard.
func (e *ear) loud() float64 {
	n, from := 0, -1
	for i, l := range e.heard {
		if l > 1000 {
			n++
			if from < 0 {
				from = i
			}
		}
	}
	if from < 0 {
		return 0
	}
	return float64(n) / float64(len(e.heard)-from)
}

func toneIn(c codec, i int) []byte {
	out := make([]byte, 160)
	c.encode(out, tone(1000, 8000, 8000, 160*(i+1))[160*i:])
	return out
}

// Two sources talk from one port at a time: the one that was there first is heard in full, and the other does not break in.
func TestTwoSourcesOnOnePort(t *testing.T) {
	silence := make([]byte, 160)
	for i := range silence {
		silence[i] = 0xFF
	}
	e := newEar(t)
	for i := range 150 {
		e.comes(rtp.Header{SSRC: 3, SequenceNumber: uint16(1000 + i), Timestamp: uint32(123456 + 160*i)}, toneIn(mulaw{}, i))
		e.comes(rtp.Header{SSRC: 0x4D, SequenceNumber: uint16(300 + i), Timestamp: uint32(9000 + 160*i)}, silence)
		e.passes()
	}
	if got := e.loud(); got < 0.98 {
		t.Errorf("the tone is heard %.0f %% of the time", got*100)
	}
}

// When one source follows another nothing is lost of the second: what came until it was sure is played.
func TestOneSourceAfterAnother(t *testing.T) {
	e := newEar(t)
	for i := range 50 {
		e.comes(rtp.Header{SSRC: 3, SequenceNumber: uint16(i), Timestamp: uint32(160 * i)}, toneIn(mulaw{}, i))
		e.passes()
	}
	for i := range 50 {
		e.comes(rtp.Header{SSRC: 9, SequenceNumber: uint16(7000 + i), Timestamp: uint32(5 + 160*i)}, toneIn(mulaw{}, i))
		e.passes()
	}
	if got := e.loud(); got < 0.9 { // while it is not sure, what was lost is concealed
		t.Errorf("the tone is heard %.0f %% of the time", got*100)
	}
	if st := e.r.stats(); st.BufferDelay > 200*time.Millisecond {
		t.Errorf("%v behind", st.BufferDelay)
	}
}

// PCMA that was not agreed is played, as Asterisk with asymmetric_rtp_codec sends it; G.729 is not.
func TestUnagreedPCMA(t *testing.T) {
	for pt, want := range map[uint8]bool{8: true, 18: false} {
		e := newEar(t)
		for i := range 100 {
			e.comes(rtp.Header{SSRC: 3, PayloadType: pt, SequenceNumber: uint16(i), Timestamp: uint32(160 * i)}, toneIn(alaw{}, i))
			e.passes()
		}
		if got := e.loud(); got > 0.98 != want {
			t.Errorf("payload type %d is heard %.0f %% of the time", pt, got*100)
		}
	}
}

// A gateway sends its keys under a source of their own, between the audio or in its place: each is heard once, and so is the audio.
func TestKeysUnderAnotherSource(t *testing.T) {
	for name, between := range map[string]bool{"between the audio": true, "in its place": false} {
		e := newEar(t)
		audio, event := uint16(100), uint16(60000)
		for i := range 100 {
			n := i % 25
			press := press{ts: uint32(i/25) * 4000, key: byte(i / 25), duration: uint16(min(n-9, 5)) * 160}
			if n >= 14 {
				press.flags = "e"
			}
			if n >= 10 && n < 17 {
				e.comes(rtp.Header{SSRC: 9, PayloadType: 96, SequenceNumber: event, Timestamp: press.ts}, press.payload())
				event++
			}
			if between || n < 10 || n >= 17 {
				e.comes(rtp.Header{SSRC: 3, SequenceNumber: audio, Timestamp: uint32(160 * i)}, toneIn(mulaw{}, i))
				audio++
			}
			e.passes()
		}
		if e.keys != "0123" {
			t.Errorf("%s: heard %q", name, e.keys)
		}
		if got := e.loud(); got < 0.6 {
			t.Errorf("%s: the tone is heard %.0f %% of the time", name, got*100)
		}
	}
}

// The number of the keys changes in mid-call: both the new one and the one before are heard (RFC 3264 §8.3.2).
func TestKeysUnderANewNumber(t *testing.T) {
	e := newEar(t)
	for i, pt := range []uint8{96, 110, 96, 110} {
		if i == 1 {
			p := agreed(open(t))
			p.Remote, p.DTMFReceive = e.from, 110
			e.r.set(p)
		}
		e.comes(rtp.Header{SSRC: 3, PayloadType: pt, SequenceNumber: uint16(i), Timestamp: uint32(i) * 4000}, press{key: byte(i), duration: 800, flags: "e"}.payload())
	}
	if e.keys != "0123" {
		t.Errorf("heard %q", e.keys)
	}
}
