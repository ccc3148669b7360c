package sdp

import (
	"net/netip"
	"slices"
	"strconv"

	"linecard/sip/ice"
)

// ICE in descriptions (RFC 8839): each side names the addresses at which it may be reached, and what the other's questions are signed with.
//
//	a=ice-ufrag:8hhY
//	a=ice-pwd:asd88fgpdd777uzjYhagZg
//	a=candidate:1 1 UDP 2130706431 192.0.2.1 4000 typ host
//
// A side that does not know it skips these lines, and the address in c= and m= is among them. Where it is not, something in between has changed it: the
// answer says a=ice-mismatch, and the call goes on as without ICE (§4.2.5).

// ICEPolicy is when a session looks for its way by ICE. The zero value stands for ICEAnswered.
type ICEPolicy int

// The policies.
const (
	ICEAnswered ICEPolicy = iota // where the other side offers it
	ICEOffered                   // and in our offers
	ICENever
)

// ICE is what two sides have agreed about the search for a way. It stays what it is until one of them names other credentials; then there is another search.
type ICE struct {
	Ours, Theirs ice.Credentials
	Candidates   []ice.Candidate // the other side's
	Controlling  bool            // we choose
	Components   int             // 1 where reports share the port of the sound, else 2
}

// Same reports whether a search that has begun still holds.
func (i *ICE) Same(o *ICE) bool {
	if i == nil || o == nil {
		return i == o
	}
	return i.Ours == o.Ours && i.Theirs == o.Theirs && i.Components == o.Components
}

// searching is what a session has said and heard of ICE.
type searching struct {
	ours     ice.Credentials // the zero value before any were needed
	said     ice.Credentials // those of our last description: ours may be others by the time it is answered
	offered  bool            // our pending or last offer, or answer, has them
	mismatch bool            // the other side has said that it, or something in between, does not go with it: not again in this session
}

// mostCandidates bounds what is read of one description.
const mostCandidates = 64

// Seek names our candidates: those of the port for sound and of that for reports. Without any there is no ICE in what follows. Other ones begin another search.
func (s *Session) Seek(own []ice.Candidate) {
	same := len(own) == len(s.own)
	for i := 0; same && i < len(own); i++ {
		same = own[i] == s.own[i]
	}
	if !same {
		s.own, s.ice.ours = own, ice.Credentials{}
	}
}

// SeekAnew has the next offer begin another search.
func (s *Session) SeekAnew() { s.ice.ours = ice.Credentials{} }

// seeks reports whether our next offer names candidates.
func (s *Session) seeks() bool {
	agreed := s.last != nil && s.last.ICE != nil
	return len(s.own) > 0 && !s.ice.mismatch && s.cfg.ICE != ICENever && (agreed || s.cfg.ICE == ICEOffered && s.last == nil)
}

// credentials are ours, drawn when they are needed first.
func (s *Session) credentials() ice.Credentials {
	if s.ice.ours == (ice.Credentials{}) {
		s.ice.ours = ice.NewCredentials()
	}
	return s.ice.ours
}

// candidateLines are our half of the search as it is written.
func (s *Session) candidateLines(c ice.Credentials, components int) (out []attribute) {
	s.ice.said = c
	out = append(out, attribute{"ice-ufrag", c.Name}, attribute{"ice-pwd", c.Password()}, attribute{"ice-options", "ice2"})
	for _, o := range s.own {
		if int(o.Component) <= components {
			out = append(out, attribute{"candidate", o.String()})
		}
	}
	return out
}

// named is what a description says of ICE; nil where it says nothing that can be used. mismatch is true where its address is not among its candidates.
func (d description) named(m mediaLine) (theirs *ICE, mismatch bool) {
	c, ok := ice.ParseCredentials(d.said(m, "ice-ufrag"), d.said(m, "ice-pwd"))
	if !ok {
		return nil, false
	}
	theirs = &ICE{Theirs: c, Components: 1}
	def := map[ice.Component]bool{}
	_, mux := m.attr("rtcp-mux")
	reports, reportsPort := d.rtcp(m)
	for _, a := range m.attrs {
		if a.key != "candidate" || len(theirs.Candidates) == mostCandidates {
			continue
		}
		o, ok := ice.ParseCandidate(a.value)
		if !ok {
			continue
		}
		theirs.Candidates = append(theirs.Candidates, o)
		if o.Component == ice.RTCP && !mux {
			theirs.Components = 2
			def[ice.RTCP] = def[ice.RTCP] || at(reports, reportsPort, o)
		}
		def[ice.RTP] = def[ice.RTP] || o.Component == ice.RTP && at(d.host(m), uint16(m.port), o)
	}
	if len(theirs.Candidates) == 0 {
		return nil, false
	}
	_, told := m.attr("rtcp")
	switch host, err := netip.ParseAddr(d.host(m)); {
	case err == nil && host.IsUnspecified(): // on hold in the old way, or candidates that trickle (RFC 8840 §4.1.1)
	case !def[ice.RTP], theirs.Components == 2 && told && !def[ice.RTCP]:
		return nil, true
	}
	return theirs, false
}

