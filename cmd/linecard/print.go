package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/fault"
)

// How answers look to people. Programs use --json.

// shows makes a printer from a function of the decoded answer.
func shows[T any](f func(w io.Writer, v T)) func(io.Writer, json.RawMessage) error {
	return func(w io.Writer, answer json.RawMessage) error {
		var v T
		if err := json.Unmarshal(answer, &v); err != nil {
			return fault.Err(err, "cmd.answer-unreadable")
		}
		f(w, v)
		return nil
	}
}

var (
	showDialed   = shows(printDialed)
	showStatus   = shows(printStatus)
	showAccounts = shows(printAccounts)
	showCalls    = shows(printCalls)
	showHistory  = shows(printHistory)
	showOwed     = shows(printOwed)
	showOutbox   = shows(printOutbox)
	showSent     = shows(printSent)
	showLookup   = shows(printLookup)

	showRecords = shows(printRecords)

	showHeldSent    = shows(func(w io.Writer, v heldAnswer) { fmt.Fprintln(w, catalogue.Text("cmd.held-sent", "count", v.Calls)) })
	showHeldDropped = shows(func(w io.Writer, v heldAnswer) { fmt.Fprintln(w, catalogue.Text("cmd.held-dropped", "count", v.Calls)) })
)

func printStatus(w io.Writer, v statusAnswer) {
	t := newTable(w)
	defer t.end()
	part := func(title string, lines ...string) { // a sentence takes a line of its own
		for _, line := range lines {
			if line != "" {
				t.row(title, line)
				title = ""
			}
		}
	}
	if len(v.Accounts) == 0 {
		part(catalogue.Text("cmd.status.phone"), catalogue.Text("cmd.status.no-account"))
	}
	for _, a := range v.Accounts {
		at := catalogue.Text("cmd.status.extension-at", "extension", a.Extension, "server", a.Server)
		part(catalogue.Text("cmd.status.phone"), facts(a.Label, wordFor(phoneWords, a.State), at, encryption(a)), a.Reason, uninvitedLine(a))
	}
	for _, o := range v.Orgs {
		name := ""
		if len(v.Orgs) > 1 || o.Called() != "" { // an id alone says nothing to people who have one org
			name = app.OrgTitle(o.LinkStatus)
		}
		part(catalogue.Text("cmd.status.salesforce"), append([]string{facts(wordFor(orgWords, o.State), name, o.Username), o.Reason}, o.Limits...)...)
	}
	part(catalogue.Text("cmd.status.requests"), requestsLine(v.Requests), v.Requests.Reason)
	sound := facts(v.Audio.Microphone, v.Audio.Speaker)
	if v.Audio.Null {
		sound = catalogue.Text("cmd.status.no-sound-device")
	}
	if sound == "" && v.Audio.Problem == "" {
		sound = catalogue.Text("cmd.status.sound-closed")
	}
	part(catalogue.Text("cmd.status.sound"), sound, v.Audio.Problem)
	part(catalogue.Text("cmd.status.calls"), catalogue.Text("cmd.status.calls-and-missed", "calls", v.Calls, "missed", v.Missed))
	waiting := catalogue.Text("cmd.status.waiting-and-refused", "waiting", v.Outbox.Waiting, "refused", v.Outbox.Parked)
	part(catalogue.Text("cmd.status.to-log"), waiting, v.Outbox.Reason)
	if v.DND {
		part(catalogue.Text("cmd.status.do-not-disturb"), catalogue.Text("cmd.status.on"))
	}
	part(catalogue.Text("cmd.status.notice"), v.Notice)
	part(catalogue.Text("cmd.status.unsaved"), v.Unsaved)
}

func printAccounts(w io.Writer, v []phoneAnswer) {
	if len(v) == 0 {
		fmt.Fprintln(w, catalogue.Text("cmd.status.no-account"))
	}
	t := newTable(w)
	defer t.end()
	for _, a := range v {
		t.row(a.Account, a.Label, facts(wordFor(phoneWords, a.State), encryption(a)), a.Reason)
	}
}

// uninvitedLine says who has called the account and was not answered; "" for nobody.
func uninvitedLine(a phoneAnswer) string {
	if len(a.Uninvited) == 0 {
		return ""
	}
	calls, from := 0, []string{}
	for i, u := range a.Uninvited {
		calls += u.Count
		if i < app.ShownUninvited {
			from = append(from, u.From.String())
		}
	}
	return catalogue.Text("cmd.status.uninvited", "count", calls, "addresses", from)
}

// encryption says whether what is said to the account's server is encrypted.
func encryption(a phoneAnswer) string {
	if !a.Encrypted {
		return ""
	}
	return catalogue.Text("cmd.status.encrypted")
}

