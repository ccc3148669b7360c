package app

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"linecard/app/journal"
	"linecard/crm"
)

// happens does what was drawn.
func (l *life) happens(t *rapid.T, step string) {
	pick := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "which") }
	live := l.live()
	switch step {
	case "ring":
		if len(live) < 3 {
			account := l.accounts[pick(len(l.accounts))].ID
			party := rapid.SampledFrom([]string{"+14155550132", "+14155550132", "+14155550190", "2042"}).Draw(t, "party")
			queue := rapid.SampledFrom([]string{"", "", "support", "sales"}).Draw(t, "queue")
			l.ringFor(queue, account, party, rapid.Bool().Draw(t, "inbound"))
		}
	case "answer":
		if len(live) > 0 {
			l.answer(live[pick(len(live))])
		}
	case "end":
		if len(live) > 0 {
			l.endCall(live[pick(len(live))], rapid.SampledFrom(reasons).Draw(t, "reason"))
		}
	case "advance":
		l.advance(rapid.IntRange(1, 8).Draw(t, "times"))
	case "kill":
		l.run.die()
	case "save":
		l.save(pick)
	case "don't log":
		l.dontLog(pick)
	case "type":
		text := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "text")
		_ = l.desk.EditWrap("", WrapEdit{Notes: &text})
	case "retry":
		l.retry()
	case "retry one":
		l.fromHistory(pick, l.retryOne)
	case "discard":
		l.fromHistory(pick, l.discard)
	case "log as":
		alone := rapid.Bool().Draw(t, "after unlinking")
		l.fromOutbox(pick, func(e journal.Entry) {
			if place := slices.Index(l.linked, link{e.Org, e.User}); alone && place >= 0 {
				l.unlink(place)
				l.quiet()
			}
			l.logAs(e)
		})
	case "rules":
		l.rules.Table = l.aTable(t)
		l.judgeBy(rapid.SampledFrom([]string{"always", "never", "ask", "no missed"}).Draw(t, "rules"))
	case "lookups": // the admin has callers looked for, or not
		l.rules.NoLookup, l.unasked = !l.rules.NoLookup, true
		l.desk.SetRules(l.rules)
	case "owners": // the users who are to own logs leave, or come
		l.owners.set(!l.owners.missing())
		l.retryOwners()
	case "own numbers":
		own := rapid.SampledFrom([][]string{nil, {"+14155550132"}}).Draw(t, "own")
		l.plan.Store(&crm.NumberPlan{OwnNumbers: own})
	case "prune":
		l.prune()
	case "clock":
		l.clock.set(time.Duration(rapid.SampledFrom([]int{-26 * 60, -61, -3, -1, 1, 3, 61, 26 * 60}).Draw(t, "minutes")) * time.Minute)
	case "full":
		l.full(!l.isFull)
	default:
		l.orgHappens(t, step, pick)
	}
}

// orgHappens does what was drawn to an org or a link.
func (l *life) orgHappens(t *rapid.T, step string, pick func(int) int) {
	o := l.orgs[pick(len(l.orgs))]
	switch step {
	case "relink":
		l.relink()
	case "merge": // somebody merges or deletes a record that calls are about
		o.is(func() { o.gone[dana.ID] = rapid.SampledFrom([]crm.Record{{}, danaTwin.Record}).Draw(t, "heir") })
	case "down":
		o.is(func() { o.down = !o.down })
	case "fixed": // an admin's rule refuses every change of a Task, or does so no more
		o.is(func() { o.fixed = !o.fixed })
	case "field": // an admin adds the field of the call's id, or takes it away, whatever is under way
		o.is(func() { o.upserts = !o.upserts })
	case "hide": // an admin hides that field from a user, or shows it
		user := rapid.SampledFrom([]string{"005A", "005X", "005B", "005C"}).Draw(t, "user")
		o.is(func() { o.hidden[user] = !o.hidden[user] })
	case "fate":
		f := aFate(t)
		o.is(func() { o.fates = append(o.fates, f) })
	case "name an org":
		l.name(pick(len(l.accounts)), rapid.SampledFrom([]string{"", "00DA", "00DB", "00DC"}).Draw(t, "org"))
	case "link":
		k := rapid.SampledFrom([]link{{"00DA", "005A"}, {"00DA", "005X"}, {"00DB", "005B"}, {"00DC", "005C"}}).Draw(t, "link")
		if l.links[k] == nil || !l.has(k) {
			l.link(k)
		}
	case "unlink":
		if len(l.linked) > 0 {
			l.unlink(pick(len(l.linked)))
		}
	case "another user":
		if len(l.linked) > 0 {
			place := pick(len(l.linked))
			k := link{l.linked[place].org, rapid.SampledFrom([]string{"005A", "005X", "005Y"}).Draw(t, "user")}
			if !l.has(k) {
				l.unlink(place, k)
			}
		}
	case "expire":
		if len(l.linked) > 0 {
			l.links[l.linked[pick(len(l.linked))]].stands(rapid.SampledFrom([]crm.LinkState{crm.Inactive, crm.Linked}).Draw(t, "state"))
		}
	}
}

// has reports whether the user of the org is linked.
func (l *life) has(k link) bool { return slices.Contains(l.linked, k) }

// aTable is a table of rules about what a life knows of its calls, and about the records that its orgs have; often it has none.
func (l *life) aTable(t *rapid.T) crm.Table {
	rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) crm.Rule {
		some := func(name string, of ...string) []string {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, min(2, len(of)), rapid.ID[string]).Draw(t, name)
		}
		return crm.Rule{
			Name: "row", On: rapid.Bool().Draw(t, "on"), Direction: rapid.SampledFrom([]string{"", "inbound", "outbound"}).Draw(t, "direction"),
			Accounts: some("accounts", "work", "a", "b"), Caller: some("caller", "extension"),
			Statuses:  some("statuses", "answered", "missed", "answered elsewhere", "failed", "no answer"),
			Variables: some("variables", "X-Queue: support", "X-Queue: *"),
			Layout:    rapid.SampledFrom([]string{"", "", "Other", "Repairs"}).Draw(t, "layout"),
			Owner:     rapid.SampledFrom([]string{"", "", theBoss}).Draw(t, "owner"),
			Objects:   some("objects", "any", "none", crm.Contact, crm.Lead),
			Log:       rapid.SampledFrom([]string{"yes", "no", "ask"}).Draw(t, "log"), Stop: rapid.Bool().Draw(t, "stop"),
		}
	}), 0, 3).Draw(t, "table")
	for _, r := range rows {
		l.objects = l.objects || len(r.Objects) > 0
		l.statuses = l.statuses || len(r.Statuses) > 0
	}
	table, wrong := crm.NewTable(rows)
	if !wrong.IsZero() {
		t.Fatal(wrong)
	}
	return table
}
