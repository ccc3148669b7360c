package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"linecard/app/journal"
	"linecard/app/program"
	"linecard/crm"
	"linecard/crm/demoorg"
)

// seed fills the demo's history: the calls of the Tasks that its org has from the last month, and two missed calls.
func (d *demo) seed(ctx context.Context, p *program.Program) {
	people := map[string]demoorg.Person{}
	for _, person := range d.people {
		people[person.ID] = person
	}
	var past []journal.Past
	for _, t := range d.org.Tasks() {
		if person, ok := people[t.WhoID]; ok && t.CallType != "" {
			past = append(past, d.past(p, t, person))
		}
	}
	err := p.Journal().Import(ctx, past)
	if err == nil {
		err = p.Journal().MarkSeen(ctx) // the agent has seen the missed calls of the last month
	}
	past = nil
	for i, person := range []demoorg.Person{{Number: "+442079460958"}, d.people[len(d.people)-1]} {
		past = append(past, d.missed(p, person, time.Now().Add(-time.Duration(i*5+2)*time.Hour)))
	}
	if err := errors.Join(err, p.Journal().Import(ctx, past)); err != nil && ctx.Err() == nil {
		slog.Warn("the demo has no history", "err", err)
	}
	p.Desk().Reread()
}

// past is the call that a Task logs.
func (d *demo) past(p *program.Program, t demoorg.Task, person demoorg.Person) journal.Past {
	number := p.Number(person.Number)
	started := t.Created.Add(-time.Duration(t.Duration+8) * time.Second)
	c := journal.Call{
		ID: t.CallObject, Direction: crm.Direction(t.CallType), Outcome: crm.Answered, Name: person.Name, Company: person.Company,
		Number: number.Show(), Dial: number.E164, Who: crm.Ref{Object: person.Object, ID: person.ID, Name: person.Name},
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

// missed is a call that was missed and not logged.
func (d *demo) missed(p *program.Program, person demoorg.Person, at time.Time) journal.Past {
	number := p.Number(person.Number)
	return journal.Past{Call: journal.Call{
		ID: seeded(person.Number), Direction: crm.Inbound, Outcome: crm.Missed, Name: person.Name, Company: person.Company,
		Number: number.Show(), Dial: number.E164, Started: at, Ended: at.Add(20 * time.Second),
	}}
}

// seeded makes a call id that is the same at each start: a demo that starts again in the same directory has each call once.
func seeded(of string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("linecard demo "+of)).String()
}
