package demopbx

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"pgregory.net/rapid"
)

// TestReports: the phone is told how many packets it was sent, how many of its own were lost, and what it needs to know its
// round trip; at the end there is a goodbye.
func TestReports(t *testing.T) {
	ours, err := openStream(netip.MustParseAddr("127.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	phone, err := openStream(netip.MustParseAddr("127.0.0.1")) // for its pair of ports
	if err != nil {
		t.Fatal(err)
	}
	defer phone.rtp.Close()
	defer phone.rtcp.Close()
	var work sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	defer work.Wait()
	defer cancel()
	ours.aim(phone.addr, true, 0)
	ours.echo()
	ours.run(ctx, &work)

	sequence := []uint16{65530, 65531, 65534, 65535, 0, 1, 3} // 65532, 65533 and 2 are lost
	for _, seq := range sequence {
		raw, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: seq, SSRC: 7}, Payload: make([]byte, frame)}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := phone.rtp.WriteToUDPAddrPort(raw, ours.addr); err != nil {
			t.Fatal(err)
		}
		_ = phone.rtp.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := phone.rtp.Read(make([]byte, 1500)); err != nil { // it comes back: it has been counted
			t.Fatal(err)
		}
	}
	sent := ntpTime(time.Now())
	raw, err := rtcp.Marshal([]rtcp.Packet{&rtcp.SenderReport{SSRC: 7, NTPTime: sent}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := phone.rtcp.WriteToUDPAddrPort(raw, netip.AddrPortFrom(ours.addr.Addr(), ours.addr.Port()+1)); err != nil {
		t.Fatal(err)
	}

	report := reportTo(t, phone.rtcp)
	sr, ok := report[0].(*rtcp.SenderReport)
	if !ok || len(sr.Reports) != 1 {
		t.Fatalf("report %v", report)
	}
	if want := uint32(len(sequence)); sr.PacketCount != want || sr.OctetCount != want*frame {
		t.Errorf("sent %d packets, %d octets, want %d", sr.PacketCount, sr.OctetCount, want)
	}
	b := sr.Reports[0]
	if b.SSRC != 7 || b.TotalLost != 3 || b.LastSequenceNumber != 1<<16+3 || b.FractionLost != 3*256/10 {
		t.Errorf("reception %+v, want 3 of 10 lost", b)
	}
	if b.LastSenderReport != uint32(sent>>16) {
		t.Errorf("refers to report %x, want %x", b.LastSenderReport, uint32(sent>>16))
	}
	if delay := time.Duration(b.Delay) * time.Second / 65536; delay <= 0 || delay > 2*reportTime {
		t.Errorf("delay %v since the phone's report", delay)
	}

	cancel()
	for {
		report := reportTo(t, phone.rtcp)
		if bye, ok := report[len(report)-1].(*rtcp.Goodbye); ok && bye.Sources[0] == sr.SSRC {
			break
		}
	}
}

func reportTo(t *testing.T, c *net.UDPConn) []rtcp.Packet {
	t.Helper()
	buffer := make([]byte, 1500)
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, err := c.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	packets, err := rtcp.Unmarshal(buffer[:n])
	if err != nil {
		t.Fatal(err)
	}
	return packets
}

// TestLossIsCounted: however packets are lost, repeated and turned around, within a window of a few, the loss reported is
// what was sent less what came, never negative.
func TestLossIsCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.Uint16().Draw(t, "start")
		came := rapid.SliceOfNDistinct(rapid.IntRange(1, 60), 0, 50, rapid.ID).Draw(t, "came")
		var r reception
		now := time.Unix(1, 0)
		r.arrived(&rtp.Header{SequenceNumber: start, SSRC: 1}, now)
		last := 0
		for _, n := range came {
			r.arrived(&rtp.Header{SequenceNumber: start + uint16(n), Timestamp: uint32(n) * frame, SSRC: 1}, now.Add(time.Duration(n)*frameTime))
			last = max(last, n)
		}
		if lost := r.block(now).TotalLost; int(lost) != last-len(came) {
			t.Fatalf("%d lost, want %d", lost, last-len(came))
		}
		for range 10 { // repetitions
			r.arrived(&rtp.Header{SequenceNumber: start, SSRC: 1}, now)
		}
		if lost := r.block(now).TotalLost; int(lost) != max(0, last-len(came)-10) {
			t.Fatalf("%d lost after repetitions", lost)
		}
	})
}
