package interop_test

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed rows.tsv
var table string

// state is how far an ability goes.
type state string

const (
	works  state = "works"
	thin   state = "thin" // it does something, but not all that people expect
	absent state = "absent"
)

// row is one ability of a phone.
type row struct {
	id    string // S1.1: the row S1 of the features, the first of it
	what  string
	state state
	why   string // why it does not work, or what is to be known
}

// rows are all of them, in order.
func rows(table string) (all []row, err error) {
	for i, line := range strings.Split(strings.Trim(table, "\n"), "\n")[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != 4 {
			return nil, fmt.Errorf("row %d has %d cells, want id, ability, state and remark: what proves it stands in the tests, as interop.Proves", i+1, len(cells))
		}
		all = append(all, row{cells[0], cells[1], state(cells[2]), cells[3]})
	}
	return all, nil
}

// wrong is what is not as it must be between the rows and what tests claim to prove.
func wrong(all []row, proofs []proof) (list []string) {
	complain := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	by := map[string]int{}
	for _, p := range proofs {
		by[p.row]++
	}
	there := map[string]state{}
	for _, r := range all {
		if there[r.id] != "" {
			complain("%s is there twice", r.id)
		}
		there[r.id] = r.state
		switch r.state {
		case works:
			if by[r.id] == 0 {
				complain("%s works, and no test says that it proves it", r.id)
			}
		case thin, absent:
			if r.why == "" {
				complain("%s is %s, and does not say why", r.id, r.state)
			}
		default:
			complain("%s is %q", r.id, r.state)
		}
	}
	seen := map[string]bool{}
	for _, p := range proofs {
		switch {
		case there[p.row] == "":
			complain("%s proves %s, which is no row", p.test, p.row)
		case there[p.row] == absent:
			complain("%s proves %s, which is absent", p.test, p.row)
		case seen[p.test+" "+p.row]:
			complain("%s proves %s twice", p.test, p.row)
		}
		seen[p.test+" "+p.row] = true
	}
	return list
}
