package main

import (
	"time"

	"linecard/crm"
)

func (c control) history(r request) error {
	f, err := historyFilter(r.args, time.Now())
	if err != nil {
		return err
	}
	rows, err := c.desk().History(f)
	if err != nil {
		return err
	}
	return r.reply(answerHistory(rows))
}

// owed lists whom an answer is owed, or notes that the agent has done with one of them.
func (c control) owed(r request) error {
	if what, said := r.args["done"]; said {
		if what == "" {
			return misuse("cmd.owed-done-of-what")
		}
		return c.desk().OwedDone(what)
	}
	rows, err := c.desk().Owed()
	if err != nil {
		return err
	}
	return r.reply(answerOwed(rows))
}

func (c control) outbox(r request) error {
	entries, err := c.desk().Outbox()
	if err != nil {
		return err
	}
	return r.reply(answerOutbox(entries, c.program.Orgs()))
}

// retry sends an activity again, or logs it as the user who is linked now.
func (c control) retry(r request) error {
	if r.args["held"] == "true" {
		return settledHeld(r, c.desk().SendHeld)
	}
	if r.args["as-me"] == "true" {
		return c.desk().LogAs(r.args["id"])
	}
	return c.desk().RetryLog(r.args["id"])
}

// whoElse lists who a past call may have been with.
func (c control) whoElse(r request) error {
	records, err := c.desk().WhoElse(r.ctx, r.args["id"], r.args["search"])
	if err != nil {
		return err
	}
	return r.reply(answerRecords(records, c.program.Orgs()))
}

// point says who a past call was with.
func (c control) point(r request) error {
	if (r.args["to"] == "") != (r.args["nobody"] == "true") {
		return misuse("cmd.record-or-nobody")
	}
	to, err := c.record(r, r.args["to"])
	if err != nil {
		return err
	}
	if r.args["nobody"] == "true" {
		to = crm.Ref{}
	}
	return c.desk().PointAt(r.ctx, r.args["id"], to, r.args["search"])
}

func (c control) discard(r request) error {
	if r.args["held"] == "true" {
		return settledHeld(r, c.desk().DropHeld)
	}
	return c.desk().DiscardLog(r.args["id"])
}

// settledHeld sends or drops every call that is held, and answers how many there were.
func settledHeld(r request, settle func() (int, error)) error {
	n, err := settle()
	if err != nil {
		return err
	}
	return r.reply(heldAnswer{n})
}

// sendAll sends everything now that waits or was refused.
func (c control) sendAll(r request) error {
	n, err := c.desk().SendAll()
	if err != nil {
		return err
	}
	return r.reply(sentAnswer{n})
}
