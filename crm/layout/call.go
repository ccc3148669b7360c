package layout

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"linecard/clean"
	"linecard/crm"
)

// Call is a call as a layout sees it.
type Call struct {
	crm.Activity
	Location *time.Location // the agent's time zone; nil is time.Local

	rest string // what has no field of its own, while the Description is made
}

// longest is the length of the longest text that a field takes.
const longest = 64000

// longestSignalled is the length of the longest text that an INVITE hands over.
const longestSignalled = 255

// CallVariable is something that a call knows.
type CallVariable struct {
	Name  string // as it is written between braces
	value func(c Call) string
}

// Variables are what a call knows, in the order in which a person looks for them. Beside these there are the header fields
// of the INVITE that begin with X-, each by its own name.
func Variables() []CallVariable { return variables }

var variables = []CallVariable{
	{"subject", func(c Call) string { return clean.Short(c.SubjectLine(), longest) }},
	{"notes", func(c Call) string { return clean.Text(c.Notes, longest) }},
	{"disposition", func(c Call) string { return clean.Line(c.Disposition) }},
	{"result", func(c Call) string { return c.Result() }},
	{"name", func(c Call) string { return line(c.PartyName, c.Who.Name, c.What.Name) }},
	{"company", func(c Call) string { return line(c.Company) }},
	{"number", func(c Call) string { return line(c.Number) }},
	{"shown number", func(c Call) string { return line(c.Shown, c.Number) }},
	{"object", func(c Call) string { return line(c.Who.Object, c.What.Object) }},
	{"record id", func(c Call) string { return line(c.Who.ID, c.What.ID) }},
	{"related", func(c Call) string { return line(c.What.Name) }},
	{"related id", func(c Call) string { return line(c.What.ID) }},
	{"direction", func(c Call) string { return string(c.Direction) }},
	{"outcome", func(c Call) string { return OutcomeLabel(c.Outcome) }},
	{"phone outcome", func(c Call) string {
		if c.Disposition == "" {
			return "" // the result says it
		}
		return OutcomeLabel(c.Outcome)
	}},
	{"called", func(c Call) string { return line(c.Called) }},
	{"diverted from", func(c Call) string { return line(c.Diverted) }},
	{"first diverted from", func(c Call) string { return line(c.DivertedFirst) }},
	{"diverted because", func(c Call) string { return line(c.DivertedFor) }},
	{"queue", func(c Call) string { return line(c.Queue) }},
	{"verstat", func(c Call) string { return line(c.Verstat) }},
	{"user to user", func(c Call) string { return clean.Short(c.UserToUser, longestSignalled) }},
	{"call info", func(c Call) string { return clean.Short(c.CallInfo, longestSignalled) }},
	{"earlier", func(c Call) string { return line(c.Earlier) }},
	{"do not call", func(c Call) string {
		if c.Override == "" {
			return ""
		}
		return fmt.Sprintf(calledAnyway, line(c.Override))
	}},
	{"transferred to", func(c Call) string { return line(c.Transferred) }},
	{"conference", func(c Call) string { return line(c.Conference) }},
	{"transferred by", func(c Call) string { return line(c.TransferredBy) }},
	{"transferred from", func(c Call) string { return line(c.TransferredFrom()) }},
	{"date", func(c Call) string { return c.at(c.Started, time.DateOnly) }},
	{"time", func(c Call) string { return c.at(c.Started, "15:04") }},
	{"started", func(c Call) string { return c.at(c.Started, "2006-01-02 15:04:05") }},
	{"answered", func(c Call) string { return c.at(c.AnsweredAt, "2006-01-02 15:04:05") }},
	{"ended", func(c Call) string { return c.at(c.Ended, "2006-01-02 15:04:05") }},
	{"talk", func(c Call) string { return c.Duration().Truncate(time.Second).String() }},
	{"talk seconds", func(c Call) string { return seconds(c.Duration()) }},
	{"ring seconds", func(c Call) string { return seconds(c.Ring()) }},
	{"waited", Call.waited},
	{"hold seconds", func(c Call) string { return seconds(c.Held) }},
	{"total seconds", func(c Call) string { return seconds(c.Ended.Sub(c.Started)) }},
	{"hung up by", func(c Call) string { return line(c.HungUp) }},
	{"final code", func(c Call) string {
		if c.Code == 0 {
			return ""
		}
		return strconv.Itoa(c.Code)
	}},
	{"mos", func(c Call) string {
		if c.MOS == 0 {
			return ""
		}
		return strconv.FormatFloat(c.MOS, 'f', 1, 64)
	}},
	{"sound", func(c Call) string {
		if c.MOS == 0 || c.Sound == "" {
			return ""
		}
		return fmt.Sprintf("%s (%.1f)", line(c.Sound), c.MOS)
	}},
	{"end", func(c Call) string {
		if !c.Cut {
			return ""
		}
		return endUnknown
	}},
	{"account", func(c Call) string { return line(c.Line, c.Account) }},
	{"account id", func(c Call) string { return line(c.Account) }},
	{"agent", func(c Call) string { return line(c.Agent) }},
	{"user id", func(c Call) string { return line(c.User) }},
	{"org id", func(c Call) string { return line(c.Org) }},
	{"call id", func(c Call) string { return line(c.CallID) }},
	{"sip call id", func(c Call) string { return line(c.SIPID) }},
	{restVariable, func(c Call) string { return c.rest }},
}

