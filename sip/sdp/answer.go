package sdp

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Answer writes our answer to the peer's offer. wanted is what we would like of our own accord: SendRecv when talking,
// SendOnly while we hold the call; the answer says as much of it as the offer permits (RFC 3264 §6.1). One codec is chosen,
// the first of the offer's that we know, so that it does not change in mid-call. An offer that stops the audio by port 0 is a
// hold. On an error nothing in the session changed.
func (s *Session) Answer(offer []byte, wanted Direction) (body []byte, m Media, err error) {
	d, err := parse(offer)
	if err != nil {
		return nil, Media{}, err
	}
	at, err := s.pick(d)
	if s.stopped(d, err) {
		lines := make([]mediaLine, len(d.media))
		for i, l := range d.media {
			lines[i] = refused(l)
		}
		s.lines = lines
		m = *s.last
		m.Direction, m.RemoteHold = Inactive, true
		s.held, s.kept, s.keptDir, s.keptTerms = true, s.offered, Inactive, s.terms
		return s.write(lines), m, nil
	}
	if err != nil {
		return nil, Media{}, err
	}
	line := d.media[at]
	offered, err := s.take(d, line)
	if err != nil {
		return nil, Media{}, err
	}
	keys, said := s.answerTo(offered)
	theirs := line.formats()
	codec := theirs[slices.IndexFunc(theirs, s.speaks)]
	formats := []Format{s.follow(s.ours(codec.Codec), codec.PayloadType)}
	event, hasDTMF := s.event(theirs, codec.Codec)
	if hasDTMF {
		formats = append(formats, s.follow(withFmtp(event.Codec), event.PayloadType))
	}

	theirDir := d.direction(line)
	dir := wanted & theirDir.reversed()
	var way *ICE
	lines := make([]mediaLine, len(d.media))
	for i, l := range d.media {
		if i != at {
			lines[i] = refused(l)
			continue
		}
		_, s.mux = l.attr("rtcp-mux")
		lines[i] = s.audioLine(l.proto, formats, dir, s.mux, said)
		search, found := s.answerICE(d, l)
		if search != nil && search.Components == 2 {
			lines[i].attrs = s.portOfReports(lines[i].attrs)
		}
		way, lines[i].attrs = search, append(lines[i].attrs, found...)
	}
	s.lines, s.audio, s.current, s.offered, s.offerDir = lines, at, formats[0].Codec, formats, dir

	m = d.agreed(line, s.spelled(codec))
	m.Receive = formats[:1:1]
	if hasDTMF {
		m.DTMFSend, m.DTMFReceive = event.PayloadType, formats[1].PayloadType
	}
	m.Direction, m.RemoteHold, m.Secure, m.DTLS, m.ICE = dir, !theirDir.Receives(), keys, offered.dtls, way
	if usable, printed := d.prints(line); !offered.encrypted() && s.cfg.Encryption != EncryptionNever {
		m.Unbelieved = printed && len(usable) == 0
	}
	s.terms, s.secureOnly = said, s.cfg.Encryption == EncryptionRequired || demandsSecurity(line.proto)
	s.last, s.held, s.kept, s.keptDir, s.keptTerms, s.keptICE = &m, m.RemoteHold, formats, dir, said, s.ice
	return s.write(lines), m, nil
}

