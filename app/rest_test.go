package app

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/sip"
)

// advance moves the clock on by half a minute a time. It does not do so while an attempt is due or on its way to an org
// that answers, for there no clock moves like that: an org that does not answer, and a call that waits, hold up no other. What
// the org has refused is not sent again for that: it waits for somebody.
func (l *life) advance(times int) {
	runs, parked := l.runs, l.parked()
	defer func() { l.stayParked(runs, parked) }()
	for range times {
		l.await("the attempts under way", func() bool { return l.died() || l.isFull || l.still() })
		if l.died() {
			return
		}
		l.clock.advance(30 * time.Second)
		l.quiet()
	}
}

// parked are the logs that were refused, once all that was told is carried out, with how often each was sent; nil where a full disk keeps
// some of it.
func (l *life) parked() map[string]int {
	l.quiet()
	waiting, err := l.journal.Outbox(l.ctx())
	if l.died() || l.isFull || err != nil || l.journal.Unsaved().Calls > 0 {
		return nil
	}
	attempts := map[string]int{}
	for _, e := range waiting {
		if e.State == journal.Parked {
			attempts[e.ID] = e.Attempts
		}
	}
	return attempts
}

// stayParked holds logs that were refused against what is to become of them while only time passes: nothing.
func (l *life) stayParked(runs int, attempts map[string]int) {
	for id, n := range attempts {
		e, err := l.journal.Entry(l.ctx(), id)
		if !l.died() && l.runs == runs && err == nil && e.Attempts != n {
			l.t.Fatalf("%s was refused and has been sent again %d times, though nobody asked for it", id, e.Attempts-n)
		}
	}
}

// still reports whether each org has what is due, or is at it without an answer.
func (l *life) still() bool {
	l.desk.writer.wake() // the clock may have moved while a sender worked out how long to sleep
	return !slices.ContainsFunc(l.orgs, func(o *lateOrg) bool { return !l.stillAt(o) })
}

func (l *life) stillAt(o *lateOrg) bool {
	able := func(org, user string) bool {
		return org == o.id && l.desk.writer.linked(link{org, user}) && !l.resting(org, user)
	}
	_, _, due, err := l.journal.NextDue(l.ctx(), l.clock.Now(), able)
	_, _, look, err3 := l.journal.NextLook(l.ctx(), l.clock.Now(), able)
	waiting, err2 := l.desk.Outbox() // second: what was due a moment ago may be on its way by now
	sending, hanging := 0, 0
	for _, e := range waiting {
		if e.State == journal.Sending && e.Org == o.id {
			sending++
		}
	}
	o.is(func() {
		if hanging = o.hanging; o.hangingMakes > 0 { // what goes out with that waits for it
			hanging = max(hanging, sending)
		}
	})
	return err == nil && err2 == nil && err3 == nil && sending <= hanging && (!due && !look || hanging > 0)
}

// rests reports whether nothing goes to the org for now.
func (l *life) rests(org string) bool { return l.resting(org, "") }

// resting reports whether nothing of the user goes to the org for now, since that has refused everything or asked for a pause.
func (l *life) resting(org, user string) bool {
	l.desk.writer.mu.Lock()
	s := l.desk.writer.senders[org]
	l.desk.writer.mu.Unlock()
	if s == nil {
		return false
	}
	all, users := s.resting(l.clock.Now())
	return all > 0 || users[cmp.Or(user, l.desk.writer.user(org))] > 0
}

// end lets everything come to rest, with orgs that are well and links that work, and counts.
func (l *life) end() {
	if l.died() {
		l.revive()
	}
	if l.isFull {
		l.full(false)
	}
	for _, id := range l.live() {
		l.endCall(id, sip.EndRemote)
	}
	l.quiet()
	for _, o := range l.orgs {
		o.is(func() { o.fates, o.moods, o.down, o.fixed = nil, nil, false, false })
	}
	l.owners.set(false)
	l.retryOwners()
	if l.died() {
		l.revive()
	}
	l.confirm()
	l.linkAll()
	for n := 0; !l.rest(); n++ {
		if n == 500 {
			waiting, _ := l.desk.Outbox()
			l.t.Fatalf("this waits without end: %+v", waiting)
		}
		l.advance(1)
		if l.died() { // of what an org had begun before it was well
			l.revive()
		}
	}
	for _, o := range l.orgs {
		o.is(o.finish)
	}
	for _, id := range l.ids {
		l.judge(id)
	}
	for _, o := range l.orgs {
		if len(o.wrong) > 0 {
			l.t.Fatalf("%s: %q", o.id, o.wrong)
		}
	}
}

