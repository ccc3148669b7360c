// Package dialog is a SIP user agent (RFC 3261) for a telephone: it registers one account and carries its calls, from
// the INVITE to the last retransmission that can follow a BYE.
//
// # Why it exists
//
// Of github.com/emiago/sipgo only the parser, the transports and the transaction state machines are used. Its dialog
// layer loses calls: a CANCEL that crosses a 200 leaves the callee talking to nobody, a twelfth 180 ends the call, a
// second fork is never hung up, a lost ACK costs four seconds of silence; and its transaction layer starts a goroutine
// for every message, so that a CANCEL may be handled before its INVITE. docs/sipgo.md lists what was found, numbered S1 to
// S17; comments here refer to those numbers. The tests of the caller (uac_test.go) and of
// the callee (uas_test.go, uas_*_test.go) name each of these and hold us to the right behaviour, against a peer that writes
// its messages by hand.
//
// # Use
//
//	queue := inorder.Functions(nil)
//	ua, err := dialog.Listen(dialog.Config{Account: account, Queue: queue, Registration: …, Incoming: …})
//	queue.Put(ua.Register)
//	…
//	ua.Close(ctx)
//
// An inbound [Call] is given to Config.Incoming and told [Call.Ring], [Call.Accept] or [Call.Reject]; an outbound one
// comes from [UA.NewCall] and is told [Call.Invite]. What becomes of it is told to its [Handler]. Session descriptions
// are passed through unread.
//
// # One queue
//
// All of it runs on one queue: messages in the order the sockets had them, timers, commands and callbacks, one after the
// other. There are no locks because there is nothing to lock. No function on the queue waits: names are looked up, TCP
// connections are made and written to by other goroutines, and what follows is put back into the queue. That one queue serves all calls, where one for each
// Call-ID would do, costs a telephone nothing: a message takes a tenth of a millisecond, and there are a handful of calls.
//
//	socket ─► screenRead (frame, parse, or answer 400) ─► queue ─► receive
//	   request ─► screen (RFC 3261 §8.2) ─► server transaction ─► Call or Subscription
//	   response ─► client transaction ─► exchange (digest) ─► Call, Subscription or registration
//
// A panic ends the step it is in and the call that the step was for, and not the program: see guard.go. It can only come
// from a bug here; the screen makes sure that nothing behind it sees a message without its mandatory headers.
//
// # Subscriptions
//
// [UA.Subscribe] keeps a subscription up beside the calls (RFC 6665), for as long as the account is registered: subscription.go has one of
// them, subscriptions.go all of them: a few are sent at a time, and none while the server is overloaded (503). After a failure they pause
// as the registration does (pace.go), and another flow makes them all again. Only notifications of the account's own server are believed, whatever
// others know of the dialog.
//
// # What is not here
//
// GRUU, and more than one flow (RFC 5626; of one there is outbounded.go): a request that requires one of them gets 420. A REFER that belongs to no call
// gets 403: who talks to us is ours to choose.
package dialog
