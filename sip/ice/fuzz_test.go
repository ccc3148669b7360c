package ice

import (
	"testing"
	"time"
)

// FuzzReceive: whatever a stranger sends changes nothing, gets no answer, and what it sends is left as it is.
func FuzzReceive(f *testing.F) {
	own, theirs := Credentials{"ownn", "own-password-0123456789"}, Credentials{"them", "their-password-0123456789"}
	agent := func() *Agent {
		return New(Config{Own: own, Theirs: theirs, Components: 2, Local: addr("10.0.0.1:1").Addr(), Candidates: Candidates(RTP, addr("10.0.0.2:4000"), addr("203.0.113.7:4000"))}, time.Unix(1e9, 0))
	}
	them := New(Config{Own: theirs, Theirs: own, Components: 2, Local: addr("10.0.0.2:1").Addr()}, time.Unix(1e9, 0))
	good := them.ask([12]byte{1}, RTP, true)
	f.Add(good)
	f.Add(good[:len(good)-8])
	f.Add(agent().ask([12]byte{2}, RTP, false))
	f.Fuzz(func(t *testing.T, data []byte) {
		a := agent()
		before := string(data)
		out, heard := a.Receive(RTP, data, addr("198.51.100.1:5000"), time.Unix(1e9+1, 0))
		if heard != (string(data) == string(good) || len(out) > 0) || string(data) != before {
			t.Errorf("heard %v, out %v", heard, out)
		}
		sum := 0
		for _, p := range out {
			sum += len(p.Data)
		}
		if sum > len(data) {
			t.Errorf("%d bytes out for %d in", sum, len(data))
		}
	})
}

func FuzzParseCandidate(f *testing.F) {
	f.Add("1 1 UDP 2130706431 192.0.2.1 4000 typ host")
	f.Add("2 2 udp 1694498814 203.0.113.1 4001 typ srflx raddr 10.0.0.1 rport 4001 generation 0")
	f.Add("H 1 UDP 4294967295 fe80::1%eth0 65536 typ host")
	f.Fuzz(func(t *testing.T, v string) {
		if c, ok := ParseCandidate(v); ok {
			again, ok := ParseCandidate(c.String())
			if !ok || again.Addr != c.Addr || again.Component != c.Component || again.Priority != c.Priority || c.Addr.Port() == 0 {
				t.Errorf("%q is %+v, and then %+v", v, c, again)
			}
		}
	})
}
