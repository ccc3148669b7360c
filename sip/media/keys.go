package media

import "encoding/binary"

// dtmfReceiver finds the keys in the peer's telephone-event packets. A key is told when its first packet comes, whichever
// that is. By RFC 4733 all packets of a key have one timestamp and the next key has another; gateways in the field never
// change the timestamp, or count it on with every packet of a key, or begin to count again in the middle of a call. So a packet
// is compared with the one before it in the numbering of the stream, which all of them get right:
//
//   - Another code is another key.
//   - The same code at the same timestamp is the same key, as long as its duration rises or its end is repeated.
//   - At another timestamp it is the same key when the duration has risen as much as the timestamp, or the end is repeated at
//     once. A marker, or anything after an end and a pause, begins another.
type dtmfReceiver struct {
	started bool
	seq     uint32 // extended number of the newest packet
	ts      uint32 // its timestamp
	code    byte
	length  uint16 // how long the key is down
	ended   bool
}

// keySlack is by how much the timestamp may run ahead of the duration within one key, in timestamp units: the 60 ms of the
// longest packets. The pause between two keys, with the whole of the first, is longer than that.
const keySlack = 480

// longestEvent is the longest duration that one packet can tell; a key held longer goes on in another segment (§2.5.1.3).
const longestEvent = 0xFFFF

// key reads one packet, which has that extended number in the stream. ok is true when it is the first of a key.
func (d *dtmfReceiver) key(seq, ts uint32, marker bool, payload []byte) (digit string, ok bool) {
	if len(payload) < 4 || int(payload[0]) >= len(keys) {
		return "", false // flash hook, tones of a modem, or nonsense
	}
	if d.started && int32(seq-d.seq) <= 0 {
		return "", false // it comes late, or twice
	}
	code, end, length := payload[0], payload[1]&0x80 != 0, binary.BigEndian.Uint16(payload[2:])
	fresh := !d.started || code != d.code || !d.goesOn(ts, marker, end, length)
	*d = dtmfReceiver{started: true, seq: seq, ts: ts, code: code, length: length, ended: end}
	if !fresh {
		return "", false
	}
	return keys[code : code+1], true
}

// goesOn reports whether a packet with the code of the key told last belongs to that key.
func (d *dtmfReceiver) goesOn(ts uint32, marker, end bool, length uint16) bool {
	ahead := int64(int32(ts - d.ts))
	switch {
	case !d.ended && !marker && d.length == longestEvent && ahead == longestEvent:
		return true // the next segment
	case length < d.length || d.ended && !end:
		return false
	case ahead == 0:
		return true
	}
	risen := int64(length - d.length)
	return !marker && ahead > 0 && ahead-risen <= keySlack && risen-ahead <= keySlack
}
