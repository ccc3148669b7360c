package crm_test

import (
	"fmt"
	"testing"

	"linecard/crm"
	"linecard/crm/crmtest"
)

// benchTable is 200 rows of every kind, none of which takes the call of the benchmark, so that each is read.
func benchTable() crm.Table {
	var rows []crm.Rule
	for i := range 200 {
		r := crm.Rule{Name: fmt.Sprint(i), On: true, Log: "no"}
		switch i % 8 {
		case 0:
			r.Caller = []string{fmt.Sprintf("+49%d*", i), fmt.Sprintf("+33%d???", i)}
		case 1:
			r.Called = []string{fmt.Sprintf("queue-%d*", i)}
		case 2:
			r.Caller = []string{fmt.Sprintf(`/^\+49%d[0-9]+$/`, i)}
		case 3:
			r.Days, r.From, r.To = []string{"sun"}, "22:00", "6:00"
		case 4:
			r.Objects = []string{"Lead", "none"}
		case 5:
			r.Statuses = []string{"missed", "declined"}
		case 6:
			r.Caller = []string{fmt.Sprintf("%d*", 3000+i), "withheld", "extension"}
		case 7:
			r.Accounts, r.Direction = []string{fmt.Sprint(i), fmt.Sprintf("*@pbx%d", i)}, "inbound"
		}
		rows = append(rows, r)
	}
	t, _ := crm.NewTable(rows)
	return t
}

var benchCall = crm.Facts{
	Direction: crm.Inbound, Outcome: crm.Answered, Account: "2041@pbx.example.com", Called: "support", Caller: "+442079460018",
	Written: "020 7946 0018", Object: "Contact", Started: at("Tue", "14:30"),
}

// A table of 200 rows is to be judged in under 50 µs.
func BenchmarkJudge200Rules(b *testing.B) {
	rules := crmtest.LogAll()
	rules.Table = benchTable()
	for b.Loop() {
		rules.Judge(benchCall)
	}
}
