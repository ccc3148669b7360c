// Package crm says what a customer record, a match and a logged call are, whatever org they live in.
//
// ParseNumber makes a Number of what a phone signals or a person types: who is withheld, who is a colleague, and how
// the org may have spelled everybody else. An org is searched by those spellings; Compare and BestPhone then decide,
// number by number, whether a hit is a match and how close. Rank puts matches in order and Result.Winner names the one
// that may be shown without asking. An Activity is a call to be logged, complete without any org; Error and its Class
// say what to do when an org does not play along.
//
// Orgs is every linked org at once: a router that takes each call to the link it belongs to.
//
// It speaks no HTTP: crm/salesforce finds and writes through these types, crm/demoorg is an org to do it
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

// Ref points at one record of an org.
type Ref struct {
	Object string `json:"object"` // API name, such as "Contact"
	ID     string `json:"id"`     // 18-character record id
	Name   string `json:"name,omitempty"`
	URL    string `json:"url,omitempty"`  // page in the browser, built from validated parts only
	Org    string `json:"org,omitempty"`  // id of the org the record is in; "" in what older versions kept
	User   string `json:"user,omitempty"` // of a Task: id of the org's user it was written or found as; "" of all else
}

// IsZero reports whether r points at nothing.
func (r Ref) IsZero() bool { return r.ID == "" }

// PhoneField is one phone number a record stores.
type PhoneField struct {
	Field string `json:"field"` // API name: "MobilePhone"
	Label string `json:"label"` // as the org shows it: "Mobile"
	Value string `json:"value"` // as stored, spelled as stored
}

// Record is a customer record as the agent sees it.
type Record struct {
	Ref
	Title   string `json:"title,omitempty"`   // Contact.Title or Lead.Title
	Company string `json:"company,omitempty"` // Account.Name of a Contact, Lead.Company
	Account Ref    `json:"account,omitzero"`  // the Contact's account
	// PersonAccount marks a person who is an Account and a Contact at once. Ref is the Contact, which is what a Task's
	// WhoId takes, URL the page of the account, which is where Salesforce shows such a person.
	PersonAccount bool         `json:"personAccount,omitempty"`
	Email         string       `json:"email,omitempty"`
	Owner         string       `json:"owner,omitempty"` // owner's name
	Status        string       `json:"status,omitempty"`
	DoNotCall     bool         `json:"doNotCall,omitempty"`
	Phones        []PhoneField `json:"phones,omitempty"`
	LastModified  time.Time    `json:"lastModified,omitzero"`
	Details       *Details     `json:"details,omitempty"` // nil until fetched
}

// MostRelated is how many of a kind are shown beside a record. [Details] has one more where there are more.
const MostRelated = 5

// Details is what one more request shows beside the record.
type Details struct {
	Opportunities []Related `json:"opportunities,omitempty"` // open ones, those that close first
	Cases         []Related `json:"cases,omitempty"`         // open ones, newest first
	Activities    []Related `json:"activities,omitempty"`    // the last few, newest first
}

// Related is a record shown in one line beside the caller's.
type Related struct {
	Ref
	Detail string    `json:"detail,omitempty"` // stage and amount, status, …
	When   time.Time `json:"when,omitzero"`
}

// How a stored number equals the caller's, best first.
const (
	Exact    Closeness = iota + 1 // the same E.164 number
	National                      // the same national significant number, country not stored
	Suffix                        // the last 8 digits or more are the same: probable
)

// Closeness tells how sure a match is.
type Closeness int

// Why says what made a record a match; the agent reads it.
type Why struct {
	PhoneField
	Closeness Closeness `json:"closeness"`
}

// Match is a record that carries the looked-up number.
type Match struct {
	Record
	Why Why `json:"why"`
}

// Result is the answer to one lookup.
type Result struct {
	Number  Number    `json:"number"`
	Matches []Match   `json:"matches"` // best first; see Rank
	At      time.Time `json:"at"`
	Cached  bool      `json:"cached,omitempty"` // answered from memory, no request made
	Org     string    `json:"org,omitempty"`    // id of the org that answered, which every Ref of the matches carries too
	User    string    `json:"user,omitempty"`   // id of the org's user who asked
}

// Winner returns the one match that may be popped without asking: the only one, or the Exact one of the highest-ranked
// object unless another of that object has the number too, be it without its country. ok is false when the agent must
// pick.
func (r Result) Winner() (Match, bool) { return winner(r.Matches) }
