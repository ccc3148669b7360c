// Package crm defines customer records, matches and logged calls, independent of the org they are in.
//
// ParseNumber makes a Number from what a phone signals or a person types: whether the caller is withheld or a
// colleague, and in which spellings the org may have stored the number. An org is searched by those spellings; Compare
// and BestPhone then decide, number by number, whether a hit is a match and how close it is. Rank sorts matches, and
// Result.Winner names the one that may be shown without asking. An Activity is a call to be logged; Error and its Class
// say what to do when an org fails or refuses.
//
// Orgs is every linked org: a router that takes each call to the link it belongs to.
//
// The package speaks no HTTP: crm/salesforce finds and writes through these types, crm/demoorg is an org to test
// against, and crm/crmtest is the suite that every implementation passes.
package crm

import "time"

// Object names are Salesforce's own API names.
const (
	Contact     = "Contact"
	Account     = "Account"
	Lead        = "Lead"
	Opportunity = "Opportunity"
	Case        = "Case"
	Task        = "Task"
	User        = "User"
)

// Ref refers to one record of an org.
type Ref struct {
	Object string `json:"object"` // API name, such as "Contact"
	ID     string `json:"id"`     // 18-character record id
	Name   string `json:"name,omitempty"`
	URL    string `json:"url,omitempty"`  // page in the browser, built from validated parts only
	Org    string `json:"org,omitempty"`  // id of the org the record is in; "" in data of older versions
	User   string `json:"user,omitempty"` // of a Task: id of the org's user that wrote or found it; "" for every other object
}

// IsZero reports whether r points to no record.
func (r Ref) IsZero() bool { return r.ID == "" }

// Is reports whether two references are to one record. A full copy of an org has the ids of the first one, so the orgs are compared as well,
// where both are known.
func (r Ref) Is(other Ref) bool {
	return r.ID != "" && r.ID == other.ID && (r.Org == other.Org || r.Org == "" || other.Org == "")
}

// PhoneField is one phone number of a record.
type PhoneField struct {
	Field string `json:"field"` // API name: "MobilePhone"
	Label string `json:"label"` // as the org shows it: "Mobile"
	Value string `json:"value"` // the number as it is stored
}

// Record is a customer record as the agent sees it.
type Record struct {
	Ref
	Title   string `json:"title,omitempty"`   // Contact.Title or Lead.Title, the subject of a Case
	Company string `json:"company,omitempty"` // Account.Name of a Contact, a Case or an Opportunity, Lead.Company
	Account Ref    `json:"account,omitzero"`  // the account of a Contact, a Case, an Opportunity
	Contact Ref    `json:"contact,omitzero"`  // the contact of a Case
	// PersonAccount marks a person who is an Account and a Contact at once. Ref is then the Contact, which a Task's
	// WhoId takes, and URL is the page of the Account, where Salesforce shows such a person.
	PersonAccount bool         `json:"personAccount,omitempty"`
	Email         string       `json:"email,omitempty"`
	Owner         string       `json:"owner,omitempty"` // the owner's name
	Status        string       `json:"status,omitempty"`
	DoNotCall     bool         `json:"doNotCall,omitempty"`
	Phones        []PhoneField `json:"phones,omitempty"`
	// CallAs are numbers that the customer may be shown, by the API name of the field: of the fields that accounts name. Read it by [Record.ShowsBy].
	CallAs       map[string]string `json:"callAs,omitempty"`
	LastModified time.Time         `json:"lastModified,omitzero"`
	LastActivity time.Time         `json:"lastActivity,omitzero"` // the day of the last call, mail or meeting; of copied records only
	Details      *Details          `json:"details,omitempty"`     // nil until fetched
}

// MaxRelated is how many of a kind are shown beside a record. [Details] has one more where there are more.
const MaxRelated = 5

// Details are the related records that one more request fetches. With an error they are what the org has told so far.
type Details struct {
	Opportunities []Related `json:"opportunities,omitempty"` // the open ones, the earliest close date first
	Cases         []Related `json:"cases,omitempty"`         // the open ones, the newest first
	Activities    []Related `json:"activities,omitempty"`    // the last few, the newest first
	Card          *Card     `json:"card,omitempty"`          // the fields that the admin chose for the record's object; nil for none
}

// Related is a record that is shown in one line beside the caller's record.
type Related struct {
	Ref
	Detail string    `json:"detail,omitempty"` // stage and amount, or status, …
	When   time.Time `json:"when,omitzero"`
}

// How closely a stored number equals the caller's, best first.
const (
	Exact    Closeness = iota + 1 // the same E.164 number
	National                      // the same national significant number, stored without a country
	Suffix                        // the last 8 digits or more are the same: probable
)

// Closeness tells how certain a match is.
type Closeness int

// Why says which phone field made a record a match, and how closely. The agent reads it.
type Why struct {
	PhoneField
	Closeness Closeness `json:"closeness"`
	// Unsure is set when what is stored may as well be another number: it is also a valid one of another country than the
	// caller's, or has too few digits to tell. Such a match is offered and never taken.
	Unsure bool `json:"unsure,omitempty"`
}

// Match is a record that holds the number looked up.
type Match struct {
	Record
	Why Why `json:"why"`
}

// Result is the answer to one lookup.
type Result struct {
	Number  Number    `json:"number"`
	Matches []Match   `json:"matches"`        // best first; see Rank
	More    bool      `json:"more,omitempty"` // the org has more records with the number than these
	At      time.Time `json:"at"`
	Cached  bool      `json:"cached,omitempty"` // answered from memory, without a request
	Org     string    `json:"org,omitempty"`    // id of the org that answered; every Ref of the matches has it too
	User    string    `json:"user,omitempty"`   // id of the org's user who asked
}

// Undecided reports whether the org has more records than it told, of which none has the number: somebody may have it all the same.
func (r Result) Undecided() bool { return len(r.Matches) == 0 && r.More }

// Winner returns the one match that may be opened without asking: the only match, or the only one whose number is Exact,
// where a contact, its own account and what belongs to them are one. A match that is Unsure is never opened without asking.
// ok is false when the agent must pick. The order is that of Rank.
func (r Result) Winner(order ...string) (Match, bool) { return winner(r.Matches, order) }

// First returns the match that comes first by the order of Rank, for orgs that want to be shown one in place of a choice.
// ok is false when there is none, or only such as may be another number.
func (r Result) First(order ...string) (Match, bool) { return firstByOrder(r.Matches, order) }

// Taken returns Winner, or First when byOrder is set.
func (r Result) Taken(byOrder bool, order ...string) (Match, bool) {
	if byOrder {
		return r.First(order...)
	}
	return r.Winner(order...)
}
