package ui

import (
	"slices"

	"linecard/crm"
)

// The order of the rules is changed by dragging a row, by the keys on its grip, and by the buttons. The table changes when the row is let go.

// shift takes a row up or down while it is dragged, and reports whether it could go. The table itself changes when it is let go.
func (s *rulesSheet) shift(r *ruleRow, by int) bool {
	i := slices.Index(s.order, r)
	to := i + by
	if i < 0 || to < 0 || to >= len(s.order) {
		return false
	}
	s.order = slices.Insert(slices.Delete(s.order, i, i+1), to, r)
	s.arrange()
	return true
}

// letGo puts a rule where its row was let go.
func (s *rulesSheet) letGo(r *ruleRow) {
	from, to := s.find(r.name), slices.Index(s.order, r)
	if from >= 0 && to >= 0 && from != to {
		s.gripped = r.name
		s.move(from, to)
	}
}

// move puts a rule at another place. Where the order of rules that are on becomes another, it is tried first, and asked for where past
// calls would have gone another way: the first row that answers a question decides.
func (s *rulesSheet) move(from, to int) {
	name, beside := s.rules[from].Name, s.rules
	tried := reordered(s.rules, from, to)
	place := func() { s.change(tried, beside, nil) }
	if slices.EqualFunc(inForce(s.rules), inForce(tried), func(a, b crm.Rule) bool { return a.Name == b.Name }) {
		place()
		return
	}
	back := func() { // a row that was dragged goes back until somebody says so
		s.said = ""
		s.draw()
	}
	s.trial.ifChanged(tried, place, func() {
		back()
		s.ask.ask(phrase("ui.rule-move-question", "name", name), phrase("ui.rule-move"), func() error {
			s.w.dispatch(place)
			return nil
		})
	}, back)
}

// reordered is a table with one row at another place.
func reordered(rules []crm.Rule, from, to int) []crm.Rule {
	moved := rules[from]
	return slices.Insert(slices.Delete(slices.Clone(rules), from, from+1), to, moved)
}

// inForce are the rules of a table that are on.
func inForce(rules []crm.Rule) []crm.Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r crm.Rule) bool { return !r.On })
}
