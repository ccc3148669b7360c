package sip_test

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// Two hundred calls in a row, in and out by turns, leave no goroutine behind.
func TestManyCallsLeaveNothingBehind(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	one := func(i int) {
		if i%2 == 0 {
			c, _ := talk(ph, p)
			c.Bye()
		} else {
			_, id := dial(ph, p, "123")
			ph.must(ph.Hangup(id))
			p.Reply(p.Await("BYE"), "200 OK", "")
		}
		next[sip.CallEnded](ph)
	}
	for i := range 10 {
		one(i)
	}
	before := runtime.NumGoroutine() // sessions close aside: the least there are for a while
	soon(100*time.Millisecond, func() bool { before = min(before, runtime.NumGoroutine()); return false })
	for i := range 200 {
		one(i)
	}
	if !soon(patience, func() bool { return runtime.NumGoroutine() <= before+2 }) {
		t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
	}
}

// BenchmarkInviteTo180 is the time from an INVITE on the wire to its 180, over UDP loopback, seen from outside the
// phone. It reports p50 and p99 in milliseconds; the aim is 3 ms at p99.
func BenchmarkInviteTo180(b *testing.B) {
	p := siptest.NewPeer(b)
	ph := newPhone(b, p)
	took := make([]time.Duration, 0, b.N)
	b.ResetTimer()
	for range b.N {
		c := p.Call(`"Ada Lovelace" <sip:+14155550100@example.com>`)
		text := c.Text("INVITE", "P-Asserted-Identity: \"Ada\" <sip:+14155550100@carrier.example>\n", siptest.SDP(4000, "sendrecv"))
		begin := time.Now()
		p.Send(c.To, text)
		took = append(took, p.Await("SIP/2.0 180").At.Sub(begin))
		c.Send("CANCEL", "", "")
		p.Await("SIP/2.0 487")
		c.Send("ACK", "", "")
		next[sip.CallEnded](ph)
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2].Seconds()*1000, "p50-ms")
	b.ReportMetric(took[len(took)*99/100].Seconds()*1000, "p99-ms")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkAnswerToRTP is the time from Answer to the first RTP packet on the wire.
func BenchmarkAnswerToRTP(b *testing.B) {
	p := siptest.NewPeer(b)
	ph := newPhone(b, p)
	rtp := listenRTP(b)
	took := make([]time.Duration, 0, b.N)
	for range b.N {
		c := p.Call("<sip:bob@example.com>")
		c.Send("INVITE", "", siptest.SDP(rtp.port, "sendrecv"))
		c.Learn(p.Await("SIP/2.0 180"))
		id := next[sip.CallIncoming](ph).ID
		rtp.drain()
		begin := time.Now()
		ph.must(ph.Answer(id))
		took = append(took, rtp.next().Sub(begin))
		c.Answered()
		c.Bye()
		next[sip.CallEnded](ph)
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2].Seconds()*1000, "p50-ms")
	b.ReportMetric(took[len(took)*99/100].Seconds()*1000, "p99-ms")
	b.ReportMetric(0, "ns/op")
}
