package e2e

import (
	"fmt"
	"math"
	"testing"
	"time"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestAudioBothWays: a tone that is played into the agent's microphone is recorded at the customer's speaker, and the
// other way round, with an amplitude within 10 %, through the sound server, codec, RTP and jitter buffers of both ends.
// Hold silences both directions, mute one; with music on hold the customer hears its file, at its level.
func TestAudioBothWays(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.1", interop.Kamailio, interop.Baresip, interop.PulseAudio)
	interop.Proves(t, "S3.4", interop.Kamailio, interop.Baresip)
	sound := rig.StartPulse(t)
	agent, far := rig.Tone{Hz: 440, Amplitude: 0.4}, rig.Tone{Hz: 700, Amplitude: 0.3}
	sound.Play(rig.AppMicrophone, agent)
	sound.Play(rig.FarMicrophone, far)
	d := newDesk(t, "udp", append(sound.Env, "LINECARD_SECRETS=memory")...)
	customer := rig.StartBaresip(t, rig.BaresipConfig{
		Account: fmt.Sprintf(`"Dana" <sip:14155550132@%s>;auth_user=%s;auth_pass=%s;regint=0`, d.kamailio.Addr, trunk, trunkPass), Pulse: sound,
	})
	customer.Do("dial sip:" + extension + "@" + d.kamailio.Addr)
	ringing := d.await("ringing", nil)
	d.do("answer")
	d.await("answered", of(ringing.Call))
	customer.Await("CALL_ESTABLISHED")
	if s := d.status(); s.Audio.Null {
		t.Fatalf("no sound device: %+v", s.Audio)
	}

	audible(t, sound, "the agent at the customer's", rig.FarSpeaker, agent)
	audible(t, sound, "the customer at the agent's", rig.AppSpeaker, far)

	d.do("mute")
	silent(t, sound, "the muted agent", rig.FarSpeaker, agent)
	audible(t, sound, "the customer, while the agent is mute,", rig.AppSpeaker, far)
	d.do("unmute")
	audible(t, sound, "the agent again", rig.FarSpeaker, agent)

	d.do("hold")
	d.await("hold", func(e event) bool { return e.State == "held" })
	silent(t, sound, "the agent on hold", rig.FarSpeaker, agent)
	silent(t, sound, "the customer on hold", rig.AppSpeaker, far)
	d.do("resume")
	audible(t, sound, "the agent after hold", rig.FarSpeaker, agent)
	audible(t, sound, "the customer after hold", rig.AppSpeaker, far)

	music := rig.Tone{Hz: 960, Amplitude: 0.2}
	d.do("hold")
	d.await("hold", func(e event) bool { return e.State == "held" })
	d.do("settings", "set", "accounts[1].hold_music", music.File(t))
	audible(t, sound, "the music of a file that was just chosen", rig.FarSpeaker, music)
	silent(t, sound, "the agent on hold", rig.FarSpeaker, agent)
	d.do("resume")
	audible(t, sound, "the agent after the music", rig.FarSpeaker, agent)
	silent(t, sound, "the music after hold", rig.FarSpeaker, music)

	customer.Do("hangup")
	d.await("ended", of(ringing.Call))
	d.logged(ringing.Call)
}

// TestAudioAtAsterisk: Asterisk's echo returns the agent's tone with its amplitude, and its test tone is heard, in
// µ-law over UDP and in A-law over TCP.
func TestAudioAtAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S4.1", interop.Asterisk)
	interop.Proves(t, "S6.4", interop.Asterisk, interop.PulseAudio)
	const lawful, aLawOnly = "2041", "3041"
	pbx := rig.StartAsterisk(t, map[string]string{lawful: password, aLawOnly: password})
	for _, c := range []struct{ extension, transport, codec string }{{lawful, "udp", "PCMU"}, {aLawOnly, "tcp", "PCMA"}} {
		t.Run(c.codec, func(t *testing.T) {
			sound := rig.StartPulse(t)
			tone := rig.Tone{Hz: 440, Amplitude: 0.4}
			sound.Play(rig.AppMicrophone, tone)
			a := newApp(t, sound.Env...)
			a.account(pbx.Addr, c.extension, password, "--transport", c.transport)
			a.registered()
			for _, other := range []struct {
				number, what string
				tone         rig.Tone
			}{
				{"600", "the agent's echo", tone},
				{"606", "Asterisk's tone", rig.Tone{Hz: 1004, Amplitude: 0.7}}, // 0 dBm0 of G.711 is 3.17 dB below full scale
			} {
				id := a.dial(other.number)
				a.await("answered", of(id))
				if codec := a.call(id).Codec; codec != c.codec {
					t.Errorf("they talk %s, want %s", codec, c.codec)
				}
				audible(t, sound, other.what, rig.AppSpeaker, other.tone)
				a.do("hangup")
				a.await("ended", of(id))
			}

			var before, after []struct{ ID string }
			a.json(&before, "history")
			a.do("settings", "set", "accounts[1].echo_test", "600")
			var echo struct{ Call string }
			a.json(&echo, "echo")
			a.await("answered", of(echo.Call))
			audible(t, sound, "the agent's echo", rig.AppSpeaker, tone)
			a.do("hangup")
			a.await("ended", of(echo.Call))
			if a.json(&after, "history"); len(after) != len(before) {
				t.Errorf("the history has %d calls, %d before the echo test", len(after), len(before))
			}
		})
	}
}

