// Package interop holds docs/interop.md: what a phone must do, whether Linecard does it, and which tests show that, with which
// real peers. The page is made of rows.tsv; its test fails when a test that it names is gone, or when the page is another one.
package interop

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed rows.tsv
var rows string

// State is how far an ability goes.
type State string

// The states.
const (
	Works  State = "works"
	Thin   State = "thin" // it does something, but not all that people expect
	Absent State = "absent"
)

// Row is one ability of a phone.
type Row struct {
	ID    string // S1.1: the row S1 of the features, the first of it
	What  string
	State State
	Peers string   // the real programs that the tests run against; "–" for a scripted peer
	Tests []string // package.TestName, the package as its folder
	Why   string   // why it does not work, or what is to be known
}

// Rows are all of them, in order.
func Rows() (all []Row, err error) {
	for i, line := range strings.Split(strings.Trim(rows, "\n"), "\n")[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != 6 {
			return nil, fmt.Errorf("row %d has %d cells, want 6", i+1, len(cells))
		}
		all = append(all, Row{cells[0], cells[1], State(cells[2]), cells[3], strings.Fields(cells[4]), cells[5]})
	}
	return all, nil
}

// head is what the page says before its table.
const head = `# What works with which phone system
Made of test/interop/rows.tsv; a test sees to it that each test named here exists. All of them run in ` + "`make test`" + `, against the real
programs named, which it installs: Asterisk 22, Kamailio, baresip, Linphone, Twinkle, sipp, sipvicious, coturn, PulseAudio. A dash stands for a scripted peer,
for what no phone system does on demand.

%d rows: %d work, %d are thin, %d absent.

| # | ability | | peers | tests | remark |
|---|---|---|---|---|---|
`

// Page is docs/interop.md.
func Page(all []Row) string {
	count := map[State]int{}
	for _, r := range all {
		count[r.State]++
	}
	var b strings.Builder
	fmt.Fprintf(&b, head, len(all), count[Works], count[Thin], count[Absent])
	for _, r := range all {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.ID, r.What, r.State, r.Peers, strings.Join(r.Tests, "<br>"), r.Why)
	}
	return b.String()
}
