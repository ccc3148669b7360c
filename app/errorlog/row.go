package errorlog

import (
	"encoding/json"
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

// Export is a JSON document of all errors that may leave this computer: without secrets, names and numbers of people. An account is
// named by its place, since its id has the extension in it.
func (l *Log) Export() ([]byte, error) {
	accounts := map[string]string{"": ""}
	type entry struct {
		Row
		Values fault.Values `json:"values,omitempty"`
	}
	doc := struct {
		Errors []entry `json:"errors"`
	}{[]entry{}}
	for _, e := range l.Entries() {
		e.Fault = exported(e.Fault)
		if _, ok := accounts[e.Account]; !ok {
			accounts[e.Account] = fmt.Sprint("account-", len(accounts))
		}
		e.Account = accounts[e.Account]
		if !isOrg.MatchString(e.Org) {
			e.Org = ""
		}
		doc.Errors = append(doc.Errors, entry{e.row(), e.Fault.Values})
	}
	return json.MarshalIndent(doc, "", "  ")
}
