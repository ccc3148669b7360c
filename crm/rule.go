package crm

import (
	"slices"
	"strings"

	"linecard/fault"
)

// Rule is a row of the admin's table: which calls it is about, and what becomes of them. It is kept as people write it;
// [NewTable] makes of rows what [Rules.Judge] goes by.
//
// A condition that is empty holds for every call, and of several texts in one condition one has to fit. An action that is
// empty says nothing about its question. The rows are read from the top, and each question is decided by the first row
// that fits and answers it. So a special row stands above a general one, and a row for the layout does not disturb one
// below it for the owner. Below the last row are the switches of [Rules].
type Rule struct {
	Name string `toml:"name" json:"name"`
	On   bool   `toml:"on" json:"on"`

	Direction string   `toml:"direction" json:"direction,omitempty"` // "inbound" or "outbound"
	Accounts  []string `toml:"accounts" json:"accounts,omitempty"`   // ids of phone accounts, or their extensions
	Called    []string `toml:"called" json:"called,omitempty"`       // numbers and queues that callers dial: patterns
	Caller    []string `toml:"caller" json:"caller,omitempty"`       // the other party: patterns, "withheld", "extension"
	Objects   []string `toml:"objects" json:"objects,omitempty"`     // of the record: API names, "any", "none"
	Statuses  []string `toml:"statuses" json:"statuses,omitempty"`   // how the call went: values of Outcome
	Days      []string `toml:"days" json:"days,omitempty"`           // "mon" to "sun"
	From      string   `toml:"from" json:"from,omitempty"`           // time of day, "22:00"; may be later than To
	To        string   `toml:"to" json:"to,omitempty"`
	Variables []string `toml:"variables" json:"variables,omitempty"` // what the call knows: "X-Queue: support*", "talk seconds: < 10"

	Log    string `toml:"log" json:"log,omitempty"`       // "yes", "no", "ask"
	Pop    string `toml:"pop" json:"pop,omitempty"`       // "never", "ring", "answer", "hangup"
	PopIn  string `toml:"pop_in" json:"popIn,omitempty"`  // "app", "browser", "both"
	Layout string `toml:"layout" json:"layout,omitempty"` // name of a log layout
	Owner  string `toml:"owner" json:"owner,omitempty"`   // "linked", "extension", or a user: id, user name, e-mail address

	// Org is the org that the call belongs to, by its id or by what people here call it. It is chosen as the call begins, so only what is known
	// then is a condition of such a row.
	Org string `toml:"org" json:"org,omitempty"`

	// Create is the record that is made of a call where no record matches: "Lead", "Contact", "Account", "Case"; CreateAt is when:
	// "ring", "answer", or "hangup", which "" means.
	Create   string `toml:"create" json:"create,omitempty"`
	CreateAt string `toml:"create_at" json:"createAt,omitempty"`

	// Hook is the address that is told of the call by a POST of JSON; HookAt is when, as of CreateAt.
	Hook   string `toml:"hook" json:"hook,omitempty"`
	HookAt string `toml:"hook_at" json:"hookAt,omitempty"`

	Stop bool `toml:"stop" json:"stop,omitempty"` // no row below is read for the calls that this one fits
}

// DefaultRule is a row of which only the defaults are known.
func DefaultRule() Rule { return Rule{On: true} }

// Bounds of a table, far beyond what a person writes.
const (
	MostRules = 500 // rows
	mostTexts = 200 // texts in one condition
	mostRunes = 200 // of a text
)

// The words of a row, beside those of Direction, Outcome, Log, Pop and Where.
const (
	CallerWithheld  = "withheld"
	CallerExtension = "extension"
	ObjectAny       = "any"
	ObjectNone      = "none"
	OwnerLinked     = "linked"    // the user who is linked
	OwnerExtension  = "extension" // the user who is associated with the call's extension
)

// days in the order of time.Weekday.
var days = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Days are the words for the days of the week, Monday first.
func Days() []string { return append(slices.Clone(days[1:]), days[0]) }

// Outcomes are the values of Outcome.
func Outcomes() []Outcome {
	return []Outcome{Answered, Missed, Declined, Busy, NoAnswer, Cancelled, Failed, AnsweredElsewhere, Forwarded}
}

func (o Outcome) word() string { return string(o) }

