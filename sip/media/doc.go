// Package media carries the sound of one call: RTP and RTCP over a pair of UDP ports, between the sound card's 48 kHz and
// the codec both sides agreed on.
//
// # Use
//
//	socket, err := media.Listen(ip, 0, 0)              // before the offer, which names socket.Addr()
//	s, err := media.NewSession(socket, media.Params{Media: agreed}, media.Options{OnDTMF: pressed})
//	detach := audio.Attach(s)                          // the sound card's clock drives it from here
//	err = s.Update(media.Params{Media: m, Held: true}) // re-INVITE, hold, another fork's answer
//	err = s.Close()                                    // RTCP BYE; the ports are free
//
// A [Session] is a port of the audio clock: every 10 ms somebody calls [Session.WriteMicrophone] and [Session.ReadSpeaker]
// with [BlockSize] samples. There is no other clock. A packet leaves in the very call that completed it, so RTP is as even
// as the sound card, and nothing drifts between the two. Both calls are safe on a real-time thread: they decode or encode
// one packet at most, send one datagram or drop it, and allocate nothing.
//
// # The way of a packet
//
//	microphone → downsampler → codec ─┬→ RTP        RTP → latch → source ─┬→ jitter buffer → upsampler → speaker
//	           SendDTMF → key packets ┘                                   └→ OnDTMF
//
// Where the call is encrypted, packets are sealed just before the socket and opened just behind it (srtp.go), reports too. What does not open
// is thrown away before the latch. Where the keys come from a handshake (handshake.go, secure.go), its datagrams share the port, told apart by their first
// octet, and nothing is sent or played before it is over; [Options].OnSecured tells how it ended.
//
// Before a call a socket may ask a STUN server how others see it (reflexive.go), and where both sides agreed on ICE the way is looked for on the same ports (ice.go).
//
// While the call is held by us, the microphone's place is taken by silence or by a recording (music.go), which was read beforehand.
//
// The latch (latch.go) decides whose packets are the peer's; the source (source.go) which of them belong to the stream;
// the buffer (adaptive.go, playhead.go, timeline.go) when each is played; the concealer (conceal.go) what is heard where
// one is missing. Each is a plain value that a test drives without sockets or clocks.
//
// # Adding a codec
//
// A codec is a value with four methods (codec.go) and an entry in [Codecs] and newCodec. Rates of 8, 16 and 48 kHz are
// resampled as needed; RTP clocks that differ from the sample rate (G.722) are allowed for.
package media
