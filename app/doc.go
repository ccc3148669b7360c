// Package app is the agent's desk: it joins a phone call with a customer record, keeps the form under it, and sees to it
// that the call ends up in the org, exactly once.
//
// # How it works
//
// The heart is a pure function,
//
//	next(state, event) → state, effects
//
// in next*.go. It reads no clock, opens no socket and touches no disk, so every way a call can go is a table in a test.
// [Desk] feeds it: events come from the phone, the lookup, the journal and the agent, one at a time; what it returns is
// drawn (a [View] to every subscriber) before any effect is carried out, so the ring never waits for a disk or a network.
//
// # Exactly once
//
// A call is in the journal when it rings. The moment it ends, its end and its activity are written in one transaction.
// [Desk] runs one writer that takes activities from the journal to the org: see writer.go for the rule that makes that
// exactly once across outages, kill -9 and answers that never came.
//
// # Who may import it
//
// Faces (app/ui, cmd) import app; app imports sip and crm for their types, and its own folders journal and notify. It
// imports no Fyne, no sipgo and no net/http; depguard in .golangci.yml holds that.
package app
