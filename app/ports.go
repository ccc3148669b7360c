package app

import (
	"context"
	"time"

	"linecard/app/directory"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// Phone places and steers calls. Every method returns at once; what comes of it arrives as sip events.
// Errors are fault.Errors.
type Phone interface {
	// Dial calls from an account; "" is the only or first one. What is told of the call first has note: why it is made.
	Dial(account, number, note string) (id string, err error)
	// DialAs is Dial with what the callee is to see, one of the account's caller IDs.
	DialAs(account, number, note, as string) (id string, err error)
	// DialFor is Dial, or with sent DialSpelled, to a callee whose record names the number that they are to see.
	DialFor(account, number, note, sent, as string) (id string, err error)
	// DialSpelled is Dial with what is sent for the number in the place of what the dial plan says; as is what the callee is to see, "" for the account's choice.
	DialSpelled(account, number, note, sent, as string) (id string, err error)
	// Pickup takes over the call that rings at a colleague's phone, by a code, or with "" by itself where the server tells enough of the call.
	Pickup(account, extension, code string) (id string, err error)
	// CallCode calls a code of the phone system, which is no call of the agent's. done is called once what has come of it is known, on any goroutine.
	CallCode(account, code string, done func(why fault.Fault)) error
	Registrations() []sip.RegistrationChanged // of all accounts, the first one first
	Answer(id string) error
	Decline(id string) error
	Hangup(id string) error
	CallControl
	Consulting
	Referrals
	// Conference brings calls together in the conference room of their account, and returns the id of the call to it.
	Conference(ids ...string) (room string, err error)
}

// Consulting is the attended transfer: see the methods of the same names of [Desk].
type Consulting interface {
	Consult(id, target string) (consultation string, err error)
	Swap(id string) error
	Complete(id string) error
	Connect(id, other string) error
	CancelConsult(id string) error
}

// Referrals are transfers by the other side of a call, which the agent is asked about.
type Referrals interface {
	Follow(id string) error
	Refuse(id string) error
}

// CallControl is what can be done to a call that is up.
type CallControl interface {
	Hold(id string) error
	Resume(id string) error
	SetMute(id string, muted bool) error
	SendDTMF(id, digits string) error
	Transfer(id, target string) error
}

// Ringer is the part of the phone that decides whether calls are heard.
type Ringer interface {
	Silence(id string) error
	SetDND(on bool) error
}

// Directory finds who a number belongs to. Errors are *crm.Error.
type Directory interface {
	// Lookup asks an org; "" is the first that is linked. The result and every record in it say which org answered.
	Lookup(ctx context.Context, org string, n crm.Number) (crm.Result, error)
	// LookupAll is Lookup for several numbers, in as few requests as the org allows. The results are in the order of the
	// numbers; the error is that of all.
	LookupAll(ctx context.Context, org string, ns []crm.Number) ([]crm.Result, error)
	// Search finds records of an org by words of a name, an address or a number.
	Search(ctx context.Context, org, text string) ([]crm.Record, error)
	// Details fetches what stands beside a record, in one request, from the org the record is of.
	Details(ctx context.Context, ref crm.Ref) (crm.Details, error)
}

// Cards changes fields of records that the admin let the agent change. Errors are *crm.Error, or have a fault.
type Cards interface {
	// SaveFields writes the values of fields of a record as a user of its org, and returns its card as it is then. seen is the card that the
	// agent looked at: what somebody else has changed since is not written over. While that user is not linked nobody else writes: the error is of
	// class ClassNotLinked. "" stands for any user.
	SaveFields(ctx context.Context, user string, ref crm.Ref, seen crm.Card, values map[string]string) (crm.Card, error)
}

// Logbook writes calls to the org and user each belongs to, and to no other. Errors are *crm.Error; their class decides
// what the writer does. A link that is not there is of class ClassNotLinked: the call waits for it.
type Logbook interface {
	// Log writes a. With check it looks for the call id before it writes, and returns what it finds.
	Log(ctx context.Context, a crm.Activity, check bool) (crm.Logged, error)
	// Follow tells what has become of a record that an activity is about: itself, or the one that has taken its place; the
	// zero Record when it is gone.
	Follow(ctx context.Context, ref crm.Ref) (crm.Record, error)
	// LogAll writes several activities of one org and user in one request, and tells what became of each. Its error is that of
	// all of them.
	LogAll(ctx context.Context, all []crm.Activity) ([]crm.Written, error)
	// FindAll is Find for several calls of one org and user, by call id; searched is false where the org cannot do that.
	FindAll(ctx context.Context, all []crm.Activity) (found map[string][]crm.Ref, searched bool, err error)
	// Find returns every Task that carries the call id of a, the oldest first.
	Find(ctx context.Context, a crm.Activity) ([]crm.Ref, error)
	// Update makes the written activity say what a says.
	Update(ctx context.Context, ref crm.Ref, a crm.Activity) error
	// Delete takes the written activity back; one that is gone already is no error.
	Delete(ctx context.Context, ref crm.Ref) error
	// Upserts reports whether the org itself refuses a second Task, or Case, of a call to its user, so that writing again does no
	// harm. An activity with Upsert set is then written in that way or not at all.
	Upserts(org, user, object string) bool
}

// Maker makes records of calls, where rules want that. Errors are *crm.Error.
type Maker = crm.Maker

// Memory is what is remembered of numbers, of each org apart: see app/directory. "Nobody" is never remembered, for the org
// may know the number by now.
type Memory interface {
	// Recall answers within microseconds and waits for no writer.
	Recall(org string, n crm.Number) (k directory.Known, ok bool)
	// RememberAnswer keeps what the org answered.
	RememberAnswer(ctx context.Context, org string, r crm.Result) error
	// Remember keeps whom a number belongs to. A record the agent picked stays until another is picked.
	Remember(ctx context.Context, org string, n crm.Number, m crm.Match, picked bool) error
	// Unpick drops the record that the agent picked for a number.
	Unpick(ctx context.Context, org string, n crm.Number) error
	// Forget drops what is remembered of an org's people; of all orgs' with "".
	Forget(ctx context.Context, org string) error
}

// noMemory remembers nobody.
type noMemory struct{}

func (noMemory) Recall(string, crm.Number) (directory.Known, bool)                   { return directory.Known{}, false }
func (noMemory) RememberAnswer(context.Context, string, crm.Result) error            { return nil }
func (noMemory) Remember(context.Context, string, crm.Number, crm.Match, bool) error { return nil }
func (noMemory) Unpick(context.Context, string, crm.Number) error                    { return nil }
func (noMemory) Forget(context.Context, string) error                                { return nil }

// Clock tells the time and wakes the desk.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f once, after d, on another goroutine, unless stop is called before.
	AfterFunc(d time.Duration, f func()) (stop func())
}

// machineClock is the clock of the machine.
type machineClock struct{}

func (machineClock) Now() time.Time { return time.Now() }

func (machineClock) AfterFunc(d time.Duration, f func()) (stop func()) {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}
