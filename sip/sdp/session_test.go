package sdp

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	pion "github.com/pion/sdp/v3"
	"pgregory.net/rapid"

	"linecard/test/interop"
)

var ours = netip.MustParseAddrPort("192.0.2.10:40000")

// newSession is a session with a known id, so that its descriptions can be compared as text.
func newSession() *Session { return New(Config{Addr: ours, ID: 7}) }

// lines joins what a peer says the way the wire has it.
func lines(l ...string) []byte { return []byte(strings.Join(l, "\r\n") + "\r\n") }

// peer is a peer's plain description with the given lines after t=.
func peer(l ...string) []byte {
	return lines(append([]string{"v=0", "o=- 1 1 IN IP4 198.51.100.7", "s=-", "c=IN IP4 198.51.100.7", "t=0 0"}, l...)...)
}

// strict reads what we wrote with a parser that follows the grammar to the letter.
func strict(t rapid.TB, body []byte) *pion.SessionDescription {
	t.Helper()
	var d pion.SessionDescription
	if err := d.Unmarshal(body); err != nil {
		t.Fatalf("a strict parser refuses our description: %v\n%s", err, body)
	}
	return &d
}

func TestOfferText(t *testing.T) {
	want := string(lines("v=0", "o=- 7 7 IN IP4 192.0.2.10", "s=-", "c=IN IP4 192.0.2.10", "t=0 0",
		"m=audio 40000 RTP/AVP 0 8 101",
		"a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15",
		"a=ptime:20", "a=sendrecv"))
	if diff := cmp.Diff(want, string(newSession().Offer(SendRecv))); diff != "" {
		t.Error(diff)
	}
}

func TestOfferOverIPv6(t *testing.T) {
	interop.Proves(t, "S1.19")
	s := New(Config{Addr: netip.MustParseAddrPort("[2001:db8::1]:5004"), RTCPPort: 9000, NoDTMF: true})
	d := strict(t, s.Offer(SendRecv))
	if got := d.ConnectionInformation.String(); got != "IN IP6 2001:db8::1" {
		t.Errorf("c=%s", got)
	}
	if v, _ := d.MediaDescriptions[0].Attribute("rtcp"); v != "9000" {
		t.Errorf("a=rtcp:%s for an RTCP port that is not the next one", v)
	}
	if strings.Contains(string(s.Offer(SendRecv)), "telephone-event") {
		t.Error("telephone-event offered although it is off")
	}
}

// TestVersion holds RFC 3264 §8: the same description keeps its version, another one is the next.
func TestVersion(t *testing.T) {
	s := newSession()
	var got []uint64
	var ids []uint64
	for _, dir := range []Direction{SendRecv, SendRecv, SendOnly, SendOnly, SendRecv, Inactive} {
		d := strict(t, s.Offer(dir))
		got, ids = append(got, d.Origin.SessionVersion), append(ids, d.Origin.SessionID)
	}
	if diff := cmp.Diff([]uint64{7, 7, 8, 8, 9, 10}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]uint64{7, 7, 7, 7, 7, 7}, ids); diff != "" {
		t.Error(diff)
	}
}

// TestSessionIDFitsEveryone: peers parse the id as a signed 64-bit number, some as a signed 32-bit one.
func TestSessionIDFitsEveryone(t *testing.T) {
	for range 100 {
		if id := strict(t, New(Config{Addr: ours}).Offer(SendRecv)).Origin.SessionID; id == 0 || id >= 1<<31 {
			t.Fatalf("session id %d", id)
		}
	}
}