// TestHoldMusicAtAsterisk: Asterisk records a call. What it has of a call on hold is the music of the account, at its level, and nothing of the agent; and the agent alone
// before and after, in clear and with SDES.
func TestHoldMusicAtAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.4", interop.Asterisk)
	const secure = "4041"
	for _, c := range []struct{ user, encryption string }{{extension, "never"}, {secure, "required"}} {
		t.Run(c.encryption, func(t *testing.T) {
			pbx := rig.StartAsterisk(t, map[string]string{c.user: password})
			sound := rig.StartPulse(t)
			voice, music := rig.Tone{Hz: 440, Amplitude: 0.4}, rig.Tone{Hz: 960, Amplitude: 0.2}
			sound.Play(rig.AppMicrophone, voice)
			a := newApp(t, sound.Env...)
			a.account(pbx.Addr, c.user, password, "--encryption", c.encryption, "--hold-music", music.File(t))
			a.registered()
			id := a.dial("609")
			a.await("answered", of(id))
			recorded := func(what string, is, isNot rig.Tone) {
				t.Helper()
				rig.Until(t, what+" alone is recorded, at its level", func() bool {
					return math.Abs(pbx.Heard(is.Hz)-is.Amplitude) <= 0.1*is.Amplitude && pbx.Heard(isNot.Hz) < 0.01
				})
			}
			recorded("the agent", voice, music)
			a.do("hold")
			recorded("the music", music, voice)
			a.do("resume")
			recorded("the agent after the music", voice, music)
			a.do("hangup")
			a.await("ended", of(id))
		})
	}
}

// audible waits until a tone is heard at a sink, and checks that its amplitude is within 10 % of what was sent. On a
// machine that is too busy for the sound server, app and peer, a second of sound has gaps: what counts is the sound between them. A wrong level
// is in all of it.
func audible(t *testing.T, sound *rig.Pulse, what, sink string, tone rig.Tone) {
	t.Helper()
	rig.Until(t, what+" is heard", func() bool {
		return rig.Level(sound.Hear(sink, 200*time.Millisecond), tone.Hz) > tone.Amplitude/2
	})
	var got []float64
	for range 20 {
		level := rig.Level(sound.Hear(sink, time.Second), tone.Hz)
		got = append(got, level)
		if math.Abs(level-tone.Amplitude) <= 0.1*tone.Amplitude {
			t.Logf("%s: %.3f of %.3f", what, got, tone.Amplitude)
			return
		}
	}
	t.Errorf("%s: amplitude %.3f in twenty seconds, sent %.3f", what, got, tone.Amplitude)
}

// silent waits until a tone is no longer heard at a sink.
func silent(t *testing.T, sound *rig.Pulse, what, sink string, tone rig.Tone) {
	t.Helper()
	rig.Until(t, what+" is silent", func() bool {
		return rig.Amplitude(sound.Hear(sink, 200*time.Millisecond), tone.Hz) < 0.01
	})
}
