package media

import "slices"

// timeline is received audio laid out by position, in samples: packets still coded, and the one being played.
type timeline struct {
	slots   [bufferSlots]slot
	current []int16 // decoded
	at      int64   // position of current[0]
}

// slot is a packet that waits.
type slot struct {
	used bool
	at   int64 // position of its first sample
	n    int   // samples
	dec  Decoder
	data []byte
}

// bufferSlots is more than a second of packets. A peer that sends more ahead loses the oldest.
const bufferSlots = 64

// store copies a packet into a slot. It returns how many packets were thrown away over it: one when it was there already,
// or when the oldest had to make room.
func (t *timeline) store(p *Packet, at int64, n int) (discarded uint64) {
	var free *slot
	for i := range t.slots {
		s := &t.slots[i]
		if s.used && s.at == at {
			return 1
		}
		if !s.used {
			free = s
		}
	}
	if free == nil {
		free = t.oldest()
		discarded = 1
	}
	free.used, free.at, free.n, free.dec = true, at, n, p.Decoder
	free.data = append(free.data[:0], p.Payload...)
	return discarded
}

func (t *timeline) oldest() *slot {
	var s *slot
	for i := range t.slots {
		if c := &t.slots[i]; c.used && (s == nil || c.at < s.at) {
			s = c
		}
	}
	return s
}

// dropBefore throws away what ends before a position.
func (t *timeline) dropBefore(head int64) (discarded uint64) {
	for i := range t.slots {
		if s := &t.slots[i]; s.used && s.at+int64(s.n) <= head {
			s.used = false
			discarded++
		}
	}
	return discarded
}

// clear throws everything away.
func (t *timeline) clear() {
	for i := range t.slots {
		t.slots[i].used = false
	}
	t.current, t.at = t.current[:0], 0
}

// read copies decoded audio from a position on, as far as the packet there goes; 0 when there is none.
func (t *timeline) read(out []int16, head int64) int {
	if n := t.copyCurrent(out, head); n > 0 {
		return n
	}
	if !t.load(head) {
		return 0
	}
	return t.copyCurrent(out, head)
}

func (t *timeline) copyCurrent(out []int16, head int64) int {
	off := head - t.at
	if off < 0 || off >= int64(len(t.current)) {
		return 0
	}
	return copy(out, t.current[off:])
}

// load decodes the packet that has a position, and frees the slots of those that were passed over.
func (t *timeline) load(head int64) bool {
	t.dropBefore(head)
	for i := range t.slots {
		s := &t.slots[i]
		if !s.used || s.at > head {
			continue
		}
		s.used = false
		t.current = slices.Grow(t.current[:0], s.n)[:s.n]
		t.current = t.current[:s.dec.Decode(t.current, s.data)]
		t.at = s.at
		return head < t.at+int64(len(t.current))
	}
	return false
}

// unread puts audio that was read back in front of what is being played: head is its position, and it goes up to where
// reading stood.
func (t *timeline) unread(pcm []int16, head int64) {
	off := int(head + int64(len(pcm)) - t.at)
	t.current = slices.Insert(t.current[off:], 0, pcm...)
	t.at = head
}

// gap is how much of the n samples from a position on is missing before audio begins.
func (t *timeline) gap(n int, head int64) int {
	for i := range t.slots {
		if s := &t.slots[i]; s.used && s.at > head {
			n = int(min(int64(n), s.at-head))
		}
	}
	return n
}

// has tells whether there is audio without a gap from a position on, n samples long.
func (t *timeline) has(head int64, n int) bool {
	for end := head + int64(n); head < end; {
		next := t.until(head)
		if next == head {
			return false
		}
		head = next
	}
	return true
}

// until is the end of the packet that has a position, or the position itself.
func (t *timeline) until(head int64) int64 {
	if end := t.at + int64(len(t.current)); head >= t.at && head < end {
		return end
	}
	for i := range t.slots {
		if s := &t.slots[i]; s.used && head >= s.at && head < s.at+int64(s.n) {
			return s.at + int64(s.n)
		}
	}
	return head
}

// empty tells whether nothing is left from a position on.
func (t *timeline) empty(head int64) bool {
	return t.oldest() == nil && head >= t.at+int64(len(t.current))
}
