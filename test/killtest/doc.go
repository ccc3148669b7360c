// Command killtest kills the real Linecard again and again, at the moments at which a program that must lose nothing is
// weakest, and counts what was lost.
//
//	make killtest                     1,000 kills, about ten minutes
//	make killtest KILLS=100 SEED=7 ONLY=ring,post
//
// It builds the app, and runs it headless with one data directory, a gnome-keyring on a session bus of its own, the demo
// PBX and the demo org over HTTP with rotating refresh tokens. In each life of the app some callers call at the same
// time, the agent answers, declines, dials, writes notes and says what to log, and the org has one of its faults: it
// resets connections before or after a commit, commits after it was asked whether it had, answers 401, 503 in HTML or
// JSON, 504, a locked row, a used-up quota, or slowly; it commits and gives half an answer, answers with a page of another, refuses the session it has
// just opened, or the user. In some lives the keyring is locked and the
// org's sessions end. Then the process gets SIGKILL, and starts again with an open keyring.
//
// # The aims
//
//	ring      from 40 ms before a caller's INVITE to 40 ms after its 180
//	busy      from 40 ms before the INVITE of a caller who is told busy to 40 ms after that 486
//	invite    around the INVITE of a call that the agent dials
//	post      around the request that writes a Task, from its first byte to its answer
//	keyring   after the org has answered with a new refresh token, while it is kept
//	start     0 to 400 ms after the process was started
//	end       around the end of a call
//	random    any time
//
// # What is counted
//
// At the end of each of three stretches (log every call, log what the agent says, log none) the app may settle, with an
// org without faults. At the end every call of which anyone outside was told (the caller heard it ring or busy, the PBX got the
// INVITE, the agent got an id) must be in the history once, every call that the mode and the agent want logged must have
// one Task and no other call may have any, nothing may still wait in the outbox, the link must have lasted, no process may
// have ended by itself, and no file may be damaged. The exit status is 1 when any of this is not so.
//
// An inbound call is on disk before its 180, or its 486, where the disk takes less than 5 ms; where it takes longer the answer
// goes out first, and the app says so in its log. A kill in that moment loses the call as designed: such calls, as many as the log names of
// those that are not in the history, are in a column of their own, early. More than two in a hundred fail the run, beside the part of small writes that
// this computer is late for. A refresh token that the org has given away in place of the one before is known to nobody else until
// it is kept; a kill of the app does not lose it, since a process of its own exchanges it and keeps it. The report says
// how many kills came in that moment.
package main