// ofLine puts what the account or the org of a call is called after the cell that comes first, where there are several.
func ofLine(several bool, line string, cells ...string) []string {
	if !several {
		return cells
	}
	return slices.Insert(cells, 1, line)
}

func printCalls(w io.Writer, v []callAnswer) {
	t := newTable(w)
	defer t.end()
	several := slices.ContainsFunc(v, func(c callAnswer) bool { return c.OnLine != "" })
	orgs := slices.ContainsFunc(v, func(c callAnswer) bool { return c.OnOrg != "" })
	for _, c := range v {
		t.row(ofLine(several, c.OnLine, ofLine(orgs, c.OnOrg, c.ID, facts(wordFor(phaseWords, c.Phase), c.Encrypted), c.Number, person(c.Name, c.Company), catalogue.Text("cmd.clock", "at", c.Started.Local()), c.Earlier)...)...)
		for _, line := range []string{c.Quality.words(), c.Transfer, referredLine(c), consultLine(c.Consult), connectLine(c.Connect), c.Lookup.Silent} { // a sentence takes a line of its own
			if line != "" {
				t.row("", line)
			}
		}
	}
}

// referredLine says where the other side wants to transfer the agent, where the sentence about the transfer does not: it may be about a
// hold that was refused.
func referredLine(c callAnswer) string {
	if c.Referred == nil || !c.Referred.Asks {
		return ""
	}
	line := catalogue.Text("desk.referred-asks", "by", c.Referred.By, "target", c.Referred.Target)
	if c.Referred.Redirect {
		line = catalogue.Text("desk.redirected-asks", "by", c.Referred.By, "target", c.Referred.Target)
	}
	if line == c.Transfer {
		return ""
	}
	return line
}

// consultLine names the other one of a call and the consultation about it.
func consultLine(p *consultPart) string {
	if p == nil {
		return ""
	}
	text := "cmd.consult-about"
	if p.First {
		text = "cmd.consult-with"
	}
	return catalogue.Text(text, "name", p.Name, "call", p.With, "phase", wordFor(phaseWords, p.Phase))
}

// connectLine names the call that one can be connected with.
func connectLine(p *consultPart) string {
	if p == nil || p.Joining {
		return ""
	}
	return catalogue.Text("cmd.connect-with", "name", p.Name, "call", p.With, "phase", wordFor(phaseWords, p.Phase))
}

func printHistory(w io.Writer, v []historyAnswer) {
	if len(v) == 0 {
		fmt.Fprintln(w, catalogue.Text("cmd.no-calls"))
	}
	t := newTable(w)
	defer t.end()
	several := slices.ContainsFunc(v, func(r historyAnswer) bool { return r.OnLine != "" })
	orgs := slices.ContainsFunc(v, func(r historyAnswer) bool { return r.OnOrg != "" })
	for _, r := range v {
		how := wordFor(outcomeWords, r.Outcome)
		if r.Outcome == crm.Answered {
			how = catalogue.Text("cmd.talked", "time", time.Duration(r.Seconds)*time.Second)
		}
		t.row(ofLine(several, r.OnLine, ofLine(orgs, r.OnOrg, catalogue.Text("cmd.day-and-clock", "at", r.Started.Local()), wordFor(directionWords, r.Direction), r.Number,
			person(r.Name, r.Company), how, wordFor(logWords, r.Log), cmp.Or(r.Error, r.Why))...)...)
	}
}

func printOwed(w io.Writer, v []owedAnswer) {
	if len(v) == 0 {
		fmt.Fprintln(w, catalogue.Text("cmd.nothing-owed"))
	}
	t := newTable(w)
	defer t.end()
	several := slices.ContainsFunc(v, func(r owedAnswer) bool { return r.OnLine != "" })
	orgs := slices.ContainsFunc(v, func(r owedAnswer) bool { return r.OnOrg != "" })
	for _, r := range v {
		t.row(ofLine(several, r.OnLine, ofLine(orgs, r.OnOrg, catalogue.Text("cmd.day-and-clock", "at", r.Last.Local()), r.Number,
			person(r.Name, r.Company), catalogue.Text("cmd.owed-missed", "count", r.Times))...)...)
	}
}

func printOutbox(w io.Writer, v []outboxAnswer) {
	if len(v) == 0 {
		fmt.Fprintln(w, catalogue.Text("cmd.nothing-to-log"))
	}
	t := newTable(w)
	defer t.end()
	for _, e := range v {
		whose, user, org := "", cmp.Or(e.Username, e.User), cmp.Or(e.OrgName, e.Org)
		switch {
		case e.Elsewhere && user != "":
			whose = catalogue.Text("cmd.waits-for", "user", user, "org", org)
		case e.Elsewhere:
			whose = catalogue.Text("cmd.waits-for-user-of", "org", org)
		}
		t.row(e.ID, wordFor(entryWords, e.State), e.Subject, whose, e.Reason)
	}
}

