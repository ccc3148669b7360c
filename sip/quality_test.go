package sip_test

import (
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/pion/rtp"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/sip/media"
	"linecard/test/interop"
)

// audioPort is where a session description has the sound go.
var audioPort = regexp.MustCompile(`m=audio (\d+) `)

// TestHowACallSounds: no loss is told while all that was sent comes; when one packet in five is lost the call is poor for that reason; the end has the
// whole call's. (How loaded the machine is decides what else there is: the figures are TestQualityOfWhatWasCounted's.)
func TestHowACallSounds(t *testing.T) {
	interop.Proves(t, "S4.10")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	far := listenRTP(t)
	id, err := ph.Dial("123")
	ph.must(err)
	invite := p.Await("INVITE")
	p.ReplyTagged(invite, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(far.port, "sendrecv"))
	p.Await("ACK")
	next[sip.CallAnswered](ph)
	port, _ := strconv.Atoi(audioPort.FindStringSubmatch(invite.Body())[1])
	to := net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(port)))

	seq, sent := uint16(100), uint64(0)
	speak := func(packets int, lost func(i int) bool) {
		t.Helper()
		for i := range packets {
			seq++
			far.next() // as fast as the phone sends
			if lost(i) {
				continue
			}
			data, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 7, SequenceNumber: seq, Timestamp: uint32(seq) * 160}, Payload: make([]byte, 160)}).Marshal()
			if _, err := far.conn.WriteToUDP(data, to); err != nil {
				t.Fatal(err)
			}
			sent++
			eventually(t, "the packet is there", func() bool { s, _ := ph.Stats(id); return s.PacketsReceived >= sent })
		}
	}
	ph.forward(5 * time.Second)
	speak(60, func(int) bool { return false })
	ph.forward(5 * time.Second)
	if q := next[sip.CallQuality](ph); q.Cause == sip.CauseLoss || q.MOS < 1 || q.Level == "" {
		t.Errorf("with every packet there: %+v", q.Quality)
	}
	ph.forward(5 * time.Second) // what follows is looked at apart from those
	speak(100, func(i int) bool { return i%5 == 2 })
	ph.forward(5 * time.Second)
	q := next[sip.CallQuality](ph)
	for q.Cause != sip.CauseLoss {
		q = next[sip.CallQuality](ph)
	}
	if q.Level != sip.PoorQuality || q.Cause != sip.CauseLoss || q.Sent || q.Percent != 20 {
		t.Errorf("with one in five lost: %+v", q.Quality)
	}
	ph.must(ph.Hangup(id))
	e := next[sip.CallEnded](ph)
	if q := e.Stats.Quality; q.MOS < 1 || q.MOS > 4.3 || e.Stats.PacketsLost != 20 {
		t.Errorf("at the end: %+v", e.Stats)
	}
}

