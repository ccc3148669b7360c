package media

import (
	"crypto/rand"
	"encoding/base64"
	mrand "math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/pion/rtcp"

	"linecard/sip/sdp"
)

// reporter is the RTCP side of a session (RFC 3550 §6): it tells the peer every five seconds or so what we sent and how its
// packets arrived, and reads what the peer says about ours.
type reporter struct {
	session *Session
	cname   string
	every   time.Duration

	mu      sync.Mutex
	mux     bool           // on the RTP port
	remote  netip.AddrPort // where reports go
	ways                   // the same, where ICE looks for it
	seal    *sealer
	seals   sealers
	opens   *opener
	learned netip.AddrPort // where the peer's come from, when that is another port (symmetric RTCP, RFC 4961)

	lastSR     uint32    // middle bits of the NTP time in the peer's last report
	lastSRAt   time.Time // and when it came
	srSSRC     uint32
	sentBefore uint64 // packets sent at our last report

	roundTrips   [4]roundTrip // the last ones, in turn
	trips        int          // how many there were
	heardAt      time.Time    // when the peer last reported of our stream
	remoteJitter float64      // timestamp units
	remoteLoss   float64
}

const (
	reportEvery  = 5 * time.Second
	ntpEpoch     = 2208988800       // seconds from 1900 to 1970
	maxRoundTrip = 2 * time.Second  // beyond it nobody talks: a clock was set, or the report is nonsense
	reportAge    = 15 * time.Second // what was reported before says nothing of now
)

// roundTrip is one that was measured.
type roundTrip struct {
	took time.Duration
	at   time.Time
}

func newReporter(s *Session, o Options) *reporter {
	cname := o.CNAME
	if cname == "" {
		// RFC 7022 §4.2: 96 random bits, so that a call cannot be tied to the next.
		var b [12]byte
		_, _ = rand.Read(b[:]) // never fails (crypto/rand)
		cname = base64.StdEncoding.EncodeToString(b[:])
	}
	every := o.reportEvery
	if every == 0 {
		every = reportEvery
	}
	return &reporter{session: s, cname: cname, every: every}
}

func (r *reporter) set(p Params) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.remote != p.RemoteRTCP {
		r.remote, r.learned = p.RemoteRTCP, netip.AddrPort{}
	}
	r.mux = p.RTCPMux
}

// address is where signalling has the reports go.
func (r *reporter) address() netip.AddrPort {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.search {
		return r.chosen
	}
	return r.remote
}

// encrypt changes what reports are encrypted with.
func (r *reporter) encrypt(k *sdp.Keys) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	seal, err := r.seals.take(k)
	if err != nil {
		return err
	}
	opens, err := newOpener(r.opens, k, 0)
	if err != nil {
		return err
	}
	r.seal, r.opens = seal, opens
	return nil
}

// muxed tells whether a datagram on the RTP port is RTCP: packet types 192 to 223 (RFC 5761 §4).
func (r *reporter) muxed(data []byte) bool {
	return len(data) >= 8 && data[0]>>6 == 2 && data[1] >= 192 && data[1] <= 223
}

// receive reads the RTCP port until it is closed.
func (r *reporter) receive() {
	buf := make([]byte, 2048)
	for {
		socket := r.session.socket.Load()
		n, src, err := socket.rtcp.ReadFromUDPAddrPort(buf)
		if err != nil {
			if r.session.ended(socket, err) {
				return
			}
			continue
		}
		src = unmapped(src)
		if !r.session.stuns(forRTCP, buf[:n], src) && !r.session.shakes(forRTCP, buf[:n], src) {
			r.take(buf[:n], src, time.Now())
		}
	}
}

// take reads one compound packet. Only the machine we send to or were told of is listened to: reports of a call that is not
// encrypted are not authenticated, and a forged one could make the call look bad.
func (r *reporter) take(data []byte, src netip.AddrPort, now time.Time) {
	target := r.session.recv.target()
	_, ours, _, _ := r.session.send.counts(now)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch known := slices.Contains(r.proven, src); {
	case r.search && !r.mux && !known:
		return
	case !known && src.Addr() != target.Addr() && src.Addr() != r.remote.Addr():
		return
	}
	data, ok := r.opens.rtcp(data)
	if !ok {
		return
	}
	packets, err := rtcp.Unmarshal(data)
	if err != nil {
		return
	}
	if !r.mux {
		r.learned = src
	}
	for _, p := range packets {
		switch p := p.(type) {
		case *rtcp.SenderReport:
			r.lastSR, r.lastSRAt, r.srSSRC = uint32(p.NTPTime>>16), now, p.SSRC
			r.hear(p.Reports, ours, now)
		case *rtcp.ReceiverReport:
			r.hear(p.Reports, ours, now)
		}
	}
}

