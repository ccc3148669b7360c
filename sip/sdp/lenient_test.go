package sdp

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"linecard/test/interop"
)

// Offers that the grammar does not allow, or that few write so, and that phone systems send.
func TestAnswerToWhatPhoneSystemsSend(t *testing.T) {
	interop.Proves(t, "S4.1")
	for name, c := range map[string]struct {
		offer []byte
		lines []string // the m= lines of our answer
	}{
		"names in lower case": {
			peer("m=audio 6000 RTP/AVP 0 101", "a=rtpmap:0 pcmu/8000/1", "a=rtpmap:101 TELEPHONE-EVENT/8000"),
			[]string{"audio 40000 RTP/AVP 0 101"},
		},
		"a profile in lower case": {
			peer("m=audio 6000 rtp/avp 0 101", "a=rtpmap:101 telephone-event/8000"),
			[]string{"audio 40000 RTP/AVP 0 101"},
		},
		"the end of a buffer": {
			append(peer("m=audio 6000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000"), 0, 0),
			[]string{"audio 40000 RTP/AVP 0 101"},
		},
		"lines that end in CR": {
			bytes.ReplaceAll(peer("m=audio 6000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000"), []byte("\r\n"), []byte("\r")),
			[]string{"audio 40000 RTP/AVP 0 101"},
		},
		"lines that end in LF, behind a mark of the byte order": {
			append([]byte("\ufeff"), bytes.ReplaceAll(peer("m=audio 6000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000"), []byte("\r\n"), []byte("\n"))...),
			[]string{"audio 40000 RTP/AVP 0 101"},
		},
		"a refused line without formats": {
			peer("m=audio 0 RTP/AVP", "m=audio 6000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000"),
			[]string{"audio 0 RTP/AVP 0", "audio 40000 RTP/AVP 0 101"},
		},
		"video without formats": {
			peer("m=audio 6000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000", "m=video 6002 RTP/AVP"),
			[]string{"audio 40000 RTP/AVP 0 101", "video 0 RTP/AVP 0"},
		},
		"video without a profile": {
			peer("m=audio 6000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000", "m=video 0"),
			[]string{"audio 40000 RTP/AVP 0 101", "video 0 RTP/AVP 0"},
		},
		"a port that is none, before the audio": {
			peer("m=video 99999 RTP/AVP 96", "m=audio 6000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000"),
			[]string{"video 0 RTP/AVP 96", "audio 40000 RTP/AVP 0 101"},
		},
		"a kind alone": {
			peer("m=audio 6000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000", "m=application"),
			[]string{"audio 40000 RTP/AVP 0 101", "application 0 RTP/AVP 0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			body, m, err := newSession().Answer(c.offer, SendRecv)
			if err != nil {
				t.Fatal(err)
			}
			if m.Send.Codec != PCMU || m.Send.PayloadType != 0 || m.DTMFSend != 101 {
				t.Errorf("agreed %+v", m)
			}
			var lines []string
			for _, l := range strict(t, body).MediaDescriptions {
				lines = append(lines, l.MediaName.String())
			}
			if !slices.Equal(lines, c.lines) {
				t.Errorf("we answer %q, want %q", lines, c.lines)
			}
		})
	}
}

// Encryption and a hold are known in any case of letters.
func TestProfilesAndDirectionsHaveNoCase(t *testing.T) {
	if _, _, err := newSession().Answer(peer("m=audio 6000 rtp/savp 0"), SendRecv); !errors.Is(err, ErrCrypto) { // it has no keys
		t.Errorf("an encrypted offer: %v", err)
	}
	if _, m, err := newSession().Answer(peer("m=audio 6000 RTP/AVP 0", "a=SendOnly"), SendRecv); err != nil || !m.RemoteHold || m.Direction != RecvOnly {
		t.Errorf("a hold: %+v, %v", m, err)
	}
}

// An answer is read as leniently: its names have no case, and the line that it refuses need not have formats.
func TestReadAnswerOfPhoneSystems(t *testing.T) {
	interop.Proves(t, "S4.9")
	for name, answer := range map[string][]byte{
		"names in lower case":   peer("m=audio 6000 RTP/AVP 8", "a=rtpmap:8 pcma/8000/1"),
		"video without formats": peer("m=audio 6000 RTP/AVP 8", "m=video 0 RTP/AVP"),
	} {
		s := newSession()
		s.Offer(SendRecv)
		if m, err := s.ReadAnswer(answer); err != nil || m.Send.Name != PCMA.Name || m.Send.ClockRate != 8000 {
			t.Errorf("%s: agreed %+v, %v", name, m, err)
		}
	}
}
