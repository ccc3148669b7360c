package e2e

import (
	"fmt"
	"strings"
	"testing"

	"linecard/sip/trace"
	"linecard/test/interop"
	"linecard/test/rig"
)

// How a call that is encrypted with these peers is described.
const (
	sdes = "SDES AES-128"
	dtls = "DTLS AES-128"
)

// encrypts gives the app's account a policy. The account stays registered.
func (a *app) encrypts(server, user, policy string, by ...string) {
	a.t.Helper()
	more := []string{"--encryption", policy}
	for _, way := range by {
		more = append(more, "--encryption-by", way)
	}
	a.account(server, user, password, more...)
}

// encrypted waits for a call to be encrypted as it should; "" is in clear.
func (a *app) encrypted(call, kind string) {
	a.t.Helper()
	if kind == dtls { // the handshake comes after the answer
		a.await("encryption", func(e event) bool { return e.Call == call && e.State == kind })
	}
	if got := a.call(call).Encryption; got != kind {
		a.t.Errorf("encrypted %q, want %q", got, kind)
	}
}

// TestEncryptionAtAsterisk: calls with an Asterisk that wants SRTP with SDES keys, or DTLS-SRTP, and with an extension of it that has none: both ways, the sound
// measured, through hold and resume. What cannot be says why.
func TestEncryptionAtAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.3", interop.Asterisk)
	interop.Proves(t, "S4.4", interop.Asterisk)
	interop.Proves(t, "S4.5", interop.Asterisk)
	const secure, plain, shaking, muxed, feedback = "4041", "2041", "9041", "9141", "1041"
	pbx := rig.StartAsterisk(t, map[string]string{secure: password, plain: password, shaking: password, muxed: password, feedback: password})
	for _, c := range []struct {
		extension, policy, by string
		encrypted             string // "" where the call is in clear
		fails                 string // why the app's call fails; "" where it does not
	}{
		{secure, "required", "both", sdes, ""},
		{secure, "preferred", "both", sdes, ""},
		{secure, "offered", "both", sdes, ""},
		{secure, "never", "both", "", "have no audio format in common"},
		{plain, "preferred", "both", "", ""},
		{plain, "required", "both", "", "did not take an encrypted call"},
		{shaking, "required", "both", dtls, ""},
		{shaking, "preferred", "both", dtls, ""},
		{muxed, "preferred", "dtls", dtls, ""},
		{muxed, "offered", "both", dtls, ""},
		{shaking, "never", "both", "", "have no audio format in common"},
		{feedback, "offered", "both", "", ""},
		{feedback, "never", "both", "", ""},
		{feedback, "preferred", "both", "", ""},
	} {
		t.Run(c.extension+" "+c.policy, func(t *testing.T) {
			sound := rig.StartPulse(t)
			tone := rig.Tone{Hz: 440, Amplitude: 0.4}
			sound.Play(rig.AppMicrophone, tone)
			a := newApp(t, sound.Env...)
			a.encrypts(pbx.Addr, c.extension, c.policy, c.by)
			a.registered()
			id := a.dial("600")
			if c.fails != "" {
				if e := a.await("ended", of(id)); !strings.Contains(e.Reason, c.fails) {
					t.Errorf("ended: %+v", e)
				}
				return
			}
			a.await("answered", of(id))
			a.encrypted(id, c.encrypted)
			audible(t, sound, "the agent's echo", rig.AppSpeaker, tone)
			a.do("hold")
			a.await("hold", func(e event) bool { return e.State == "held" })
			silent(t, sound, "the call on hold", rig.AppSpeaker, tone)
			a.do("resume")
			audible(t, sound, "the echo after hold", rig.AppSpeaker, tone)
			a.do("hangup")
			a.await("ended", of(id))

			pbx.Call("4155550132", "D Whitfield", c.extension, false)
			ringing := a.await("ringing", nil)
			a.do("answer")
			a.await("answered", of(ringing.Call))
			a.encrypted(ringing.Call, c.encrypted)
			audible(t, sound, "the echo of a caller", rig.AppSpeaker, tone)
			a.do("hangup")
			a.await("ended", of(ringing.Call))

			if c.extension == shaking && c.policy == "preferred" { // its first answer is without sound: what it took after that comes first now
				again := a.dial("600")
				a.await("answered", of(again))
				a.encrypted(again, c.encrypted)
				var said []trace.Dialog
				a.json(&said, "trace", again)
				if len(said) != 1 || !strings.Contains(said[0].Messages[0].Text, " UDP/TLS/RTP/SAVP ") {
					t.Errorf("the next call: %+v", said)
				}
				a.do("hangup")
				a.await("ended", of(again))
			}
		})
	}
}