// ReadAnswer reads the peer's answer to our last offer. It may be called again for the same offer: forks answer one by one,
// and a 200 repeats what the 183 said. The latest holds.
func (s *Session) ReadAnswer(answer []byte) (Media, error) {
	if len(s.offered) == 0 {
		return Media{}, ErrNoOffer
	}
	d, err := parse(answer)
	if err != nil {
		return Media{}, err
	}
	// The numbers of lines must be equal (RFC 3264 §6). A peer that adds or forgets a refused one does no harm; the audio
	// line has to be where we put it.
	if s.audio >= len(d.media) || d.media[s.audio].kind != "audio" {
		return Media{}, fmt.Errorf("%w: its answer has no audio line", ErrNoAudio)
	}
	line := d.media[s.audio]
	if line.port == 0 && s.last != nil {
		m := *s.last
		m.Direction, m.RemoteHold = Inactive, s.held || s.offerDir == SendRecv
		s.agree(m.RemoteHold)
		return m, nil
	}
	if line.port == 0 {
		return Media{}, ErrRefused
	}
	keys, shake, err := s.answered(d, line)
	if err != nil {
		return Media{}, err
	}
	if !usable(d.host(line)) {
		return Media{}, ErrNoAddress
	}
	theirs := line.formats()
	var m Media
	for _, f := range theirs {
		i := slices.IndexFunc(s.offered, func(o Format) bool { return o.is(f.Codec) && !isEvent(f.Codec) })
		if i < 0 {
			continue
		}
		if m.Receive == nil {
			m = d.agreed(line, s.spelled(f))
		}
		m.Receive = append(m.Receive, s.offered[i])
	}
	if m.Receive == nil {
		return Media{}, ErrNoCommonCodec
	}
	if event, ok := s.event(theirs, m.Send.Codec); ok {
		m.DTMFSend = event.PayloadType
		i := slices.IndexFunc(s.offered, func(o Format) bool { return o.is(event.Codec) })
		if i >= 0 {
			m.DTMFReceive = s.offered[i].PayloadType
		}
	}
	said := d.direction(line)
	m.Direction, m.RemoteHold = s.offerDir&said.reversed(), !said.Receives()
	if !s.offerDir.Sends() { // there was nothing for it to take: that tells nothing
		m.RemoteHold = s.held
	}
	m.Secure, m.DTLS, m.ICE = keys, shake, s.answeredICE(d, line)
	s.current = s.ours(m.Send.Codec)
	s.last = &m
	s.agree(m.RemoteHold)
	return m, nil
}

// agree notes that the offer was answered.
func (s *Session) agree(held bool) {
	s.held, s.kept, s.keptDir, s.keptTerms, s.keptICE = held, slices.Clone(s.offered), s.offerDir, s.terms, s.ice
}

// ReadRefresh reads the peer's answer to what was agreed last, offered once more: our last offer that was answered, or our last answer.
func (s *Session) ReadRefresh(answer []byte) (Media, error) {
	s.offered, s.offerDir, s.terms = slices.Clone(s.kept), s.keptDir, s.keptTerms
	s.ice.said, s.ice.offered = s.keptICE.said, s.keptICE.offered
	return s.ReadAnswer(answer)
}

// Plain is our half of an agreement in clear without the keys that we had offered and the other side did not take; nil where there are
// none in it. A refresh of the session must say this and not what was offered, or a key would come back that a cipher may have been begun
// with before. It counts as sent, and is asked once a call talks: before that another phone may yet take the keys.
func (s *Session) Plain() []byte {
	if s.last == nil || s.last.Secure != nil || s.last.DTLS != nil || s.keptTerms.none() || s.audio >= len(s.lines) {
		return nil
	}
	s.keptTerms = terms{}
	lines := slices.Clone(s.lines)
	proto := "RTP/AVP"
	if was := lines[s.audio].proto; plainProfile(was) {
		proto = was
	}
	lines[s.audio] = s.audioLine(proto, s.kept, s.keptDir, s.mux, terms{})
	if search := s.searched(); search != nil {
		lines[s.audio].attrs = append(s.portOfReports(lines[s.audio].attrs), s.candidateLines(search.Ours, search.Components)...)
	}
	return s.write(lines)
}

// SecureOnly reports whether a description takes audio over encrypted transports alone.
func SecureOnly(body []byte) bool {
	d, err := parse(body)
	secure := false
	for _, m := range d.media {
		switch {
		case m.kind != "audio":
		case !strings.Contains(m.proto, "SAVP"):
			return false
		default:
			secure = true
		}
	}
	return err == nil && secure
}

// FeedbackOnly reports whether a description takes audio in profiles with feedback alone.
func FeedbackOnly(body []byte) bool {
	d, err := parse(body)
	feedback := false
	for _, m := range d.media {
		switch {
		case m.kind != "audio":
		case !strings.HasSuffix(m.proto, "AVPF"):
			return false
		default:
			feedback = true
		}
	}
	return err == nil && feedback
}