// What is written into the org is in English, as labels and subjects are, whatever language the agent reads.
const (
	calledAnyway = "called anyway: %s"
	endUnknown   = "not known, Linecard ended during the call"
)

// restVariable is what the org has no field for.
const restVariable = "rest"

var byName = func() map[string]CallVariable {
	all := make(map[string]CallVariable, len(variables))
	for _, v := range variables {
		all[v.Name] = v
	}
	return all
}()

// Variable is what the call knows by a name, in any case; false when it is no name of a call variable.
func (c Call) Variable(name string) (value string, ok bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if v, ok := byName[name]; ok {
		return v.value(c), true
	}
	if !isHeader(name) {
		return "", false
	}
	for header, value := range c.Headers {
		if strings.EqualFold(header, name) {
			return clean.Line(value), true
		}
	}
	return "", true // this call has no such header
}

// Known are the names of the call variables, and of the header fields that this call has.
func (c Call) Known() []string {
	var names []string
	for _, v := range variables {
		names = append(names, v.Name)
	}
	return append(names, slices.Sorted(maps.Keys(c.Headers))...)
}

// isHeader reports whether a name is that of a header field of the INVITE that a layout may write.
func isHeader(name string) bool {
	return len(name) > 2 && strings.EqualFold(name[:2], "x-") && !strings.ContainsAny(name, " \t")
}

// IsCallVariable reports whether a call knows something by that name.
func IsCallVariable(name string) bool {
	_, ok := Call{}.Variable(name)
	return ok
}

func (c Call) answer(name string) (string, bool) {
	for n, answer := range c.Answers {
		if strings.EqualFold(n, name) {
			return answer, true
		}
	}
	return "", false
}

// at writes a moment at the agent's place.
func (c Call) at(t time.Time, form string) string {
	if t.IsZero() {
		return ""
	}
	where := c.Location
	if where == nil {
		where = time.Local
	}
	return t.In(where).Format(form)
}

// Result is the agent's own result, or else the outcome of a call that was not answered. An answered call without the
// agent's result has none, so that a rule of the org that requires one takes effect.
func (c Call) Result() string {
	if c.Disposition == "" && c.Outcome != crm.Answered {
		return OutcomeLabel(c.Outcome)
	}
	return c.Disposition
}

// OutcomeLabel is an outcome as it is written into an org. It is English in every language: other people read it there.
func OutcomeLabel(o crm.Outcome) string {
	if o == "" {
		return ""
	}
	return strings.ToUpper(string(o[:1])) + string(o[1:])
}

func line(options ...string) string {
	for _, s := range options {
		if s = clean.Line(s); s != "" {
			return s
		}
	}
	return ""
}

// waited is how long a caller has heard it ring, in minutes and seconds: "0:12". Of a call that the agent dialed, of less than a second and
// of a call whose end nobody has seen it is "".
func (c Call) waited() string {
	s := int(c.Ring() / time.Second)
	if c.Direction != crm.Inbound || s < 1 || c.Cut && c.AnsweredAt.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

func seconds(d time.Duration) string { return strconv.Itoa(int(max(0, d) / time.Second)) }
