package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
)

const (
	queuedLogs   = 10_000
	mostInOne    = 200 // records that Salesforce takes in one request of sObject Collections
	judgedRules  = 200
	judgedRounds = 2000
)

// drain measures how the calls of a long outage are logged once the org is back: ten thousand are in the outbox of an app that starts, and go out
// over HTTP, two hundred in a request. Beside it stands how long a table of two hundred rules takes to judge one call.
func (b *bench) drain(ctx context.Context) ([]*row, error) {
	took := &row{name: "10,000 queued logs written to the org", unit: "s"}
	requests := &row{name: "10,000 queued logs: requests that write them", most: queuedLogs / mostInOne, aim: "200 in each"}
	doubled := &row{name: "10,000 queued logs: lost or written twice", exact: true}
	judged := &row{name: "a table of 200 rules judged", unit: "µs", most: 50}
	rows := []*row{took, requests, doubled, judged}
	if err := b.judge(judged); err != nil {
		return rows, err
	}
	return rows, b.each(ctx, "drain", func(ctx context.Context) error { return b.drained(ctx, took, requests, doubled) })
}

// drained fills the outbox of an app that has ended, and starts it again.
func (b *bench) drained(ctx context.Context, took, requests, doubled *row) error {
	o, err := startOrg(orgLatency)
	if err != nil {
		return err
	}
	defer o.close()
	started, cancel := context.WithTimeoutCause(ctx, 20*time.Second, fmt.Errorf("not within 20 s"))
	ring, err := startKeyring(started)
	cancel()
	if err != nil {
		return err
	}
	defer ring.close()
	c := b.headless()
	c.env, c.org = append(c.env, ring.env...), o
	d, err := b.open(ctx, c)
	if err != nil {
		return err
	}
	defer d.close()
	var status struct {
		Orgs []struct {
			OrgID  string `json:"orgId"`
			UserID string `json:"userId"`
		} `json:"orgs"`
	}
	if err := d.ask(ctx, "status", nil, &status); err != nil {
		return err
	}
	if len(status.Orgs) != 1 || status.Orgs[0].UserID == "" {
		return fmt.Errorf("the app does not tell whose the link is: %+v", status.Orgs)
	}
	d.end()
	if err := fillOutbox(ctx, filepath.Join(d.dir, journal.FileName), status.Orgs[0].OrgID, status.Orgs[0].UserID); err != nil {
		return err
	}
	before, written := o.Tasks(), o.writes()
	if err := d.run(c.env, "--headless"); err != nil {
		return err
	}
	began := time.Now()
	ctx, cancel = context.WithTimeoutCause(ctx, 10*time.Minute, fmt.Errorf("not within ten minutes"))
	defer cancel()
	if err := d.ready(ctx); err != nil {
		return err
	}
	for {
		var s struct {
			Outbox struct {
				Waiting, Parked int
				Reason          string
			} `json:"outbox"`
		}
		if err := d.ask(ctx, "status", nil, &s); err != nil {
			return err
		}
		if s.Outbox.Parked > 0 {
			return fmt.Errorf("the org refuses %d logs: %s", s.Outbox.Parked, s.Outbox.Reason)
		}
		if s.Outbox.Waiting == 0 && o.writes() > written {
			break
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	took.add(time.Since(began).Seconds())
	requests.add(float64(o.writes() - written))
	doubled.add(float64(lostOrTwice(before, o.Tasks(), queuedLogs)))
	return nil
}

// lostOrTwice counts the calls of so many that have no Task, and the Tasks that a call has beyond its first. Those that were there before are not
// theirs.
func lostOrTwice(before, after []demoorg.Task, queued int) int {
	old := map[string]bool{}
	for _, t := range before {
		old[t.ID] = true
	}
	calls, tasks := map[string]bool{}, 0
	for _, t := range after {
		if call := cmp.Or(t.CallKey, t.CallObject); call != "" && !old[t.ID] {
			calls[call] = true
			tasks++
		}
	}
	return queued - len(calls) + tasks - len(calls)
}

// fillOutbox puts calls of an outage into the journal of an app that does not run. They were an hour ago, a second apart.
func fillOutbox(ctx context.Context, path, org, user string) error {
	j, err := journal.Open(path, journal.Options{})
	if err != nil {
		return err
	}
	first := time.Now().Add(-time.Hour - queuedLogs*time.Second)
	for i := range queuedLogs {
		at := first.Add(time.Duration(i) * time.Second)
		call := journal.Call{
			ID: uuid.NewString(), Account: "2041@pbx.example", Org: org, User: user, Direction: crm.Inbound, Outcome: crm.Answered,
			Number: number(i), Dial: number(i), Started: at, AnsweredAt: at.Add(5 * time.Second), Ended: at.Add(time.Minute), Verdict: crm.LogYes,
		}
		a := &crm.Activity{
			CallID: call.ID, Direction: call.Direction, Outcome: call.Outcome, Number: call.Number, Started: call.Started, AnsweredAt: call.AnsweredAt,
			Ended: call.Ended, Account: call.Account, Org: org, User: user, Notes: fmt.Sprintf("Call %d of the outage", i+1),
		}
		if err := j.Hangup(ctx, call, a); err != nil {
			_ = j.Close()
			return fmt.Errorf("log %d: %w", i+1, err)
		}
	}
	return j.Close()
}

// judge has a table judge a call for which every row is read: only the last one fits.
func (b *bench) judge(judged *row) error {
	var table []crm.Rule
	for i := range judgedRules {
		r := crm.DefaultRule()
		r.Name, r.Caller, r.Days, r.From, r.To = fmt.Sprintf("Rule %d", i+1), []string{fmt.Sprintf("+49221%03d*", i)}, []string{"mon", "tue", "wed"}, "08:00", "18:00"
		r.Log = "no"
		table = append(table, r)
	}
	table[judgedRules-1] = crm.Rule{Name: "Everybody", On: true, Log: "yes"}
	rules := crm.Rules{Inbound: true}
	var wrong fault.Fault
	if rules.Table, wrong = crm.NewTable(table); !wrong.IsZero() {
		return fmt.Errorf("the table is refused: %s", wrong.Code)
	}
	call := crm.Facts{Direction: crm.Inbound, Outcome: crm.Answered, Caller: "+14155550132", Account: "2041@pbx.example", Started: time.Date(2026, 11, 24, 10, 0, 0, 0, time.Local)}
	for range b.runs {
		began := time.Now()
		for range judgedRounds {
			if rules.Judge(call).Log != crm.LogYes {
				return fmt.Errorf("the last rule does not fit")
			}
		}
		judged.add(float64(time.Since(began).Nanoseconds()) / judgedRounds / 1000)
	}
	return nil
}

// writes is how many requests have written records: one by one, or many in one.
func (o *org) writes() int {
	n := 0
	for _, r := range o.Requests() {
		if r.Method != "GET" && (strings.Contains(r.Path, "/sobjects/") || strings.HasSuffix(r.Path, "/sobjects") || strings.Contains(r.Path, "/composite")) {
			n++
		}
	}
	return n
}
