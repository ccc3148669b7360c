package sdp

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"

	"linecard/sip/encryption"
	"linecard/sip/ice"
)

// Config is what our side brings to a session.
type Config struct {
	Addr     netip.AddrPort // RTP address as the peer reaches it; required
	RTCPPort uint16         // 0 means the port after Addr's
	Codecs   []Codec        // audio codecs in order of preference; nil means PCMU, PCMA
	NoDTMF   bool           // leave telephone-event out

	Encryption  Encryption    // whether the audio is encrypted; "" means EncryptionOffered
	By          encryption.By // how we offer to come to keys; "" means encryption.Both
	ShakeFirst  bool          // with EncryptionPreferred and both ways the first offer asks for a handshake alone, since the other side has taken that before
	Fingerprint Fingerprint   // of the certificate of our handshakes; the zero value means that there are none
	ICE         ICEPolicy     // when the way is looked for; [Session.Seek] names our candidates
	ID          uint64        // session id in o=; 0 draws one. Below 1<<63
}

// Session is our side of offer/answer over the life of one dialog. It is not safe for concurrent use: the dialog owns it.
type Session struct {
	cfg     Config
	origin  string // address of the o= line, which stays the same (RFC 3264 §8)
	version uint64
	sent    []byte // last description that went out, without its origin

	audio    int         // index of the audio line among lines
	lines    []mediaLine // the m= lines of the session in their order; the others are there to be refused again
	numbers  []Format    // payload types we have bound, for good (RFC 3264 §8.3.2); the one used last comes last
	current  Codec       // the codec agreed last, first in the next offer
	offered  []Format    // what our pending or last offer listed
	offerDir Direction   // and its direction
	last     *Media      // what was agreed last; nil before anything was
	held     bool        // and whether the peer holds
	kept     []Format    // what our half of it listed,
	keptDir  Direction   // and its direction
	mux      bool        // the peer shares one port for RTP and RTCP; our later offers say so too

	own        []ice.Candidate
	ice        searching
	insisted   int   // how often we were asked to offer encrypted audio alone
	before     int   // of that, before we were asked to offer feedback
	unheard    bool  // our first offer was answered without audio
	feedback   bool  // we were: our offers have the profiles with feedback
	terms      terms // what our pending or last offer, or last answer, says of encryption
	secureOnly bool  // and that it takes no audio in clear
	keptTerms  terms // what our half of the agreement said of it
	keptICE    searching
}

// New starts a session. Nothing is sent and nothing agreed yet.
func New(cfg Config) *Session {
	if cfg.Codecs == nil {
		cfg.Codecs = []Codec{PCMU, PCMA}
	}
	if cfg.ID == 0 {
		cfg.ID = uint64(rand.Uint32()>>1) | 1
	}
	if cfg.RTCPPort == 0 {
		cfg.RTCPPort = cfg.Addr.Port() + 1
	}
	return &Session{cfg: cfg, origin: cfg.Addr.Addr().Unmap().String()}
}

// Move changes the address at which our audio is received, from the next offer or answer on. rtcpPort is 0 for the port after
// addr's. It reports whether that is another one.
func (s *Session) Move(addr netip.AddrPort, rtcpPort uint16) (news bool) {
	if rtcpPort == 0 {
		rtcpPort = addr.Port() + 1
	}
	news = s.cfg.Addr != addr || s.cfg.RTCPPort != rtcpPort
	s.cfg.Addr, s.cfg.RTCPPort = addr, rtcpPort
	return news
}

// Addr is the address at which our audio is received, as the next offer or answer names it.
func (s *Session) Addr() netip.AddrPort { return s.cfg.Addr }

// Kept is a session as it was at a time: see [Session.Keep].
type Kept struct{ s Session }

// Keep is the session as it is now, to be put back once.
func (s *Session) Keep() *Kept {
	kept := *s
	kept.numbers = slices.Clone(s.numbers) // it alone is changed in place
	return &Kept{kept}
}

// PutBack takes back what was offered and agreed since Keep: it was so with one phone of several that were asked, and another one answers
// our offer. The address of our audio stays, and the candidates that belong to it.
func (s *Session) PutBack(k *Kept) {
	cfg, own := s.cfg, s.own
	*s = k.s
	s.cfg = cfg
	s.Seek(own)
}

