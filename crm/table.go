package crm

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"linecard/fault"
)

// Table is the admin's rows, read. The zero Table has none. It is not changed once it is made.
type Table struct {
	rows  []row
	hoped []string // the objects that rows are about, with "" for no record, each once; none where no row is about records
}

// row is a Rule that was read.
type row struct {
	rule      Rule
	index     int // in the list that the table was made of
	direction Direction
	accounts  []pattern
	called    []pattern
	caller    []pattern
	statuses  uint16 // a bit for each place in Outcomes; 0 is every one
	unwanted  bool   // the statuses name calls that nobody could talk in, or that somebody else logs
	week      *week
	variables []variable
}

// NewTable reads rows. Those that are off are left out, and those that are wrong; wrong tells of the first of these, the
// zero Fault of none.
func NewTable(rules []Rule) (t Table, wrong fault.Fault) {
	for i, r := range rules {
		if why := r.Tidy(); !why.IsZero() {
			if wrong.IsZero() {
				wrong = why
			}
			continue
		}
		if r.On {
			t.rows = append(t.rows, readRow(i, r))
		}
	}
	t.hoped = objectsOf(t.rows)
	return t, wrong
}

// readRow reads a tidy row.
func readRow(index int, r Rule) row {
	out := row{rule: r, index: index}
	switch r.Direction {
	case "inbound":
		out.direction = Inbound
	case "outbound":
		out.direction = Outbound
	}
	out.accounts, out.called, out.caller = patterns(r.Accounts), patterns(r.Called), patterns(r.Caller)
	for i, o := range Outcomes() {
		if slices.Contains(r.Statuses, o.word()) {
			out.statuses |= 1 << i
			out.unwanted = out.unwanted || o == Failed || o.Others()
		}
	}
	out.week, _ = weekOf(r.Days, r.From, r.To)
	for _, text := range r.Variables {
		if v, why := readVariable(text); why.IsZero() {
			out.variables = append(out.variables, v)
		}
	}
	return out
}

func patterns(texts []string) []pattern {
	out := make([]pattern, 0, len(texts))
	for _, text := range texts {
		if p, why := readPattern(text); why.IsZero() {
			out = append(out, p)
		}
	}
	return out
}

// objectsOf are the objects that rows are about, with "" for no record, each once; none where no row is about records. A row about what
// only a record tells, such as the company, is about every object.
func objectsOf(rows []row) (all []string) {
	add := func(objects ...string) {
		for _, o := range objects {
			if !slices.ContainsFunc(all, func(have string) bool { return strings.EqualFold(have, o) }) {
				all = append(all, o)
			}
		}
	}
	for i := range rows {
		for _, o := range rows[i].rule.Objects {
			switch o {
			case ObjectAny:
				add(Contact, Account, Lead)
			case ObjectNone:
				add("")
			default:
				add(o)
			}
		}
		if slices.ContainsFunc(rows[i].variables, func(v variable) bool { return variables[v.name].record }) {
			add(Contact, Account, Lead)
		}
	}
	return all
}

// Len is how many rows are on.
func (t Table) Len() int { return len(t.rows) }

// Name is the name of a row, counted from 1 in the list that the table was made of; "" where that is none.
func (t Table) Name(n int) string {
	for i := range t.rows {
		if t.rows[i].index+1 == n {
			return t.rows[i].rule.Name
		}
	}
	return ""
}

// Same reports whether two tables were made of the same rows.
func (t Table) Same(u Table) bool {
	return slices.EqualFunc(t.rows, u.rows, func(a, b row) bool { return a.index == b.index && reflect.DeepEqual(a.rule, b.rule) })
}

// sight is a call's facts as rows look at them.
type sight struct {
	Facts
	account, user, called, caller subject // user is the extension of the account
	minute                        int
	status                        uint16
	hoping                        bool // the record is one that may be found: what only it tells is as a row that has calls logged wants it
}

func readFacts(f Facts, zone *time.Location) sight {
	if zone == nil {
		zone = time.Local
	}
	r := sight{Facts: f, minute: minuteOfWeek(f.Started.In(zone))}
	user, _, _ := strings.Cut(f.Account, "@")
	r.account, r.user = subjectOf(f.Account, ""), subjectOf(user, "")
	r.called = numberOf(f.Called, of(&f).CalledNumber)
	r.caller = subjectOf(f.Caller, f.Written)
	r.caller.withheld, r.caller.extension = f.Caller == "", f.Extension
	for i, o := range outcomes {
		if o == f.Outcome {
			r.status = 1 << i
		}
	}
	return r
}

var outcomes = Outcomes()

// subjectOf spells a number, a name or an address in the ways that patterns are held against.
func subjectOf(text, written string) subject {
	s := subject{raw: strings.ToLower(strings.TrimSpace(text))}
	if s.raw == "" {
		return s
	}
	bare := bareNumber(s.raw)
	if len(bare) > 0 && strings.Trim(bare, "0123456789*#") == "" || len(bare) > 1 && bare[0] == '+' && strings.Trim(bare[1:], "0123456789") == "" {
		s.number, s.bare, s.written = true, bare, bareNumber(written)
	}
	return s
}

// numberOf is subjectOf for what was read as a number too.
func numberOf(text string, as Spelling) subject {
	s := subjectOf(text, as.Written)
	s.e164 = as.E164
	return s
}

