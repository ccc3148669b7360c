package app

import (
	"linecard/app/catalogue"
	"linecard/crm"
)

// ObjectTrialWords says what the agent would see of a number that was tried.
func ObjectTrialWords(t crm.ObjectTrial) string {
	switch {
	case len(t.Result.Matches) == 0:
		return catalogue.Text("objects.would-find-nobody")
	case t.Taken != nil:
		return catalogue.Text("objects.would-take", "name", t.Taken.Name, "object", t.Taken.Object)
	}
	return catalogue.Text("objects.would-ask", "count", len(t.Result.Matches))
}

// TrialRowWords says what was found in one object.
func TrialRowWords(r crm.TrialRow) string {
	switch {
	case !r.Searched:
		return catalogue.Text("objects.row-not-searched")
	case len(r.Matches) > 0:
		return catalogue.Text("objects.row-found", "count", len(r.Matches))
	case r.Hits > 0:
		return catalogue.Text("objects.row-others", "count", r.Hits)
	}
	return catalogue.Text("objects.row-nobody")
}