// TestEncryptionWithBaresip: calls from and to a baresip that demands SRTP or DTLS-SRTP, and one that takes or offers it as it may be, through a proxy: the sound of
// both ends is measured, and a hold and a resume keep the keys.
func TestEncryptionWithBaresip(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.3", interop.Baresip)
	interop.Proves(t, "S4.4", interop.Baresip)
	interop.Proves(t, "S4.5", interop.Baresip)
	interop.Proves(t, "S8.1", interop.Kamailio, interop.Baresip)
	for _, c := range []struct{ mediaenc, policy, by, kind string }{
		{"srtp-mand", "required", "both", sdes},
		{"srtp-mand", "offered", "both", sdes},
		{"srtp", "preferred", "both", sdes},
		{"srtp-mandf", "offered", "both", sdes},
		{"dtls_srtp", "required", "dtls", dtls},
		{"dtls_srtp", "preferred", "dtls", dtls},
		{"dtls_srtp", "offered", "both", dtls},
	} {
		t.Run(c.mediaenc+" "+c.policy, func(t *testing.T) {
			sound := rig.StartPulse(t)
			agent, far := rig.Tone{Hz: 440, Amplitude: 0.4}, rig.Tone{Hz: 700, Amplitude: 0.3}
			sound.Play(rig.AppMicrophone, agent)
			sound.Play(rig.FarMicrophone, far)
			const friend = "2042"
			kamailio := rig.StartKamailio(t, map[string]string{extension: password, friend: "pass-of-2042"})
			a := newApp(t, sound.Env...)
			a.encrypts(kamailio.Addr, extension, c.policy, c.by)
			a.registered()
			customer := rig.StartBaresip(t, rig.BaresipConfig{
				Account: fmt.Sprintf("<sip:%s@%s>;auth_pass=pass-of-2042;regint=60;mediaenc=%s", friend, kamailio.Addr, c.mediaenc), Pulse: sound,
			})
			customer.Registered()
			customer.Do("dial sip:" + extension + "@" + kamailio.Addr)
			ringing := a.await("ringing", nil)
			a.do("answer")
			a.await("answered", of(ringing.Call))
			a.encrypted(ringing.Call, c.kind)
			audible(t, sound, "the agent at the customer's", rig.FarSpeaker, agent)
			audible(t, sound, "the customer at the agent's", rig.AppSpeaker, far)
			a.do("hold")
			a.await("hold", func(e event) bool { return e.State == "held" })
			silent(t, sound, "the agent on hold", rig.FarSpeaker, agent)
			a.do("resume")
			audible(t, sound, "the agent after hold", rig.FarSpeaker, agent)
			audible(t, sound, "the customer after hold", rig.AppSpeaker, far)
			a.do("hangup")
			a.await("ended", of(ringing.Call))
			customer.Await("CALL_CLOSED")
			if c.mediaenc == "srtp-mandf" { // it takes RTP/SAVPF alone, which we answer and do not offer
				return
			}

			id := a.dial(friend)
			customer.Await("CALL_INCOMING")
			mark := a.mark()
			customer.Do("accept")
			a.awaitAfter(mark, "answered", of(id))
			a.encrypted(id, c.kind)
			audible(t, sound, "the agent at the one who was called", rig.FarSpeaker, agent)
			audible(t, sound, "the one who was called at the agent's", rig.AppSpeaker, far)
			a.do("hangup")
			a.await("ended", of(id))
		})
	}
}
