// Package app is the agent's desk: it joins a phone call with a customer record, keeps the form under it, and sees to it
// that the call ends up in the org, exactly once.
//
// # How it works
//
// The heart is a pure function,
//
//	next(state, event) → state, effects
//
// in next*.go: each event has its own next. It reads no clock, opens no socket and touches no disk, so every way a call can
// go is a table in a test. [Desk] feeds it: events come from the phone, the lookup, the journal and the agent, one at a time;
// what it returns is drawn (a [View] to every subscriber) before any effect is carried out, so the ring never waits for a
// network. Each effect goes to its own lane: the journal, the notifications, or an org.
//
// # Whose a call is
//
// A call belongs to the account it is on, and to the org and the user that the account's link had when it rang. It is never
// moved by itself: while that link is not there the call waits, and the agent may log it with another ([Desk.LogAs]).
//
// # Exactly once
//
// A call is in the journal when it rings: an outbound one before its INVITE leaves, an inbound one before its 180, or its refusal,
// where the file takes it soon enough, and on the disk itself a moment later, for which no caller waits ([Desk.BeforeInvite], [Desk.BeforeRinging], [Desk.BeforeRefusing]). Whether it is logged is for crm.Rules to say; the
// verdict so far and the agent's own word are on disk the moment they are known. When the call ends, its end and its activity
// are written in one transaction. One sender for each org takes activities from the journal: see writer.go for the rule that
// makes a Task exactly one across outages, kill -9, answers that never came and orgs that commit late.
//
// # Who may import it
//
// Faces (app/ui, cmd) import app; app imports sip and crm for their types, and its own folders journal and notify. It
// imports no Fyne, no sipgo and no net/http; depguard in .golangci.yml holds that.
package app
