package media

import (
	"encoding/base64"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"linecard/sip/sdp"
	"linecard/test/interop"
)

var allSuites = []sdp.Suite{sdp.AESCM128SHA80, sdp.AESCM128SHA32, sdp.AESCM256SHA80, sdp.AESCM256SHA32, sdp.AESGCM128, sdp.AESGCM256}

// agreedKeys is both halves of an agreement on a suite. fill makes its keys, so that others can be had; name is how packets name them.
func agreedKeys(t testing.TB, suite sdp.Suite, fill byte, name string) (ours, theirs *sdp.Keys) {
	t.Helper()
	// A session description is the only way to keys.
	inline := func(b byte) string {
		return base64.StdEncoding.EncodeToString(slices.Repeat([]byte{b}, suite.Key+suite.Salt)) + name
	}
	line := "v=0\nc=IN IP4 127.0.0.1\nm=audio 4000 RTP/SAVP 0\na=crypto:1 " + suite.Name + " inline:"
	s := sdp.New(sdp.Config{})
	_, m, err := s.Answer([]byte(line+inline(fill)+"\n"), sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	peer := sdp.New(sdp.Config{})
	_, k, err := peer.Answer([]byte(line+inline(fill+1)+"\n"), sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	ours = m.Secure
	// We encrypt with what the peer would decrypt with.
	ours.Ours = k.Secure.Theirs[0]
	return ours, &sdp.Keys{Suite: suite, Ours: ours.Theirs[0], Theirs: []sdp.MasterKey{ours.Ours}}
}

// sealedPeer is the far end of an encrypted call: pion's contexts and a pair of ports.
type sealedPeer struct {
	*Socket
	seal  *sealer
	opens *opener
}

func newSealedPeer(t testing.TB, k *sdp.Keys) *sealedPeer {
	t.Helper()
	p := &sealedPeer{Socket: open(t)}
	p.rekey(t, k)
	return p
}

func (p *sealedPeer) rekey(t testing.TB, k *sdp.Keys) {
	t.Helper()
	var err error
	if p.seal, err = newSealer(k); err != nil {
		t.Fatal(err)
	}
	if p.opens, err = newOpener(nil, k, 0); err != nil {
		t.Fatal(err)
	}
}

// say sends a packet of the peer's, encrypted.
func (p *sealedPeer) say(t testing.TB, s *Session, seq uint16) {
	t.Helper()
	head := rtp.Header{Version: 2, SSRC: 7, SequenceNumber: seq, Timestamp: uint32(seq) * 160}
	plain, err := (&rtp.Packet{Header: head, Payload: slices.Repeat([]byte{0x80}, 160)}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	data, err := p.seal.rtp(plain)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Socket.rtp.WriteToUDPAddrPort(data, s.socket.Load().Addr()); err != nil {
		t.Fatal(err)
	}
}

// hears reads the session's next packet, which has to be encrypted and to open.
func (p *sealedPeer) hears(t testing.TB) rtp.Packet {
	t.Helper()
	data := datagram(t, p.Socket.rtp)
	plain, ok := p.opens.rtp(data)
	if !ok || len(plain) == len(data) {
		t.Fatalf("a packet of %d octets does not open, or was not encrypted", len(data))
	}
	var packet rtp.Packet
	if err := packet.Unmarshal(plain); err != nil {
		t.Fatal(err)
	}
	return packet
}

func secured(s *Socket, k *sdp.Keys) Params {
	p := agreed(s)
	p.Secure = k
	return p
}

// In each cipher, with packets that name their key and without, both hear each other, and the reports of both are read.
func TestEncryptedCall(t *testing.T) {
	interop.Proves(t, "S4.4")
	for _, suite := range allSuites {
		for _, name := range []string{"", "|2^31|1:4"} {
			t.Run(suite.Name+name, func(t *testing.T) {
				ours, theirs := agreedKeys(t, suite, 1, name)
				peer := newSealedPeer(t, theirs)
				put := make(chan struct{}, 8)
				o := tapped(put)
				o.reportEvery = 20 * time.Millisecond
				s := start(t, secured(peer.Socket, ours), o)
				first := peer.hears(t)
				speak(s, 2)
				if second := peer.hears(t); second.SSRC != first.SSRC || len(second.Payload) != 160 {
					t.Errorf("a packet of source %d with %d octets", second.SSRC, len(second.Payload))
				}
				peer.say(t, s, 1)
				await(t, put)
				data := datagram(t, peer.Socket.rtcp)
				plain, ok := peer.opens.rtcp(data)
				if !ok {
					t.Fatal("a report does not open")
				}
				if _, err := rtcp.Unmarshal(plain); err != nil {
					t.Fatal(err)
				}
				report, err := rtcp.Marshal([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: 7, Reports: []rtcp.ReceptionReport{{SSRC: first.SSRC, FractionLost: 128}}}})
				if err != nil {
					t.Fatal(err)
				}
				if report, err = peer.seal.rtcp(report); err != nil {
					t.Fatal(err)
				}
				s.report.take(report, peer.RTCPAddr(), time.Now())
				if st := s.Stats(); st.RemoteLoss != 0.5 || st.PacketsReceived != 1 {
					t.Errorf("%+v", st)
				}
				s.report.take(report, peer.RTCPAddr(), time.Now()) // again: what came before is not heard
			})
		}
	}
}

// Audio in another key, or in none, is silence and not noise, and moves nothing.
func TestWrongKeyIsSilence(t *testing.T) {
	ours, theirs := agreedKeys(t, sdp.AESCM128SHA80, 1, "")
	_, others := agreedKeys(t, sdp.AESCM128SHA80, 5, "")
	peer, wrong := newSealedPeer(t, theirs), newSealedPeer(t, others)
	put := make(chan struct{}, 8)
	s := start(t, secured(peer.Socket, ours), tapped(put))
	peer.say(t, s, 1)
	await(t, put)
	const bad = 20
	for i := range uint16(bad) {
		wrong.Socket = peer.Socket
		if i%2 == 0 {
			wrong.say(t, s, 2+i)
		} else {
			send(t, peer.Socket.rtp, s, rtp.Header{Version: 2, SSRC: 7, SequenceNumber: 2 + i}, make([]byte, 160))
		}
	}
	peer.say(t, s, 2)
	await(t, put)
	if st := s.Stats(); st.PacketsReceived != 2 || st.PacketsRefused != bad || st.PacketsLost != 0 {
		t.Errorf("%+v", st)
	}
	forged, err := rtcp.Marshal([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: 7, Reports: []rtcp.ReceptionReport{{SSRC: s.send.head.SSRC, FractionLost: 255}}}})
	if err != nil {
		t.Fatal(err)
	}
	s.report.take(forged, peer.RTCPAddr(), time.Now())
	if s.Stats().RemoteLoss != 0 {
		t.Error("a report in clear is believed")
	}
}

// The same packet twice, as an attacker repeats it, is heard once.
func TestReplayedPacket(t *testing.T) {
	ours, theirs := agreedKeys(t, sdp.AESGCM256, 1, "")
	peer := newSealedPeer(t, theirs)
	opens, err := newOpener(nil, ours, 0)
	if err != nil {
		t.Fatal(err)
	}
	plain, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 7, SequenceNumber: 9}, Payload: []byte{1}}).Marshal()
	data, err := peer.seal.rtp(plain)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := opens.rtp(data); !ok {
		t.Fatal("does not open")
	}
	if _, ok := opens.rtp(data); ok {
		t.Error("opens twice")
	}
}