func outcomeWords() (words []string) {
	for _, o := range Outcomes() {
		words = append(words, o.word())
	}
	return words
}

// Tidy spells a row as the table does, and returns what is wrong with it; the zero Fault when nothing is.
func (r *Rule) Tidy() fault.Fault {
	for _, text := range []*string{&r.Name, &r.Direction, &r.From, &r.To, &r.Log, &r.Pop, &r.PopIn, &r.Layout, &r.Owner, &r.Org, &r.Create, &r.CreateAt, &r.Hook, &r.HookAt} {
		*text = strings.TrimSpace(*text)
	}
	if r.Name == "" {
		return fault.New("rules.no-name")
	}
	for _, text := range []string{r.Name, r.Layout, r.Owner, r.Org} {
		if len([]rune(text)) > mostRunes || strings.ContainsFunc(text, func(c rune) bool { return c < ' ' }) {
			return fault.New("rules.text-strange", "most", mostRunes)
		}
	}
	for _, w := range []struct {
		word  *string
		field string
		of    []string
	}{
		{&r.Direction, "direction", []string{"inbound", "outbound"}},
		{&r.Log, "log", []string{string(LogYes), string(LogNo), string(LogAsk)}},
		{&r.Pop, "pop", []string{string(PopNever), string(PopRing), string(PopAnswer), string(PopHangup)}},
		{&r.PopIn, "pop_in", []string{string(InApp), string(InBrowser), string(InBoth)}},
		{&r.CreateAt, "create_at", moments},
		{&r.HookAt, "hook_at", moments},
	} {
		if *w.word = strings.ToLower(*w.word); *w.word != "" && !slices.Contains(w.of, *w.word) {
			return fault.New("rules.not-one-of", "field", w.field, "value", *w.word, "values", w.of)
		}
	}
	if why := r.tidyLists(); !why.IsZero() {
		return why
	}
	if _, why := weekOf(r.Days, r.From, r.To); !why.IsZero() {
		return why
	}
	return r.tidyActions()
}

func (r *Rule) tidyLists() fault.Fault {
	for _, l := range []struct {
		list  *[]string
		field string
	}{
		{&r.Accounts, "accounts"},
		{&r.Called, "called"},
		{&r.Caller, "caller"},
		{&r.Objects, "objects"},
		{&r.Statuses, "statuses"},
		{&r.Days, "days"},
		{&r.Variables, "variables"},
	} {
		if len(*l.list) > mostTexts {
			return fault.New("rules.too-many", "field", l.field, "most", mostTexts)
		}
		var tidy []string
		for _, text := range *l.list {
			if text = strings.TrimSpace(text); text == "" {
				continue
			}
			if len([]rune(text)) > mostRunes {
				return fault.New("rules.text-strange", "most", mostRunes)
			}
			switch l.field {
			case "objects":
				if lower := strings.ToLower(text); lower == ObjectAny || lower == ObjectNone {
					text = lower
				} else if strings.ContainsFunc(text, notOfName) {
					return fault.New("rules.no-object", "value", text)
				}
			case "statuses":
				text = strings.ToLower(strings.NewReplacer("-", " ", "_", " ").Replace(text))
				if !slices.Contains(outcomeWords(), text) {
					return fault.New("rules.not-one-of", "field", l.field, "value", text, "values", outcomeWords())
				}
			case "days":
				if text = strings.ToLower(text); !slices.Contains(days, text) {
					return fault.New("rules.not-one-of", "field", l.field, "value", text, "values", Days())
				}
			case "variables":
				v, why := readVariable(text)
				if !why.IsZero() {
					return why
				}
				text = v.String()
			default:
				if _, why := readPattern(text); !why.IsZero() {
					return why
				}
			}
			if !slices.Contains(tidy, text) {
				tidy = append(tidy, text)
			}
		}
		*l.list = tidy
	}
	return fault.Fault{}
}

// notOfName tells what no API name of an object has.
func notOfName(c rune) bool {
	return c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
}

// userID reports whether a text is the id of a user: 15 or 18 letters and digits, the first three 005.
func userID(text string) bool {
	return (len(text) == 15 || len(text) == 18) && strings.HasPrefix(text, "005") && !strings.ContainsFunc(text, notOfName) && !strings.Contains(text, "_")
}