// linkAll links whoever somebody waits for.
func (l *life) linkAll() {
	for _, k := range l.linked {
		if c := l.links[k]; c.Status().State != crm.Linked {
			c.stands(crm.Linked)
		}
	}
	waiting, err := l.journal.Outbox(l.ctx())
	if err != nil {
		l.t.Fatal(err)
	}
	want := []link{}
	for _, e := range waiting {
		k := link{e.Org, e.User}
		if k.user == "" && k.org != "" && !slices.ContainsFunc(l.linked, func(o link) bool { return o.org == k.org }) {
			k.user = "005" + k.org[3:] // nobody was linked when the call was made: it waits for anybody
		}
		want = append(want, k)
	}
	for _, a := range l.accounts {
		org := cmp.Or(a.Org, l.org.id)
		if !slices.ContainsFunc(slices.Concat(want, l.linked), func(k link) bool { return k.org == org && k.user != "" }) {
			want = append(want, link{org, "005" + org[3:]})
		}
	}
	for _, id := range l.ids { // who can tell whether it has arrived
		if e, err := l.journal.Entry(l.ctx(), id); err == nil {
			for _, user := range e.Activity.UnsureBy {
				want = append(want, link{e.Org, user})
			}
		}
	}
	for _, k := range append(want, l.looks()...) {
		if k.org != "" && k.user != "" && !slices.Contains(l.linked, k) {
			l.link(k)
		}
	}
}

// rest reports whether nothing is left to do but by the agent.
func (l *life) rest() bool {
	l.quiet()
	waiting, err := l.journal.Outbox(l.ctx()) // first: an entry on its way comes back as one to be looked at
	_, _, look, err2 := l.journal.NextLook(l.ctx(), l.clock.Now().Add(24*time.Hour), nil)
	for _, e := range waiting {
		switch {
		case e.State == journal.Parked && e.Reason.IsZero():
			l.t.Fatalf("%s is parked without a reason", e.ID)
		case e.State == journal.Parked && e.Kind == journal.Update && !e.Again.IsZero(): // what is surplus goes first: nobody need look for that
			return false
		case e.State == journal.Parked:
			_ = l.desk.RetryLog(e.ID)
			return false
		case e.State != journal.Draft:
			return false
		}
	}
	return err == nil && err2 == nil && !look
}

// judge holds what the orgs have of a call against what they are to have.
func (l *life) judge(id string) {
	c := l.calls[id]
	var tasks []crm.Ref
	for _, o := range l.orgs {
		tasks = append(tasks, o.found(id)...)
	}
	row, err := l.journal.Call(l.ctx(), id)
	about := fmt.Sprintf("%s: %+v, Tasks %+v, row %+v", id, c, tasks, row)
	if l.objects && err == nil {
		l.holds(id, &c, row)
		want, now := l.trueVerdict(c, row.Org), row.Verdict
		asked := now == crm.LogAsk && slices.Contains(l.possible(c), now) // the agent was asked before the org had said
		if l.once() && !l.statuses && !l.unasked && c.over && c.word == crm.NoWord && now != want && !asked {
			l.t.Fatalf("the rules say %q, want %q: %s", now, want, about)
		}
	}
	switch {
	case len(tasks) != c.wanted():
		l.t.Fatalf("want %d Tasks of %s", c.wanted(), about)
	case c.gone:
		return
	case err != nil:
		l.t.Fatalf("%v: %s", err, about)
	case row.State == journal.Draft && (c.log != crm.LogAsk || c.word != crm.NoWord):
		l.t.Fatalf("a draft waits for nobody: %s", about)
	}
	l.holds(id, &c, row)
	if e, err := l.journal.Entry(l.ctx(), id); len(tasks) > 0 && err == nil && e.State == journal.Done {
		if said := l.says(tasks[0].Org, id); said.Notes != e.Activity.Notes {
			l.t.Fatalf("the agent has typed %q, and the Task says %q: %s", e.Activity.Notes, said.Notes, about)
		}
	}
	if l.once() && len(tasks) > 0 && !l.objects && !l.statuses {
		rules, said := l.rules.Judge(c.facts()), l.says(tasks[0].Org, id)
		if owner := map[string]string{theBoss: bossID}[rules.Owner]; said.Owner != owner || said.Layout != rules.Layout {
			l.t.Fatalf("the Task is owned by %q and written by the layout %q, not %q and %q: %s", said.Owner, said.Layout, owner, rules.Layout, about)
		}
	}
	for _, task := range tasks {
		if task.Org != row.Org || task.User != row.User && !c.given {
			l.t.Fatalf("the Task is of another org or user: %s", about)
		}
		if task.ID != row.Task.ID {
			l.t.Fatalf("the history points at another Task: %s", about)
		}
	}
}

// once reports whether the rules were the same all the time.
func (l *life) once() bool {
	return !slices.ContainsFunc(l.inForce, func(r crm.Rules) bool { return !r.Same(l.rules.Rules) })
}

// says is what an org's Task of a call says.
func (l *life) says(org, id string) crm.Activity {
	for _, o := range l.orgs {
		if o.id == org {
			return o.last(id)
		}
	}
	return crm.Activity{}
}

// looks are whose Tasks are to be looked at once more.
func (l *life) looks() (all []link) {
	_, _, _, err := l.journal.NextLook(l.ctx(), l.clock.Now(), func(org, user string) bool {
		all = append(all, link{org, user})
		return false
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return all
}
