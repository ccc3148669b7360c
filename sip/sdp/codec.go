package sdp

import (
	"strconv"
	"strings"
)

// Codec names an audio format the way SDP does. Two codecs are the same when name (in any case), clock rate and channels are.
type Codec struct {
	Name      string // encoding name: "PCMU", "opus", "telephone-event"
	ClockRate int    // RTP clock in Hz; for G.722 that is 8000 although it samples at 16000 (RFC 3551 §4.5.2)
	Channels  int    // 0 counts as 1
	Fmtp      string // format parameters we send with it, "" for none
	Type      uint8  // the payload type we ask for when the number is free
}

// The codecs a phone built on this package can name today. The order of [Config].Codecs is the order of preference.
var (
	PCMU           = Codec{Name: "PCMU", ClockRate: 8000, Type: 0}
	PCMA           = Codec{Name: "PCMA", ClockRate: 8000, Type: 8}
	TelephoneEvent = Codec{Name: "telephone-event", ClockRate: 8000, Fmtp: "0-15", Type: 101}
)

// is tells whether both are the same format for the purposes of negotiation.
func (c Codec) is(d Codec) bool {
	return strings.EqualFold(c.Name, d.Name) && c.ClockRate == d.ClockRate && max(c.Channels, 1) == max(d.Channels, 1)
}

// rtpmap is the value of the a=rtpmap line without the payload type.
func (c Codec) rtpmap() string {
	s := c.Name + "/" + strconv.Itoa(c.ClockRate)
	if c.Channels > 1 {
		s += "/" + strconv.Itoa(c.Channels)
	}
	return s
}

// Format is a codec under the payload type number it has in one direction of one session.
type Format struct {
	Codec
	PayloadType uint8 // 0-127, the number in the RTP header
}

// static are the payload types that mean something without an rtpmap line (RFC 3551 §6, the audio ones peers still send).
var static = map[uint8]Codec{
	0:  PCMU,
	3:  {Name: "GSM", ClockRate: 8000},
	4:  {Name: "G723", ClockRate: 8000},
	8:  PCMA,
	9:  {Name: "G722", ClockRate: 8000},
	13: {Name: "CN", ClockRate: 8000},
	18: {Name: "G729", ClockRate: 8000},
}

// formats lists what an m= line offers, in its order. Numbers with neither an rtpmap nor a static meaning are left out.
func (m mediaLine) formats() []Format {
	maps := make(map[uint8]Codec)
	for _, a := range m.attrs {
		if a.key != "rtpmap" {
			continue
		}
		if pt, c, ok := parseRTPMap(a.value); ok {
			maps[pt] = c
		}
	}
	var out []Format
	for _, f := range m.fmts {
		pt, ok := parsePayloadType(f)
		if !ok {
			continue
		}
		c, ok := maps[pt]
		if !ok {
			if c, ok = static[pt]; !ok {
				continue
			}
		}
		out = append(out, Format{Codec: c, PayloadType: pt})
	}
	return out
}

// parseRTPMap reads "101 telephone-event/8000" or "111 opus/48000/2".
func parseRTPMap(v string) (pt uint8, c Codec, ok bool) {
	num, enc, ok := strings.Cut(v, " ")
	if !ok {
		return 0, Codec{}, false
	}
	if pt, ok = parsePayloadType(num); !ok {
		return 0, Codec{}, false
	}
	parts := strings.Split(strings.TrimSpace(enc), "/")
	if len(parts) < 2 || parts[0] == "" {
		return 0, Codec{}, false
	}
	rate, err := strconv.Atoi(parts[1])
	if err != nil || rate <= 0 {
		return 0, Codec{}, false
	}
	c = Codec{Name: parts[0], ClockRate: rate}
	if len(parts) > 2 {
		if c.Channels, err = strconv.Atoi(parts[2]); err != nil || c.Channels < 1 {
			return 0, Codec{}, false
		}
	}
	return pt, c, true
}

func parsePayloadType(s string) (uint8, bool) {
	n, err := strconv.ParseUint(s, 10, 8)
	return uint8(n), err == nil && n <= 127
}
