package media

import (
	"math"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtp"

	"linecard/sip/sdp"
	"linecard/test/interop"
)

// TestHoldIsStill: on hold nothing is heard, whatever the peer sends; afterwards only what was said afterwards.
func TestHoldIsStill(t *testing.T) {
	us := netip.MustParseAddrPort("192.0.2.1:4000")
	r := newReceiver(func(rate, clock int) JitterBuffer { return NewAdaptive(rate, clock) })
	params := agreed(open(t))
	params.Remote = us
	r.set(params)
	loud := make([]byte, 160)
	mulaw{}.encode(loud, tone(1000, 8000, 8000, 160))
	head := rtp.Header{Version: 2, SSRC: 3}
	packet := make([]byte, 172)
	pcm := make([]int16, BlockSize)
	// hear sends n packets and tells how loud the last block is.
	hear := func(n int) int {
		for range n {
			head.SequenceNumber++
			head.Timestamp += 160
			_, _ = head.MarshalTo(packet)
			copy(packet[12:], loud)
			r.take(packet, us, time.Now())
			r.block(pcm)
			r.block(pcm)
		}
		return level(pcm)
	}
	if hear(10) == 0 {
		t.Fatal("nothing is heard")
	}
	for name, hold := range map[string]Params{
		"ours":   {Media: params.Media, Remote: us, Held: true},
		"theirs": {Media: func() sdp.Media { m := params.Media; m.Direction = sdp.SendOnly; return m }(), Remote: us},
	} {
		r.set(hold)
		if hear(10) != 0 {
			t.Errorf("a hold, %s: something is heard", name)
		}
		r.set(params)
		r.block(pcm)
		if level(pcm) != 0 {
			t.Errorf("a hold, %s: audio from before it is heard after it", name)
		}
		if hear(10) == 0 {
			t.Errorf("a hold, %s: nothing is heard after it", name)
		}
		if lost := r.stats().PacketsLost; lost != 0 {
			t.Errorf("a hold, %s: %d packets count as lost", name, lost)
		}
	}
}

// wide is a codec of 16 kHz with an RTP clock of 8 kHz, as G.722 is.
type wide struct{ mulaw }

func (wide) rate() int { return 16000 }

// TestAnotherRate: the peer changes to a codec of another sample rate.
func TestAnotherRate(t *testing.T) {
	us := netip.MustParseAddrPort("192.0.2.1:4000")
	r := newReceiver(func(rate, clock int) JitterBuffer { return NewAdaptive(rate, clock) })
	params := agreed(open(t))
	params.Remote = us
	r.set(params)
	r.types[9] = payloadType{kind: audioPayload, dec: wide{}, clock: 8000}
	pcm, out := tone(1000, 8000, 16000, 16000), make([]int16, BlockSize)
	var heard []int16
	for i := range 50 {
		p := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 3, PayloadType: 9, SequenceNumber: uint16(i), Timestamp: uint32(i) * 160}}
		p.Payload = make([]byte, 320)
		if i == 0 {
			p.PayloadType, p.Payload = 0, p.Payload[:160]
		}
		mulaw{}.encode(p.Payload, pcm[i*320:i*320+len(p.Payload)])
		data, _ := p.Marshal()
		r.take(data, us, time.Now())
		for range 2 {
			r.block(out)
			heard = append(heard, out...)
		}
	}
	if a := amplitude(heard[SampleRate/2:], 1000, SampleRate); math.Abs(a-8000) > 800 {
		t.Errorf("the tone of 8000 is heard at %.0f", a)
	}
}

// TestComfortNoise: silence descriptors (RFC 3389) come without having been agreed on. They are no intrusion.
func TestComfortNoise(t *testing.T) {
	interop.Proves(t, "S4.9")
	us := netip.MustParseAddrPort("192.0.2.1:4000")
	r := newReceiver(func(rate, clock int) JitterBuffer { return NewAdaptive(rate, clock) })
	params := agreed(open(t))
	params.Remote = us
	r.set(params)
	data, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 13}, Payload: []byte{60}}).Marshal()
	r.take(data, us, time.Now())
	if st := r.stats(); st.PacketsReceived != 1 || st.PacketsRefused != 0 {
		t.Errorf("%+v", st)
	}
}

// TestSymmetric: signalling named an address, the packets come from another, as behind a NAT. Ours go where theirs come from.
func TestSymmetric(t *testing.T) {
	interop.Proves(t, "S4.6")
	named, peer := open(t), open(t)
	put := make(chan struct{}, 8)
	s := start(t, agreed(named), tapped(put))
	next(t, named.rtp)
	for i := range 5 {
		send(t, peer.rtp, s, rtp.Header{Version: 2, SSRC: 9, SequenceNumber: uint16(i), Timestamp: uint32(i) * 160}, make([]byte, 160))
	}
	for range 3 { // two are spent on making sure
		await(t, put)
	}
	speak(s, 2)
	next(t, peer.rtp)
	if st := s.Stats(); st.Remote != peer.Addr() || st.PacketsRefused != 2 || st.PacketsReceived != 3 {
		t.Errorf("%+v", st)
	}
}

// TestCodecChange: the peer may go to the other agreed codec at any packet.
func TestCodecChange(t *testing.T) {
	interop.Proves(t, "S2.6")
	peer := open(t)
	put := make(chan struct{}, 8)
	s := start(t, agreed(peer), tapped(put))
	payload := make([]byte, 160)
	pcm := tone(500, 8000, 8000, 160*50)
	out, heard := make([]int16, BlockSize), []int16(nil)
	for i := range 50 {
		h := rtp.Header{Version: 2, SSRC: 9, SequenceNumber: uint16(i), Timestamp: uint32(i) * 160}
		if i < 25 {
			mulaw{}.encode(payload, pcm[i*160:(i+1)*160])
		} else {
			h.PayloadType = 8
			alaw{}.encode(payload, pcm[i*160:(i+1)*160])
		}
		send(t, peer.rtp, s, h, payload)
		await(t, put)
		for range 2 {
			s.ReadSpeaker(out)
			heard = append(heard, out...)
		}
	}
	if got := amplitude(heard[SampleRate/10:], 500, SampleRate); math.Abs(got-8000) > 800 {
		t.Errorf("the tone of 8000 is heard at %.0f", got)
	}
}
