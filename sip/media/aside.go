package media

import "time"

// aside is what comes of a source that is not the one being played: it may be about to take over, and then none of it is
// lost; and some gateways send their keys under a source of their own.
type aside struct {
	ssrc    uint32
	keys    dtmfReceiver
	packets []laid
}

// laid is a packet that is kept.
type laid struct {
	sequence  uint16
	timestamp uint32
	marker    bool
	t         payloadType
	payload   []byte
	arrival   time.Time
}

// lay keeps the packet of another source, which is r.packet. key is a digit when one was pressed.
func (r *receiver) lay(t payloadType, now time.Time) (key string, ok bool) {
	p, a := &r.packet, &r.aside
	if p.SSRC == r.source.ssrc {
		return "", false // the one being played, with a number that leads nowhere
	}
	if p.SSRC != a.ssrc || r.source.otherRun <= 1 {
		a.packets = a.packets[:0]
	}
	if p.SSRC != a.ssrc {
		a.ssrc, a.keys = p.SSRC, dtmfReceiver{}
	}
	switch t.kind {
	case keyPayload:
		seq := a.keys.seq + uint32(int32(int16(p.SequenceNumber-uint16(a.keys.seq))))
		if !a.keys.started {
			seq = 1<<16 | uint32(p.SequenceNumber)
		}
		key, _ = a.keys.key(seq, p.Timestamp, p.Marker, p.Payload)
		return key, true
	case audioPayload:
		if len(a.packets) < takeover && len(p.Payload) <= maxPayload {
			a.packets = append(a.packets, laid{
				p.SequenceNumber, p.Timestamp, p.Marker, t, append([]byte(nil), p.Payload...), now,
			})
		}
	}
	return "", false
}

// takeUp plays what was kept of the source that has taken over, and goes on with its keys.
func (r *receiver) takeUp() {
	a := &r.aside
	if a.ssrc == r.source.ssrc && a.keys.started {
		r.keys = a.keys
		// the numbers of a stream that begins have no cycles yet
		r.keys.seq = uint32(uint16(a.keys.seq))
	}
	if a.ssrc == r.source.ssrc {
		now := r.packet.Header
		payload := r.packet.Payload
		for _, l := range a.packets {
			r.packet.SequenceNumber, r.packet.Timestamp, r.packet.Marker, r.packet.Payload = l.sequence, l.timestamp, l.marker, l.payload
			r.hear(l.t, l.arrival)
		}
		r.packet.Header, r.packet.Payload = now, payload
	}
	*a = aside{packets: a.packets[:0]}
}