// hear reads what the peer reports about our stream.
func (r *reporter) hear(blocks []rtcp.ReceptionReport, ours uint32, now time.Time) {
	for _, b := range blocks {
		if b.SSRC != ours {
			continue
		}
		r.heardAt, r.remoteJitter = now, float64(b.Jitter)
		r.remoteLoss = float64(b.FractionLost) / 256
		if b.LastSenderReport == 0 || b.Delay == 0 { // some devices leave 0 for how long they have had our report
			continue
		}
		// RFC 3550 §6.4.1: A - LSR - DLSR, in 1/65536 s, modulo 2^32.
		rtt := uint32(ntp(now)>>16) - b.LastSenderReport - b.Delay
		d := time.Duration(uint64(rtt) * uint64(time.Second) >> 16)
		if int32(rtt) >= 0 && d < maxRoundTrip {
			r.roundTrips[r.trips%len(r.roundTrips)] = roundTrip{max(d, time.Microsecond), now} // 0 would read as unknown
			r.trips++
		}
	}
}

// run sends a report every five seconds, at random between half and one and a half of that, divided by e-3/2 to make up
// for timer reconsideration (RFC 3550 §6.3.1); the first after half the time.
func (r *reporter) run() {
	wait := r.every / 2
	for {
		t := time.NewTimer(time.Duration(float64(wait) * (0.5 + mrand.Float64()) / 1.21828))
		select {
		case <-r.session.stop:
			t.Stop()
			return
		case <-t.C:
		}
		r.send(time.Now(), false)
		wait = r.every
	}
}

func (r *reporter) goodbye() { r.send(time.Now(), true) }

// send writes one compound packet: a report, who we are, and on the last day a goodbye.
func (r *reporter) send(now time.Time, bye bool) {
	sent, ssrc, timestamp, rtpDst := r.session.send.counts(now)
	r.mu.Lock()
	defer r.mu.Unlock()
	var blocks []rtcp.ReceptionReport
	if b, ok := r.session.recv.reception(); ok {
		if b.SSRC == r.srSSRC && r.lastSR != 0 {
			b.LastSenderReport = r.lastSR
			b.Delay = uint32(now.Sub(r.lastSRAt).Seconds() * 65536)
		}
		blocks = append(blocks, b)
	}
	var report rtcp.Packet = &rtcp.ReceiverReport{SSRC: ssrc, Reports: blocks}
	if sent.packets > r.sentBefore {
		report = &rtcp.SenderReport{
			SSRC: ssrc, NTPTime: ntp(now), RTPTime: timestamp,
			PacketCount: uint32(sent.packets), OctetCount: uint32(sent.bytes), Reports: blocks,
		}
	}
	r.sentBefore = sent.packets
	compound := []rtcp.Packet{report, &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{
		Source: ssrc,
		Items:  []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: r.cname}},
	}}}}
	if bye {
		compound = append(compound, &rtcp.Goodbye{Sources: []uint32{ssrc}})
	}
	data, err := rtcp.Marshal(compound)
	if err != nil {
		r.session.log.Error("media: report", "err", err)
		return
	}
	r.write(data, rtpDst)
}

// write sends a compound packet to where the peer listens for it.
func (r *reporter) write(data []byte, rtpDst netip.AddrPort) {
	socket := r.session.socket.Load()
	conn, dst := socket.rtcp, r.remote
	switch {
	case r.mux:
		conn, dst = socket.rtp, rtpDst
	case r.search:
		dst = r.chosen
	case r.learned.IsValid():
		dst = r.learned
	}
	if !dst.IsValid() || dst.Port() == 0 || dst.Addr().IsUnspecified() || r.seal.shut() {
		return
	}
	data, err := r.seal.rtcp(data)
	if err == nil {
		err = writeWithin(conn, data, dst, time.Now())
	}
	if err != nil {
		r.session.log.Debug("media: send report", "err", err)
	}
}

// stats adds what RTCP told of late. Of the round trips the smallest has waited least on either side.
func (r *reporter) stats(st *Stats, now time.Time) {
	clock := r.session.send.rate()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.roundTrips {
		if t.took > 0 && now.Sub(t.at) < reportAge && (st.RoundTrip == 0 || t.took < st.RoundTrip) {
			st.RoundTrip = t.took
		}
	}
	if r.heardAt.IsZero() || now.Sub(r.heardAt) >= reportAge {
		return
	}
	st.RemoteLoss = r.remoteLoss
	st.RemoteJitter = time.Duration(r.remoteJitter / float64(clock) * float64(time.Second))
}

// ntp is t as a 64-bit NTP timestamp: seconds since 1900 and their fraction.
func ntp(t time.Time) uint64 {
	return uint64(t.Unix()+ntpEpoch)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}
