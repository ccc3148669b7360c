package crm

import (
	"errors"
	"slices"
	"time"

	"linecard/fault"
)

// Class tells what to do about an error. Callers branch on nothing else.
type Class string

// The values of Class.
const (
	ClassNotLinked  Class = "not linked" // the org or the user it is for is not linked: wait for the link
	ClassRelink     Class = "relink"     // the link will not work again: the admin or the agent must link again
	ClassBlocked    Class = "blocked"    // the org refuses this user everything, or every write: wait, the link tries again
	ClassPermission Class = "permission" // the user may not do this
	ClassRejected   Class = "rejected"   // the org refuses the data: park it, because a person must look
	ClassGone       Class = "gone"       // a record that it is about is not in the org any more: point it at another one
	ClassQuota      Class = "quota"      // the daily or concurrent request limit is used up
	ClassTransient  Class = "transient"  // certainly not done: try again later
	ClassAmbiguous  Class = "ambiguous"  // may have been done: check before sending again
)

// Error is the type of every error that an implementation of this package returns.
type Error struct {
	Class  Class
	Code   string        // Salesforce errorCode or OAuth error, "" when there was no answer
	Fault  fault.Fault   // what happened, for the sentence that the catalogue makes
	Fields []string      // the fields that the org names
	Retry  time.Duration // wait at least this long; 0 when unknown
	Err    error         // the cause, for the log
}

// Error is the class and the fault's code, for the log. People read the sentence that the catalogue makes.
func (e *Error) Error() string { return string(e.Class) + ": " + string(e.Fault.Code) }
func (e *Error) Unwrap() error { return e.Err }

// OfAnotherOrg is the error for an activity whose org or user is not linked. The activity waits until that user of that
// org is linked again, and is written nowhere else.
func OfAnotherOrg() *Error {
	return &Error{
		Class: ClassNotLinked, Fault: fault.New("salesforce.link-elsewhere"), Err: errors.New("of another org or user"),
	}
}

// Failure returns the fault, for [fault.Of].
func (e *Error) Failure() fault.Fault { return e.Fault }

// NoOrg is the error while no org is linked at all.
func NoOrg() *Error {
	return &Error{
		Class: ClassNotLinked, Fault: fault.New("salesforce.not-linked"), Err: errors.New("not linked"),
	}
}

// OwnerRefused reports whether an org refused a record because of its owner, who is inactive or gone. (The codes: SOAP API
// Developer Guide, "StatusCode"; the org names the field too.)
func OwnerRefused(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Class == ClassAmbiguous {
		return false
	}
	switch e.Code {
	case "INACTIVE_OWNER_OR_USER", "OPERATION_WITH_INVALID_USER_TYPE_EXCEPTION":
		return true
	case "INVALID_CROSS_REFERENCE_KEY", "INVALID_ID_FIELD", "MALFORMED_ID", "ENTITY_IS_DELETED":
		return slices.Contains(e.Fields, "OwnerId")
	}
	return false // a rule of the org that speaks of the owner says nothing about the user
}

// CodeTooLarge is the code of an error for a request that is too large for the org, or for something on the way to it.
const CodeTooLarge = "TOO_LARGE"

// CodeTooManyFound is the code of an error for a number of which an org cannot tell whether anybody has it: too many records have one
// that begins like it.
const CodeTooManyFound = "TOO_MANY_FOUND"

// RefusedTogether reports whether a request about several things was refused as a whole, and may be taken for each of them by
// itself: because of one of them, of how they were sent, or of their number. Nothing of it was carried out.
func RefusedTogether(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Class {
	case ClassRejected, ClassPermission, ClassGone:
		return true
	}
	return e.Code == CodeTooLarge
}

// RefusesAll reports whether an org refuses this user everything, or every write, for now: nothing is said of what was sent.
func RefusesAll(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Class == ClassBlocked || e.Class == ClassQuota)
}

// NotShown reports whether an org refuses to tell this user of an object: the user does not see it.
func NotShown(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Class == ClassPermission || e.Class == ClassRejected && e.Code == "NOT_FOUND")
}

// LinkState is the state of the link to an org.
type LinkState string

// The link states. Inactive and Waiting always carry a Reason.
const (
	Unlinked LinkState = "Unlinked"
	Linking  LinkState = "Linking"
	Linked   LinkState = "Linked"
	Inactive LinkState = "Inactive"
	Legacy   LinkState = "Legacy"  // not linked: an older integration logged in by user name and password, which Linecard never does
	Waiting  LinkState = "Waiting" // the org and the user are known, and their token is in a keyring that has not answered
)

// ShownError is an error that an org shows on a page of its own, of which the app hears nothing: what the page says, and what
// helps.
type ShownError struct{ Shown, Remedy fault.Fault }

// LinkStatus is the status of the link to an org.
type LinkStatus struct {
	State       LinkState   `json:"state"`
	Reason      fault.Fault `json:"reason,omitzero"` // why the link is Inactive or Waiting
	OrgID       string      `json:"orgId,omitempty"`
	OrgName     string      `json:"orgName,omitempty"`
	Label       string      `json:"label,omitempty"`       // what people here call the org, where that is something else
	Color       string      `json:"color,omitempty"`       // that the window marks it in: blue, green, amber, red, purple, gray
	Description string      `json:"description,omitempty"` // what it is for, as people here say it
	Sandbox     bool        `json:"sandbox,omitempty"`
	UserID      string      `json:"userId,omitempty"`
	Username    string      `json:"username,omitempty"`
	DisplayName string      `json:"displayName,omitempty"`
	InstanceURL string      `json:"instanceUrl,omitempty"`
	LoginHost   string      `json:"loginHost,omitempty"`
	APIVersion  string      `json:"apiVersion,omitempty"`
	Scopes      []string    `json:"scopes,omitempty"`
	LinkedAt    time.Time   `json:"linkedAt,omitzero"`
	TokenAt     time.Time   `json:"tokenAt,omitzero"` // time of the last refresh
	APIUsed     int         `json:"apiUsed,omitempty"`
	APILimit    int         `json:"apiLimit,omitempty"`
	Trouble     fault.Fault `json:"trouble,omitzero"`  // linked, but the last request failed: why
	Unsaved     bool        `json:"unsaved,omitempty"` // the token is in memory only: no keyring
	AtRisk      time.Time   `json:"atRisk,omitzero"`   // when the link may end, if it is not used until then

	Limits    []fault.Fault `json:"limits,omitempty"` // what the user may not see, or has nearly used up: no request fails for it
	NewLimits []fault.Fault `json:"-"`                // those of Limits that were found in this run
}

// Called is what an org is called: what people here call it, or else its own name.
func (s LinkStatus) Called() string {
	if s.Label != "" {
		return s.Label
	}
	return s.OrgName
}
