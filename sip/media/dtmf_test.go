package media

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pion/rtp"

	"linecard/sip/sdp"
	"linecard/test/interop"
)

// TestKeysOnTheWire: two keys, packet by packet: what RFC 4733 says of marker, timestamp, duration and end, at the rhythm of
// the audio, with the audio's timestamps going on underneath.
func TestKeysOnTheWire(t *testing.T) {
	interop.Proves(t, "S3.10")
	peer := open(t)
	s := start(t, agreed(peer), Options{})
	first := next(t, peer.rtp)
	if err := s.SendDTMF("5#", func(string) {}); err != nil {
		t.Fatal(err)
	}
	speak(s, 2*18)
	type wire struct {
		Key      string // "" for audio
		Marker   bool
		At       uint32 // timestamp since the first packet
		Duration uint16
		End      bool
	}
	key := func(name string, at uint32) []wire {
		return []wire{
			{name, true, at, 160, false},
			{name, false, at, 320, false},
			{name, false, at, 480, false},
			{name, false, at, 640, false},
			{name, false, at, 800, true},
			{name, false, at, 800, true},
			{name, false, at, 800, true},
			{At: at + 7*160},
		}
	}
	want := append(key("5", 160), key("#", 160+8*160)...)
	want = append(want, wire{At: 17 * 160}, wire{At: 18 * 160})
	var got []wire
	for i := range 18 {
		p := next(t, peer.rtp)
		if p.SequenceNumber != first.SequenceNumber+uint16(i)+1 {
			t.Fatalf("packet %d has number %d", i, p.SequenceNumber-first.SequenceNumber)
		}
		w := wire{Marker: p.Marker, At: p.Timestamp - first.Timestamp}
		if p.PayloadType == 101 {
			w.Key, w.End = keys[p.Payload[0]:p.Payload[0]+1], p.Payload[1]&0x80 != 0
			w.Duration = binary.BigEndian.Uint16(p.Payload[2:])
		}
		got = append(got, w)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSendDTMFErrors(t *testing.T) {
	plain, without, held := agreed(open(t)), agreed(open(t)), agreed(open(t))
	without.DTMFSend = 0
	held.Held = true
	recvonly := agreed(open(t))
	recvonly.Direction = sdp.RecvOnly
	for name, c := range map[string]struct {
		params Params
		digits string
		want   error
	}{
		"every key":        {plain, "0123456789*#ABCDabcd", nil},
		"as written":       {plain, "12-34 56#", nil},
		"a letter":         {plain, "12x", ErrNoKey},
		"another alphabet": {plain, "١٢", ErrNoKey},
		"too many":         {plain, strings.Repeat("1", maxQueued+1), ErrTooMany},
		"not agreed":       {without, "1", ErrNoDTMF},
		"on hold":          {held, "1", ErrNoSender},
		"they hold":        {recvonly, "1", ErrNoSender},
	} {
		if err := start(t, c.params, Options{}).SendDTMF(c.digits, func(string) {}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestHoldForgetsKeys: what was not sent when the call was held is not sent a minute later, into another menu.
func TestHoldForgetsKeys(t *testing.T) {
	peer := open(t)
	params := agreed(peer)
	s := start(t, params, Options{})
	next(t, peer.rtp)
	var told []string
	if err := s.SendDTMF("123", func(left string) { told = append(told, left) }); err != nil {
		t.Fatal(err)
	}
	if err := s.SendDTMF("4", func(left string) { told = append(told, left) }); err != nil {
		t.Fatal(err)
	}
	speak(s, 4)
	if len(told) > 0 {
		t.Errorf("told %q while the first key is down", told)
	}
	for range 2 {
		if p := next(t, peer.rtp); p.PayloadType != 101 {
			t.Fatalf("payload type %d while a key is down", p.PayloadType)
		}
	}
	for _, held := range []bool{true, false} {
		params.Held = held
		if err := s.Update(params); err != nil {
			t.Fatal(err)
		}
	}
	speak(s, 40)
	for range 20 {
		if p := next(t, peer.rtp); p.PayloadType != 0 {
			t.Fatalf("key %d is sent after the hold", p.Payload[0])
		}
	}
	if !slices.Equal(told, []string{"23", "4"}) {
		t.Errorf("told that %q were left", told)
	}
}

// Keys are told as sent when the last of them has gone, those of each command on their own.
func TestKeysAreToldWhenTheyHaveGone(t *testing.T) {
	s := start(t, agreed(open(t)), Options{})
	var told []string
	for _, keys := range []string{"12", "3"} {
		if err := s.SendDTMF(keys, func(left string) { told = append(told, keys+" left "+left) }); err != nil {
			t.Fatal(err)
		}
	}
	speak(s, 2*14) // 20 ms each: the first key with its pause, and six of the seven packets of the second one
	if len(told) > 0 {
		t.Errorf("told %q too soon", told)
	}
	speak(s, 2*12)
	if !slices.Equal(told, []string{"12 left ", "3 left "}) {
		t.Errorf("told %q", told)
	}
}

// press is one telephone-event packet.
type press struct {
	ts       uint32
	key      byte // event code
	duration uint16
	flags    string // "m": marker, "e": end
	seq      uint32 // number in the stream; 0 is the place in the list
}

func (p press) payload() []byte {
	b := []byte{p.key, keyVolume, 0, 0}
	if strings.Contains(p.flags, "e") {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], p.duration)
	return b
}

func TestKeysHeard(t *testing.T) {
	for name, c := range map[string]struct {
		packets []press
		want    string
	}{
		"one key":                  {[]press{{0, 1, 160, "m", 0}, {0, 1, 320, "", 0}, {0, 1, 480, "e", 0}, {0, 1, 480, "e", 0}, {0, 1, 480, "e", 0}}, "1"},
		"the same twice":           {[]press{{0, 1, 160, "m", 0}, {0, 1, 320, "e", 0}, {1600, 1, 160, "m", 0}, {1600, 1, 320, "e", 0}}, "11"},
		"only the end arrives":     {[]press{{0, 11, 800, "e", 0}, {0, 11, 800, "e", 0}}, "#"},
		"the end overtakes":        {[]press{{0, 10, 320, "e", 5}, {0, 10, 160, "", 4}}, "*"},
		"an old packet comes late": {[]press{{0, 1, 160, "m", 1}, {1600, 2, 160, "m", 3}, {0, 1, 320, "e", 2}, {1600, 2, 320, "e", 4}}, "12"},
		"timestamps wrap":          {[]press{{0xFFFFFF00, 3, 160, "m", 0}, {0xFFFFFF00, 3, 320, "e", 0}, {0x700, 4, 160, "m", 0}}, "34"},
		"no marker, no end":        {[]press{{0, 5, 160, "", 0}, {1600, 6, 160, "", 0}}, "56"},
		"held for 20 s":            {[]press{{0, 7, 0xFFFF, "m", 0}, {0xFFFF, 7, 160, "", 0}, {0xFFFF, 7, 320, "e", 0}}, "7"},
		"a clock that stands":      {[]press{{9, 1, 160, "m", 0}, {9, 1, 320, "e", 0}, {9, 1, 320, "e", 0}, {9, 2, 160, "m", 0}, {9, 2, 320, "e", 0}, {9, 2, 160, "m", 0}}, "122"},
		"a letter":                 {[]press{{0, 15, 160, "m", 0}}, "D"},
		"a hook flash and a modem": {[]press{{0, 16, 160, "m", 0}, {1600, 32, 160, "m", 0}, {3200, 255, 160, "m", 0}}, ""},
		"one timestamp, no marker": {[]press{{9, 1, 160, "", 0}, {9, 1, 320, "e", 0}, {9, 2, 160, "", 0}, {9, 2, 320, "e", 0}, {9, 2, 160, "", 0}}, "122"},
		"a timestamp that counts":  {[]press{{0, 7, 160, "m", 0}, {160, 7, 320, "", 0}, {320, 7, 480, "e", 0}, {480, 7, 480, "e", 0}, {640, 7, 480, "e", 0}}, "7"},
		"one that counts, twice":   {[]press{{0, 7, 160, "m", 0}, {160, 7, 320, "e", 0}, {320, 7, 320, "e", 0}, {1600, 7, 160, "m", 0}, {1760, 7, 320, "e", 0}}, "77"},
		"an end, a pause, an end":  {[]press{{0, 7, 800, "e", 0}, {0, 7, 800, "e", 0}, {1760, 7, 800, "e", 0}}, "77"},
		"a marker is another":      {[]press{{0, 7, 160, "m", 0}, {160, 7, 320, "m", 0}}, "77"},
		"timestamps fall back":     {[]press{{2002400, 1, 160, "m", 0}, {2002400, 1, 320, "e", 0}, {1604800, 2, 160, "m", 0}, {1604800, 2, 320, "e", 0}}, "12"},
		"they fall back, same key": {[]press{{2002400, 1, 320, "e", 0}, {1604800, 1, 320, "e", 0}}, "11"},
		"numbers wrap, 20 minutes": {[]press{{0, 1, 320, "e", 1}, {9600000, 2, 320, "e", 60000}}, "12"},
	} {
		t.Run(name, func(t *testing.T) {
			var d dtmfReceiver
			got := ""
			for i, p := range c.packets {
				seq := uint32(i)
				if p.seq != 0 {
					seq = p.seq
				}
				if k, ok := d.key(seq, p.ts, strings.Contains(p.flags, "m"), p.payload()); ok {
					got += k
				}
			}
			if got != c.want {
				t.Errorf("heard %q, want %q", got, c.want)
			}
		})
	}
	var d dtmfReceiver
	for _, short := range [][]byte{nil, {1}, {1, 2, 3}} {
		if _, ok := d.key(0, 0, true, short); ok {
			t.Errorf("a key from %d bytes", len(short))
		}
	}
}

// awaitKey is the next key told.
func awaitKey(t testing.TB, pressed chan string) string {
	t.Helper()
	select {
	case k := <-pressed:
		return k
	case <-time.After(20 * time.Second):
		t.Fatal("no key was heard")
		return ""
	}
}

// TestKeysFromPhoneToPhone: what one session sends the other tells, once each.
func TestKeysFromPhoneToPhone(t *testing.T) {
	as, bs := open(t), open(t)
	pa, pb := agreed(bs), agreed(as)
	pa.DTMFSend, pb.DTMFReceive = 97, 97
	pressed := make(chan string, 32)
	a, err := NewSession(as, pa, Options{now: steady()})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := NewSession(bs, pb, Options{OnDTMF: func(digit string) { pressed <- digit }})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	const digits = "159*0#DD"
	if err := a.SendDTMF(digits, func(string) {}); err != nil {
		t.Fatal(err)
	}
	speak(a, 16*len(digits)+2)
	got := ""
	for range digits {
		got += awaitKey(t, pressed)
	}
	if got != digits {
		t.Errorf("%q was pressed, %q heard", digits, got)
	}
}

// TestKeysOfAnotherSource: a bridge put somebody else on. The first key has the timestamp the last one had.
func TestKeysOfAnotherSource(t *testing.T) {
	peer := open(t)
	pressed := make(chan string, 8)
	s := start(t, agreed(peer), Options{OnDTMF: func(digit string) { pressed <- digit }})
	key := press{ts: 4000, key: 1, duration: 160}
	for i, ssrc := range []uint32{1, 1, 2, 2, 2} {
		send(t, peer.rtp, s, rtp.Header{Version: 2, SSRC: ssrc, PayloadType: 96, SequenceNumber: uint16(i), Timestamp: key.ts}, key.payload())
	}
	last := press{ts: 8000, key: 9, duration: 160}
	send(t, peer.rtp, s, rtp.Header{Version: 2, SSRC: 2, PayloadType: 96, SequenceNumber: 5, Timestamp: last.ts}, last.payload())
	for _, want := range []string{"1", "1", "9"} {
		if got := awaitKey(t, pressed); got != want {
			t.Errorf("heard %q, want %q", got, want)
		}
	}
}

// TestKeysUnderTheirNumber: the answer gave telephone-event another number than our offer, and the other side sends under its own.
func TestKeysUnderTheirNumber(t *testing.T) {
	peer := open(t)
	pressed := make(chan string, 8)
	params := agreed(peer) // ours is 96, theirs 101
	s := start(t, params, Options{OnDTMF: func(digit string) { pressed <- digit }})
	for i, number := range []uint8{params.DTMFSend, params.DTMFReceive} {
		p := press{ts: uint32(i+1) * 1280, key: byte(i + 1), duration: 800, flags: "e"}
		send(t, peer.rtp, s, rtp.Header{Version: 2, SSRC: 4, PayloadType: number, SequenceNumber: uint16(i), Timestamp: p.ts}, p.payload())
	}
	for _, want := range []string{"1", "2"} {
		if got := awaitKey(t, pressed); got != want {
			t.Errorf("heard %q, want %q", got, want)
		}
	}
}

// TestKeysThroughLoss: every packet of a key but one may be lost.
func TestKeysThroughLoss(t *testing.T) {
	peer := open(t)
	pressed := make(chan string, 8)
	s := start(t, agreed(peer), Options{OnDTMF: func(digit string) { pressed <- digit }})
	for i, code := range []byte{1, 2, 3} {
		p := press{ts: uint32(i) * 1280, key: code, duration: 800, flags: "e"}
		send(t, peer.rtp, s, rtp.Header{Version: 2, SSRC: 4, PayloadType: 96, SequenceNumber: uint16(i * 8), Timestamp: p.ts}, p.payload())
	}
	for _, want := range []string{"1", "2", "3"} {
		if got := awaitKey(t, pressed); got != want {
			t.Errorf("heard %q, want %q", got, want)
		}
	}
	if st := s.Stats(); st.PacketsLost != 14 {
		t.Errorf("%d packets counted as lost", st.PacketsLost)
	}
}
