package app

import (
	"net/url"

	"linecard/app/catalogue"
	"linecard/crm"
)

// RuleWords says what a row of the rules is about, and what it does, in the reader's language.
func RuleWords(r crm.Rule) (when, then string) {
	var cond []string
	add := func(to *[]string, id string, pairs ...any) { *to = append(*to, catalogue.Text(id, pairs...)) }
	switch r.Direction {
	case "inbound":
		add(&cond, "rules.word.inbound")
	case "outbound":
		add(&cond, "rules.word.outbound")
	}
	for _, l := range []struct {
		id   string
		list []string
	}{
		{"rules.word.account", r.Accounts},
		{"rules.word.called", r.Called},
		{"rules.word.caller", worded(r.Caller)},
		{"rules.word.object", worded(r.Objects)},
		{"rules.word.status", outcomeWords(r.Statuses)},
		{"rules.word.days", DayWords(r.Days)},
		{"rules.word.variables", r.Variables},
	} {
		if len(l.list) > 0 {
			add(&cond, l.id, "list", l.list)
		}
	}
	if r.From != "" || r.To != "" {
		add(&cond, "rules.word.times", "from", or(r.From, "0:00"), "to", or(r.To, "24:00"))
	}
	if len(cond) == 0 {
		add(&cond, "rules.word.every-call")
	}
	var acts []string
	if r.Log != "" {
		acts = append(acts, LogWord(crm.Log(r.Log)))
	}
	if r.Pop != "" {
		acts = append(acts, PopWord(crm.Pop(r.Pop), crm.Where(r.PopIn)))
	}
	if r.Layout != "" {
		add(&acts, "rules.word.layout", "name", r.Layout)
	}
	if r.Owner != "" {
		acts = append(acts, OwnerWord(r.Owner))
	}
	if r.Org != "" {
		add(&acts, "rules.word.org", "name", r.Org)
	}
	if r.Create != "" {
		acts = append(acts, CreateWord(r.Create, crm.Pop(r.CreateAt)))
	}
	if r.Hook != "" {
		acts = append(acts, HookWord(r.Hook, crm.Pop(r.HookAt)))
	}
	if r.Stop {
		add(&acts, "rules.word.stop")
	}
	return catalogue.Text("rules.words", "list", cond), catalogue.Text("rules.words", "list", acts)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// worded is a list in which the words that rules know are those of the reader's language.
func worded(list []string) []string {
	out := make([]string, len(list))
	for i, text := range list {
		switch text {
		case crm.CallerWithheld:
			text = catalogue.Text("rules.word.withheld")
		case crm.CallerExtension:
			text = catalogue.Text("rules.word.extension")
		case crm.ObjectAny:
			text = catalogue.Text("rules.word.any")
		case crm.ObjectNone:
			text = catalogue.Text("rules.word.none")
		default:
			text = ObjectWord(text)
		}
		out[i] = text
	}
	return out
}

// DayWords are days of the week as people call them.
func DayWords(list []string) []string {
	words := map[string]string{
		"mon": catalogue.Text("rules.day.mon"), "tue": catalogue.Text("rules.day.tue"), "wed": catalogue.Text("rules.day.wed"), "thu": catalogue.Text("rules.day.thu"),
		"fri": catalogue.Text("rules.day.fri"), "sat": catalogue.Text("rules.day.sat"), "sun": catalogue.Text("rules.day.sun"),
	}
	out := make([]string, len(list))
	for i, day := range list {
		out[i] = words[day]
	}
	return out
}

// LogWord says whether a call is logged.
func LogWord(l crm.Log) string {
	switch l {
	case crm.LogNo:
		return catalogue.Text("rules.word.log-no")
	case crm.LogAsk:
		return catalogue.Text("rules.word.log-ask")
	}
	return catalogue.Text("rules.word.log-yes")
}

// PopWord says when and where a record opens.
func PopWord(when crm.Pop, where crm.Where) string {
	var what string
	switch where {
	case crm.InApp:
		what = catalogue.Text("rules.word.pop-app")
	case crm.InBoth:
		what = catalogue.Text("rules.word.pop-both")
	default:
		what = catalogue.Text("rules.word.pop-browser")
	}
	switch when {
	case crm.PopRing:
		return catalogue.Text("rules.word.on-ring", "what", what)
	case crm.PopAnswer:
		return catalogue.Text("rules.word.on-answer", "what", what)
	case crm.PopHangup:
		return catalogue.Text("rules.word.on-hangup", "what", what)
	}
	return catalogue.Text("rules.word.by-hand")
}

// OwnerWord says who owns a log.
func OwnerWord(owner string) string {
	switch owner {
	case "", crm.OwnerLinked:
		return catalogue.Text("rules.word.owner-linked")
	case crm.OwnerExtension:
		return catalogue.Text("rules.word.owner-extension")
	}
	return catalogue.Text("rules.word.owner", "name", owner)
}

// OrgWord says which org a call belongs to.
func OrgWord(org string) string {
	if org == "" {
		return catalogue.Text("rules.word.org-usual")
	}
	return catalogue.Text("rules.word.org", "name", org)
}

// CreateWord says which record is made of a call that no record matches.
func CreateWord(object string, when crm.Pop) string {
	if object == "" {
		return catalogue.Text("rules.word.create-none")
	}
	words := map[string]string{
		crm.Lead: catalogue.Text("rules.word.create-lead"), crm.Contact: catalogue.Text("rules.word.create-contact"),
		crm.Account: catalogue.Text("rules.word.create-account"), crm.Case: catalogue.Text("rules.word.create-case"),
	}
	return atMoment(words[object], when)
}

// HookWord says who is told of a call, by the name of the host alone: the address may have a secret in it.
func HookWord(address string, when crm.Pop) string {
	if address == "" {
		return catalogue.Text("rules.word.hook-none")
	}
	host := "…"
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host = u.Host
	}
	return atMoment(catalogue.Text("rules.word.hook", "host", host), when)
}

