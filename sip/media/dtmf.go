package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// The keys of RFC 4733 §3.2 by event code, 0 to 15.
const keys = "0123456789*#ABCD"

// Timing of the keys we send. 100 ms on and 60 ms off is what a hand does; the slowest detectors in the field want 40/40
// (ITU-T Q.24 asks for less still).
const (
	keyOnMillis  = 100
	keyOffMillis = 60
	keyVolume    = 10 // dBm0 below zero, a telephone's own level
	keyEnds      = 3  // the last packet of a key is sent three times, since losing it would hold the key down (§2.5.1.4)
	maxQueued    = 64
)

// Errors of [Session.SendDTMF] and [Session.SendTones].
var (
	ErrNoDTMF   = errors.New("the other side did not agree to telephone-event")
	ErrNoKey    = errors.New("no such key")
	ErrTooMany  = errors.New("too many keys are waiting to be sent")
	ErrNoSender = errors.New("the call does not send audio now")
	ErrNoTones  = errors.New("the codec does not carry tones")
)

// parseKeys turns "12#" into event codes. Letters may be small; a blank or a hyphen, as people write numbers, is nothing.
func parseKeys(digits string) ([]byte, error) {
	var out []byte
	for _, r := range strings.ToUpper(digits) {
		if r == ' ' || r == '-' {
			continue
		}
		i := strings.IndexRune(keys, r)
		if i < 0 {
			return nil, fmt.Errorf("%w: %q", ErrNoKey, r)
		}
		out = append(out, byte(i))
	}
	return out, nil
}

// dtmfSender makes telephone-event packets take the place of audio packets, one for one, so that the rhythm of the stream
// stays and the timestamps of the audio go on underneath (RFC 4733 §2.5.1). Keys that go as tones are in tones.go; all wait in one queue.
type dtmfSender struct {
	queue []byte
	told  []keyBatch // whose keys these are, in order; the key that is down belongs to the first
	busy  bool       // a key is down, or its end is being repeated
	code  byte       // the key
	start uint32     // timestamp of its beginning, in every packet of it
	held  uint32     // how long it is down, in timestamp units
	ends  int        // end packets sent
	rest  int        // timestamp units until the next key may begin

	sounded int // of the key that is down as a tone: samples of it
	silence int // samples until the next tone may begin, or the microphone goes on
}

// packet is what to send in the place of a frame of length units of audio beginning at timestamp now. ok is false when the
// audio itself must be sent. clock is units a second.
func (d *dtmfSender) packet(payload []byte, now uint32, length, clock int) (n int, ts uint32, marker, ok bool) {
	if !d.busy {
		d.rest = max(d.rest-length, 0)
		if len(d.queue) == 0 || d.rest > 0 || d.told[0].tones {
			return 0, 0, false, false
		}
		d.busy, d.code, d.start, d.held, d.ends = true, d.queue[0], now, 0, 0
		d.queue = append(d.queue[:0], d.queue[1:]...)
		marker = true
	}
	if d.ends == 0 {
		d.held += uint32(length)
	}
	last := d.held >= uint32(keyOnMillis*clock/1000)
	payload[0] = d.code
	payload[1] = keyVolume
	if last {
		payload[1] |= 0x80
		d.ends++
	}
	binary.BigEndian.PutUint16(payload[2:], uint16(min(d.held, 0xFFFF)))
	if d.ends == keyEnds {
		d.busy = false
		d.gone()
		d.rest = keyOffMillis*clock/1000 - (keyEnds-1)*length + length // counted down before the next key, hence one more
	}
	return 4, d.start, marker, true
}

// keyBatch is keys that were queued together.
type keyBatch struct {
	left  int  // how many have not gone
	tones bool // they go as tones, and not as events
	done  func(left string)
}

// push queues keys. done is told the keys that did not go: none once all have.
func (d *dtmfSender) push(codes []byte, tones bool, done func(left string)) {
	if len(codes) == 0 {
		done("")
		return
	}
	d.queue = append(d.queue, codes...)
	d.told = append(d.told, keyBatch{len(codes), tones, done})
}

// gone counts the key that was down.
func (d *dtmfSender) gone() {
	b := &d.told[0]
	if b.left--; b.left > 0 {
		return
	}
	done := b.done
	d.told = d.told[1:]
	done("")
}

// clear forgets what is waiting and what is being sent. A key that was down counts as gone: whoever has heard its beginning has taken it.
func (d *dtmfSender) clear() {
	if d.busy {
		d.gone()
	}
	left, told := d.queue, d.told
	*d = dtmfSender{}
	for _, b := range told {
		b.done(written(left[:b.left]))
		left = left[b.left:]
	}
}

// written is event codes as keys.
func written(codes []byte) string {
	var text strings.Builder
	for _, c := range codes {
		text.WriteByte(keys[c])
	}
	return text.String()
}