func TestAnswer(t *testing.T) {
	audio := []string{"m=audio 6000 RTP/AVP 0 8 101", "a=rtpmap:101 telephone-event/8000"}
	base := Media{
		Host: "198.51.100.7", Port: 6000, RTCPHost: "198.51.100.7", RTCPPort: 6001,
		Send: Format{PCMU, 0}, Receive: []Format{{PCMU, 0}}, DTMFSend: 101, DTMFReceive: 101,
		Ptime: 20 * time.Millisecond, Direction: SendRecv,
	}
	with := func(change func(*Media)) Media {
		m := base
		change(&m)
		return m
	}
	for name, c := range map[string]struct {
		offer []byte
		held  bool // we hold the call
		want  Media
		lines []string // the m= lines of our answer, by default one accepted
		err   error
	}{
		"plain":             {offer: peer(audio...), want: base},
		"line feeds only":   {offer: []byte(strings.ReplaceAll(string(peer(audio...)), "\r\n", "\n")), want: base},
		"static types bare": {offer: peer("m=audio 6000 RTP/AVP 0"), want: with(func(m *Media) { m.DTMFSend, m.DTMFReceive = 0, 0 }), lines: []string{"audio 40000 RTP/AVP 0"}},
		"their order counts": {offer: peer("m=audio 6000 RTP/AVP 18 8 0"), want: with(func(m *Media) {
			m.Send, m.Receive, m.DTMFSend, m.DTMFReceive = Format{PCMA, 8}, []Format{{PCMA, 8}}, 0, 0
		}), lines: []string{"audio 40000 RTP/AVP 8"}},
		"words as session id": {offer: lines("v=0", "o=bob one two IN IP4 198.51.100.7", "s=-", "c=IN IP4 198.51.100.7", "t=0 0", audio[0], audio[1]), want: base},
		"attributes before t=, private b=": {offer: lines("v=0", "o=- 1 1 IN IP4 198.51.100.7", "s= ", "a=sendrecv", "b=X-SPEED:1", "b=QOS:9",
			"c=IN IP4 198.51.100.7", "t=0 0", audio[0], audio[1]), want: base},
		"c= of the line's own": {offer: peer(append(audio, "c=IN IP4 203.0.113.9")...), want: with(func(m *Media) {
			m.Host, m.RTCPHost = "203.0.113.9", "203.0.113.9"
		})},
		"a name in c=": {offer: peer(append(audio, "c=IN IP4 media.example.net")...), want: with(func(m *Media) {
			m.Host, m.RTCPHost = "media.example.net", "media.example.net"
		})},
		"rtcp elsewhere": {offer: peer(append(audio, "a=rtcp:7001 IN IP4 203.0.113.9")...), want: with(func(m *Media) {
			m.RTCPHost, m.RTCPPort = "203.0.113.9", 7001
		})},
		"rtcp on another port":   {offer: peer(append(audio, "a=rtcp:7001")...), want: with(func(m *Media) { m.RTCPPort = 7001 })},
		"the last port there is": {offer: peer("m=audio 65535 RTP/AVP 0 101", audio[1]), want: with(func(m *Media) { m.Port, m.RTCPPort = 65535, 0 })},
		"one port for both":      {offer: peer(append(audio, "a=rtcp-mux")...), want: with(func(m *Media) { m.RTCPMux, m.RTCPPort = true, 6000 })},
		"30 ms packets":          {offer: peer(append(audio, "a=ptime:30")...), want: with(func(m *Media) { m.Ptime = 30 * time.Millisecond })},
		"half a packet time":     {offer: peer(append(audio, "a=ptime:25.5")...), want: base},
		"20 but at most 10":      {offer: peer(append(audio, "a=ptime:20", "a=maxptime:10")...), want: with(func(m *Media) { m.Ptime = 10 * time.Millisecond })},
		"packets of a second":    {offer: peer(append(audio, "a=ptime:1000")...), want: with(func(m *Media) { m.Ptime = 60 * time.Millisecond })},
		"nonsense packet time":   {offer: peer(append(audio, "a=ptime:-3")...), want: base},
		"dtmf at 96": {
			offer: peer("m=audio 6000 RTP/AVP 111 0 96", "a=rtpmap:111 opus/48000/2", "a=rtpmap:96 TELEPHONE-EVENT/8000"),
			want:  with(func(m *Media) { m.DTMFSend, m.DTMFReceive = 96, 96 }), lines: []string{"audio 40000 RTP/AVP 0 96"},
		},
		"dtmf at another clock": {
			offer: peer("m=audio 6000 RTP/AVP 0 97", "a=rtpmap:97 telephone-event/48000"),
			want:  with(func(m *Media) { m.DTMFSend, m.DTMFReceive = 0, 0 }), lines: []string{"audio 40000 RTP/AVP 0"},
		},
		"PCMA under a number of theirs": {offer: peer("m=audio 6000 RTP/AVP 98", "a=rtpmap:98 pcma/8000/1"), want: with(func(m *Media) {
			m.Send, m.Receive = Format{Codec{Name: "PCMA", ClockRate: 8000}, 98}, []Format{{PCMA, 98}}
			m.DTMFSend, m.DTMFReceive = 0, 0
		}), lines: []string{"audio 40000 RTP/AVP 98"}},
		"with video": {
			offer: peer(append(audio, "m=video 6002 RTP/AVP 31 34", "a=sendonly")...), want: base,
			lines: []string{"audio 40000 RTP/AVP 0 101", "video 0 RTP/AVP 31 34"},
		},
		"video first, audio third": {
			offer: peer("m=video 6002 RTP/AVP 31", "m=message 7 TCP/MSRP *", audio[0], audio[1]), want: base,
			lines: []string{"video 0 RTP/AVP 31", "message 0 TCP/MSRP *", "audio 40000 RTP/AVP 0 101"},
		},
		"secure or plain": {
			offer: peer("m=audio 6010 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x", audio[0], audio[1]), want: base,
			lines: []string{"audio 0 RTP/SAVP 0", "audio 40000 RTP/AVP 0 101"},
		},
		"two plain ones": {
			offer: peer(audio[0], audio[1], "m=audio 6020 RTP/AVP 0"), want: base,
			lines: []string{"audio 40000 RTP/AVP 0 101", "audio 0 RTP/AVP 0"},
		},
		"feedback profile": {offer: peer("m=audio 6000 RTP/AVPF 0 101", audio[1]), want: base, lines: []string{"audio 40000 RTP/AVPF 0 101"}},

		"they hold":                 {offer: peer(append(audio, "a=sendonly")...), want: with(func(m *Media) { m.Direction, m.RemoteHold = RecvOnly, true })},
		"they hold, said above":     {offer: peer(append([]string{"a=sendonly"}, audio...)...), want: with(func(m *Media) { m.Direction, m.RemoteHold = RecvOnly, true })},
		"line beats session":        {offer: peer(append([]string{"a=inactive"}, append(audio, "a=sendrecv")...)...), want: base},
		"they stop it":              {offer: peer(append(audio, "a=inactive")...), want: with(func(m *Media) { m.Direction, m.RemoteHold = Inactive, true })},
		"they only listen":          {offer: peer(append(audio, "a=recvonly")...), want: with(func(m *Media) { m.Direction = SendOnly })},
		"we hold":                   {offer: peer(audio...), held: true, want: with(func(m *Media) { m.Direction = SendOnly })},
		"both hold":                 {offer: peer(append(audio, "a=sendonly")...), held: true, want: with(func(m *Media) { m.Direction, m.RemoteHold = Inactive, true })},
		"we hold, they only listen": {offer: peer(append(audio, "a=recvonly")...), held: true, want: with(func(m *Media) { m.Direction = SendOnly })},
		"hold of the old days": {offer: peer(append(audio, "c=IN IP4 0.0.0.0")...), want: with(func(m *Media) {
			m.Host, m.RTCPHost, m.Direction, m.RemoteHold = "0.0.0.0", "0.0.0.0", RecvOnly, true
		})},

		"secure only":        {offer: peer("m=audio 6000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x"), err: ErrCrypto},
		"browser":            {offer: peer("m=audio 9 UDP/TLS/RTP/SAVPF 111 0", "a=rtpmap:111 opus/48000/2"), err: ErrCrypto},
		"strange codecs":     {offer: peer("m=audio 6000 RTP/AVP 18 3"), err: ErrNoCommonCodec},
		"key presses alone":  {offer: peer("m=audio 6000 RTP/AVP 101", audio[1]), err: ErrNoCommonCodec},
		"a fax":              {offer: peer("m=image 6000 udptl t38", "a=T38FaxVersion:0"), err: ErrNoAudio},
		"audio switched off": {offer: peer("m=audio 0 RTP/AVP 0"), err: ErrNoAudio},
		"no streams":         {offer: peer(), err: ErrNoAudio},
		"no c=":              {offer: lines("v=0", "o=- 1 1 IN IP4 198.51.100.7", "s=-", "t=0 0", audio[0]), err: ErrNoAddress},
		"a multicast group":  {offer: peer(append(audio, "c=IN IP4 224.2.1.1/127/3")...), err: ErrNoAddress},
		"a broadcast":        {offer: peer(append(audio, "c=IN IP4 255.255.255.255")...), err: ErrNoAddress},
		"empty":              {offer: nil, err: ErrMalformed},
		"not sdp":            {offer: []byte("<xml/>"), err: ErrMalformed},
		"no port":            {offer: peer("m=audio x RTP/AVP 0"), err: ErrMalformed},
		"port too high":      {offer: peer("m=audio 65536 RTP/AVP 0"), err: ErrMalformed},
		"no formats":         {offer: peer("m=audio 6000 RTP/AVP"), err: ErrNoCommonCodec},
		"a flood of lines":   {offer: peer(strings.Split(strings.TrimSpace(strings.Repeat("m=audio 6000 RTP/AVP 0\n", 40)), "\n")...), err: ErrMalformed},
		"a huge one":         {offer: peer("a=" + strings.Repeat("x", 70_000)), err: ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			wanted := SendRecv
			if c.held {
				wanted = SendOnly
			}
			body, m, err := newSession().Answer(c.offer, wanted)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if c.err != nil {
				if body != nil {
					t.Error("an answer beside the error")
				}
				return
			}
			if diff := cmp.Diff(c.want, m); diff != "" {
				t.Errorf("agreed (-want +got):\n%s", diff)
			}
			d := strict(t, body)
			var got []string
			for _, l := range d.MediaDescriptions {
				got = append(got, l.MediaName.String())
				if _, said := l.Attribute(m.Direction.String()); l.MediaName.Port.Value != 0 && !said {
					t.Errorf("our answer does not say %s:\n%s", m.Direction, body)
				}
				if _, mux := l.Attribute("rtcp-mux"); mux != (m.RTCPMux && l.MediaName.Port.Value != 0) {
					t.Errorf("rtcp-mux in the answer is %t", mux)
				}
			}
			want := c.lines
			if want == nil {
				want = []string{"audio 40000 RTP/AVP 0 101"}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("m= lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		offered Direction
		answer  []byte
		want    func(*Media)
		err     error
	}{
		"one codec": {SendRecv, peer("m=audio 6000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000"), func(*Media) {}, nil},
		"two codecs": {SendRecv, peer("m=audio 6000 RTP/AVP 8 0 101", "a=rtpmap:101 telephone-event/8000"), func(m *Media) {
			m.Send, m.Receive = Format{PCMA, 8}, []Format{{PCMA, 8}, {PCMU, 0}}
		}, nil},
		"other numbers": {SendRecv, peer("m=audio 6000 RTP/AVP 99 98", "a=rtpmap:98 telephone-event/8000", "a=rtpmap:99 PCMU/8000"), func(m *Media) {
			m.Send.PayloadType, m.DTMFSend = 99, 98
			m.Send.Codec = Codec{Name: "PCMU", ClockRate: 8000}
		}, nil},
		"no dtmf":             {SendRecv, peer("m=audio 6000 RTP/AVP 0"), func(m *Media) { m.DTMFSend, m.DTMFReceive = 0, 0 }, nil},
		"hold taken":          {SendOnly, peer("m=audio 6000 RTP/AVP 0", "a=recvonly"), func(m *Media) { m.Direction, m.DTMFSend, m.DTMFReceive = SendOnly, 0, 0 }, nil},
		"hold half taken":     {SendOnly, peer("m=audio 6000 RTP/AVP 0"), func(m *Media) { m.Direction, m.DTMFSend, m.DTMFReceive = SendOnly, 0, 0 }, nil},
		"hold met by theirs":  {SendOnly, peer("m=audio 6000 RTP/AVP 0", "a=inactive"), func(m *Media) { m.Direction, m.RemoteHold, m.DTMFSend, m.DTMFReceive = Inactive, true, 0, 0 }, nil},
		"resumed, they hold":  {SendRecv, peer("m=audio 6000 RTP/AVP 0", "a=sendonly"), func(m *Media) { m.Direction, m.RemoteHold, m.DTMFSend, m.DTMFReceive = RecvOnly, true, 0, 0 }, nil},
		"stopped both ways":   {Inactive, peer("m=audio 6000 RTP/AVP 0", "a=inactive"), func(m *Media) { m.Direction, m.DTMFSend, m.DTMFReceive = Inactive, 0, 0 }, nil},
		"a line too many":     {SendRecv, peer("m=audio 6000 RTP/AVP 0", "m=video 0 RTP/AVP 31"), func(m *Media) { m.DTMFSend, m.DTMFReceive = 0, 0 }, nil},
		"refused":             {SendRecv, peer("m=audio 0 RTP/AVP 0"), nil, ErrRefused},
		"something not asked": {SendRecv, peer("m=audio 6000 RTP/AVP 18"), nil, ErrNoCommonCodec},
		"only key presses":    {SendRecv, peer("m=audio 6000 RTP/AVP 101", "a=rtpmap:101 telephone-event/8000"), nil, ErrNoCommonCodec},
		"encrypted":           {SendRecv, peer("m=audio 6000 RTP/SAVP 0"), nil, ErrSecureOnly},
		"nowhere":             {SendRecv, peer("m=audio 6000 RTP/AVP 0", "c=IN IP4 239.0.0.1"), nil, ErrNoAddress},
		"no audio":            {SendRecv, peer("m=video 6000 RTP/AVP 31"), nil, ErrNoAudio},
		"empty":               {SendRecv, nil, nil, ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession()
			s.Offer(c.offered)
			m, err := s.ReadAnswer(c.answer)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err != nil {
				return
			}
			want := Media{
				Host: "198.51.100.7", Port: 6000, RTCPHost: "198.51.100.7", RTCPPort: 6001,
				Send: Format{PCMU, 0}, Receive: []Format{{PCMU, 0}}, DTMFSend: 101, DTMFReceive: 101,
				Ptime: 20 * time.Millisecond, Direction: SendRecv,
			}
			c.want(&want)
			if diff := cmp.Diff(want, m); diff != "" {
				t.Errorf("agreed (-want +got):\n%s", diff)
			}
		})
	}
	if _, err := newSession().ReadAnswer(peer("m=audio 6000 RTP/AVP 0")); !errors.Is(err, ErrNoOffer) {
		t.Errorf("an answer to nothing: %v", err)
	}
}
