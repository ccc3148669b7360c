package media

import (
	"math"
	"testing"
	"time"
)

func TestSource(t *testing.T) {
	type packet struct {
		ssrc      uint32
		seq       uint16
		ok        bool
		restarted bool
	}
	in := func(ssrc uint32, seqs ...uint16) (out []packet) {
		for _, s := range seqs {
			out = append(out, packet{ssrc, s, true, false})
		}
		return out
	}
	after := func(first packet, rest ...[]packet) (out []packet) {
		out = append(out, first)
		for _, r := range rest {
			out = append(out, r...)
		}
		return out
	}
	begin := packet{1, 100, true, true}
	for name, c := range map[string]struct {
		packets     []packet
		total, lost uint64
		highest     uint32
	}{
		"in order":       {after(begin, in(1, 101, 102)), 3, 0, 102},
		"two missing":    {after(begin, in(1, 103, 104)), 3, 2, 104},
		"out of order":   {after(begin, in(1, 102, 101, 103)), 4, 0, 103},
		"twice":          {after(begin, in(1, 101, 101)), 3, 0, 101},
		"around the end": {after(packet{1, 65534, true, true}, in(1, 65535, 0, 1)), 4, 0, 65537},
		"late over it":   {after(packet{1, 65534, true, true}, in(1, 0, 65535, 1)), 4, 0, 65537},
		"one stray":      {after(begin, []packet{{2, 7, false, false}}, in(1, 101)), 2, 0, 101},
		"strays":         {after(begin, []packet{{2, 7, false, false}, {3, 8, false, false}, {2, 8, false, false}}, in(1, 101)), 2, 0, 101},
		"another source": {after(begin, in(1, 102), []packet{
			{2, 7, false, false}, {2, 8, false, false}, {2, 9, false, false}, {2, 10, false, false}, {2, 11, true, true},
		}, in(2, 12)), 4, 1, 12},
		"another source, every packet twice": {after(begin, []packet{
			{2, 7, false, false},
			{2, 7, false, false},
			{2, 8, false, false},
			{2, 8, false, false},
			{2, 9, false, false},
			{2, 9, false, false},
			{2, 10, false, false},
			{2, 10, false, false},
			{2, 11, true, true},
		}), 2, 0, 11},
		"two at once": {after(begin, []packet{
			{2, 7, false, false},
			{1, 101, true, false},
			{2, 8, false, false},
			{2, 9, false, false},
			{2, 10, false, false},
			{1, 102, true, false},
			{2, 11, false, false},
			{2, 12, false, false},
			{2, 13, false, false},
			{2, 14, false, false},
			{1, 103, true, false},
		}), 4, 0, 103},
		"a wild number":          {after(begin, []packet{{1, 30000, false, false}}, in(1, 101)), 2, 0, 101},
		"numbering begins again": {after(begin, []packet{{1, 30000, false, false}, {1, 30001, true, true}}, in(1, 30002)), 3, 0, 30002},
		"too late by far":        {after(packet{1, 5000, true, true}, []packet{{1, 4000, false, false}}, in(1, 5001)), 2, 0, 5001},
	} {
		t.Run(name, func(t *testing.T) {
			var s source
			for i, p := range c.packets {
				if ok, restarted := s.admit(p.ssrc, p.seq); ok != p.ok || restarted != p.restarted {
					t.Errorf("packet %d: admitted %t, restarted %t", i, ok, restarted)
				}
			}
			if s.total() != c.total || s.lost() != c.lost || s.highest != c.highest {
				t.Errorf("%d came, %d lost, highest %d; want %d, %d, %d", s.total(), s.lost(), s.highest, c.total, c.lost, c.highest)
			}
		})
	}
}

// TestInterval: the part lost is of the packets since the last report.
func TestInterval(t *testing.T) {
	var s source
	for i := range uint16(100) {
		if i%4 != 3 {
			s.admit(1, i)
		}
	}
	s.admit(1, 100)
	if got := s.interval(); got != 25*256/101 {
		t.Errorf("a quarter lost reads %d/256", got)
	}
	for i := range uint16(50) {
		s.admit(1, 101+i)
	}
	if got := s.interval(); got != 0 {
		t.Errorf("nothing lost since reads %d/256", got)
	}
}

// TestJitter: packets that come 5 ms early and late in turn have a mean deviation of 10 ms, which the estimator of RFC 3550
// nears from below; the wrap of the timestamp and of the arrival clock is not jitter.
func TestJitter(t *testing.T) {
	var s source
	ts := uint32(math.MaxUint32 - 16000)
	at := 149 * time.Hour // 2^32 units of 8 kHz are 149 h 7 min
	for i := range 40000 {
		d := 5 * time.Millisecond
		if i%2 == 0 {
			d = -d
		}
		s.arrived(ts, 8000, at+d)
		ts += 160
		at += 20 * time.Millisecond
	}
	if ms := s.jitter / 8; math.Abs(ms-10) > 0.2 {
		t.Errorf("jitter of %.2f ms, want 10", ms)
	}
}
