package app

import (
	"context"

	"linecard/crm"
)

// Phone places and steers calls. Every method returns at once; what comes of it arrives as sip events.
// Errors are plain sentences.
type Phone interface {
	Dial(number string) (id string, err error)
	Answer(id string) error
	Decline(id string) error
	Hangup(id string) error
	CallControl
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

// Directory finds who a number belongs to.
type Directory interface {
	// Known answers from memory, without waiting for anything.
	Known(n crm.Number) (crm.Result, bool)
	// Lookup asks the org; errors are *crm.Error.
	Lookup(ctx context.Context, n crm.Number) (crm.Result, error)
	// Details fetches what stands beside a record, in one request.
	Details(ctx context.Context, ref crm.Ref) (crm.Details, error)
}

// Logbook writes calls to the org. Errors are *crm.Error; their class decides what the writer does.
type Logbook interface {
	// Log writes a. With checkFirst it looks for the call id before it writes, and returns what it finds.
	Log(ctx context.Context, a crm.Activity, checkFirst bool) (crm.Logged, error)
	// Update makes the written activity say what a says.
	Update(ctx context.Context, ref crm.Ref, a crm.Activity) error
	// Delete takes the written activity back; one that is gone already is no error.
	Delete(ctx context.Context, ref crm.Ref) error
}
