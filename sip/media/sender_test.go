package media

import (
	"math"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"linecard/sip/sdp"
)

func silent(payload []byte) bool {
	return !slices.ContainsFunc(payload, func(b byte) bool { return b|0x80 != 0xFF })
}

func TestFirstPacketLeavesAtOnce(t *testing.T) {
	peer := open(t)
	start(t, agreed(peer), Options{}) // no sound card is there yet
	p := next(t, peer.rtp)
	if !p.Marker || p.PayloadType != 0 || len(p.Payload) != 160 || !silent(p.Payload) {
		t.Errorf("first packet: %v", p)
	}
}

func TestPacketsFollowTheMicrophone(t *testing.T) {
	for ptime, size := range map[time.Duration]int{10: 80, 20: 160, 30: 240, 40: 320, 60: 480, 0: 160} {
		peer := open(t)
		params := agreed(peer)
		params.Ptime = ptime * time.Millisecond
		s := start(t, params, Options{})
		last := next(t, peer.rtp)
		speak(s, 36)
		var pcm []int16
		for len(pcm) < 36*80 {
			p := next(t, peer.rtp)
			if p.Marker || p.SSRC != last.SSRC || p.SequenceNumber != last.SequenceNumber+1 ||
				p.Timestamp != last.Timestamp+uint32(size) || len(p.Payload) != size {
				t.Fatalf("%d ms: after %v came %v", ptime, last, p)
			}
			frame := make([]int16, size)
			mulaw{}.Decode(frame, p.Payload)
			pcm, last = append(pcm, frame...), p
		}
		if a := amplitude(pcm[400:], 1000, 8000); math.Abs(a-10000) > 1000 {
			t.Errorf("%d ms: the tone of 10000 left at %.0f", ptime, a)
		}
	}
}

func TestMuteSendsSilence(t *testing.T) {
	peer := open(t)
	s := start(t, agreed(peer), Options{})
	next(t, peer.rtp)
	s.Mute(true)
	speak(s, 4)
	for range 2 {
		if p := next(t, peer.rtp); !silent(p.Payload) {
			t.Error("the microphone is heard although it is muted")
		}
	}
	s.Mute(false)
	speak(s, 4)
	next(t, peer.rtp)
	if p := next(t, peer.rtp); silent(p.Payload) {
		t.Error("the microphone is not heard although it is on again")
	}
}

func TestHoldSendsSilenceOrNothing(t *testing.T) {
	peer := open(t)
	params := agreed(peer)
	s := start(t, params, Options{})
	first := next(t, peer.rtp)

	params.Held, params.Direction = true, sdp.SendOnly
	if err := s.Update(params); err != nil {
		t.Fatal(err)
	}
	speak(s, 2)
	if p := next(t, peer.rtp); !silent(p.Payload) || p.SequenceNumber != first.SequenceNumber+1 {
		t.Errorf("on hold the microphone is heard, or the stream began again: %v", p)
	}

	params.Held, params.Direction = false, sdp.RecvOnly // now the peer holds: it takes nothing
	if err := s.Update(params); err != nil {
		t.Fatal(err)
	}
	speak(s, 20)
	params.Direction = sdp.SendRecv
	if err := s.Update(params); err != nil {
		t.Fatal(err)
	}
	speak(s, 2)
	p := next(t, peer.rtp)
	if p.SequenceNumber != first.SequenceNumber+2 {
		t.Errorf("%d packets went to a peer that takes none", p.SequenceNumber-first.SequenceNumber-2)
	}
	if !p.Marker || p.Timestamp != first.Timestamp+160+160+20*80 {
		t.Errorf("after the hold: marker %t, timestamp moved by %d", p.Marker, p.Timestamp-first.Timestamp)
	}
}

// jammed is a socket whose buffer is full.
type jammed struct{ tries int }

func (*jammed) SetWriteDeadline(time.Time) error { return nil }

func (j *jammed) WriteToUDPAddrPort([]byte, netip.AddrPort) (int, error) {
	j.tries++
	return 0, os.ErrDeadlineExceeded
}

// TestFullBuffer: the audio clock waits for a network that takes nothing once, not with every packet.
func TestFullBuffer(t *testing.T) {
	var conn jammed
	s := newSender(&conn)
	s.set(agreed(open(t)), mulaw{})
	s.aim(netip.MustParseAddrPort("192.0.2.1:4000"))
	block, now := make([]int16, BlockSize), time.Now()
	for i := range 20 {
		s.block(block, now.Add(time.Duration(i)*blockTime))
	}
	if c, _, _, _ := s.counts(now); conn.tries != 1 || c.failed != 10 || c.packets != 0 {
		t.Errorf("%d tries, %+v", conn.tries, c)
	}
}

// TestStalledClock: a device was exchanged and no block came for 300 ms. The timestamps tell, so that the peer plays what
// follows when it was said.
func TestStalledClock(t *testing.T) {
	peer, us := open(t), open(t)
	s := newSender(us.rtp)
	params := agreed(peer)
	s.set(params, mulaw{})
	s.aim(peer.Addr())
	now := time.Now()
	block := make([]int16, BlockSize)
	for _, at := range []time.Duration{0, 10, 310, 320, 330, 340} {
		s.block(block, now.Add(at*time.Millisecond))
	}
	a, b, c := next(t, peer.rtp), next(t, peer.rtp), next(t, peer.rtp)
	if b.Timestamp-a.Timestamp != 160+2400 || !b.Marker || c.Timestamp-b.Timestamp != 160 || c.Marker {
		t.Errorf("timestamp moved by %d and %d, markers %t, %t", b.Timestamp-a.Timestamp, c.Timestamp-b.Timestamp, b.Marker, c.Marker)
	}
}

// TestClockCatchesUp: after a stall of 300 ms the clock brings what it missed at once. The peer gets neither a burst nor
// timestamps from the future: a second later they have moved by the time that went by, to a packet or two.
func TestClockCatchesUp(t *testing.T) {
	peer, us := open(t), open(t)
	s := newSender(us.rtp)
	s.set(agreed(peer), mulaw{})
	s.aim(peer.Addr())
	begin, block := time.Now(), make([]int16, BlockSize)
	first := s.head.Timestamp
	for i := range 10 {
		s.block(block, begin.Add(time.Duration(i)*blockTime))
	}
	for range 30 {
		s.block(block, begin.Add(400*time.Millisecond))
	}
	before := s.sent.packets
	for i := range 160 {
		s.block(block, begin.Add(time.Duration(41+i)*blockTime))
	}
	if before > 5+3 {
		t.Errorf("a burst of %d packets", before-5)
	}
	if moved := s.head.Timestamp - first; moved < 2000*8-320 || moved > 2000*8+320 {
		t.Errorf("in 2 s the timestamp moved by %d", moved)
	}
}
