// Package ice finds a way between two phones (ICE, RFC 8445): each names addresses at which it may be reached, both try all pairs of them with STUN
// questions that only the two can sign, and the best pair that works carries the sound.
//
// An [Agent] is a state machine without sockets, clocks and goroutines: whoever has the port gives it datagrams and the time, and sends what it says. A
// port has one socket, so that all own candidates of a component have one base, and a pair is known by the other side's address.
//
//	a := ice.New(ice.Config{…}, now)
//	out, next := a.Tick(now)                  // what to send now, and when to ask again
//	out, _ = a.Receive(ice.RTP, data, src)    // STUN that came
//	to, ok := a.Chosen(ice.RTP)               // where sound goes
//	a.Proven(ice.RTP, src)                    // whether a packet from there is the other side's
//
// # Why not a library's agent
//
// pion/ice has an agent for one component with sockets, goroutines and timers of its own. Reports of most phone systems (Asterisk, baresip and Linphone as
// they come) are on a port of their own, which is a second component; a panic in a library's goroutine ends the phone; and a rule that lives in
// timers cannot be a table test. The messages are pion/stun's.
//
// # What is kept to
//
//   - Both roles, whichever signalling gives, with the repair of a conflict (§7.3.1.1). Nomination is regular (§8.1.1); of a peer that nominates
//     everything (RFC 5245 §8.1.1.2) the best nominated pair counts.
//   - Peers that only answer (ice-lite), peer-reflexive candidates, triggered checks, two components or one.
//   - Consent (RFC 7675): the pair in use is asked every five seconds, and without an answer for thirty nothing more is sent.
//   - A question without the right name and signature gets no answer. An answer is shorter than its question. At most [MostPairs] pairs are tried, and one
//     question is sent each [Pace].
package ice