// The numbers of packets roll over from 65535 to 0 and go on, again and again, and packets around it come out of order.
func TestNumbersRollOver(t *testing.T) {
	ours, theirs := agreedKeys(t, sdp.AESCM128SHA80, 1, "")
	seal, err := newSealer(theirs)
	if err != nil {
		t.Fatal(err)
	}
	opens, err := newOpener(nil, ours, 0)
	if err != nil {
		t.Fatal(err)
	}
	packet := func(n int) []byte {
		plain, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 7, SequenceNumber: uint16(n)}, Payload: []byte{1}}).Marshal()
		data, err := seal.rtp(plain)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(data)
	}
	for n := 30000; n < 3*65536; n += 2 {
		first, second := packet(n), packet(n+1)
		if _, ok := opens.rtp(second); !ok {
			t.Fatalf("packet %d does not open", n+1)
		}
		if _, ok := opens.rtp(first); !ok {
			t.Fatalf("packet %d does not open", n)
		}
	}
}

// New keys in mid-call: those with the old key that are on their way are heard until the first with the new one, whether the peer counts its
// packets on or anew; afterwards the old key opens nothing.
func TestNewKeysInMidCall(t *testing.T) {
	for _, anew := range []bool{true, false} {
		ours, theirs := agreedKeys(t, sdp.AESCM128SHA80, 1, "")
		next, theirNext := agreedKeys(t, sdp.AESCM256SHA80, 5, "")
		old, err := newSealer(theirs)
		if err != nil {
			t.Fatal(err)
		}
		opens, err := newOpener(nil, ours, 0)
		if err != nil {
			t.Fatal(err)
		}
		plain := func(n int) []byte {
			b, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 7, SequenceNumber: uint16(n)}, Payload: []byte{1}}).Marshal()
			return b
		}
		says := func(s *sealer, n int) bool {
			data, err := s.rtp(plain(n))
			if err != nil {
				t.Fatal(err)
			}
			_, ok := opens.rtp(data)
			return ok
		}
		for n := 65530; n < 65600; n++ { // the numbers have rolled over once
			if !says(old, n) {
				t.Fatal("does not open")
			}
		}
		if opens, err = newOpener(opens, next, 7); err != nil {
			t.Fatal(err)
		}
		if !says(old, 65600) {
			t.Error("a packet that was on its way is lost")
		}
		fresh, err := newSealer(theirNext)
		if err != nil {
			t.Fatal(err)
		}
		if !anew {
			fresh.context.SetROC(7, 1)
		}
		for n := 65601; n < 65610; n++ {
			if !says(fresh, n) {
				t.Fatalf("counted anew: %v: packet %d with the new key does not open", anew, n)
			}
		}
		if says(old, 65610) {
			t.Error("the old key is still taken")
		}
	}
}

