package demopbx

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
)

// direction is who sends, from the speaker's own side (RFC 3264 §5.1).
type direction string

const (
	sendrecv direction = "sendrecv"
	sendonly direction = "sendonly" // the speaker holds the other
	recvonly direction = "recvonly"
	inactive direction = "inactive"
)

func (d direction) sends() bool    { return d == sendrecv || d == sendonly }
func (d direction) receives() bool { return d == sendrecv || d == recvonly }

// answer is the direction that answers an offer of theirs when we want ours (RFC 3264 §6.1).
func answer(theirs, ours direction) direction {
	send := ours.sends() && theirs.receives()
	receive := ours.receives() && theirs.sends()
	switch {
	case send && receive:
		return sendrecv
	case send:
		return sendonly
	case receive:
		return recvonly
	}
	return inactive
}

// errNoCodec is an offer without PCMU: 488.
var errNoCodec = errors.New("no PCMU offered")

// remoteSDP is what the PBX takes from an offer or an answer: where to send PCMU, and how the keys are sent.
type remoteSDP struct {
	media     []string // the m= kinds and protocols in order, "audio RTP/AVP": each has to be answered
	audio     int      // index of the one that is used
	addr      netip.AddrPort
	dtmf      uint8 // payload type of telephone-event/8000; 0 when it is not offered
	direction direction
}

// parseSDP reads an offer or answer. It wants one audio stream over plain RTP with PCMU (payload type 0).
func parseSDP(body []byte) (remoteSDP, error) {
	var s sdp.SessionDescription
	if err := s.Unmarshal(body); err != nil {
		return remoteSDP{}, fmt.Errorf("SDP: %w", err)
	}
	r := remoteSDP{audio: -1}
	for i, m := range s.MediaDescriptions {
		r.media = append(r.media, m.MediaName.Media+" "+strings.Join(m.MediaName.Protos, "/"))
		if r.audio >= 0 || m.MediaName.Media != "audio" || m.MediaName.Port.Value == 0 || !hasFormat(m, "0") {
			continue
		}
		connection := m.ConnectionInformation
		if connection == nil {
			connection = s.ConnectionInformation
		}
		if connection == nil || connection.Address == nil {
			return remoteSDP{}, errors.New("SDP: no c= line")
		}
		ip, err := netip.ParseAddr(connection.Address.Address)
		if err != nil {
			return remoteSDP{}, fmt.Errorf("SDP: c= line: %w", err)
		}
		r.audio = i
		r.addr = netip.AddrPortFrom(ip, uint16(m.MediaName.Port.Value))
		r.direction = directionOf(m.Attributes, directionOf(s.Attributes, sendrecv))
		if ip.IsUnspecified() { // the old way to hold (RFC 2543): c=0.0.0.0
			r.direction = answer(r.direction, recvonly).reverse()
		}
		for _, a := range m.Attributes {
			if pt, ok := strings.CutSuffix(a.Value, " telephone-event/8000"); ok && a.Key == "rtpmap" {
				if n, err := strconv.ParseUint(pt, 10, 7); err == nil {
					r.dtmf = uint8(n)
				}
			}
		}
	}
	if r.audio < 0 {
		return remoteSDP{}, errNoCodec
	}
	return r, nil
}

// reverse is the same direction seen from the other end.
func (d direction) reverse() direction {
	switch d {
	case sendonly:
		return recvonly
	case recvonly:
		return sendonly
	}
	return d
}

func hasFormat(m *sdp.MediaDescription, format string) bool {
	for _, f := range m.MediaName.Formats {
		if f == format {
			return true
		}
	}
	return false
}

func directionOf(attributes []sdp.Attribute, otherwise direction) direction {
	for _, a := range attributes {
		switch d := direction(a.Key); d {
		case sendrecv, sendonly, recvonly, inactive:
			return d
		}
	}
	return otherwise
}

// localSDP writes our side: PCMU and telephone-event at addr. When it answers, every stream of the offer gets its line,
// the ones we do not take with port 0 (RFC 3264 §6).
func localSDP(addr netip.AddrPort, version int, dir direction, dtmf uint8, offer *remoteSDP) []byte {
	var b strings.Builder
	host := addr.Addr().String()
	fmt.Fprintf(&b, "v=0\r\no=pbx %d %d IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n", addr.Port(), version, host, host)
	audio := func() {
		fmt.Fprintf(&b, "m=audio %d RTP/AVP 0", addr.Port())
		if dtmf != 0 {
			fmt.Fprintf(&b, " %d", dtmf)
		}
		b.WriteString("\r\na=rtpmap:0 PCMU/8000\r\n")
		if dtmf != 0 {
			fmt.Fprintf(&b, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-16\r\n", dtmf, dtmf)
		}
		fmt.Fprintf(&b, "a=ptime:20\r\na=%s\r\n", dir)
	}
	if offer == nil {
		audio()
		return []byte(b.String())
	}
	for i, m := range offer.media {
		if i == offer.audio {
			audio()
			continue
		}
		kind, proto, _ := strings.Cut(m, " ")
		fmt.Fprintf(&b, "m=%s 0 %s 0\r\n", kind, proto)
	}
	return []byte(b.String())
}
