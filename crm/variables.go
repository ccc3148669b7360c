package crm

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"linecard/fault"
)

// variable is a condition on something that a call knows: the name as layouts call it, and what it is held against.
type variable struct {
	name    string // lower case
	written string // name as a person reads it
	text    string // as it was written behind the colon
	value   pattern
	raw     string // text in lower case
	than    string // "<", "<=", ">", ">=": value is a number
	number  int
}

// String is the condition as a row has it.
func (v variable) String() string { return v.written + ": " + v.text }

// known is a call variable that rules may go by.
type known struct {
	value  func(f *Facts) string
	atEnd  bool // it is not known before the call has ended
	record bool // the record tells it
	ofOrg  bool // it is of the org that the call belongs to
}

// variables are those of layouts that do not change by what the agent types after the call, so that a call is judged alike
// whenever it is judged. The header fields of the INVITE that begin with X- come beside these, each by its own name.
var variables = map[string]known{
	"name":                {value: func(f *Facts) string { return of(f).PartyName }, record: true},
	"company":             {value: func(f *Facts) string { return of(f).Company }, record: true},
	"number":              {value: func(f *Facts) string { return f.Caller }},
	"object":              {value: func(f *Facts) string { return f.Object }, record: true},
	"record id":           {value: func(f *Facts) string { return orID(of(f).Who, of(f).What) }, record: true},
	"direction":           {value: func(f *Facts) string { return string(f.Direction) }},
	"outcome":             {value: func(f *Facts) string { return string(f.Outcome) }, atEnd: true},
	"called":              {value: func(f *Facts) string { return f.Called }},
	"diverted from":       {value: func(f *Facts) string { return of(f).Diverted }},
	"first diverted from": {value: func(f *Facts) string { return of(f).DivertedFirst }},
	"diverted because":    {value: func(f *Facts) string { return of(f).DivertedFor }},
	"queue":               {value: func(f *Facts) string { return of(f).Queue }},
	"verstat":             {value: func(f *Facts) string { return of(f).Verstat }},
	"user to user":        {value: func(f *Facts) string { return of(f).UserToUser }},
	"call info":           {value: func(f *Facts) string { return of(f).CallInfo }},
	"earlier":             {value: func(f *Facts) string { return of(f).Earlier }},
	"transferred to":      {value: func(f *Facts) string { return of(f).Transferred }, atEnd: true},
	"conference":          {value: func(f *Facts) string { return of(f).Conference }, atEnd: true},
	"transferred by":      {value: func(f *Facts) string { return of(f).TransferredBy }},
	"transferred from":    {value: func(f *Facts) string { return of(f).TransferredFrom() }},
	"sound":               {value: func(f *Facts) string { return of(f).Sound }, atEnd: true},
	"talk seconds":        {value: func(f *Facts) string { return f.seconds(of(f).Duration()) }, atEnd: true},
	"ring seconds":        {value: func(f *Facts) string { return f.seconds(of(f).Ring()) }, atEnd: true},
	"hold seconds":        {value: func(f *Facts) string { return f.seconds(of(f).Held) }, atEnd: true},
	"total seconds":       {value: func(f *Facts) string { return f.seconds(of(f).Ended.Sub(of(f).Started)) }, atEnd: true},
	"hung up by":          {value: func(f *Facts) string { return of(f).HungUp }, atEnd: true},
	"final code":          {value: func(f *Facts) string { return code(of(f).Code) }, atEnd: true},
	"account id":          {value: func(f *Facts) string { return f.Account }},
	"org id":              {value: func(f *Facts) string { return of(f).Org }, ofOrg: true},
	"user id":             {value: func(f *Facts) string { return of(f).User }, ofOrg: true},
	"call id":             {value: func(f *Facts) string { return of(f).CallID }},
	"sip call id":         {value: func(f *Facts) string { return of(f).SIPID }},
}

