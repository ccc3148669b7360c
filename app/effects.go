package app

import (
	"context"
	"time"

	"linecard/app/catalogue"
	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// effect is something to be done because of an event. to hands it to the lane where it is carried out. Each lane takes only
// effects of its own kind, so an effect without a lane does not compile. Effects of one lane are carried out in order.
type effect interface{ to(d *Desk) }

type (
	// diskEffect is carried out on the goroutine that has the journal; its error is told to the agent.
	diskEffect interface {
		write(ctx context.Context, d *Desk) error
	}
	// noteEffect is carried out on the goroutine that has the notifications.
	noteEffect interface {
		notify(d *Desk) error
	}
	// lookupEffect asks an org, on a goroutine of its own.
	lookupEffect interface{ ask(d *Desk) }
)

// Those of the desk's own goroutine: they take no time.
type (
	// wakeAt asks for a ticked event at that time; only the last one asked for counts. Zero means none.
	wakeAt struct{ when time.Time }
	// say puts an event on the event stream of the command line.
	say struct{ Event }
	// followLinks tells the writer which links there are.
	followLinks struct{ links []crm.LinkStatus }
)

func (f wakeAt) to(d *Desk)      { d.setAlarm(f.when) }
func (f say) to(d *Desk)         { d.bus.publish(f.Event) }
func (f followLinks) to(d *Desk) { d.writer.follow(f.links) }

// Those that ask an org.
type (
	// askOrg looks the number up; the answer comes back as lookupEnded.
	askOrg struct {
		id, org string
		number  crm.Number
		again   bool // also if the org said so a moment ago
	}
	// askOrgs looks the number up in several orgs at once; the answers come back as orgsAnswered.
	askOrgs struct {
		id     string
		orgs   []string // the call's own first
		number crm.Number
		again  bool
		rest   bool // they have not answered before, where others have
	}
	// askSeveral looks up the numbers of several calls of one org afresh, such as those that ring when it answers again.
	askSeveral struct {
		org  string
		asks []askOrg
	}
	// askDetails fetches what stands beside the record.
	askDetails struct {
		id  string
		ref crm.Ref
	}
)

func (f askOrg) to(d *Desk)     { d.look(f) }
func (f askOrgs) to(d *Desk)    { d.look(f) }
func (f askSeveral) to(d *Desk) { d.look(f) }
func (f askDetails) to(d *Desk) { d.look(f) }

// Those on the desktop.
type (
	// notifyRinging shows, or replaces, the notification of a ringing call.
	notifyRinging struct{ call call }
	// notifyMissed leaves a quiet notice of a missed call.
	notifyMissed struct{ call call }
	// withdraw takes the ringing notification back.
	withdraw struct{ id string }
	// notifyParked tells that the org refuses to log a call.
	notifyParked struct {
		call, name string
		reason     fault.Fault
	}
	// popRecord opens a record in the browser.
	popRecord struct{ url string }
	// raiseWindow brings the window forward.
	raiseWindow struct{}
)

func (f notifyRinging) to(d *Desk) { d.notes.Put(f) }
func (f notifyMissed) to(d *Desk)  { d.notes.Put(f) }
func (f withdraw) to(d *Desk)      { d.notes.Put(f) }
func (f notifyParked) to(d *Desk)  { d.notes.Put(f) }
func (f popRecord) to(d *Desk)     { d.notes.Put(f) }
func (f raiseWindow) to(d *Desk)   { d.notes.Put(f) }

// Those on the journal.
type (
	// writeRing puts the call on disk.
	writeRing struct{ call call }
	// writeAnswered notes when talking began.
	writeAnswered struct {
		id      string
		when    time.Time
		verdict crm.Log
	}
	// writeIdentity notes who it is, and the verdict so far.
	writeIdentity struct{ call call }
	// identify is writeIdentity for a call that may have left the desk.
	identify struct {
		id     string
		record crm.Match
	}
	// noteAsked notes that the org has named no record of a call: it has none, or several.
	noteAsked struct {
		id      string
		unasked bool
	}
	// belong gives a call to the link that its account got while it was on the desk.
	belong struct {
		id string
		link
	}
	// moveOrg gives a call that goes on to another org, with what is drafted of it.
	moveOrg struct {
		id string
		link
	}
	// adopt gives what waits in the journal without an org to the links that there are now, by account; others get the first.
	adopt struct {
		accounts map[string]link
		first    link
	}
	// writeDraft saves what was typed; the Task, if there is one, is left alone until then.
	writeDraft struct {
		id       string
		activity crm.Activity
		until    time.Time
	}
	// writeEnd ends the call on disk and does with its activity what the verdict says, in the same transaction.
	writeEnd struct {
		call     call
		activity *crm.Activity // nil when it must not be logged
	}
	// writeEdit hands a changed activity to the writer.
	writeEdit struct {
		id       string
		activity crm.Activity
	}
	// writeLate has the log of a call that has left the desk say that its party went to that of another, named or with the id, or that it did not.
	writeLate struct {
		id           string
		party, other string
		takesBack    bool
	}
	// logIt queues an activity that was only a draft.
	logIt struct{ id string }
	// logDraft is logIt, if the activity still waits for the agent's word.
	logDraft struct{ id string }
	// logSaved is logIt, if the rules have said since the agent saw the form that the activity must not be logged, or not by itself.
	logSaved struct{ id string }
	// wantLogged notes the agent's word to log the call, and queues its activity unless that is on its way.
	wantLogged struct{ id string }
	// sendMended is logIt, if the org has refused the activity: the agent has mended it, or wants it sent again as it is.
	sendMended struct{ id string }
	// sendAll makes everything due that waits or was refused of users who are linked again.
	sendAll struct{ fresh []crm.LinkStatus }
	// sendCapped makes everything due that waits for the desk's own cap of requests.
	sendCapped struct{}
	// takeBack notes that the call must not be logged: unsent it is discarded, sent it is deleted from the org.
	takeBack struct{ id string }
	// noteAlive tells the journal that live calls still live.
	noteAlive struct{ calls []journal.Life }
	// readHistory reads the newest page and the counts again.
	readHistory struct{}
	// sayWritten is say once what was asked of the journal before is on disk: who reads it may rely on it.
	sayWritten struct{ Event }
)

func (f writeRing) to(d *Desk) {
	if !f.call.echo {
		d.disk.Put(f)
	}
}

func (f writeAnswered) to(d *Desk) { d.disk.Put(f) }
func (f writeIdentity) to(d *Desk) { d.disk.Put(f) }
func (f identify) to(d *Desk)      { d.disk.Put(f) }
func (f noteAsked) to(d *Desk)     { d.disk.Put(f) }
func (f belong) to(d *Desk)        { d.disk.Put(f) }
func (f moveOrg) to(d *Desk)       { d.disk.Put(f) }
func (f adopt) to(d *Desk)         { d.disk.Put(f) }
func (f writeDraft) to(d *Desk)    { d.disk.Put(f) }
func (f writeEnd) to(d *Desk) {
	if !f.call.echo {
		d.disk.Put(f)
	}
}

func (f writeEdit) to(d *Desk)   { d.disk.Put(f) }
func (f writeLate) to(d *Desk)   { d.disk.Put(f) }
func (f logIt) to(d *Desk)       { d.disk.Put(f) }
func (f logDraft) to(d *Desk)    { d.disk.Put(f) }
func (f logSaved) to(d *Desk)    { d.disk.Put(f) }
func (f wantLogged) to(d *Desk)  { d.disk.Put(f) }
func (f sendMended) to(d *Desk)  { d.disk.Put(f) }
func (f sendAll) to(d *Desk)     { d.disk.Put(f) }
func (f sendCapped) to(d *Desk)  { d.disk.Put(f) }
func (f takeBack) to(d *Desk)    { d.disk.Put(f) }
func (f noteAlive) to(d *Desk)   { d.disk.Put(f) }
func (f readHistory) to(d *Desk) { d.disk.Put(f) }
func (f sayWritten) to(d *Desk)  { d.disk.Put(f) }

// Event is one line of `linecard events`: what happened to which call, for programs.
type Event struct {
	Event      string      `json:"event"` // ringing, dialing, progress, answered, held, …: see docs/command-line.md
	At         time.Time   `json:"at"`
	Call       string      `json:"call,omitempty"`
	Account    string      `json:"account,omitempty"` // id of the phone account
	Org        string      `json:"org,omitempty"`     // id of the org
	User       string      `json:"user,omitempty"`    // id of that org's user
	Number     string      `json:"number,omitempty"`
	Name       string      `json:"name,omitempty"`
	Record     *crm.Ref    `json:"record,omitempty"`
	Task       *crm.Ref    `json:"task,omitempty"`
	State      string      `json:"state,omitempty"`
	Target     string      `json:"target,omitempty"` // of a transfer: where to
	With       string      `json:"with,omitempty"`   // id of the other one of a call and the consultation about it, or of two calls that are connected
	Why        fault.Fault `json:"-"`                // what Reason says, where that has a code
	Reason     string      `json:"reason,omitempty"`
	ReasonCode fault.Code  `json:"reasonCode,omitempty"`
	Digit      string      `json:"digit,omitempty"`
	From       string      `json:"from,omitempty"` // address that an uninvited call came from
	Count      int         `json:"count,omitempty"`
}

// worded is the event as programs read it: with its reason in words.
func (e Event) worded() Event {
	if !e.Why.IsZero() {
		e.Reason, e.ReasonCode = catalogue.Say(e.Why), e.Why.Code
	}
	return e
}
