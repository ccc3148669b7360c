// Package journal keeps the calls of an agent and what has still to be logged of them, in one SQLite file.
//
// # What it promises
//
// A call outlives the process when [Journal.Ring] returns, and a power cut once [Journal.Sync] has. When it ends, the end of the call and the activity to be logged are
// written in one transaction: after a power cut either both are there or neither, and in the second case [Open] closes the
// call. What becomes of it then is judged from what is on disk: the agent's own word first, then the verdict so far, then
// [Options].Judge. A call that must not be logged never gets into the outbox that way.
//
// # Whose it is
//
// A call and its entry name the phone account, the org and the org's user. They are set once, at the ring or by
// [Journal.Belong], and change by [Journal.LogAs] only. An entry waits until its own user is linked and holds up no other.
//
// # The outbox
//
// There is at most one entry for a call, named by the call's id, so a Task is written once:
//
//	draft ──► ready ──► sending ──► done
//	            ▲          │  └───► parked ──► ready   (Requeue)
//	            └──────────┘        Retry
//	draft, ready, parked ──► discarded ──► ready       (Discard, Requeue)
//
// The writer asks [Journal.NextDue] and marks the entry with [Journal.Begin], which is on disk before the first byte goes
// out. It reports with Done, [Journal.Retry] or [Journal.Park]. An attempt that may have reached the org leaves CheckFirst
// and Begun: the org must be asked for the call before anything is sent again, and a create must wait until the org has had
// the time it may take. Both stay through crashes, Requeue, Retry and a [Journal.LogAs] within the org, until Done or
// [Journal.Absent]; to another org such an entry does not go, nor to another user while the one is not linked who can tell.
// [Journal.NextLook] is the look for surplus Tasks some minutes after such a create.
//
// "Don't log" ([Journal.DontLog]) holds for what waits at once and for an attempt under way when it ends, whatever its end:
// the entry is discarded, and a look is due for what the org has of the call, or may have.
//
// Whoever can make a phone ring can make it ring all day, under any number. Of inbound calls in which nobody talked, no more
// become due in an hour than [Options].MissedPerHour, for each org's user; further ones stay drafts with the reason [Held]
// until the agent sends or drops them ([Journal.SendHeld], [Journal.DropHeld]).
//
// No text is lost that the agent types between attempts ([Journal.EditActivity]): each change counts a revision, each
// attempt notes which revision it carries, and a Task that turns out to hold an older one becomes an entry of kind
// [Update] for that same Task.
//
// # The file
//
// WAL; synchronous=FULL, because every transaction here is something a person said or did and worth its fsync: a few for each call, and
// one for each pause in typing. Where a caller waits to hear it ring, the fsync follows the ring; mode 0600; the schema version in user_version and again in application_id, so that one flipped bit is not taken
// for a newer Linecard. secure_delete is on: a call that [Journal.Prune] forgets is overwritten.
//
// SQLite keeps no checksums. A damaged cell costs its own row: cells are read by scanners that never fail, and an entry
// that cannot be read is parked with [Unreadable]. A file whose pages are damaged is moved aside, never deleted, and what
// can be read there is carried over, history too; [Journal.NoticeFault] says so. It is moved once the new one has all of it in one file, so that
// an end in between, a disk without room for the new one, or a program that holds one of the files, loses nothing: Open begins in memory
// then, and tries again after a minute, later after up to half an hour. An index that does not fit its table is made again.
//
// A full or read-only disk loses nothing as long as the process lives: [ErrFull] says how. On such a disk Open begins in
// memory and moves to the file as soon as it can.
//
// All methods may be called from many goroutines. Times are kept to the microsecond.
package journal