func printSent(w io.Writer, v sentAnswer) {
	if v.Sending == 0 {
		fmt.Fprintln(w, catalogue.Text("cmd.nothing-waited"))
		return
	}
	fmt.Fprintln(w, catalogue.Text("cmd.sending-now", "count", v.Sending))
}

func printRecords(w io.Writer, v []recordAnswer) {
	if len(v) == 0 {
		fmt.Fprintln(w, catalogue.Text("cmd.nobody-fits"))
	}
	t := newTable(w)
	defer t.end()
	for _, r := range v {
		t.row(r.ID, r.Object, r.Name, app.Line2(r.Record), r.OnOrg, r.URL)
	}
}

func printLookup(w io.Writer, v lookupAnswer) {
	if len(v.Matches) == 0 {
		fmt.Fprintln(w, catalogue.Text("cmd.no-match", "number", cmp.Or(v.Number.E164, v.Number.Raw)))
		return
	}
	t := newTable(w)
	defer t.end()
	for _, m := range v.Matches {
		text := "cmd.match"
		if m.Why.Unsure {
			text = "cmd.match-unsure"
		}
		why := catalogue.Text(text, "field", m.Why.Label, "value", m.Why.Value, "closeness", wordFor(closenessWords, m.Why.Closeness))
		t.row(m.Object, m.Name, app.Line2(m.Record), m.OnOrg, why, m.URL)
	}
	if v.More {
		t.row(catalogue.Text("cmd.more-matches"))
	}
	if v.Silent != "" {
		t.row(v.Silent)
	}
}

// showLink prints the authorize URL alone on a line, then how the link stands.
// askWhatIsShown asks the person, on standard error, whether the browser shows an error: what goes to standard output may be read by a
// program, and is the address and the link only. It reports whether the answer was that question.
func (o *options) askWhatIsShown(answer json.RawMessage) (asked bool, err error) {
	var v linkAnswer
	if err := json.Unmarshal(answer, &v); err != nil {
		return true, fault.Err(err, "cmd.answer-unreadable")
	}
	if len(v.Silent) == 0 {
		return false, nil
	}
	fmt.Fprintln(o.errs, catalogue.Text("cmd.did-salesforce-show"))
	for _, e := range v.Silent {
		fmt.Fprintf(o.errs, "  %s\n      %s\n", e.Shown, strings.ReplaceAll(e.Remedy, "\n", "\n      "))
	}
	_, err = fmt.Fprintln(o.errs, catalogue.Text("cmd.still-waiting"))
	return true, err
}

func showLink(w io.Writer, answer json.RawMessage, noBrowser bool) error {
	var v linkAnswer
	if err := json.Unmarshal(answer, &v); err != nil {
		return fault.Err(err, "cmd.answer-unreadable")
	}
	switch {
	case v.AuthorizeURL != "" && noBrowser:
		fmt.Fprintln(w, v.AuthorizeURL)
	case v.AuthorizeURL != "" && v.ByHand:
		fmt.Fprintln(w, catalogue.Text("cmd.open-by-hand"))
		fmt.Fprintln(w, v.AuthorizeURL)
	case v.AuthorizeURL != "":
		fmt.Fprintln(w, catalogue.Text("cmd.go-on-in-browser"))
		fmt.Fprintln(w, v.AuthorizeURL)
	case v.OrgView != nil:
		fmt.Fprintln(w, catalogue.Text("cmd.linked-to", "org", app.OrgTitle(v.LinkStatus), "user", v.Username))
	}
	return nil
}

// printDialed prints the id of a call, or what would be called.
func printDialed(w io.Writer, v dialAnswer) {
	if v.WillDial == nil {
		fmt.Fprintln(w, v.Call)
		return
	}
	fmt.Fprintln(w, catalogue.Text("cmd.will-dial", "number", app.WithKeys(v.WillDial.Number, v.WillDial.Then), "sent", v.WillDial.Sent))
	if say := map[app.ShownBy]string{app.ShownByRecord: "cmd.shows-of-record", app.ShownByAgent: "cmd.shows", app.ShownByAccount: "cmd.shows"}[v.WillDial.AsOf]; say != "" {
		fmt.Fprintln(w, catalogue.Text(say, "number", v.WillDial.As))
	}
	for _, c := range v.WillDial.Asks {
		fmt.Fprintln(w, catalogue.Text("cmd.asks-first", "why", c.Text))
	}
}
