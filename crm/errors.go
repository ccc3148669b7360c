package crm

import (
	"errors"
	"time"

	"linecard/fault"
)

// Class tells what to do about an error, which is all that callers branch on.
type Class string

// The classes.
const (
	ClassNotLinked  Class = "not linked" // no org is linked, or not the org and user it is for: wait for the link
	ClassRelink     Class = "relink"     // the link is dead for good: the admin or agent must link again
	ClassPermission Class = "permission" // the user may not do this
	ClassRejected   Class = "rejected"   // the org refuses the data: park it, a person must look
	ClassQuota      Class = "quota"      // the daily or concurrent request limit is used up
	ClassTransient  Class = "transient"  // surely not done; try again later
	ClassAmbiguous  Class = "ambiguous"  // may have been done: check before sending again
)

// Error is every failure that leaves this package's implementations.
type Error struct {
	Class   Class
	Code    string        // Salesforce errorCode or OAuth error, "" when there was no answer
	Fault   fault.Fault   // what happened, for the catalogue; zero where only Message says it so far
	Message string        // one plain sentence with the remedy, safe to show
	Fields  []string      // fields the org names
	Retry   time.Duration // wait at least this long; 0 when unknown
	Err     error         // the cause, for the log
}

func (e *Error) Error() string { return e.Message }
func (e *Error) Unwrap() error { return e.Err }

// OfAnotherOrg is the error of what belongs to an org or a user that is not linked. It waits until that user of that org is
// linked again, and goes nowhere else.
func OfAnotherOrg() *Error {
	return &Error{
		Class: ClassNotLinked, Fault: fault.New("salesforce.link-elsewhere"), Err: errors.New("of another org or user"),
		Message: "This call belongs to a Salesforce org or user that is not linked now. It waits until that user is linked again; you can also discard it.",
	}
}

// Failure returns the fault, for [fault.Of].
func (e *Error) Failure() fault.Fault { return e.Fault }

// NoOrg is the error while no org is linked at all.
func NoOrg() *Error {
	return &Error{
		Class: ClassNotLinked, Fault: fault.New("salesforce.not-linked"), Err: errors.New("not linked"),
		Message: "No Salesforce org is linked. Open Settings, Salesforce and press Link.",
	}
}

// LinkState is the state of the link to an org.
type LinkState string

// The link states. Inactive always carries a Reason.
const (
	Unlinked LinkState = "Unlinked"
	Linking  LinkState = "Linking"
	Linked   LinkState = "Linked"
	Inactive LinkState = "Inactive"
)

// LinkStatus is what the settings dialog and `linecard status` show of the link.
type LinkStatus struct {
	State       LinkState `json:"state"`
	Reason      string    `json:"reason,omitempty"` // one plain sentence with the remedy
	OrgID       string    `json:"orgId,omitempty"`
	OrgName     string    `json:"orgName,omitempty"`
	Sandbox     bool      `json:"sandbox,omitempty"`
	UserID      string    `json:"userId,omitempty"`
	Username    string    `json:"username,omitempty"`
	DisplayName string    `json:"displayName,omitempty"`
	InstanceURL string    `json:"instanceUrl,omitempty"`
	LoginHost   string    `json:"loginHost,omitempty"`
	APIVersion  string    `json:"apiVersion,omitempty"`
	Scopes      []string  `json:"scopes,omitempty"`
	LinkedAt    time.Time `json:"linkedAt,omitzero"`
	TokenAt     time.Time `json:"tokenAt,omitzero"` // last refresh
	APIUsed     int       `json:"apiUsed,omitempty"`
	APILimit    int       `json:"apiLimit,omitempty"`
	Trouble     string    `json:"trouble,omitempty"` // linked, but the last request failed: why, in one plain sentence
	Unsaved     bool      `json:"unsaved,omitempty"` // the token is in memory only: no keyring
}
