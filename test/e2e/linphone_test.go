package e2e

import (
	"testing"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestLinphone: calls with Debian's Linphone through a proxy, in clear with all that it offers, and encrypted: the sound of both ends is measured, each
// holds and resumes, and keys go from one to the other.
func TestLinphone(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S2.1", interop.Kamailio, interop.Linphone)
	interop.Proves(t, "S3.2", interop.Kamailio, interop.Linphone)
	interop.Proves(t, "S3.3", interop.Linphone)
	interop.Proves(t, "S3.10", interop.Linphone)
	interop.Proves(t, "S4.4", interop.Linphone)
	interop.Proves(t, "S4.5", interop.Linphone)
	interop.Proves(t, "S8.1", interop.Kamailio, interop.Linphone)
	for name, c := range map[string]struct {
		phone        rig.LinphoneConfig
		policy, kind string
	}{
		"candidates and AVPF": {phone: rig.LinphoneConfig{ICE: true, AVPF: true}, policy: "offered"},
		"SDES":                {phone: rig.LinphoneConfig{Encryption: "srtp"}, policy: "required", kind: sdes},
		"DTLS":                {phone: rig.LinphoneConfig{Encryption: "dtls"}, policy: "required", kind: dtls},
	} {
		t.Run(name, func(t *testing.T) {
			sound := rig.StartPulse(t)
			agent, far := rig.Tone{Hz: 440, Amplitude: 0.4}, rig.Tone{Hz: 700, Amplitude: 0.3}
			sound.Play(rig.AppMicrophone, agent)
			sound.Play(rig.FarMicrophone, far)
			const friend = "2042"
			kamailio := rig.StartKamailio(t, map[string]string{extension: password, friend: password})
			a := newApp(t, sound.Env...)
			a.encrypts(kamailio.Addr, extension, c.policy)
			a.registered()
			c.phone.Server, c.phone.User, c.phone.Password, c.phone.Pulse = kamailio.Addr, friend, password, sound
			phone := rig.StartLinphone(t, c.phone)
			phone.Registered()

			phone.Do("call sip:" + extension + "@" + kamailio.Addr)
			ringing := a.await("ringing", nil)
			a.do("answer")
			a.await("answered", of(ringing.Call))
			a.encrypted(ringing.Call, c.kind)
			audible(t, sound, "the agent at Linphone", rig.FarSpeaker, agent)
			audible(t, sound, "Linphone at the agent's", rig.AppSpeaker, far)
			a.holdsBothWays(t, sound, agent, func() {
				phone.Do("pause")
				phone.Await("is now paused")
			}, func() { phone.Do("resume") })
			audible(t, sound, "Linphone after its hold", rig.AppSpeaker, far)
			phone.Do("terminate")
			a.await("ended", of(ringing.Call))

			id := a.dial(friend)
			phone.Await("Receiving new incoming call")
			phone.Do("answer")
			a.await("answered", of(id))
			a.encrypted(id, c.kind)
			audible(t, sound, "the agent who called at Linphone", rig.FarSpeaker, agent)
			audible(t, sound, "Linphone at the agent who called", rig.AppSpeaker, far)
			a.do("dtmf", "5")
			phone.Await("Receiving tone 5")
			a.do("hangup")
			a.await("ended", of(id))
			phone.Await("ended")
		})
	}
}

// holdsBothWays has the agent, who is heard, hold and resume, and then the other side.
func (a *app) holdsBothWays(t *testing.T, sound *rig.Pulse, agent rig.Tone, hold, resume func()) {
	t.Helper()
	a.do("hold")
	silent(t, sound, "the agent on hold", rig.FarSpeaker, agent)
	a.do("resume")
	audible(t, sound, "the agent after hold", rig.FarSpeaker, agent)
	mark := a.mark()
	hold()
	a.awaitAfter(mark, "hold", func(e event) bool { return e.State == "remotely held" })
	mark = a.mark()
	resume()
	a.awaitAfter(mark, "hold", func(e event) bool { return e.State == "talking" })
	audible(t, sound, "the agent after the other side's hold", rig.FarSpeaker, agent)
}

// TestTransferByLinphone: Linphone sends the agent on to a colleague, and gives the agent a call of its own by REFER with Replaces.
func TestTransferByLinphone(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.7", interop.Linphone)
	d := &desk{kamailio: rig.StartKamailio(t, map[string]string{extension: password, "2042": password, "2043": password})}
	d.app = newApp(t)
	d.account(d.kamailio.Addr, extension, password, "--transfers", "server")
	d.registered()
	bob := rig.StartLinphone(t, rig.LinphoneConfig{Server: d.kamailio.Addr, User: "2042", Password: password})
	carol := rig.StartLinphone(t, rig.LinphoneConfig{Server: d.kamailio.Addr, User: "2043", Password: password})
	bob.Registered()
	carol.Registered()
	called := func() event {
		mark := d.mark()
		bob.Do("call sip:" + extension + "@" + d.kamailio.Addr)
		ringing := d.awaitAfter(mark, "ringing", nil)
		d.do("answer")
		d.await("answered", of(ringing.Call))
		bob.Await("Media streams established")
		return ringing
	}

	call := called().Call
	bob.Do("transfer sip:2043@" + d.kamailio.Addr)
	carol.Await("Receiving new incoming call")
	carol.Do("answer")
	d.await("referred", func(e event) bool { return e.Call == call && e.State == "done" && e.Target == "2043" })
	if e := d.await("identity", of(call)); e.Number != "2043" {
		t.Errorf("goes on with %+v", e)
	}
	bob.Await("ended")
	carol.Do("terminate")
	d.await("ended", of(call))
	carol.Await("ended")

	call = called().Call
	bob.Do("pause")
	bob.Await("is now paused")
	bob.Do("call sip:2043@" + d.kamailio.Addr)
	carol.Await("Receiving new incoming call")
	carol.Do("answer")
	bob.Await("Media streams established")
	mark := d.mark()
	bob.Do("transfer 2 --to-call 3")
	d.awaitAfter(mark, "referred", func(e event) bool { return e.Call == call && e.State == "done" })
	carol.Do("terminate")
	d.await("ended", of(call))
}

// TestTransferToUsByLinphone: one Linphone has asked the agent, and gives the call of another one to the agent: that one's INVITE with Replaces takes the place of the
// question, and the agent has the same call, now with somebody else.
func TestTransferToUsByLinphone(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.8", interop.Kamailio, interop.Linphone)
	sound := rig.StartPulse(t)
	agent, far := rig.Tone{Hz: 440, Amplitude: 0.4}, rig.Tone{Hz: 700, Amplitude: 0.3}
	sound.Play(rig.AppMicrophone, agent)
	sound.Play(rig.FarMicrophone, far)
	kamailio := rig.StartKamailio(t, map[string]string{extension: password, "2042": password, "2043": password})
	a := newApp(t, sound.Env...)
	a.account(kamailio.Addr, extension, password)
	a.registered()
	bob := rig.StartLinphone(t, rig.LinphoneConfig{Server: kamailio.Addr, User: "2042", Password: password, Domain: "test.local"})
	carol := rig.StartLinphone(t, rig.LinphoneConfig{Server: kamailio.Addr, User: "2043", Password: password, Domain: "test.local", Pulse: sound})
	bob.Registered()
	carol.Registered()

	carol.Do("call sip:2042@test.local")
	bob.Await("Receiving new incoming call")
	bob.Do("answer")
	carol.Await("Media streams established")
	bob.Do("pause")
	bob.Await("is now paused")
	bob.Do("call sip:" + extension + "@test.local")
	call := a.await("ringing", nil).Call
	a.do("answer")
	a.await("answered", of(call))
	bob.Await("Media streams established")
	bob.Do("transfer 1 --to-call 2")
	a.await("identity", func(e event) bool { return e.Call == call && e.Number == "2043" })
	bob.Await("Call 2 with sip:" + extension + "@test.local ended")
	audible(t, sound, "the agent at the one whose call was given", rig.FarSpeaker, agent)
	audible(t, sound, "the one whose call was given at the agent's", rig.AppSpeaker, far)
	carol.Do("terminate")
	a.await("ended", of(call))
}
