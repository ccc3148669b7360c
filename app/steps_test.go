package app

import (
	"errors"
	"fmt"
	"slices"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/sip"
)

// What happens to a desk: calls, and what the agent says. Each step tells the model what must follow from it.

// talk is an answered call from beginning to end.
func (l *life) talk() (id string) {
	id = l.ring("work", "+14155550132", true)
	l.answer(id)
	l.endCall(id, sip.EndRemote)
	l.quiet()
	return id
}

func (l *life) ring(account, user string, inbound bool) (id string) {
	return l.ringFor("", account, user, inbound)
}

// ringFor is a call that is for a queue, if it comes in.
func (l *life) ringFor(queue, account, user string, inbound bool) (id string) {
	id = fmt.Sprint("c", l.runs, ".", len(l.ids))
	party := sip.Party{User: user}
	c := lived{account: account, direction: crm.Outbound, extension: crm.ParseParty(user, "", *l.plan.Load()).Extension}
	if inbound {
		c.direction, c.queue = crm.Inbound, queue
	}
	l.ids, l.calls[id] = append(l.ids, id), c
	if inbound {
		l.desk.Heard(sip.CallIncoming{ID: id, Account: account, At: l.clock.Now(), Party: party, Headers: c.headers()})
	} else {
		l.desk.Heard(sip.CallDialing{ID: id, Account: account, At: l.clock.Now(), Party: party})
	}
	return id
}

func (l *life) answer(id string) {
	l.tell(id, func(c *lived) { c.answered = true })
	l.desk.Heard(sip.CallAnswered{ID: id, At: l.clock.Now()})
}

func (l *life) endCall(id string, reason sip.EndReason) {
	l.tell(id, func(c *lived) { c.ends(reason, l.rules) })
	l.desk.Heard(sip.CallEnded{ID: id, At: l.clock.Now(), Reason: reason})
}

// heard reports whether the desk took the agent's word. On a full disk it is kept until there is room.
func heard(err error) bool { return err == nil || errors.Is(err, journal.ErrFull) }

// dontLog is "Don't log" under a call on the desk.
func (l *life) dontLog(pick func(n int) int) {
	calls := l.desk.View().Calls
	if len(calls) == 0 {
		return
	}
	id := calls[pick(len(calls))].ID
	if !l.calls[id].gone && heard(l.desk.DontLog(id)) {
		l.say(id, crm.DontLog)
	}
}

// save is "Save" under a call on the desk: where the agent is asked, it is the word to log it.
func (l *life) save(pick func(n int) int) {
	calls := l.desk.View().Calls
	if len(calls) == 0 {
		return
	}
	c := calls[pick(len(calls))]
	if heard(l.desk.SaveWrap(c.ID)) && c.Phase == WrapUp && l.calls[c.ID].log == crm.LogAsk && !l.calls[c.ID].gone {
		l.say(c.ID, crm.LogIt)
	}
	l.late(c.ID)
}

// fromOutbox does something to one of the calls that wait.
func (l *life) fromOutbox(pick func(n int) int, do func(e journal.Entry)) {
	waiting, err := l.desk.Outbox()
	if err != nil {
		l.t.Fatal(err)
	}
	if len(waiting) > 0 {
		slices.SortFunc(waiting, func(a, b journal.Entry) int { return slices.Index(l.ids, a.ID) - slices.Index(l.ids, b.ID) })
		do(waiting[pick(len(waiting))])
	}
}

// fromHistory does something to the log of any call that has one, those that go on and those that are over and done among them.
func (l *life) fromHistory(pick func(n int) int, do func(e journal.Entry)) {
	var all []journal.Entry
	for _, id := range l.ids {
		if e, err := l.journal.Entry(l.ctx(), id); err == nil && !l.calls[id].gone {
			all = append(all, e)
		}
	}
	if len(all) > 0 {
		do(all[pick(len(all))])
	}
}

func (l *life) retryOne(e journal.Entry) {
	if heard(l.desk.RetryLog(e.ID)) && (e.State == journal.Draft || e.State == journal.Discarded) {
		l.tell(e.ID, func(c *lived) { c.word, c.unsaid = crm.LogIt, l.isFull })
	}
	l.late(e.ID)
}

func (l *life) discard(e journal.Entry) {
	if e.Kind == journal.Create && heard(l.desk.DiscardLog(e.ID)) {
		l.tell(e.ID, func(c *lived) { c.word, c.unsaid = crm.DontLog, l.isFull })
	}
}

func (l *life) logAs(e journal.Entry) {
	if heard(l.desk.LogAs(e.ID)) {
		l.tell(e.ID, func(c *lived) { c.word, c.given, c.owner, c.unsaid = crm.LogIt, true, link{}, l.isFull })
	}
}

// retry presses Retry on everything that waits for its time.
func (l *life) retry() {
	waiting, err := l.desk.Outbox()
	if err != nil {
		l.t.Fatal(err)
	}
	for _, e := range waiting {
		if e.State == journal.Ready {
			_ = l.desk.RetryLog(e.ID)
			l.late(e.ID)
		}
	}
}

// judgeBy changes how calls are logged.
func (l *life) judgeBy(mode string) {
	l.rules.Ask, l.rules.Never, l.rules.Missed = mode == "ask", mode == "never", mode != "no missed"
	l.inForce = append(l.inForce, l.rules.Rules)
	l.desk.SetRules(l.rules)
}

// link links one more user.
func (l *life) link(k link) {
	l.linked = append(l.linked, k)
	l.add(k, nil)
	l.links[k].stands(crm.Linked)
}

// unlink takes the link at the place away, with those that take it: nobody, or another user of an org.
func (l *life) unlink(place int, instead ...link) {
	was := l.linked[place]
	l.linked = slices.Concat(l.linked[:place], instead, l.linked[place+1:])
	l.links[was].stands(crm.Unlinked)
	if len(instead) == 0 {
		l.router.Remove(l.links[was])
		return
	}
	l.add(instead[0], l.links[was])
	l.links[instead[0]].stands(crm.Linked)
}

// relink takes every link away and makes it again.
func (l *life) relink() {
	for _, k := range l.linked {
		l.links[k].stands(crm.Inactive)
		l.links[k].stands(crm.Linked)
	}
}

// name has an account name another org.
func (l *life) name(place int, org string) {
	l.accounts = slices.Clone(l.accounts)
	l.accounts[place].Org = org
	l.desk.SetAccounts(l.accounts)
}

// prune forgets all but the newest calls. What it may not forget is a call that waits for anything.
func (l *life) prune() {
	if l.objects { // a name that comes late may change what becomes of a call while it is pruned
		return
	}
	if _, err := l.journal.Prune(l.ctx(), l.clock.Now().AddDate(-9, 0, 0), 6); err != nil && !errors.Is(err, journal.ErrFull) {
		l.t.Fatal(err)
	}
	for _, id := range l.ids {
		c := l.calls[id]
		if _, err := l.journal.Call(l.ctx(), id); c.gone || !errors.Is(err, journal.ErrUnknown) || l.died() || l.isFull {
			continue
		}
		if !c.over {
			l.t.Fatalf("%s was pruned while it was on", id)
		}
		l.tell(id, func(c *lived) { c.gone = true })
		l.judge(id)
	}
}
