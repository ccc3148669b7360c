package ui

import (
	"linecard/app"
	"linecard/app/errorlog"
	"linecard/app/meter"
	"linecard/app/mirror"
	"linecard/app/settings"
	"linecard/crm"
)

// Admin is what the pages for admins ask of the program. Methods may take their time, and errors have faults.
type Admin interface {
	Errors() []errorlog.Row        // the latest first
	ClearErrors()                  // forgets them
	ExportErrors() ([]byte, error) // without secrets, names and numbers
	// TestMail sends a test as it is typed; password "" is the one that is saved for that server and user.
	TestMail(m settings.ErrorMail, password string) error
	TestWebhook(url, secret string) error // likewise
	MailPasswordSaved() bool              // for the mail server in the settings
	SetMailPassword(string) error         // keeps it; "" drops it
	SetWebhookSecret(string) error        // likewise
	Requests() meter.Report               // to Salesforce
	Copies() []mirror.Status              // of the people of each linked org
	SyncCopy(org string) error            // brings it up to date now
	PauseCopy(org string, paused bool) error
	WipeCopy(org string) error                         // deletes it from this computer
	SearchCopy(org, text string) ([]crm.Record, error) // finds people in it by name, company or e-mail address
	Doctor() []Check                                   // looks at everything, which takes as long as the slowest org

	Profile() *Profile // of the administrator, nil for none
	// ImportProfile puts the profile in a file in force.
	ImportProfile(path string) error
	// ExportProfile makes a profile of the settings in force in a folder, with the keys that agents can't change, and returns its path.
	ExportProfile(dir string, r ProfileRequest) (path string, err error)
	TryProfile(path string) (ProfileTrial, error) // what a profile in a file would change here
	RemoveProfile() error                         // takes the one in force away
	KeptProfile() KeptProfile                     // what is known of the one that is kept in an org
	LookForProfile() error                        // looks in the linked orgs now
	AcceptProfile() error                         // uses the one that is offered
	// PublishProfile keeps a profile of the settings in force in an org, by its id; "" is the only one that is linked.
	PublishProfile(org string, r ProfileRequest) (PublishedProfile, error)

	// SaveReport writes the file for support into a folder, and returns its path.
	SaveReport(dir string) (path string, err error)

	// Trace is what was said by SIP in the last while, the newest last, without secrets.
	Trace() []Traced
	// SaveTrace writes that into a folder, without the names and numbers of people too, and returns the file's path.
	SaveTrace(dir string) (path string, err error)

	TryRules(table []crm.Rule) (app.Trial, error) // on calls of the past
	TestHook(address, rule string) error          // tells an address of a call that never was

	OrgColleagues() []string     // how many colleagues come from which org, in words
	RefreshOrgColleagues() error // reads the users of all orgs again

	Owners(org string) Owners                    // of an org; of the first one linked with ""
	RefreshOwners(org string) error              // reads the users again
	AutoOwners(org string) error                 // finds the users by e-mail
	SetOwner(org, extension, user string) error  // by hand, by the user's id; "" is nobody
	SetOwnerEmail(extension, email string) error // "" drops it
	TryOwners(org string) ([]OwnedCall, error)   // whose the latest calls would be, the latest first
}
