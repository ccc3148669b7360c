package layout

import "linecard/fault"

// TriedIn is what became of a test log in one of several orgs.
type TriedIn struct {
	Org  string `json:"org"`
	Name string `json:"orgName"`
	Tried
	Failed fault.Fault `json:"failed,omitzero"` // why it could not be tried there
}

// Said is what became of it there.
func (t TriedIn) Said() fault.Fault {
	what := t.Failed
	if what.IsZero() {
		what = t.Tried.Said()
	}
	return fault.New("layout.in-org", "org", t.Name, "what", what)
}

// saidOfEach is what became of a test log that was tried in several orgs.
func saidOfEach(orgs []TriedIn) fault.Fault {
	var results []any
	for _, t := range orgs {
		results = append(results, t.Said())
	}
	return fault.New("layout.test-in-orgs", "results", results)
}
