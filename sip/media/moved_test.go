package media

import (
	"testing"
	"time"

	"github.com/pion/rtp"

	"linecard/test/wait"
)

// TestMovedWhileAPacketIsRead: a re-INVITE names another address at the moment a packet of the old one is being read. Ours
// then go to the new one, which may wait for them before it says anything.
func TestMovedWhileAPacketIsRead(t *testing.T) {
	old, moved := open(t), open(t)
	there, here := agreed(moved), agreed(old)
	pressed := make(chan string, 1)
	s := start(t, here, Options{OnDTMF: func(digit string) { pressed <- digit }})
	for i := range 5000 {
		seq := uint16(2 * i)
		press := func(n uint16) {
			p := press{ts: uint32(seq+n) * 1600, key: 1, duration: 160, flags: "m"}
			send(t, old.rtp, s, rtp.Header{Version: 2, SSRC: 7, PayloadType: 96, Marker: true, SequenceNumber: seq + n, Timestamp: p.ts}, p.payload())
		}
		before := s.Stats()
		press(0)
		for at := time.Now(); time.Since(at) < time.Duration(i%600)*100*time.Nanosecond; { // any moment of the reading
		}
		if err := s.Update(there); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(wait.Patience); ; { // until the packet was read: as a key, or as a stranger's
			st := s.Stats()
			if time.Now().After(end) {
				t.Fatalf("never read: %+v", st)
			}
			if st.PacketsRefused > before.PacketsRefused {
				break
			}
			if st.PacketsReceived > before.PacketsReceived {
				awaitKey(t, pressed)
				break
			}
		}
		if got := s.Stats().Remote; got != moved.Addr() {
			t.Fatalf("after %d moves: ours go to %s, not to %s", i, got, moved.Addr())
		}
		if err := s.Update(here); err != nil {
			t.Fatal(err)
		}
	}
}
