package main

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/crm/demoorg"
)

// seed gives the demo a past: the calls behind the Tasks that its org has of the last month, and two that nobody took.
func (d *demo) seed(ctx context.Context, e *engine) {
	people := map[string]demoorg.Person{}
	for _, p := range d.people {
		people[p.ID] = p
	}
	var past []journal.Past
	for _, t := range d.org.Tasks() {
		if p, ok := people[t.WhoID]; ok && t.CallType != "" {
			past = append(past, d.past(e, t, p))
		}
	}
	err := e.journal.Import(ctx, past)
	if err == nil {
		err = e.journal.MarkSeen(ctx) // the agent has looked at those of the last month
	}
	past = nil
	for i, p := range []demoorg.Person{{Number: "+442079460958"}, d.people[len(d.people)-1]} {
		past = append(past, d.missed(e, p, time.Now().Add(-time.Duration(i*5+2)*time.Hour)))
	}
	if err := errors.Join(err, e.journal.Import(ctx, past)); err != nil && ctx.Err() == nil {
		e.log.Warn("the demo has no history", "err", err)
	}
	e.desk.Reread()
}

// past is the call behind a Task.
func (d *demo) past(e *engine, t demoorg.Task, p demoorg.Person) journal.Past {
	number := e.parseRaw(p.Number)
	started := t.Created.Add(-time.Duration(t.Duration+8) * time.Second)
	c := journal.Call{
		ID: t.CallObject, Direction: crm.Direction(t.CallType), Outcome: crm.Answered, Name: p.Name, Company: p.Company,
		Number: number.Show(), Dial: number.E164, Who: crm.Ref{Object: p.Object, ID: p.ID, Name: p.Name},
		Started: started, AnsweredAt: started.Add(8 * time.Second), Ended: t.Created,
	}
	if c.ID == "" {
		c.ID = seeded(t.ID)
	}
	if t.Duration == 0 {
		c.AnsweredAt, c.Outcome = time.Time{}, crm.NoAnswer
		if c.Direction == crm.Inbound {
			c.Outcome = crm.Missed
		}
	}
	return journal.Past{
		Call: c, Task: crm.Ref{Object: crm.Task, ID: t.ID, Name: t.Subject},
		Activity: &crm.Activity{Direction: c.Direction, Outcome: c.Outcome, Number: c.Dial, PartyName: c.Name, Started: c.Started, AnsweredAt: c.AnsweredAt, Ended: c.Ended, Subject: t.Subject, Who: c.Who},
	}
}

// missed is a call nobody took and nobody logged.
func (d *demo) missed(e *engine, p demoorg.Person, at time.Time) journal.Past {
	number := e.parseRaw(p.Number)
	return journal.Past{Call: journal.Call{
		ID: seeded(p.Number), Direction: crm.Inbound, Outcome: crm.Missed, Name: p.Name, Company: p.Company,
		Number: number.Show(), Dial: number.E164, Started: at, Ended: at.Add(20 * time.Second),
	}}
}

// seeded is a call id that is the same at each start, so that a demo started again on its folder has no past twice.
func seeded(of string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("linecard demo "+of)).String()
}