// Offer writes an offer with our audio flowing in direction dir: SendRecv to talk, SendOnly to hold, Inactive to stop both
// ways. The codec in use comes first, so that a hold does not change it.
func (s *Session) Offer(dir Direction) []byte {
	s.offered = nil // what was agreed before may still have it
	codecs := slices.Clone(s.cfg.Codecs)
	if i := slices.IndexFunc(codecs, s.current.is); i > 0 {
		codecs = slices.Insert(slices.Delete(codecs, i, i+1), 0, s.current)
	}
	for _, c := range codecs {
		s.offered = append(s.offered, s.bind(c, c.Type))
	}
	if !s.cfg.NoDTMF {
		s.offered = append(s.offered, s.bind(TelephoneEvent, TelephoneEvent.Type))
	}
	s.offerDir = dir

	var proto string
	if proto, s.terms = s.secureOffer(); s.feedback {
		proto += "F"
	}
	// Reports on a port of their own would need a handshake of their own.
	mux := s.mux || s.terms.setup != ""
	line := s.audioLine(proto, s.offered, dir, mux, s.terms)
	if s.ice.offered = s.seeks(); s.ice.offered {
		line.attrs = append(s.portOfReports(line.attrs), s.candidateLines(s.credentials(), 2)...)
	}
	if len(s.lines) == 0 {
		s.lines, s.audio = []mediaLine{line}, 0
	}
	if was := s.lines[s.audio].proto; s.last != nil && (plainProfile(was) || secureProfile(was) && !s.terms.none() || handshakeProfile(was) && s.terms.setup != "") {
		line.proto = was
	}
	s.lines[s.audio].proto = line.proto
	s.secureOnly = s.cfg.Encryption == EncryptionRequired || demandsSecurity(line.proto)
	lines := slices.Clone(s.lines)
	lines[s.audio] = line
	return s.write(lines)
}

// bind gives c its payload type: the one it had last in this session, or want if that is free, or a free dynamic one.
func (s *Session) bind(c Codec, want uint8) Format {
	for _, have := range slices.Backward(s.numbers) {
		if have.is(c) {
			return Format{Codec: c, PayloadType: have.PayloadType}
		}
	}
	if s.taken(want) {
		for want = 96; want < 127 && s.taken(want); want++ {
		}
	}
	return s.keep(c, want)
}

// follow gives c the number that the other side offers for it (RFC 3264 §6.1), also when it had another one before, which
// goes on to mean the same. Where the number means something else, c keeps its own.
func (s *Session) follow(c Codec, want uint8) Format {
	i := slices.IndexFunc(s.numbers, func(f Format) bool { return f.PayloadType == want })
	switch {
	case i < 0:
		return s.keep(c, want)
	case !s.numbers[i].is(c):
		return s.bind(c, want)
	}
	s.numbers = slices.Delete(s.numbers, i, i+1)
	return s.keep(c, want)
}

func (s *Session) taken(pt uint8) bool {
	return slices.ContainsFunc(s.numbers, func(f Format) bool { return f.PayloadType == pt })
}

func (s *Session) keep(c Codec, pt uint8) Format {
	f := Format{Codec: c, PayloadType: pt}
	s.numbers = append(s.numbers, f)
	return f
}

// audioLine is our m=audio line with formats, packet time and direction.
func (s *Session) audioLine(proto string, formats []Format, dir Direction, mux bool, t terms) mediaLine {
	m := mediaLine{kind: "audio", port: int(s.cfg.Addr.Port()), proto: proto}
	for _, f := range formats {
		num := strconv.Itoa(int(f.PayloadType))
		m.fmts = append(m.fmts, num)
		m.attrs = append(m.attrs, attribute{"rtpmap", num + " " + f.rtpmap()})
		if f.Fmtp != "" {
			m.attrs = append(m.attrs, attribute{"fmtp", num + " " + f.Fmtp})
		}
	}
	m.attrs = append(m.attrs, attribute{"ptime", strconv.Itoa(defaultPtime)})
	if s.cfg.RTCPPort != s.cfg.Addr.Port()+1 {
		m.attrs = append(m.attrs, attribute{"rtcp", strconv.Itoa(int(s.cfg.RTCPPort))})
	}
	if mux {
		m.attrs = append(m.attrs, attribute{"rtcp-mux", ""})
	}
	m.attrs = append(m.attrs, s.attributes(t)...)
	m.attrs = append(m.attrs, attribute{dir.String(), ""})
	return m
}

// write puts the lines into a description and counts the version up when it differs from the one that went out before.
func (s *Session) write(lines []mediaLine) []byte {
	host := s.cfg.Addr.Addr().Unmap().String()
	d := description{address: host, media: lines}
	body := d.marshal("")
	if s.sent != nil && !slices.Equal(body, s.sent) {
		s.version++
	}
	s.sent = body
	id := strconv.FormatUint(s.cfg.ID, 10)
	return d.marshal("- " + id + " " + strconv.FormatUint(s.cfg.ID+s.version, 10) + " IN " + addrType(s.origin) + " " + s.origin)
}
