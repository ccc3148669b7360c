package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestSTUNAtAsterisk: behind a router, calls name the address at which coturn sees the phone: the sound of both directions of a call comes in there. A
// server that says nothing keeps nobody from calling. The check-up tells of both.
func TestSTUNAtAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S4.7", interop.Asterisk, interop.Coturn)
	pbx := rig.StartAsterisk(t, map[string]string{extension: password})
	nat := rig.StartNAT(t, rig.StartCoturn(t))
	sound := rig.StartPulse(t)
	tone := rig.Tone{Hz: 440, Amplitude: 0.4}
	sound.Play(rig.AppMicrophone, tone)
	a := newApp(t, sound.Env...)
	a.account(pbx.Addr, extension, password, "--stun", nat.Inside)
	a.registered()
	a.await("stun", inState("on"))
	if f := a.finding("program.check-stun"); !f.OK || !strings.Contains(f.Detail, "127.0.0.1") {
		t.Errorf("check-up: %+v", f)
	}
	id := a.dial("600")
	a.await("answered", of(id))
	audible(t, sound, "the agent's echo", rig.AppSpeaker, tone)
	if nat.Carried() == 0 {
		t.Error("the sound of a call that was dialed does not come by the router")
	}
	a.do("hangup")
	a.await("ended", of(id))

	before := nat.Carried()
	pbx.Call("4155550132", "D Whitfield", extension, false)
	ringing := a.await("ringing", nil)
	a.do("answer")
	a.await("answered", of(ringing.Call))
	audible(t, sound, "the echo of a caller", rig.AppSpeaker, tone)
	if nat.Carried() == before {
		t.Error("the sound of a call that was answered does not come by the router")
	}
	a.do("hangup")
	a.await("ended", of(ringing.Call))

	mark := a.mark()
	a.account(pbx.Addr, extension, password, "--stun", "stun.invalid:3478")
	a.awaitAfter(mark, "stun", inState("off"))
	rig.Until(t, "the check-up tells that the server was not found", func() bool {
		f := a.finding("program.check-stun")
		return !f.OK && f.Minor && strings.Contains(f.Remedy, "Settings > Phone")
	})
	mark = a.mark()
	id = a.dial("600")
	a.awaitAfter(mark, "answered", of(id))
	audible(t, sound, "the echo without a STUN server", rig.AppSpeaker, tone)
	a.do("hangup")
}

// doctored is what the check-up says of one thing.
type doctored struct {
	CheckCode      string
	OK, Minor      bool
	Detail, Remedy string
}

// finding is what the check-up says of a check.
func (a *app) finding(code string) (f doctored) {
	a.t.Helper()
	out, _ := a.try("doctor", "--json") // something is always wrong on a machine without an org
	var all []doctored
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		a.t.Fatalf("%v in %s", err, out)
	}
	for _, f := range all {
		if f.CheckCode == code {
			return f
		}
	}
	a.t.Fatalf("no %s in %s", code, out)
	return f
}

// TestICEAtAsterisk: calls with an Asterisk that does ICE, in clear and, as for browsers, with DTLS-SRTP and reports on the port of the sound: both ways, whoever
// offers it, through hold and resume, the sound measured. Where the account does none the call goes on as without.
func TestICEAtAsterisk(t *testing.T) {
	if !rig.Elsewhere(t, appBuilt+"="+linecard) {
		return
	}
	interop.Proves(t, "S4.8", interop.Asterisk)
	const plain, browser = "2441", "9441"
	pbx := rig.StartAsterisk(t, map[string]string{plain: password, browser: password})
	for _, c := range []struct {
		extension, ice, policy, kind string
		found                        bool // a way is found by ICE, of a call that the app dials
	}{
		{plain, "answer", "offered", "", false},
		{plain, "offer", "offered", "", true},
		{plain, "never", "offered", "", false},
		{browser, "offer", "required", dtls, true},
	} {
		t.Run(c.extension+" "+c.ice, func(t *testing.T) {
			sound := rig.StartPulse(t)
			tone := rig.Tone{Hz: 440, Amplitude: 0.4}
			sound.Play(rig.AppMicrophone, tone)
			a := newApp(t, sound.Env...)
			a.account(pbx.Addr, c.extension, password, "--ice", c.ice, "--encryption", c.policy, "--encryption-by", "dtls")
			a.registered()
			id := a.dial("600")
			a.await("answered", of(id))
			a.encrypted(id, c.kind)
			audible(t, sound, "the agent's echo", rig.AppSpeaker, tone)
			a.findsWay(c.found)
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
			a.encrypted(ringing.Call, c.kind)
			audible(t, sound, "the echo of a caller", rig.AppSpeaker, tone)
			a.findsWay(c.ice != "never")
			a.do("hangup")
			a.await("ended", of(ringing.Call))
		})
	}
}

// findsWay checks that a way was found by ICE in as many calls as should, this one among them.
func (a *app) findsWay(yes bool) {
	a.t.Helper()
	if yes {
		a.ways++
	}
	found := func() int { return strings.Count(a.process.Output(), "a way was found by ICE") }
	rig.Until(a.t, fmt.Sprintf("%d ways are found by ICE", a.ways), func() bool { return found() >= a.ways })
	if n := found(); n != a.ways {
		a.t.Errorf("%d ways were found by ICE, want %d", n, a.ways)
	}
}

