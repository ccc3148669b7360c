package media

import (
	"log/slog"
	"net/netip"
	"time"

	"linecard/sip/sdp"
)

// Params says how a call's media runs from now on. [NewSession] takes the first, [Session.Update] every later one: after
// a re-INVITE, a hold, an answer from another fork.
type Params struct {
	sdp.Media // what offer and answer agreed

	// Remote and RemoteRTCP are where Media.Host and Media.RTCPHost lead, for the caller who had to look a name up. Left
	// zero they are taken from Media, if it has addresses. They are where to begin: the session follows the packets it
	// receives (symmetric RTP).
	Remote, RemoteRTCP netip.AddrPort

	// Signalling is the address that the call's SIP messages come from. Packets are taken from there, from Remote's address,
	// and from no other, unless Remote is private and Signalling public. Not valid: from Remote's only.
	Signalling netip.Addr

	// Early says that the call is not answered yet: who plays something before need not make a handshake, and however long it takes, none fails
	// for that.
	Early bool

	// Held is our own hold. The microphone goes nowhere and the speaker stays silent in any direction; where the
	// direction has us send, silence is sent, or what [Session.Music] says, which keeps the way through NATs open and the peer's call-quality timers calm.
	Held bool
}

// Options is what does not change over a session. The zero value works.
type Options struct {
	// OnDTMF is told each key the other side presses, once: "0" to "9", "*", "#", "A" to "D". It runs on the receiving
	// goroutine: it must not block, nor close the session.
	OnDTMF func(digit string)

	// Certificate is what we show in handshakes. nil refuses what was agreed to have one.
	Certificate *Certificate

	// OnSecured is told when a handshake is over: how packets are encrypted from now on, or why there are none, as [ErrFingerprint] or
	// [ErrHandshake]. It must not block, nor close the session.
	OnSecured func(kind string, err error)

	// OnWay is told when the search for the way ([sdp.ICE]) has come to an end: false where there is none, or no longer. It must not block, nor
	// close the session.
	OnWay func(found bool)

	// CNAME names us in RTCP (RFC 3550 §6.5.1). Empty draws a random one, as RFC 7022 asks.
	CNAME string

	// Jitter makes the jitter buffer: PCM at rate samples a second out, timestamps of clock a second in. nil means [NewAdaptive].
	Jitter func(rate, clock int) JitterBuffer

	Log *slog.Logger // nil discards

	// For tests: the time between RTCP reports, 0 for the five seconds of RFC 3550, the patience, and the audio clock's time of day.
	reportEvery time.Duration
	patience    time.Duration // with handshakes, 0 for handshakePatience
	now         func() time.Time
}

// Stats is what a session counted so far.
type Stats struct {
	PacketsSent     uint64 // RTP packets, DTMF included
	BytesSent       uint64 // their payloads
	PacketsDropped  uint64 // ours that the system did not take: no route, or a buffer that stayed full
	PacketsReceived uint64 // valid RTP packets of the peer
	PacketsLost     uint64 // gaps in the peer's numbering (RFC 3550 A.3), late packets not counted
	PacketsLate     uint64 // came after their moment to be played
	PacketsRefused  uint64 // from strangers, or malformed

	Jitter       time.Duration // of what we receive (RFC 3550 A.8)
	RemoteJitter time.Duration // of what the peer receives, as it reported within the last 15 s; else 0
	RemoteLoss   float64       // part of our packets that the peer missed lately, 0 to 1, likewise
	RoundTrip    time.Duration // the smallest that RTCP told of late; 0 where it told none
	Silent       bool          // the peer's last packet was comfort noise (RFC 3389): that nothing follows is no loss
	BufferDelay  time.Duration // how long received audio waits to be played, as the median of the last two seconds
	Concealed    time.Duration // audio made up for packets that were not there

	Remote netip.AddrPort // where our RTP goes now
}