// bareNumber drops what counts for nothing in a number.
func bareNumber(text string) string {
	if !strings.ContainsAny(text, ignoredInNumbers) {
		return text
	}
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(ignoredInNumbers, c) {
			return -1
		}
		return c
	}, text)
}

// fits reports whether the row is about the call.
func (r *row) fits(f *sight) bool { return r.fitsSoFar(f) && r.fitsVariables(f, false) }

// mayFit reports whether the row is about the call, or may be once it has ended.
func (r *row) mayFit(f *sight) bool { return r.fitsSoFar(f) && r.fitsVariables(f, true) }

// fitsSoFar is fits without the call variables.
func (r *row) fitsSoFar(f *sight) bool {
	return (r.direction == "" || r.direction == f.Direction) &&
		(r.statuses == 0 || r.statuses&f.status != 0) &&
		r.week.has(f.minute) &&
		r.fitsObject(f) &&
		fitAny(r.called, &f.called) && fitAny(r.caller, &f.caller) && r.fitsAccount(f)
}

func fitAny(all []pattern, s *subject) bool {
	for i := range all {
		if all[i].fits(s) {
			return true
		}
	}
	return len(all) == 0
}

// fitsAccount holds accounts against the id, which is extension@server, and against the extension alone.
func (r *row) fitsAccount(f *sight) bool {
	return len(r.accounts) == 0 || fitAny(r.accounts, &f.account) || fitAny(r.accounts, &f.user)
}

// AboutAccount reports whether the row may be about a call on a phone account, by its id.
func (r Rule) AboutAccount(id string) bool {
	row, call := readRow(0, r), readFacts(Facts{Account: id}, nil)
	return row.fitsAccount(&call)
}

// fitsObject: "none" is known only once the org has answered, and a colleague is nobody's record.
func (r *row) fitsObject(f *sight) bool {
	if len(r.rule.Objects) == 0 {
		return true
	}
	for _, o := range r.rule.Objects {
		switch {
		case o == ObjectNone:
			if f.Object == "" && !f.Unasked && !f.Extension {
				return true
			}
		case f.Object != "" && (o == ObjectAny || strings.EqualFold(o, f.Object)):
			return true
		}
	}
	return false
}

// Deciders are the rows that decided each question, counted from 1 in the list that the table was made of; 0 where none did.
type Deciders struct {
	Log    int `json:"log,omitempty"`
	Pop    int `json:"pop,omitempty"`
	Layout int `json:"layout,omitempty"`
	Owner  int `json:"owner,omitempty"`
	Org    int `json:"org,omitempty"`

	Create int      `json:"create,omitempty"`
	Hooks  HookRows `json:"hooks,omitzero"`
}

// decide asks the rows. What no row answers is empty. A row that ends the table by how the call went ends it for what is done at once
// only when that is known; the log, its layout and its owner are judged as if the call ended now.
func (t Table) decide(f *sight, colleagues bool) (v Verdict, by Deciders) {
	stopped := false
	for i := range t.rows {
		r := &t.rows[i]
		if !r.fits(f) {
			continue
		}
		a, n := &r.rule, r.index+1
		if by.Log == 0 && !stopped && r.decidesLog(f, colleagues) {
			v.Log, by.Log = Log(a.Log), n
		}
		r.acts(f, &v, &by)
		if by.Layout == 0 && !stopped && a.Layout != "" {
			v.Layout, by.Layout = a.Layout, n
		}
		if by.Owner == 0 && !stopped && a.Owner != "" {
			v.Owner, by.Owner = a.Owner, n
		}
		if by.Org == 0 && a.Org != "" {
			v.Org, by.Org = a.Org, n
		}
		if a.Stop && r.isKnown(f) {
			break
		}
		stopped = stopped || a.Stop
	}
	return v, by
}

// log asks the rows about the log alone, and tells the row that decides, 0 for none.
func (t Table) log(f *sight, colleagues bool) (log Log, by int) {
	for i := range t.rows {
		r := &t.rows[i]
		switch {
		case r.rule.Log == "" && !r.rule.Stop || !r.fits(f):
		case r.decidesLog(f, colleagues):
			return Log(r.rule.Log), r.index + 1
		case r.rule.Stop:
			return "", 0
		}
	}
	return "", 0
}

// decidesLog reports whether a row that fits says what becomes of the log.
func (r *row) decidesLog(f *sight, colleagues bool) bool {
	return r.rule.Log != "" && (Log(r.rule.Log) == LogNo || r.logs(f, colleagues))
}

// mayLog is what may become of a call that goes on and of which the rows say so far that it is not logged: a row may have it
// logged by something that only its end tells. by is the row that decided, 0 for none.
func (t Table) mayLog(f *sight, by int, colleagues bool) Log {
	for i := range t.rows {
		r := &t.rows[i]
		if by > 0 && r.index+1 >= by {
			break
		}
		if log := Log(r.rule.Log); log != "" && log != LogNo && r.waitsForEnd() && r.mayFit(f) && r.logs(f, colleagues) {
			return log
		}
		if r.rule.Stop && r.isKnown(f) && r.fits(f) { // no row below is read, however the call ends
			break
		}
	}
	return LogNo
}

// logs reports whether a row that has calls logged means this one too. A call that failed, one that somebody else took and
// one with a colleague have to be named: nobody who writes "inbound calls" means them.
func (r *row) logs(f *sight, colleagues bool) bool {
	if (f.Outcome == Failed || f.Outcome.Others()) && !r.unwanted {
		return false
	}
	return !f.Extension || colleagues || len(r.caller) > 0
}