// at reports whether a candidate is at a host and port.
func at(host string, port uint16, c ice.Candidate) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && netip.AddrPortFrom(ip.Unmap(), port) == c.Addr
}

// lite reports whether the other side only answers.
func (d description) lite(m mediaLine) bool {
	return slices.ContainsFunc(slices.Concat(d.attrs, m.attrs), func(a attribute) bool { return a.key == "ice-lite" }) // some name it with the media
}

// answerICE is what our answer to an offer agrees about ICE, and what it says.
func (s *Session) answerICE(d description, m mediaLine) (agreed *ICE, said []attribute) {
	if s.ice.offered = false; s.cfg.ICE == ICENever || len(s.own) == 0 {
		return nil, nil
	}
	agreed, mismatch := d.named(m)
	if mismatch {
		s.ice.mismatch = true
		return nil, []attribute{{"ice-mismatch", ""}}
	}
	if agreed == nil {
		return nil, nil
	}
	was := s.searched()
	if was != nil && was.Theirs != agreed.Theirs { // it begins anew, and so do we (RFC 8839 §4.4.2)
		s.ice.ours = ice.Credentials{}
	}
	s.ice.offered, s.ice.mismatch = true, false
	if agreed.Controlling = d.lite(m); was != nil && was.Theirs == agreed.Theirs { // it goes on: another search of ours is for an offer of ours
		agreed.Ours = was.Ours
	} else {
		agreed.Ours = s.credentials()
	}
	s.keepRole(agreed)
	return agreed, s.candidateLines(agreed.Ours, agreed.Components)
}

// answeredICE is what an answer to our offer agrees about ICE; nil for nothing.
func (s *Session) answeredICE(d description, m mediaLine) *ICE {
	if !s.ice.offered {
		return nil
	}
	_, refused := m.attr("ice-mismatch")
	agreed, mismatch := d.named(m)
	if refused || mismatch {
		s.ice.mismatch = true
		return nil
	}
	if agreed == nil {
		return nil
	}
	agreed.Ours, agreed.Controlling = s.ice.said, true
	s.keepRole(agreed)
	return agreed
}

// keepRole leaves who chooses as it was, in a search that goes on.
func (s *Session) keepRole(now *ICE) {
	if was := s.searched(); was.Same(now) {
		now.Controlling = was.Controlling
	}
}

// searched is the search that was agreed on last; nil for none.
func (s *Session) searched() *ICE {
	if s.last == nil {
		return nil
	}
	return s.last.ICE
}

// portOfReports names where reports come to, which has to be said where it is a component of its own (RFC 8839 §4.2.1.2), and has to be among the candidates: where nobody
// has told how the port for reports is seen, or it is seen elsewhere, that is the port itself.
func (s *Session) portOfReports(attrs []attribute) []attribute {
	own := slices.DeleteFunc(slices.Clone(s.own), func(c ice.Candidate) bool { return c.Component != ice.RTCP })
	at := netip.AddrPortFrom(s.cfg.Addr.Addr().Unmap(), s.cfg.RTCPPort)
	value := strconv.Itoa(int(at.Port()))
	listed := len(own) == 0 || slices.ContainsFunc(own, func(c ice.Candidate) bool { return c.Addr == at })
	if !listed {
		best := own[len(own)-1].Addr // as it is seen, where that is known
		value = strconv.Itoa(int(best.Port())) + " IN " + addrType(best.Addr().String()) + " " + best.Addr().String()
	}
	i := slices.IndexFunc(attrs, func(a attribute) bool { return a.key == "rtcp" })
	switch _, mux := (mediaLine{attrs: attrs}).attr("rtcp-mux"); {
	case i >= 0:
		attrs[i].value = value
	case !mux || !listed:
		attrs = append(attrs, attribute{"rtcp", value})
	}
	return attrs
}
