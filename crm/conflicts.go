package crm

import (
	"slices"
	"strings"
)

// Conflict is what an admin should know of two rows, counted from 1 in the list.
type Conflict struct {
	Row     int      `json:"row"`               // the later one
	Earlier int      `json:"earlier"`           // the row that takes its calls
	Never   bool     `json:"never,omitempty"`   // the later row changes nothing, ever
	Differ  []string `json:"actions,omitempty"` // what they decide differently: "log", "pop", "layout", "owner", "org", "create", "hook"
}

// Conflicts finds rows that can decide nothing, since earlier ones take all of their calls, and pairs that decide something
// differently of calls that fit both. A special row above a general one is no conflict: that is what the order is for. Rows
// that are off are held against each other as if they were on, and rows that are wrong are left out.
func Conflicts(rules []Rule) (out []Conflict) {
	var rows []row
	for i, r := range rules {
		if why := r.Tidy(); why.IsZero() {
			rows = append(rows, readRow(i, r))
		}
	}
	for i := range rows {
		later := &rows[i]
		open, taken := later.answers(), 0
		for j := range i {
			earlier := &rows[j]
			if !earlier.covers(later) {
				continue
			}
			before := len(open)
			if earlier.rule.Stop {
				open = nil
			}
			open = slices.DeleteFunc(open, func(a string) bool {
				return slices.Contains(earlier.answers(), a) && (a != "log" || earlier.logsAll(later))
			})
			if len(open) < before {
				taken = earlier.index + 1
			}
			if len(open) == 0 {
				break
			}
		}
		if len(open) == 0 && taken > 0 {
			out = append(out, Conflict{Row: later.index + 1, Earlier: taken, Never: true})
			continue
		}
		for j := range i {
			earlier := &rows[j]
			special := later.covers(earlier) && !earlier.covers(later)
			if special || !earlier.meets(later) {
				continue
			}
			if differ := earlier.differs(later); len(differ) > 0 {
				out = append(out, Conflict{Row: later.index + 1, Earlier: earlier.index + 1, Differ: differ})
			}
		}
	}
	return out
}

// logsAll reports whether the row decides the log of every call that fits a later one which it covers: it does not have
// logged what it does not name.
func (r *row) logsAll(later *row) bool {
	if Log(r.rule.Log) == LogNo {
		return true
	}
	colleagues := slices.ContainsFunc(later.caller, func(p pattern) bool { return p.kind == extension })
	return (r.unwanted || !later.unwanted) && (len(r.caller) > 0 || !colleagues)
}

// answers lists the questions that the row answers.
func (r *row) answers() (out []string) {
	for name, value := range r.decisions() {
		if value != "" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (r *row) decisions() map[string]string {
	a := r.rule
	stop := ""
	if a.Stop {
		stop = "stop"
	}
	all := map[string]string{"log": a.Log, "pop": a.Pop + a.PopIn, "layout": a.Layout, "owner": a.Owner, "org": a.Org, "create": a.Create + a.CreateAt, "stop": stop}
	var hooks Hooks // each moment is a question of its own
	*hooks.at(a.HookAt) = a.Hook
	all["hook ring"], all["hook answer"], all["hook hangup"] = hooks.Ring, hooks.Answer, hooks.Hangup
	return all
}

// differs lists what both rows answer, and not alike.
func (r *row) differs(later *row) (out []string) {
	mine, other := r.decisions(), later.decisions()
	for _, name := range []string{"log", "pop", "layout", "owner", "org", "create", "hook ring", "hook answer", "hook hangup"} {
		if mine[name] == "" || other[name] == "" {
			continue
		}
		named := name == "layout" || name == "owner" // as a person writes them
		if mine[name] != other[name] && !(named && strings.EqualFold(mine[name], other[name])) {
			name, _, _ = strings.Cut(name, " ")
			out = append(out, name)
		}
	}
	return out
}

// covers reports whether every call that fits q fits r; false where that is not known.
func (r *row) covers(q *row) bool {
	return (r.direction == "" || r.direction == q.direction) &&
		(r.statuses == 0 || q.statuses != 0 && q.statuses&^r.statuses == 0) &&
		r.week.covers(q.week) &&
		coverObjects(r.rule.Objects, q.rule.Objects) &&
		coverAll(r.accounts, q.accounts) && coverAll(r.called, q.called) && coverAll(r.caller, q.caller) && coverVariables(r.variables, q.variables)
}

func coverAll(all, others []pattern) bool {
	if len(all) == 0 {
		return true
	}
	for i := range others {
		if !slices.ContainsFunc(all, func(p pattern) bool { return p.covers(&others[i]) }) {
			return false
		}
	}
	return len(others) > 0
}

func coverObjects(all, others []string) bool {
	if len(all) == 0 {
		return true
	}
	for _, o := range others {
		if !slices.Contains(all, o) && (o == ObjectNone || !slices.Contains(all, ObjectAny)) {
			return false
		}
	}
	return len(others) > 0
}

// meets reports whether a call may fit both rows; true where that is not known.
func (r *row) meets(q *row) bool {
	return (r.direction == "" || q.direction == "" || r.direction == q.direction) &&
		(r.statuses == 0 || q.statuses == 0 || r.statuses&q.statuses != 0) &&
		r.week.meets(q.week) &&
		meetObjects(r.rule.Objects, q.rule.Objects) &&
		meetAny(r.accounts, q.accounts) && meetAny(r.called, q.called) && meetAny(r.caller, q.caller) && meetVariables(r.variables, q.variables)
}

func meetAny(all, others []pattern) bool {
	for i := range all {
		if slices.ContainsFunc(others, func(p pattern) bool { return p.meets(&all[i]) }) {
			return true
		}
	}
	return len(all) == 0 || len(others) == 0
}

func meetObjects(all, others []string) bool {
	for _, o := range all {
		if slices.Contains(others, o) || o != ObjectNone && slices.Contains(others, ObjectAny) ||
			o == ObjectAny && slices.ContainsFunc(others, func(p string) bool { return p != ObjectNone }) {
			return true
		}
	}
	return len(all) == 0 || len(others) == 0
}
