package errorlog

import (
	"fmt"
	"time"

	"linecard/app/catalogue"
	"linecard/fault"
)

// Row is an error as people read it, in the language of now.
type Row struct {
	Area    Area       `json:"area"`
	Code    fault.Code `json:"code"`
	What    string     `json:"what"`   // one plain sentence
	Remedy  string     `json:"remedy"` // what to do
	Org     string     `json:"org,omitempty"`
	Account string     `json:"account,omitempty"`
	First   time.Time  `json:"first"`
	Last    time.Time  `json:"last"`
	Count   int        `json:"count"`
}

// remedies say what to do, beyond what the sentence about the error says itself.
var remedies = map[Area]string{
	Link: "trouble.remedy-link", Lookup: "trouble.remedy-lookup", Logging: "trouble.remedy-logging", Refused: "trouble.remedy-refused",
	Phone: "trouble.remedy-phone", Notice: "trouble.remedy-notice",
}

// titles name the areas.
var titles = map[Area]string{
	Link: "trouble.link", Lookup: "trouble.lookup", Logging: "trouble.logging", Refused: "trouble.refused", Phone: "trouble.phone", Notice: "trouble.notice",
}

// Title names an area.
func (a Area) Title() string {
	if id, ok := titles[a]; ok {
		return catalogue.Text(id)
	}
	return string(a)
}

// Remedy says what to do about an error of the area.
func (a Area) Remedy() string {
	if id, ok := remedies[a]; ok {
		return catalogue.Text(id)
	}
	return ""
}

func (e Entry) row() Row {
	return Row{e.Area, e.Fault.Code, catalogue.Say(e.Fault), e.Area.Remedy(), e.Org, e.Account, e.First, e.Last, e.Count}
}

// Rows lists the errors in words, the latest first.
func (l *Log) Rows() []Row {
	rows := []Row{}
	for _, e := range l.Entries() {
		rows = append(rows, e.row())
	}
	return rows
}

// Exported is an error as it may leave this computer.
type Exported struct {
	Row
	Values fault.Values `json:"values,omitempty"`
}

// Export lists all errors as they may leave this computer: without secrets, names and numbers of people.
func (l *Log) Export() []Exported {
	accounts, list := NewAliases(), []Exported{}
	for _, e := range l.Entries() {
		e.Fault = Shareable(e.Fault)
		e.Account = accounts.Of(e.Account)
		if !isOrg.MatchString(e.Org) {
			e.Org = ""
		}
		list = append(list, Exported{e.row(), e.Fault.Values})
	}
	return list
}

// Aliases name accounts by their place, since the id of one has the extension in it.
type Aliases map[string]string

// NewAliases knows no account yet.
func NewAliases() Aliases { return Aliases{"": ""} }

// Of is the alias of the account with an id: account-1. The same id has the same alias.
func (a Aliases) Of(id string) string {
	if _, ok := a[id]; !ok {
		a[id] = fmt.Sprint("account-", len(a))
	}
	return a[id]
}
