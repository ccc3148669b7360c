package e2e

import (
	"testing"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestTwinkle: calls with Debian's Twinkle through a proxy: what Twinkle plays is measured, each holds and resumes, keys go from one to the other, and
// Twinkle sends the agent on to a colleague. Through ALSA's way to PulseAudio Twinkle records too late to send anything.
func TestTwinkle(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S2.1", interop.Kamailio, interop.Baresip, interop.Twinkle)
	interop.Proves(t, "S3.2", interop.Kamailio, interop.Twinkle)
	interop.Proves(t, "S3.7", interop.Baresip, interop.Twinkle)
	interop.Proves(t, "S8.1", interop.Kamailio, interop.Baresip, interop.Twinkle)
	sound := rig.StartPulse(t)
	agent := rig.Tone{Hz: 440, Amplitude: 0.4}
	sound.Play(rig.AppMicrophone, agent)
	const friend, colleague = "2042", "2043"
	kamailio := rig.StartKamailio(t, map[string]string{extension: password, friend: password, colleague: password})
	a := newApp(t, sound.Env...)
	a.account(kamailio.Addr, extension, password, "--transfers", "server")
	a.registered()
	phone := rig.StartTwinkle(t, rig.TwinkleConfig{Server: kamailio.Addr, User: friend, Password: password, Pulse: sound})

	phone.Do("call " + extension)
	ringing := a.await("ringing", nil)
	a.do("answer")
	a.await("answered", of(ringing.Call))
	audible(t, sound, "the agent at Twinkle", rig.FarSpeaker, agent)
	a.holdsBothWays(t, sound, agent, func() {
		phone.Do("hold")
		phone.Await("re-INVITE successful")
	}, func() { phone.Do("retrieve") })
	phone.Do("bye")
	a.await("ended", of(ringing.Call))

	id := a.dial(friend)
	phone.Await("incoming call")
	phone.Do("answer")
	a.await("answered", of(id))
	audible(t, sound, "the agent who called at Twinkle", rig.FarSpeaker, agent)
	a.do("dtmf", "5")
	phone.Await("DTMF detected: 5")

	carol := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:" + colleague + "@" + kamailio.Addr + ">;auth_pass=" + password + ";regint=60"})
	carol.Registered()
	phone.Do("transfer " + colleague)
	carol.Await("CALL_INCOMING")
	carol.Do("accept")
	a.await("referred", func(e event) bool { return e.Call == id && e.State == "done" && e.Target == colleague })
	a.do("hangup")
	a.await("ended", of(id))
	carol.Await("CALL_CLOSED")
}
