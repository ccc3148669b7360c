package sip

import (
	"errors"
	"slices"
	"strings"

	"linecard/fault"
	"linecard/sip/dialog"
	"linecard/sip/encryption"
	"linecard/sip/media"
	"linecard/sip/sdp"
)

// What a call's encryption means to the agent: a lock while it talks, and a reason where it came to nothing.

// tellEncryption tells how the sound is encrypted, when that has changed. Of a leg that is aside it is told once that takes over.
func (c *call) tellEncryption(kind string) {
	if kind == c.encryption || kind == "" && c.sdp != nil && c.sdp.Handshakes() { // which goes on: nothing is heard in clear meanwhile
		return
	}
	lost := kind == "" && c.phase == talking
	c.encryption = kind
	c.tell(CallEncryption{ID: c.id, Account: c.account, At: c.p.now(), Kind: kind, Lost: lost})
}

// secured is told how a handshake ended. Without keys the call is hung up, unless another handshake has begun since. The media calls it.
func (c *call) secured(kind string, err error) {
	c.step(func() {
		if c.phase == ended || c.audio == nil {
			return
		}
		if err == nil {
			c.p.log.Info("call is encrypted", "call", c.id, "kind", kind)
			c.tellEncryption(c.audio.Encryption())
			return
		}
		if err = c.audio.Unsecured(); err == nil {
			return
		}
		c.p.log.Warn("call without keys", "call", c.id, "error", err)
		if c.phase == dialing && !errors.Is(err, media.ErrFingerprint) {
			return // who plays something before the answer need not be the one who answers
		}
		text := fault.New("sip.ended.handshake")
		if errors.Is(err, media.ErrFingerprint) {
			text = fault.New("sip.ended.fingerprint")
		}
		c.hangupAs(EndFailed, text)
	})
}

// sentOnBy is how the leg is offered that the other side of an encrypted call has us dial in its place: a transfer does not take the encryption
// away where whoever comes next can keep it. It is offered in the way that the phone system has used for the call.
func (c *call) sentOnBy(about sdp.Config) (sdp.Encryption, encryption.By) {
	if c.encryption == "" || about.Encryption != sdp.EncryptionOffered {
		return about.Encryption, about.By
	}
	if c.sdp.Handshakes() {
		return sdp.EncryptionPreferred, encryption.DTLS
	}
	return sdp.EncryptionPreferred, encryption.SDES
}

// Refused is a refusal of our offer. Where the other side takes encrypted audio alone, or audio with feedback (RTP/AVPF) alone, the call is offered
// again as that. Some say so; Asterisk says 488 and nothing else, and then each is tried, unless a phone has rung by then: the offer was good enough for that, and
// the phone would ring again and again. One that describes what it would take, and that is neither,
// meant another thing.
func (c *call) Refused(e dialog.End) bool {
	c.putBack()
	if c.shakesFirst { // not what is taken any more, or not by whoever was called
		c.shakes(false)
	}
	if c.phase != dialing || c.sdp == nil || !inAnotherWay(c.sdp, e) {
		return false
	}
	c.p.log.Info("call offered again, in another way", "call", c.id)
	c.offer = nil
	return true
}

// inAnotherWay has a description offer what was refused in another way, where there is one left that the refusal may mean. Where a handshake was asked for
// since the server has taken that before, any refusal may mean it: whoever is called now need not know it, and would have taken the open form.
func inAnotherWay(d *sdp.Session, e dialog.End) bool {
	silent := e.Code == 488 && e.SDP == nil && !e.Rang
	learned := d.ShakesFirst() && !e.Rang
	return feedback(e) && d.Feedback() || (silent || learned || encrypted(e)) && d.Insist() || silent && !encrypted(e) && d.Feedback()
}

// overEncryption is what a refusal of our offer means, where that is its encryption; text where it is not.
func (c *call) overEncryption(e dialog.End, text fault.Fault) fault.Fault {
	policy, number := c.line.account.encryption(), c.party.User
	switch asked := encrypted(e); {
	case !text.Is("sip.ended.no-codec"):
		return text
	case asked && policy == sdp.EncryptionNever:
		return fault.New("sip.ended.encryption-off", "number", number)
	case asked:
		return fault.New("sip.ended.encrypted", "number", number)
	case policy == sdp.EncryptionRequired:
		return fault.New("sip.ended.clear", "number", number)
	}
	return text
}

// encrypted reports whether a refusal says that the other side takes encrypted calls only: in words, or by the session
// description of what it would take (RFC 3261 §21.4.26).
func encrypted(e dialog.End) bool {
	return refusesOffer(e.Code) && (says(e, "srtp", "savp", "encrypt", "crypto", "secure", "sdes", "dtls", "zrtp") || e.SDP != nil && sdp.SecureOnly(e.SDP))
}

// refusesOffer reports whether a status may mean the offer and not the call.
func refusesOffer(code int) bool { return code == 415 || code == 488 || code == 606 }

// feedback reports whether a refusal says that the other side takes audio with feedback only.
func feedback(e dialog.End) bool {
	return refusesOffer(e.Code) && (says(e, "avpf") || e.SDP != nil && sdp.FeedbackOnly(e.SDP))
}

// says reports whether a refusal has one of the words, which are in lower case.
func says(e dialog.End, words ...string) bool {
	said := e.Phrase + " " + e.Warning
	for _, r := range e.Reasons {
		said += " " + r.Text
	}
	said = strings.ToLower(said)
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(said, word) })
}
