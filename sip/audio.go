package sip

// Port is one call as the audio clock sees it: every 10 ms it gets what the microphone heard and is asked for what the
// speaker shall play, 480 samples of 48 kHz mono each. It is an alias, so that sip/audio can name the same type without
// either package importing the other.
type Port = interface {
	WriteMicrophone(pcm []int16)
	ReadSpeaker(pcm []int16)
}

// The tones a phone asks its Audio for.
const (
	toneRing       = "ring"       // a call comes in
	toneRingback   = "ringback"   // the far end rings
	toneBusy       = "busy"       // it is busy
	toneCongestion = "congestion" // it cannot be reached
	toneAnswered   = "answered"   // a call was answered for the agent
)

// Audio is the sound a phone needs; sip/audio.Engine is one. Its methods are called one after the other from one
// goroutine that does nothing else: a sound system that takes seconds to let go of a device, and they exist, delays the
// next tone and no call.
type Audio interface {
	// Attach gives the call to the audio clock, until detach. RTP leaves in the clock's rhythm, also where there is no
	// sound device: something must tick.
	Attach(Port) (detach func())
	// Ring plays a tone until stop.
	Ring(kind string) (stop func())
}

// tone is a tone that plays, or is about to.
type tone struct{ stop func() }

// play starts a tone on the sound goroutine.
func (p *Phone) play(kind string) *tone {
	t := &tone{}
	p.sound.Put(func() { t.stop = p.cfg.Audio.Ring(kind) })
	return t
}

// stopTone ends a tone; nil is none.
func (p *Phone) stopTone(t *tone) {
	if t != nil {
		p.sound.Put(func() { t.stop() })
	}
}