// TestICEWithBaresip: calls from and to a baresip that does ICE, in clear, with SDES and with DTLS-SRTP, its reports on a port of their own: the sound of both ends
// is measured.
func TestICEWithBaresip(t *testing.T) {
	if !rig.Elsewhere(t, appBuilt+"="+linecard) {
		return
	}
	interop.Proves(t, "S4.8", interop.Baresip)
	for _, c := range []struct{ mediaenc, policy, kind string }{{"", "offered", ""}, {"srtp-mand", "offered", sdes}, {"dtls_srtp", "offered", dtls}} {
		t.Run("encryption "+c.mediaenc, func(t *testing.T) {
			sound := rig.StartPulse(t)
			agent, far := rig.Tone{Hz: 440, Amplitude: 0.4}, rig.Tone{Hz: 700, Amplitude: 0.3}
			sound.Play(rig.AppMicrophone, agent)
			sound.Play(rig.FarMicrophone, far)
			const friend = "2042"
			kamailio := rig.StartKamailio(t, map[string]string{extension: password, friend: "pass-of-2042"})
			a := newApp(t, sound.Env...)
			a.account(kamailio.Addr, extension, password, "--ice", "offer", "--encryption", c.policy)
			a.registered()
			account := fmt.Sprintf("<sip:%s@%s>;auth_pass=pass-of-2042;regint=60;medianat=ice", friend, kamailio.Addr)
			if c.mediaenc != "" {
				account += ";mediaenc=" + c.mediaenc
			}
			customer := rig.StartBaresip(t, rig.BaresipConfig{Account: account, Pulse: sound})
			customer.Registered()
			customer.Do("dial sip:" + extension + "@" + kamailio.Addr)
			ringing := a.await("ringing", nil)
			a.do("answer")
			a.await("answered", of(ringing.Call))
			a.encrypted(ringing.Call, c.kind)
			audible(t, sound, "the agent at the customer's", rig.FarSpeaker, agent)
			audible(t, sound, "the customer at the agent's", rig.AppSpeaker, far)
			a.findsWay(true)
			a.do("hangup")
			a.await("ended", of(ringing.Call))
			customer.Await("CALL_CLOSED")

			id := a.dial(friend)
			customer.Await("CALL_INCOMING")
			customer.Do("accept")
			a.await("answered", of(id))
			a.encrypted(id, c.kind)
			audible(t, sound, "the agent who called", rig.FarSpeaker, agent)
			audible(t, sound, "the customer who was called", rig.AppSpeaker, far)
			a.findsWay(true)
			a.do("hangup")
			a.await("ended", of(id))
		})
	}
}

// TestICEWithLinphone: calls from and to a Linphone that does ICE, in clear and with SRTP by either kind of keys: the sound of both ends is measured.
func TestICEWithLinphone(t *testing.T) {
	if !rig.Elsewhere(t, appBuilt+"="+linecard) {
		return
	}
	interop.Proves(t, "S4.8", interop.Linphone)
	for _, c := range []struct{ encryption, policy, kind string }{{"", "offered", ""}, {"srtp", "required", sdes}, {"dtls", "required", dtls}} {
		t.Run("encryption "+c.encryption, func(t *testing.T) {
			sound := rig.StartPulse(t)
			agent, far := rig.Tone{Hz: 440, Amplitude: 0.4}, rig.Tone{Hz: 700, Amplitude: 0.3}
			sound.Play(rig.AppMicrophone, agent)
			sound.Play(rig.FarMicrophone, far)
			const friend = "2042"
			kamailio := rig.StartKamailio(t, map[string]string{extension: password, friend: password})
			a := newApp(t, sound.Env...)
			a.account(kamailio.Addr, extension, password, "--ice", "offer", "--encryption", c.policy)
			a.registered()
			phone := rig.StartLinphone(t, rig.LinphoneConfig{Server: kamailio.Addr, User: friend, Password: password, Encryption: c.encryption, ICE: true, Pulse: sound})
			phone.Registered()
			phone.Do("call sip:" + extension + "@" + kamailio.Addr)
			ringing := a.await("ringing", nil)
			a.do("answer")
			a.await("answered", of(ringing.Call))
			a.encrypted(ringing.Call, c.kind)
			audible(t, sound, "the agent at Linphone", rig.FarSpeaker, agent)
			audible(t, sound, "Linphone at the agent's", rig.AppSpeaker, far)
			a.findsWay(true)
			phone.Do("terminate")
			a.await("ended", of(ringing.Call))

			id := a.dial(friend)
			phone.Await("Receiving new incoming call")
			phone.Do("answer")
			a.await("answered", of(id))
			a.encrypted(id, c.kind)
			audible(t, sound, "the agent who called at Linphone", rig.FarSpeaker, agent)
			audible(t, sound, "Linphone at the agent who called", rig.AppSpeaker, far)
			a.findsWay(true)
			a.do("hangup")
			a.await("ended", of(id))
		})
	}
}
