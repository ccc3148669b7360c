// Package sip is the telephone: its accounts, a line each, their registrations, and a few calls at once. It is what the
// desk knows of SIP; the protocol itself is in sip/dialog, the sound in sip/media and sip/audio.
//
// # Use
//
//	phone, err := sip.New(sip.Config{
//	    Audio:  engine,              // sip/audio.Engine
//	    Events: func(e sip.Event) {…},
//	})
//	err = phone.SetAccounts([]sip.Account{account})
//	id, err := phone.Dial(account.ID(), "+1 415 555 0100", "")
//	err = phone.Answer(id)
//	err = phone.Close(ctx)
//
// # Commands and events
//
// A command says at once whether it makes sense, and never waits for the network. Its error is a code with values (package
// fault), from which package app/catalogue makes the sentence.
// What comes of it is told by events: they come in order, from one goroutine, and however slow their reader is, no call
// waits for it. Every call ends with exactly one [CallEnded].
//
// Only one call is talked on: answering, dialing and resuming hold the others. A held call is silent from that moment,
// even if the other side does not agree. A call held for a number that then was busy, wrong or not there is resumed
// without a command, and so is one held for a call that was answered and given up before its caller had confirmed that it rang. What can be dialed at all, [Account.Dialable] tells.
//
// Several accounts register side by side, each with sockets of its own; an event says whose it is. How many calls there may
// be at once is counted for each account; do not disturb and the rule about the one call that is talked on are the phone's.
//
// With [Phone.SetDND], or with no line free, a call is told 486 Busy Here and
// reported as [CallIncoming] with Refused, then [CallEnded] with [EndBusy], so that it can be kept as missed.
//
// [Phone.Decline] sends 486 Busy Here and not 603 Decline: 603 ends a call for the whole address of record
// (RFC 3261 §21.6.2), so that one agent of a queue who declines would hang up on the caller; with 486 other phones ring
// on, and voice mail takes over where there is one.
//
// # How it runs
//
// Everything that touches the state of signalling runs on one queue (linecard/inorder), in the order packets came
// in. The sound system has a queue of its own, since it may block for seconds, and so do events. An INVITE is answered
// 180 before anything else happens to it; no name service or sound device is on that path, and the journal's file for 5 ms at most:
// the desk may ask to keep a call before it rings, is refused or its INVITE leaves, see [Config].BeforeRinging.
package sip