func atMoment(what string, when crm.Pop) string {
	switch when {
	case crm.PopRing:
		return catalogue.Text("rules.word.on-ring", "what", what)
	case crm.PopAnswer:
		return catalogue.Text("rules.word.on-answer", "what", what)
	}
	return catalogue.Text("rules.word.on-hangup", "what", what)
}

// ChangeWords says what would have been different about a call: each thing as it was, and as it would have been.
func ChangeWords(c TrialChange) (out [][2]string) {
	if c.Before.Log != c.After.Log {
		out = append(out, [2]string{LogWord(c.Before.Log), LogWord(c.After.Log)})
	}
	if c.Before.Pop != c.After.Pop || c.Before.PopIn != c.After.PopIn {
		out = append(out, [2]string{PopWord(c.Before.Pop, c.Before.PopIn), PopWord(c.After.Pop, c.After.PopIn)})
	}
	if c.Before.Layout != c.After.Layout {
		word := func(name string) string {
			if name == "" {
				return catalogue.Text("rules.word.usual-layout")
			}
			return catalogue.Text("rules.word.layout", "name", name)
		}
		out = append(out, [2]string{word(c.Before.Layout), word(c.After.Layout)})
	}
	if c.Before.Owner != c.After.Owner {
		out = append(out, [2]string{OwnerWord(c.Before.Owner), OwnerWord(c.After.Owner)})
	}
	if c.Before.Org != c.After.Org {
		out = append(out, [2]string{OrgWord(c.Before.Org), OrgWord(c.After.Org)})
	}
	if c.Before.Create != c.After.Create || c.Before.CreateAt != c.After.CreateAt {
		out = append(out, [2]string{CreateWord(c.Before.Create, c.Before.CreateAt), CreateWord(c.After.Create, c.After.CreateAt)})
	}
	for _, h := range []struct {
		before, after string
		when          crm.Pop
	}{
		{c.Before.Hooks.Ring, c.After.Hooks.Ring, crm.PopRing},
		{c.Before.Hooks.Answer, c.After.Hooks.Answer, crm.PopAnswer},
		{c.Before.Hooks.Hangup, c.After.Hooks.Hangup, crm.PopHangup},
	} {
		if h.before != h.after {
			out = append(out, [2]string{HookWord(h.before, h.when), HookWord(h.after, h.when)})
		}
	}
	return out
}

// TrialWords says what a table would have done beside logging and opening records; "" for nothing. A trial does none of it.
func TrialWords(t Trial) string {
	var said []string
	if t.Records > 0 {
		said = append(said, catalogue.Text("rules.trial-records", "count", t.Records))
	}
	if t.Hooks > 0 {
		said = append(said, catalogue.Text("rules.trial-hooks", "count", t.Hooks))
	}
	if len(said) == 0 {
		return ""
	}
	return catalogue.Sentences(append(said, catalogue.Text("rules.trial-nothing"))...)
}

// TrialLogged says how many calls of the past would be logged.
func TrialLogged(t Trial) string {
	return catalogue.Text("rules.trial-logged", "count", t.Calls, "logged", t.Logged, "asked", t.Asked, "not", t.Calls-t.Logged-t.Asked)
}

// ConflictWords says what is wrong with two rows of a table.
func ConflictWords(c crm.Conflict, rules []crm.Rule) string {
	later, earlier := rules[c.Row-1].Name, rules[c.Earlier-1].Name
	if c.Never {
		return catalogue.Text("rules.conflict.never", "later", later, "earlier", earlier)
	}
	words := map[string]string{
		"log": catalogue.Text("rules.conflict.log"), "pop": catalogue.Text("rules.conflict.pop"),
		"layout": catalogue.Text("rules.conflict.layout"), "owner": catalogue.Text("rules.conflict.owner"),
		"org": catalogue.Text("rules.conflict.org"), "create": catalogue.Text("rules.conflict.create"), "hook": catalogue.Text("rules.conflict.hook"),
	}
	var about []string
	for _, d := range c.Differ {
		about = append(about, words[d])
	}
	return catalogue.Text("rules.conflict.differ", "later", later, "earlier", earlier, "about", about)
}
