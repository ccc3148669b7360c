package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"linecard/app"
	"linecard/crm"
)

// How answers look to people. Programs use --json.

// shows makes a printer from a function of the decoded answer.
func shows[T any](f func(w io.Writer, v T)) func(io.Writer, json.RawMessage) error {
	return func(w io.Writer, answer json.RawMessage) error {
		var v T
		if err := json.Unmarshal(answer, &v); err != nil {
			return fmt.Errorf("the running Linecard answered something this one does not understand: %w", err)
		}
		f(w, v)
		return nil
	}
}

var (
	showDialed  = shows(func(w io.Writer, v dialAnswer) { fmt.Fprintln(w, v.Call) })
	showStatus  = shows(printStatus)
	showCalls   = shows(printCalls)
	showHistory = shows(printHistory)
	showOutbox  = shows(printOutbox)
	showLookup  = shows(printLookup)
)

func printStatus(w io.Writer, v statusAnswer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(v.Accounts) == 0 {
		fmt.Fprintln(t, "Phone\tno account set; use: linecard account set")
	}
	for _, a := range v.Accounts {
		fmt.Fprintf(t, "Phone\t%s\n", join(" · ", a.Label, string(a.State), a.Extension+" at "+a.Server, a.Reason))
	}
	for _, o := range v.Orgs {
		name := o.OrgName
		if len(v.Orgs) > 1 {
			name = cmp.Or(name, o.OrgID)
		}
		fmt.Fprintf(t, "Salesforce\t%s\n", join(" · ", string(o.State), name, o.Username, o.Reason))
	}
	sound := join(" · ", v.Audio.Microphone, v.Audio.Speaker, v.Audio.Problem)
	if v.Audio.Null {
		sound = join(" · ", "no sound device", v.Audio.Problem)
	}
	fmt.Fprintf(t, "Sound\t%s\n", cmp.Or(sound, "opened when a call needs it"))
	fmt.Fprintf(t, "Calls\t%d on the desk, %d missed\n", v.Calls, v.Missed)
	waiting := fmt.Sprintf("%d waiting, %d refused", v.Outbox.Waiting, v.Outbox.Parked)
	fmt.Fprintf(t, "To log\t%s\n", join(" · ", waiting, v.Outbox.Reason))
	if v.DND {
		fmt.Fprintf(t, "Do not disturb\ton\n")
	}
	if v.Notice != "" {
		fmt.Fprintf(t, "Notice\t%s\n", v.Notice)
	}
	if v.Unsaved != "" {
		fmt.Fprintf(t, "Unsaved\t%s\n", v.Unsaved)
	}
	_ = t.Flush()
}

var showAccounts = shows(func(w io.Writer, v []phoneAnswer) {
	if len(v) == 0 {
		fmt.Fprintln(w, "No account is set. Use: linecard account set")
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, a := range v {
		fmt.Fprintf(t, "%s\t%s\t%s\n", a.Account, a.Label, join(" · ", string(a.State), a.Reason))
	}
	_ = t.Flush()
})

func printCalls(w io.Writer, v []callAnswer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range v {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", c.ID, c.Phase, c.Number, named(c.Name, c.Company), c.Started.Local().Format(time.TimeOnly))
	}
	_ = t.Flush()
}

func printHistory(w io.Writer, v []historyAnswer) {
	if len(v) == 0 {
		fmt.Fprintln(w, "No calls.")
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range v {
		how := string(r.Outcome)
		if r.Outcome == crm.Answered {
			how = (time.Duration(r.Seconds) * time.Second).String()
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Started.Local().Format("2006-01-02 15:04"), r.Direction, r.Number,
			named(r.Name, r.Company), how, join(": ", string(r.Log), r.Error))
	}
	_ = t.Flush()
}

func printOutbox(w io.Writer, v []outboxAnswer) {
	if len(v) == 0 {
		fmt.Fprintln(w, "Nothing waits to be logged.")
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range v {
		whose := ""
		if e.Elsewhere {
			whose = fmt.Sprintf("waits for %s of %s", cmp.Or(e.Username, e.User, "the user"), cmp.Or(e.OrgName, e.Org))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", e.ID, e.State, e.Subject, join(" · ", whose, e.Reason))
	}
	_ = t.Flush()
}

var closeness = map[crm.Closeness]string{crm.Exact: "the same number", crm.National: "the same national number", crm.Suffix: "the same last digits"}

func printLookup(w io.Writer, v crm.Result) {
	if len(v.Matches) == 0 {
		fmt.Fprintf(w, "No match for %s\n", cmp.Or(v.Number.E164, v.Number.Raw))
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, m := range v.Matches {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s %s: %s\t%s\n", m.Object, m.Name, app.Line2(m.Record), m.Why.Label, m.Why.Value, closeness[m.Why.Closeness], m.URL)
	}
	_ = t.Flush()
}

// failedChecks counts what the doctor found wrong, for the exit status.
func failedChecks(answer json.RawMessage) error {
	var found []crm.Finding
	if err := json.Unmarshal(answer, &found); err != nil {
		return err
	}
	failed := 0
	for _, f := range found {
		if !f.OK {
			failed++
		}
	}
	switch failed {
	case 0:
		return nil
	case 1:
		return errors.New("one check failed")
	}
	return fmt.Errorf("%d checks failed", failed)
}

func printDoctor(w io.Writer, v []crm.Finding) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range v {
		mark := "ok"
		if !c.OK {
			mark = "FAILED"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", mark, c.Check, join(" ", c.Detail, c.Remedy))
	}
	_ = t.Flush()
}

// showLink prints the authorize URL alone on a line, then how the link stands.
func showLink(w io.Writer, answer json.RawMessage, noBrowser bool) error {
	var v linkAnswer
	if err := json.Unmarshal(answer, &v); err != nil {
		return err
	}
	switch {
	case v.AuthorizeURL != "" && noBrowser:
		fmt.Fprintln(w, v.AuthorizeURL)
	case v.AuthorizeURL != "":
		fmt.Fprintln(w, "Go on in your browser.")
	case v.LinkStatus != nil:
		fmt.Fprintf(w, "Linked to %s as %s\n", cmp.Or(v.OrgName, v.OrgID), v.Username)
	}
	return nil
}

// named is a name and its company, once where they are the same: an Account is its own company.
func named(name, company string) string {
	if name == company {
		return name
	}
	return join(", ", name, company)
}

// join joins what is not empty.
func join(sep string, parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}
