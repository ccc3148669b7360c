package sdp

import "strings"

// Direction is which way audio flows, seen from the side that says it.
type Direction uint8

// The directions of RFC 3264 §5.1. The zero value means nothing flows.
const (
	Inactive Direction = iota
	SendOnly
	RecvOnly
	SendRecv
)

const (
	sends    = uint8(SendOnly)
	receives = uint8(RecvOnly)
)

// Sends tells whether the side that says d sends audio.
func (d Direction) Sends() bool { return uint8(d)&sends != 0 }

// Receives tells whether the side that says d takes audio.
func (d Direction) Receives() bool { return uint8(d)&receives != 0 }

// String is the attribute name: "sendrecv", "sendonly", "recvonly" or "inactive".
func (d Direction) String() string {
	switch d {
	case SendRecv:
		return "sendrecv"
	case SendOnly:
		return "sendonly"
	case RecvOnly:
		return "recvonly"
	default:
		return "inactive"
	}
}

// reversed is d as the other side sees it.
func (d Direction) reversed() Direction {
	var r Direction
	if d.Sends() {
		r |= RecvOnly
	}
	if d.Receives() {
		r |= SendOnly
	}
	return r
}

func parseDirection(key string) (Direction, bool) {
	switch strings.ToLower(key) {
	case "sendrecv":
		return SendRecv, true
	case "sendonly":
		return SendOnly, true
	case "recvonly":
		return RecvOnly, true
	case "inactive":
		return Inactive, true
	}
	return Inactive, false
}

// direction is what the peer says for m: the line's own attribute, or the session's, or sendrecv (RFC 4566 §6).
// A c= of 0.0.0.0 takes the receiving half away: there is nowhere to send to (RFC 3264 §8.4).
func (d description) direction(m mediaLine) Direction {
	dir := SendRecv
	for _, attrs := range [][]attribute{d.attrs, m.attrs} {
		for _, a := range attrs {
			if v, ok := parseDirection(a.key); ok {
				dir = v
			}
		}
	}
	if unspecified(d.host(m)) {
		dir &= SendOnly
	}
	return dir
}
