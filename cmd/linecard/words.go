package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/journal"
	"linecard/app/settings"
	"linecard/clean"
	"linecard/crm"
	"linecard/sip"
)

// The words for what --json prints as codes.
var (
	phoneWords = map[sip.RegistrationState]string{
		sip.Unregistered: "cmd.phone.unregistered", sip.Registering: "cmd.phone.registering", sip.Registered: "cmd.phone.registered",
		sip.Unreachable: "cmd.phone.unreachable", sip.Refused: "cmd.phone.refused",
	}
	orgWords = map[crm.LinkState]string{
		crm.Unlinked: "cmd.org.unlinked", crm.Linking: "cmd.org.linking", crm.Linked: "cmd.org.linked", crm.Inactive: "cmd.org.inactive",
		crm.Waiting: "cmd.org.waiting", crm.Legacy: "cmd.org.legacy",
	}
	phaseWords = map[app.Phase]string{
		app.Dialing: "cmd.phase.dialing", app.Ringing: "cmd.phase.ringing", app.Talking: "cmd.phase.talking", app.Held: "cmd.phase.held",
		app.RemHeld: "cmd.phase.remotely-held", app.WrapUp: "cmd.phase.wrap-up", app.Finished: "cmd.phase.ended", app.Past: "cmd.phase.past",
	}
	directionWords = map[crm.Direction]string{crm.Inbound: "cmd.direction.inbound", crm.Outbound: "cmd.direction.outbound"}
	outcomeWords   = map[crm.Outcome]string{
		crm.Answered: "cmd.outcome.answered", crm.Missed: "cmd.outcome.missed", crm.Declined: "cmd.outcome.declined", crm.Busy: "cmd.outcome.busy",
		crm.NoAnswer: "cmd.outcome.no-answer", crm.Cancelled: "cmd.outcome.cancelled", crm.Failed: "cmd.outcome.failed",
		crm.AnsweredElsewhere: "cmd.outcome.elsewhere", crm.Forwarded: "cmd.outcome.forwarded",
	}
	logWords = map[app.LogState]string{
		app.LogQueued: "cmd.log.queued", app.LogSending: "cmd.log.sending", app.LogChecking: "cmd.log.checking", app.LogDone: "cmd.log.logged",
		app.LogParked: "cmd.log.parked", app.LogSkipped: "cmd.log.skipped", app.LogElsewhere: "cmd.log.elsewhere", app.LogHeld: "cmd.log.held",
	}
	entryWords = map[journal.State]string{
		journal.Draft: "cmd.entry.draft", journal.Ready: "cmd.entry.ready", journal.Sending: "cmd.entry.sending", journal.Done: "cmd.entry.done",
		journal.Parked: "cmd.entry.parked", journal.Discarded: "cmd.entry.discarded",
		entryHeld: "cmd.entry.held",
	}
	closenessWords = map[crm.Closeness]string{
		crm.Exact: "cmd.closeness.exact", crm.National: "cmd.closeness.national", crm.Suffix: "cmd.closeness.suffix",
	}
	layerWords = map[settings.Layer]string{
		settings.FromDefault: "cmd.layer.default", settings.FromProfile: "cmd.layer.profile", settings.FromUser: "cmd.layer.user",
	}
)

// wordFor is the word for a code; a code that has none, as a newer app may print it, stays.
func wordFor[C comparable](of map[C]string, code C) string {
	if id, ok := of[code]; ok {
		return catalogue.Text(id)
	}
	return fmt.Sprint(code)
}

// facts are separate facts on one line, without the empty ones.
func facts(all ...string) string { return catalogue.Text("cmd.facts", "facts", all) }

// person is a name and its company, once where they are the same: an Account is its own company.
func person(name, company string) string {
	switch {
	case company == "" || company == name:
		return name
	case name == "":
		return company
	}
	return catalogue.Text("cmd.person", "name", name, "company", company)
}

// table prints rows of cells that stand below each other.
type table struct{ *tabwriter.Writer }

func newTable(w io.Writer) table { return table{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)} }

// row prints cells, each clean: what stands in a file of an earlier version, or in the agent's own note, may have what a
// terminal takes for a command. A sentence of several lines stays in its row.
func (t table) row(cells ...string) {
	for i, c := range cells {
		cells[i] = clean.Short(c, longestCell)
	}
	fmt.Fprintln(t, strings.Join(cells, "\t"))
}

// longestCell is longer than every sentence.
const longestCell = 2000

func (t table) end() { _ = t.Flush() }