// stopped reports whether an offer stops the audio line of a session by port 0, without giving another: the way in which
// some gateways hold a call (RFC 3264 §8.2). The line is answered with port 0, and may come back.
func (s *Session) stopped(d description, err error) bool {
	return errors.Is(err, ErrNoAudio) && s.last != nil && s.audio < len(d.media) &&
		d.media[s.audio].kind == "audio" && d.media[s.audio].port == 0
}

// agreed is the peer's half of the outcome.
func (d description) agreed(line mediaLine, send Format) Media {
	m := Media{Host: d.host(line), Port: uint16(line.port), Send: send, Ptime: line.ptime()}
	m.RTCPHost, m.RTCPPort = d.rtcp(line)
	if _, m.RTCPMux = line.attr("rtcp-mux"); m.RTCPMux {
		m.RTCPHost, m.RTCPPort = m.Host, m.Port
	}
	return m
}

// pick finds the audio line to take: the one the session already uses, or the first that will do, encrypted before clear. Without
// one the error tells the reason that comes closest to a call.
func (s *Session) pick(d description) (int, error) {
	order := make([]int, 0, len(d.media)+1)
	if len(s.lines) > 0 && s.audio < len(d.media) {
		order = append(order, s.audio)
	}
	for i := range d.media {
		order = append(order, i)
	}
	clear, err := -1, ErrNoAudio
	for n, i := range order {
		m := d.media[i]
		if m.kind != "audio" || m.port == 0 || !plainProfile(m.proto) && !demandsSecurity(m.proto) {
			continue
		}
		way, insecure := s.take(d, m)
		switch {
		case insecure != nil:
			if errors.Is(err, ErrNoAudio) {
				err = insecure
			}
		case !usable(d.host(m)):
			err = ErrNoAddress
		case !slices.ContainsFunc(m.formats(), s.speaks):
			err = ErrNoCommonCodec
		case way.encrypted() || n == 0 && len(order) > len(d.media):
			return i, nil
		case clear < 0:
			clear = i
		}
	}
	if clear >= 0 {
		return clear, nil
	}
	return 0, err
}

// speaks tells whether f is one of our audio codecs.
func (s *Session) speaks(f Format) bool { return slices.ContainsFunc(s.cfg.Codecs, f.is) }

// ours is our own entry for codec c, with our spelling and parameters.
func (s *Session) ours(c Codec) Codec {
	if i := slices.IndexFunc(s.cfg.Codecs, c.is); i >= 0 {
		return s.cfg.Codecs[i]
	}
	return c
}

// spelled is a format of the peer's under the name by which we know its codec: names have no case (RFC 8866 §6.6, RFC 4855 §3).
func (s *Session) spelled(f Format) Format {
	f.Name, f.Channels = s.ours(f.Codec).Name, s.ours(f.Codec).Channels
	return f
}

// event finds telephone-event at the clock rate of codec: RFC 4733 §2.1 ties them, since both share one timestamp line.
func (s *Session) event(formats []Format, codec Codec) (Format, bool) {
	if s.cfg.NoDTMF {
		return Format{}, false
	}
	i := slices.IndexFunc(formats, func(f Format) bool { return isEvent(f.Codec) && f.ClockRate == codec.ClockRate })
	if i < 0 {
		return Format{}, false
	}
	return formats[i], true
}

func isEvent(c Codec) bool { return strings.EqualFold(c.Name, TelephoneEvent.Name) }

// withFmtp is telephone-event at c's clock rate with the events we take.
func withFmtp(c Codec) Codec {
	e := TelephoneEvent
	e.ClockRate = c.ClockRate
	return e
}

// refused is the answer to a line we do not want: the same line with port 0 (RFC 3264 §6). Its formats mean nothing but one
// has to be there.
func refused(l mediaLine) mediaLine {
	if len(l.fmts) == 0 {
		l.fmts = []string{"0"} // the grammar wants one
	}
	return mediaLine{kind: l.kind, port: 0, proto: l.proto, fmts: l.fmts}
}
