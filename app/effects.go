package app

import (
	"time"

	"linecard/crm"
)

// effect is something to be done because of an event. Effects of one event are carried out in order, those that touch
// the journal before anything that depends on them.
type effect interface{ effect() }

type (
	// askOrg looks the number up; the answer comes back as lookupEnded.
	askOrg struct {
		id     string
		number crm.Number
	}
	// askDetails fetches what stands beside the record.
	askDetails struct {
		id  string
		ref crm.Ref
	}
	// remember keeps whom a number was found to belong to; a record the agent picked outweighs one found.
	remember struct {
		number crm.Number
		record crm.Match
		picked bool
	}
	// loadMemory reads what was remembered in earlier runs.
	loadMemory struct{}
	// writeRing puts the call on disk.
	writeRing struct {
		call  call
		noLog bool // calls of this kind are not logged
	}
	// writeAnswered notes when talking began.
	writeAnswered struct {
		id   string
		when time.Time
	}
	// writeIdentity notes who it is.
	writeIdentity struct{ call call }
	// identify is writeIdentity for a call that may have left the desk.
	identify struct {
		id     string
		record crm.Match
	}
	// writeDraft saves what was typed; the Task, if there is one, is left alone until then.
	writeDraft struct {
		id       string
		activity crm.Activity
		until    time.Time
	}
	// writeEnd ends the call on disk and queues its activity in the same transaction; nil means none is wanted.
	writeEnd struct {
		call     call
		activity *crm.Activity
	}
	// writeEdit hands a changed activity to the writer.
	writeEdit struct {
		id       string
		activity crm.Activity
	}
	// logIt queues an activity that was only a draft.
	logIt struct{ id string }
	// sendAll makes everything due that waits or was refused: the org is linked again.
	sendAll struct{}
	// takeBack withdraws the activity: unsent it is discarded, sent it is deleted from the org.
	takeBack struct{ id string }
	// readHistory reads the newest page and the counts again.
	readHistory struct{}
	// noteAlive tells the journal that live calls still live.
	noteAlive struct{ when time.Time }
	// notifyRinging shows, or replaces, the notification of a ringing call.
	notifyRinging struct{ call call }
	// notifyMissed leaves a quiet notice of a missed call.
	notifyMissed struct{ call call }
	// withdraw takes the ringing notification back.
	withdraw struct{ id string }
	// notifyParked tells that the org refuses to log a call.
	notifyParked struct {
		call, name, reason string
	}
	// popRecord opens a record in the browser.
	popRecord struct{ url string }
	// raiseWindow brings the window forward.
	raiseWindow struct{}
	// wakeAt asks for a ticked event at that time; only the last one asked for counts. Zero means none.
	wakeAt struct{ when time.Time }
	// say puts an event on the event stream of the command line.
	say struct{ Event }
	// sayWritten does so once what was asked of the journal before is on disk: who reads it may rely on it.
	sayWritten struct{ Event }
)

func (askOrg) effect()        {}
func (askDetails) effect()    {}
func (remember) effect()      {}
func (loadMemory) effect()    {}
func (writeRing) effect()     {}
func (writeAnswered) effect() {}
func (writeIdentity) effect() {}
func (writeDraft) effect()    {}
func (identify) effect()      {}
func (writeEnd) effect()      {}
func (writeEdit) effect()     {}
func (logIt) effect()         {}
func (sendAll) effect()       {}
func (takeBack) effect()      {}
func (readHistory) effect()   {}
func (noteAlive) effect()     {}
func (notifyRinging) effect() {}
func (notifyMissed) effect()  {}
func (notifyParked) effect()  {}
func (popRecord) effect()     {}
func (raiseWindow) effect()   {}
func (withdraw) effect()      {}
func (wakeAt) effect()        {}
func (sayWritten) effect()    {}
func (say) effect()           {}

// Event is one line of `linecard events`: what happened to which call, for programs.
type Event struct {
	Event  string    `json:"event"` // ringing, dialing, progress, answered, held, …: see docs/command-line.md
	At     time.Time `json:"at"`
	Call   string    `json:"call,omitempty"`
	Number string    `json:"number,omitempty"`
	Name   string    `json:"name,omitempty"`
	Record *crm.Ref  `json:"record,omitempty"`
	Task   *crm.Ref  `json:"task,omitempty"`
	State  string    `json:"state,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Digit  string    `json:"digit,omitempty"`
	Count  int       `json:"count,omitempty"`
}