// RuleVariables are the names of the call variables that rules may go by, beside the header fields.
func RuleVariables() []string {
	var names []string
	for name := range variables {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

var nobody Activity

// of is the call that the facts are of; an empty one where nothing else is known of it.
func of(f *Facts) *Activity {
	if f.Call == nil {
		return &nobody
	}
	return f.Call
}

func orID(a, b Ref) string { return orRef(a, b).ID }

func orRef(a, b Ref) Ref {
	if a.IsZero() {
		return b
	}
	return a
}

// seconds is a time in a call that has ended; "" before.
func (f *Facts) seconds(d time.Duration) string {
	if f.Live || f.Call == nil {
		return ""
	}
	return strconv.Itoa(int(max(0, d) / time.Second))
}

func code(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// Variable is what a call knows by a name, in any case; "" where it knows nothing, or not yet.
func (f *Facts) Variable(name string) string {
	name = strings.ToLower(name)
	if v, ok := variables[name]; ok {
		if v.atEnd && f.Live && name != "outcome" {
			return ""
		}
		return v.value(f)
	}
	for header, value := range of(f).Headers {
		if strings.EqualFold(header, name) {
			return value
		}
	}
	return ""
}

// readVariable reads a condition: the name, a colon, and a pattern, or a comparison with a number.
func readVariable(text string) (v variable, why fault.Fault) {
	name, value, ok := strings.Cut(text, ":")
	v.name, v.text = strings.ToLower(strings.Join(strings.Fields(name), " ")), strings.TrimSpace(value)
	v.raw = strings.ToLower(v.text)
	if !ok || v.text == "" {
		return v, fault.New("rules.variable-form", "value", text)
	}
	v.written = v.name
	if _, ok := variables[v.name]; !ok {
		v.written = strings.TrimSpace(name) // a header field keeps its capitals
	}
	if _, ok := variables[v.name]; !ok && !isHeader(v.written) {
		return v, fault.New("rules.no-variable", "value", v.name, "values", RuleVariables())
	}
	for _, than := range []string{"<=", ">=", "<", ">"} {
		rest, ok := strings.CutPrefix(v.text, than)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(rest))
		if err != nil {
			return v, fault.New("rules.variable-number", "value", v.text)
		}
		v.than, v.number, v.text = than, n, than+" "+strconv.Itoa(n)
		return v, fault.Fault{}
	}
	if v.raw == CallerWithheld || v.raw == CallerExtension { // words like others here
		v.value = words(v.raw)
		return v, fault.Fault{}
	}
	v.value, why = readPattern(v.text)
	return v, why
}

// isHeader reports whether a name is that of a header field of the INVITE that a phone system adds for its own ends.
func isHeader(name string) bool {
	return len(name) > 2 && strings.EqualFold(name[:2], "x-") && !strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c > '~' })
}

// fits reports whether a value is what the condition asks for. Nothing is not.
func (v *variable) fits(value *subject) bool {
	if value.raw == "" {
		return false
	}
	if v.than == "" {
		return v.value.fits(value) || v.value.kind != expression && globs(v.raw, value.raw)
	}
	n, err := strconv.Atoi(value.raw)
	if err != nil {
		return false
	}
	switch v.than {
	case "<":
		return n < v.number
	case "<=":
		return n <= v.number
	case ">":
		return n > v.number
	}
	return n >= v.number
}

// fitsVariables: of several conditions on one variable one has to fit, and of each variable that is named. hopes takes what only
// the end of the call tells for fitting.
func (r *row) fitsVariables(f *sight, hopes bool) bool {
	for i := range r.variables {
		first := &r.variables[i]
		if hopes && f.Live && variables[first.name].atEnd {
			continue
		}
		if slices.ContainsFunc(r.variables[:i], func(v variable) bool { return v.name == first.name }) {
			continue // decided with the first of its name
		}
		if f.hoping && f.Object != "" && variables[first.name].record {
			if r.rule.Log == "" || Log(r.rule.Log) == LogNo {
				return false
			}
			continue
		}
		value := f.subject(first.name)
		some := false
		for j := i; j < len(r.variables) && !some; j++ {
			some = r.variables[j].name == first.name && r.variables[j].fits(&value)
		}
		if !some {
			return false
		}
	}
	return true
}

// subject is what a variable is, in the spellings that patterns are held against.
func (f *sight) subject(name string) subject {
	switch name {
	case "called":
		return f.called
	case "number":
		return f.caller
	case "diverted from":
		return numberOf(of(&f.Facts).Diverted, of(&f.Facts).DivertedNumber)
	}
	return subjectOf(f.Variable(name), "")
}

// coverVariables reports whether every call that fits others fits all; false where that is not known.
func coverVariables(all, others []variable) bool {
	for i := range all {
		some := false
		for j := range others {
			if others[j].name != all[i].name {
				continue
			}
			some = true
			if !slices.ContainsFunc(all, func(v variable) bool { return v.name == others[j].name && v.covers(&others[j]) }) {
				return false
			}
		}
		if !some {
			return false
		}
	}
	return true
}

func (v *variable) covers(w *variable) bool {
	switch {
	case v.than != w.than:
		return false
	case v.than+v.raw == w.than+w.raw:
		return true
	case v.than != "" || v.value.kind == expression || w.value.kind == expression:
		return false
	}
	general, special := words(v.raw), words(w.raw)
	return general.covers(&special)
}

// words is a text that is held against a value as it is.
func words(lower string) pattern {
	p := pattern{text: lower, kind: wording, glob: lower, prefix: strings.IndexAny(lower, "*?")}
	if p.prefix < 0 {
		p.prefix = len(lower)
	}
	return p
}

// meetVariables reports whether a call may fit both; true where that is not known.
func meetVariables(all, others []variable) bool {
	for i := range all {
		same := slices.ContainsFunc(others, func(v variable) bool { return v.name == all[i].name })
		if !same {
			continue
		}
		met := false
		for _, v := range all {
			met = met || v.name == all[i].name && slices.ContainsFunc(others, func(w variable) bool { return w.name == v.name && v.meets(&w) })
		}
		if !met {
			return false
		}
	}
	return true
}

// meets is certain of two plain texts only.
func (v *variable) meets(w *variable) bool {
	exact := func(v *variable) bool {
		return v.than == "" && v.value.kind != expression && !strings.ContainsAny(v.raw, "*?")
	}
	if !exact(v) || !exact(w) || v.value.kind != wording || w.value.kind != wording {
		return true
	}
	return v.raw == w.raw
}
