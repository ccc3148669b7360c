package crm

import "time"

// Cursor is how far the copying of an object's records has come. It is kept on the disk, so that the copying goes on where it
// was, whatever ended it. The zero Cursor begins with all records.
type Cursor struct {
	Since time.Time `json:"since,omitzero"` // only what has changed since; zero for all
	Began time.Time `json:"began,omitzero"` // by the org's clock: what changes from then on is left to the next time

	Job   string `json:"job,omitempty"`   // id of the Bulk query
	Ready bool   `json:"ready,omitempty"` // its results can be read
	Plain bool   `json:"plain,omitempty"` // by paged query in place of a Bulk query
	Next  string `json:"next,omitempty"`  // what names the next part; "" for the first
	Done  bool   `json:"done,omitempty"`  // there is no next part

	Read  int `json:"read,omitempty"`  // records so far
	Total int `json:"total,omitempty"` // records in all; 0 while it is not known
}

// Copied is a part of what is copied.
type Copied struct {
	Records []Record // each with a phone number
	Gone    []string // ids of records that have none any more, or are no customers any more
}

// CopyOptions say what is copied.
type CopyOptions struct {
	// Persons tells that the accounts are copied too: a person account is then copied as an account, and not as a contact.
	Persons bool
}
