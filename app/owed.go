package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// OwedKind is what an answer is owed for.
type OwedKind string

// OwedMissed is for missed calls that nobody has answered.
const OwedMissed OwedKind = "missed"

// OwedRow is somebody whom an answer is owed.
type OwedRow struct {
	Kind    OwedKind
	ID      string // of the newest call
	Account string // id of the phone account that it was on
	OnLine  string // what the agent calls that account; "" while there is only one
	Org     string // id of the org it belongs to, and of the org's user; "" while none was linked
	User    string
	OnOrg   string // what people call that org; "" while there is only one
	Name    string // "" when nobody was found
	Company string
	Number  string    // for showing
	Dial    string    // what click-to-dial dials
	Times   int       // how many calls they are, at least 1
	Last    time.Time // when the newest one began
	Who     crm.Ref
}

// shownOwed is how many of those are in the View.
const shownOwed = 20

// ErrNotOwed is returned for a number or a call for which no answer is owed.
var ErrNotOwed error = fault.Err(nil, "desk.not-owed")

// Owed lists whom an answer is owed, the latest caller first: missed calls of the last 30 days, by number, since which there was no talk
// with that number or record. Calls of an org or user who is not linked, while another is, are theirs and not listed. It reads the disk.
func (d *Desk) Owed() ([]OwedRow, error) {
	rows, err := d.owed(d.ctx)
	if err != nil {
		return nil, err
	}
	return d.now.Load().owedPlaced(rows), nil
}

func (d *Desk) owed(ctx context.Context) ([]OwedRow, error) {
	now := d.now.Load()
	owed, err := d.cfg.Journal.Owed(ctx, d.cfg.Clock.Now(), func(org, user string) bool { return !now.elsewhere(link{org, user}) })
	if err != nil {
		return nil, err
	}
	rows := make([]OwedRow, 0, len(owed))
	for _, o := range owed {
		row := OwedRow{
			Kind: OwedMissed, ID: o.ID, Account: o.Account, Org: o.Org, User: o.User, Name: o.Name, Company: o.Company,
			Number: o.Number, Dial: o.Dial, Times: o.Times, Last: o.Started, Who: o.Who,
		}
		if sip.Named(row.Dial) {
			row.Dial = sip.Dialed{Number: row.Dial}.At(serverOf(row.Account))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// owedPlaced names the account and the org where there are several.
func (s state) owedPlaced(rows []OwedRow) []OwedRow {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].OnLine, rows[i].OnOrg = s.label(rows[i].Account), s.orgName(rows[i].Org)
	}
	return rows
}

// OwedDone takes somebody off the list of those whom an answer is owed: the agent has done with it. what is the id of a call or a number,
// however it is spelled; calls that came after a call that is named stay. The error is [ErrNotOwed] where nothing is owed for that. It writes the disk.
func (d *Desk) OwedDone(what string) error {
	rows, err := d.owed(d.ctx)
	if err != nil {
		return err
	}
	what = strings.TrimSpace(what)
	var calls []string
	for _, row := range rows {
		if row.ID == what || d.isNumber(row, what) {
			calls = append(calls, row.ID)
		}
	}
	if len(calls) == 0 && d.isOlderOwed(what) {
		calls = []string{what}
	}
	if len(calls) == 0 {
		return ErrNotOwed
	}
	err = d.inDiskLane(d.ctx, func(ctx context.Context) error { return d.cfg.Journal.SettleOwed(ctx, calls...) })
	d.disk.Put(readHistory{})
	return refusal(err)
}

// isOlderOwed says whether an answer is owed for a call that is not the newest one of its number.
func (d *Desk) isOlderOwed(id string) bool {
	r, err := d.cfg.Journal.Call(d.ctx, id)
	return err == nil && r.Owed() && !d.now.Load().elsewhere(link{r.Org, r.User})
}

// isNumber says whether a text is the number of somebody whom an answer is owed, as it is read on the account of the call.
func (d *Desk) isNumber(row OwedRow, text string) bool {
	if text == "" {
		return false
	}
	n, plain := d.parse(row.Account, sip.Party{User: text}), journal.Plain(row.Dial, crm.Inbound)
	return text == row.Number || text == row.Dial || plain != "" && plain == cmp.Or(n.E164, n.Raw)
}