// Hold, resume and refresh name the same keys, and the count of packets goes on: no two are encrypted alike.
func TestHoldKeepsEncryption(t *testing.T) {
	interop.Proves(t, "S3.3")
	ours, theirs := agreedKeys(t, sdp.AESCM128SHA80, 1, "")
	peer := newSealedPeer(t, theirs)
	s := start(t, secured(peer.Socket, ours), Options{})
	was, opens := s.send.seal, s.recv.opens
	last := peer.hears(t).SequenceNumber
	for _, held := range []bool{true, false, true, false} {
		again := *ours
		p := secured(peer.Socket, &again)
		p.Held = held
		if err := s.Update(p); err != nil {
			t.Fatal(err)
		}
		speak(s, 2)
		packet := peer.hears(t)
		if packet.SequenceNumber != last+1 {
			t.Errorf("packet %d after %d", packet.SequenceNumber, last)
		}
		last = packet.SequenceNumber
	}
	if s.send.seal != was || s.recv.opens != opens {
		t.Error("the encryption has begun anew")
	}
}

// Encryption may begin and end in mid-call, as both sides agree.
func TestEncryptionBeginsAndEnds(t *testing.T) {
	ours, theirs := agreedKeys(t, sdp.AESGCM128, 1, "")
	peer := newSealedPeer(t, theirs)
	s := start(t, agreed(peer.Socket), Options{})
	next(t, peer.Socket.rtp)
	if err := s.Update(secured(peer.Socket, ours)); err != nil {
		t.Fatal(err)
	}
	speak(s, 2)
	peer.hears(t)
	if err := s.Update(agreed(peer.Socket)); err != nil {
		t.Fatal(err)
	}
	speak(s, 2)
	if p := next(t, peer.Socket.rtp); len(p.Payload) != 160 {
		t.Errorf("%d octets in clear", len(p.Payload))
	}
}

// BenchmarkEncryption is what encryption adds to a packet: one sealed and one opened. A call has 50 a second each way, and
// BenchmarkCall is what all the rest of 10 ms of it costs.
func BenchmarkEncryption(b *testing.B) {
	for _, suite := range allSuites {
		b.Run(suite.Name, func(b *testing.B) {
			ours, theirs := agreedKeys(b, suite, 1, "")
			seal, err := newSealer(ours)
			if err != nil {
				b.Fatal(err)
			}
			opens, err := newOpener(nil, theirs, 0)
			if err != nil {
				b.Fatal(err)
			}
			head := rtp.Header{Version: 2, SSRC: 7}
			packet := make([]byte, 172)
			b.ReportAllocs()
			for b.Loop() {
				head.SequenceNumber++
				_, _ = head.MarshalTo(packet)
				data, err := seal.rtp(packet)
				if err != nil {
					b.Fatal(err)
				}
				if _, ok := opens.rtp(data); !ok {
					b.Fatal("does not open")
				}
			}
		})
	}
}
