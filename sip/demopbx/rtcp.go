package demopbx

import (
	"net/netip"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// reportTime is the pause between two reports: half of the usual five seconds, as RFC 3550 §6.2 allows where packets are
// cheap, so that a short call has its round trip measured too.
const reportTime = 2500 * time.Millisecond

// reception is what is known of the packets that come in, for reception reports (RFC 3550 §6.4.1, appendix A).
type reception struct {
	known      bool
	ssrc       uint32
	first      uint32 // extended sequence numbers
	highest    uint32
	received   uint32
	expected   uint32 // at the last report
	had        uint32 // received at the last report
	transit    uint32 // arrival minus timestamp, in samples
	jitter     float64
	report     uint32 // middle of the NTP time of the last sender report
	reportCame time.Time
}

// arrived counts a packet. A new source starts the count afresh.
func (r *reception) arrived(h *rtp.Header, now time.Time) {
	transit := uint32(now.UnixMicro()*8/1000) - h.Timestamp
	if !r.known || r.ssrc != h.SSRC {
		*r = reception{known: true, ssrc: h.SSRC, first: uint32(h.SequenceNumber), highest: uint32(h.SequenceNumber), transit: transit}
	}
	if ahead := int16(h.SequenceNumber - uint16(r.highest)); ahead > 0 {
		r.highest += uint32(ahead) // carries into the cycles
	}
	r.received++
	d := int32(transit - r.transit)
	r.transit = transit
	r.jitter += (float64(max(d, -d)) - r.jitter) / 16
}

// sentReport takes the phone's sender report, to be referred to in ours: the phone gets its round trip from that.
func (r *reception) sentReport(sr *rtcp.SenderReport, now time.Time) {
	if r.known && r.ssrc == sr.SSRC {
		r.report, r.reportCame = uint32(sr.NTPTime>>16), now
	}
}

// block is the report on what came in since the last one.
func (r *reception) block(now time.Time) rtcp.ReceptionReport {
	expected := r.highest - r.first + 1
	b := rtcp.ReceptionReport{
		SSRC: r.ssrc, LastSequenceNumber: r.highest, Jitter: uint32(r.jitter),
		TotalLost: uint32(max(0, int32(expected-r.received))), // duplicates would make it negative
	}
	if asked, got := expected-r.expected, r.received-r.had; asked > got && asked != 0 {
		b.FractionLost = uint8(min(255, (asked-got)*256/asked))
	}
	r.expected, r.had = expected, r.received
	if !r.reportCame.IsZero() {
		b.LastSenderReport = r.report
		b.Delay = uint32(now.Sub(r.reportCame) * 65536 / time.Second)
	}
	return b
}

// report sends how the stream goes to the port after the phone's audio port, with a goodbye when it is the last.
func (s *stream) report(now time.Time, last bool) {
	s.mu.Lock()
	remote := s.remote
	sr := &rtcp.SenderReport{
		SSRC: s.header.SSRC, NTPTime: ntpTime(now), RTPTime: s.header.Timestamp,
		PacketCount: uint32(s.sent), OctetCount: uint32(s.sent * frame),
	}
	if s.in.known {
		sr.Reports = []rtcp.ReceptionReport{s.in.block(now)}
	}
	s.mu.Unlock()
	if !remote.IsValid() || remote.Addr().IsUnspecified() || remote.Port() == 65535 {
		return
	}
	packets := []rtcp.Packet{sr, &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{
		Source: sr.SSRC, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: "pbx@demo.linecard"}},
	}}}}
	if last {
		packets = append(packets, &rtcp.Goodbye{Sources: []uint32{sr.SSRC}})
	}
	raw, err := rtcp.Marshal(packets)
	if err != nil {
		return
	}
	_, _ = s.rtcp.WriteToUDPAddrPort(raw, netip.AddrPortFrom(remote.Addr(), remote.Port()+1)) // lost like any other packet
}

// receiveReports reads the phone's reports until the socket closes.
func (s *stream) receiveReports() {
	buffer := make([]byte, 1500)
	for {
		n, err := s.rtcp.Read(buffer)
		if err != nil {
			return
		}
		packets, err := rtcp.Unmarshal(buffer[:n])
		if err != nil {
			continue
		}
		for _, p := range packets {
			if sr, ok := p.(*rtcp.SenderReport); ok {
				s.mu.Lock()
				s.in.sentReport(sr, time.Now())
				s.mu.Unlock()
			}
		}
	}
}

// ntpTime is a time in NTP's format: seconds since 1900 in 32.32 bits (RFC 3550 §4).
func ntpTime(t time.Time) uint64 {
	const from1900 = 2208988800
	return uint64(t.Unix()+from1900)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}
