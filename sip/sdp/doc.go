// Package sdp is the offer/answer half of a call: it writes our session descriptions, reads the peer's, and says what both
// agreed on. It does no I/O, starts nothing and keeps no clock, so that every rule in it is a table test.
//
// # Use
//
// One [Session] belongs to one SIP dialog, from the first offer to the BYE:
//
//	s := sdp.New(sdp.Config{Addr: rtpAddr})
//	body := s.Offer(sdp.SendRecv)              // INVITE, re-INVITE, or the 200 to an INVITE without an offer
//	m, err := s.ReadAnswer(answerBody)         // what the 183, the 200 or the ACK carries
//	body, m, err = s.Answer(offerBody, wanted) // what we say to the peer's offer
//
// [Media] is the outcome: where to send, in which codec under which payload type, what may come in, and which way audio
// flows. Errors are typed ([ErrNoCommonCodec], [ErrSecureOnly], …); each of them is a 488 Not Acceptable Here, except
// [ErrMalformed] in a request, which is a 400.
//
// # Rules it holds
//
//   - Every m= line of an offer is answered in its place, the unwanted ones with port 0 (RFC 3264 §6); our own later offers
//     keep the lines the session has had, so that their number never falls (§8).
//   - Formats are matched by name, clock rate and channels, never by number: Opus at 111 and telephone-event at 96 are what
//     they say they are. A number once bound to a codec stays bound for the session (§8.3.2).
//   - The o= line keeps its session id (31 random bits: some peers parse it as a signed integer) and counts its version up
//     by one exactly when the description differs from the one sent before (§8).
//   - Audio is encrypted as [Config].Encryption says, with keys by SDES (RFC 4568, secure.go) or by a handshake of DTLS (RFC 5763, dtls.go). Our key
//     is drawn for the session and kept through holds, refreshes and moves; that of the peer is the one it named last. The handshake that was
//     made holds until the peer names another certificate or role ([DTLS].Same). Nothing prints a [MasterKey], and no error has anything of
//     the line it is about.
//   - Candidates of ICE (RFC 8839, ice.go) are named where both sides want it; what was agreed holds until one side names other credentials ([ICE].Same).
//   - The direction of an answer never contradicts the offer (§6.1), and 0.0.0.0 in c= is a hold, as it was before there was
//     a=sendonly (§8.4).
//
// # Why not a library's parser
//
// The descriptions in the field are worse than the grammar: m=image with udptl (a fax re-INVITE), words as session id in
// o=, attributes before t=, private b= modifiers. pion/sdp refuses all of those, and with them the call. The reader here
// takes what it needs and lets the rest be; pion/sdp is used by the tests as the strict reader of what we write.
package sdp