// TestQualityOfWhatWasCounted: the worse direction is told, with what takes most away of it.
func TestQualityOfWhatWasCounted(t *testing.T) {
	interop.Proves(t, "S4.10")
	ms := time.Millisecond
	for name, c := range map[string]struct {
		before, now media.Stats
		want        sip.Quality
	}{
		"nothing wrong":       {media.Stats{}, media.Stats{PacketsReceived: 500, BufferDelay: 40 * ms}, sip.Quality{MOS: 4.4, Level: sip.GoodQuality, Delay: 60 * ms}},
		"lost here":           {media.Stats{}, media.Stats{PacketsReceived: 475, PacketsLost: 25}, sip.Quality{MOS: 3.9, Level: sip.FairQuality, Cause: sip.CauseLoss, Percent: 5, Delay: 20 * ms}},
		"lost before":         {media.Stats{PacketsReceived: 475, PacketsLost: 25}, media.Stats{PacketsReceived: 975, PacketsLost: 25}, sip.Quality{MOS: 4.4, Level: sip.GoodQuality, Delay: 20 * ms}},
		"late here":           {media.Stats{}, media.Stats{PacketsReceived: 500, PacketsLate: 50}, sip.Quality{MOS: 3.4, Level: sip.FairQuality, Cause: sip.CauseLate, Percent: 10, Delay: 20 * ms}},
		"lost there":          {media.Stats{}, media.Stats{PacketsReceived: 500, RemoteLoss: 0.25}, sip.Quality{MOS: 2.3, Level: sip.PoorQuality, Cause: sip.CauseLoss, Sent: true, Percent: 25, Delay: 20 * ms}},
		"a long way":          {media.Stats{}, media.Stats{PacketsReceived: 500, RoundTrip: 800 * ms}, sip.Quality{MOS: 2.9, Level: sip.PoorQuality, Cause: sip.CauseDelay, Delay: 420 * ms}},
		"gone silent":         {media.Stats{PacketsReceived: 500}, media.Stats{PacketsReceived: 500}, sip.Quality{MOS: 1.2, Level: sip.PoorQuality, Cause: sip.CauseLoss, Percent: 100, Delay: 20 * ms}},
		"just good":           {media.Stats{}, media.Stats{PacketsReceived: 959, PacketsLost: 41}, sip.Quality{MOS: 4.0, Level: sip.GoodQuality, Delay: 20 * ms}},
		"a new jitter buffer": {media.Stats{PacketsLate: 900}, media.Stats{PacketsReceived: 500, PacketsLate: 0}, sip.Quality{MOS: 4.4, Level: sip.GoodQuality, Delay: 20 * ms}},
	} {
		if q, known := sip.RateQuality(c.before, c.now); !known || q != c.want {
			t.Errorf("%s: %+v, want %+v", name, q, c.want)
		}
	}
	if _, known := sip.RateQuality(media.Stats{}, media.Stats{PacketsReceived: 49}); known {
		t.Error("49 packets are judged")
	}
	if _, known := sip.RateQuality(media.Stats{PacketsReceived: 500}, media.Stats{PacketsReceived: 500, Silent: true}); known {
		t.Error("who says that nobody talks is judged")
	}
}

// TestQualityFromLookToLook: one better look is not told yet; where nothing can be known that is told, once; and the whole call has the cause of most of
// it.
func TestQualityFromLookToLook(t *testing.T) {
	stats := func(got, lost, late uint64) media.Stats {
		return media.Stats{PacketsReceived: got, PacketsLost: lost, PacketsLate: late}
	}
	levels := func(told []sip.Quality) (all []sip.QualityLevel) {
		for _, q := range told {
			all = append(all, q.Level)
		}
		return all
	}
	up, _ := sip.LookAtQuality(true, stats(0, 0, 0), stats(200, 50, 0), stats(400, 100, 0), stats(650, 100, 0), stats(900, 100, 0), stats(1150, 100, 0))
	if got := levels(up); !slices.Equal(got, []sip.QualityLevel{sip.PoorQuality, sip.GoodQuality}) {
		t.Errorf("from poor to good: %q", got)
	}
	once, _ := sip.LookAtQuality(true, stats(0, 0, 0), stats(0, 0, 0), stats(400, 100, 0), stats(400, 100, 0), stats(900, 100, 0), stats(900, 300, 0))
	if got := levels(once); slices.Contains(got, sip.GoodQuality) {
		t.Errorf("good for one look: %q", got)
	}
	few := stats(520, 0, 0)
	gone, _ := sip.LookAtQuality(true, stats(0, 0, 0), stats(250, 0, 0), stats(500, 0, 0), stats(510, 0, 0), few, few)
	if got := levels(gone); !slices.Equal(got, []sip.QualityLevel{sip.GoodQuality, ""}) {
		t.Errorf("with too few packets: %q", got)
	}
	if off, _ := sip.LookAtQuality(false, stats(500, 0, 0), stats(500, 0, 0), stats(500, 0, 0)); len(off) > 0 {
		t.Errorf("the peer need not send: %+v", off)
	}
	// The counters of the buffer begin again; what was late stays late, and the two packets that are lost are not what was wrong.
	_, whole := sip.LookAtQuality(true, stats(0, 0, 0), stats(250, 0, 60), stats(500, 0, 120), stats(750, 1, 180), stats(1000, 2, 0))
	if whole.Cause != sip.CauseLate || whole.Level == sip.GoodQuality {
		t.Errorf("the whole call: %+v", whole)
	}
}
