package journal

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// Call is a call as the history keeps it.
type Call struct {
	ID         string
	Account    string // id of the phone account it came over
	Org, User  string // whose it is: the org's user that was linked when it rang; "" while none was
	Direction  crm.Direction
	Outcome    crm.Outcome // "" while the call lives
	Name       string      // best name known; "" when nobody was found
	Company    string
	Number     string // for showing
	Dial       string // what click-to-dial dials; "" when withheld
	Called     string // inbound: the number the caller dialled
	Withheld   bool
	Extension  bool // a colleague's
	Who        crm.Ref
	Object     string        // API name of the matched object; "" means Who's, and [crm.ObjectNone] that a rule had Who made of the call or, without a Who, that the agent has said it was nobody
	Unasked    bool          // the org has not said which record the call is with: it was not asked, or has several; see crm.Facts
	LeftOff    bool          // Unasked, and nobody is asked any more
	Verdict    crm.Log       // what the rules say of it so far, and at its end; "" where nobody said
	Word       crm.Word      // what the agent said
	Started    time.Time     // ring or dial
	AnsweredAt time.Time     // zero when nobody answered
	Ended      time.Time     // zero while the call lives
	Talked     time.Duration // by a clock that nobody sets; 0 when that is not known
	Cut        bool          // a crash ended it: when and how is a guess
	Why        fault.Fault   // why nobody could talk; zero where there is nothing to say
	Earlier    crm.Parties   // those the call was with before
	Story      crm.Story     // what else the phone told of it, without what stands above
}

// Duration is the time talked, zero when nobody answered and never negative.
func (c Call) Duration() time.Duration {
	switch {
	case c.AnsweredAt.IsZero():
		return 0
	case c.Talked > 0:
		return c.Talked
	}
	return max(0, c.Ended.Sub(c.AnsweredAt))
}

func (c Call) plain() string { return Plain(c.Dial, c.Direction) }

// Plain is what a call of the past dials without the keys for after the answer, which only a call from here has, and of an address the name alone.
func Plain(dial string, direction crm.Direction) string {
	for _, scheme := range []string{"sip:", "sips:"} {
		if name, ok := strings.CutPrefix(dial, scheme); ok {
			name, _, _ = strings.Cut(name, "@")
			name, _, _ = strings.Cut(name, ";postd=")
			return name
		}
	}
	if i := strings.IndexAny(dial, ",;"); i > 0 && direction == crm.Outbound {
		return dial[:i]
	}
	return dial
}

// Facts are what rules judge the call by. Of a live call they are those of its end, should it end now.
func (c Call) Facts() crm.Facts {
	f := crm.Facts{
		Direction: c.Direction, Outcome: c.Outcome, Account: c.Account, Called: c.Called, Caller: c.plain(), Object: c.Object,
		Written: c.Number, Extension: c.Extension, Started: c.Started, Word: c.Word, Live: c.Ended.IsZero(),
	}
	if f.Outcome == "" {
		f.Outcome = crm.OutcomeSoFar(c.Direction, !c.AnsweredAt.IsZero())
	}
	switch f.Object {
	case "":
		f.Object = c.Who.Object
	case crm.ObjectNone: // the rules that had the record made go on to be about the call
		f.Object = ""
	}
	f.Unasked = c.Unasked && f.Object == ""
	f.LeftOff = c.LeftOff
	a := activityOf(c)
	f.Call = &a
	if f.Caller == "" && !c.Withheld {
		f.Caller = c.Number
	}
	return f
}

// Ring puts a call into the file that begins to ring or is being dialled, with the verdict on a call that came no further. One that is
// refused at once has Why: after a crash it is a missed call with that reason.
//
// The caller waits meanwhile, so Ring does not wait for the disk, which would take ten times as long: when it returns, the call outlives the
// process. It outlives a power cut after [Journal.Sync], or after any other change.
func (j *Journal) Ring(ctx context.Context, c Call) error {
	return j.write(ctx, c.ID, change{opRing, func(ctx context.Context, tx *sql.Tx) error { return upsertCall(ctx, tx, c) }})
}

// TakeBack forgets a call that was put on disk by Ring and has turned out to be none. One that has an end stays.
func (j *Journal) TakeBack(ctx context.Context, id string) error {
	return j.write(ctx, id, change{"take back", func(ctx context.Context, tx *sql.Tx) error {
		for _, forget := range []string{
			"DELETE FROM outbox WHERE call = (SELECT id FROM calls WHERE id = ? AND ended = 0)", "DELETE FROM calls WHERE id = ? AND ended = 0",
		} {
			if _, err := tx.ExecContext(ctx, forget, id); err != nil {
				return err
			}
		}
		return nil
	}})
}

// Answered notes when the call was answered and the verdict on an answered call; "" leaves the verdict as it was.
func (j *Journal) Answered(ctx context.Context, id string, at time.Time, verdict crm.Log) error {
	return j.write(ctx, id, change{"answered", func(ctx context.Context, tx *sql.Tx) error {
		err := one(tx.ExecContext(ctx, `UPDATE calls SET answered = ?1, alive = max(alive, ?1),
			verdict = iif(?3 = '', verdict, ?3) WHERE id = ?2`, micros(at), id, verdict))
		if err != nil {
			return err
		}
		return settleBy(ctx, tx, id)
	}})
}

// Identify notes who the call is with, once looked up or picked, also after it ended, and the verdict that follows; ""
// leaves the verdict as it was. Empty name and company and a zero who take back what was noted.
func (j *Journal) Identify(ctx context.Context, id, name, company string, who crm.Ref, verdict crm.Log) error {
	return j.write(ctx, id, change{"identify", func(ctx context.Context, tx *sql.Tx) error {
		var number, dial, earlier string
		err := tx.QueryRowContext(ctx, "SELECT number, dial, earlier FROM calls WHERE id = ?", id).Scan(text(&number), text(&dial), text(&earlier))
		if err != nil {
			return unknown(err)
		}
		_, err = tx.ExecContext(ctx, `UPDATE calls SET name = ?1, company = ?2, who = ?3, search = ?5, unasked = iif(?3 = '', unasked, 0),
			object = iif(?3 <> '' AND ?3 = (SELECT made FROM outbox WHERE call = ?7), ?8, ?4), verdict = iif(?6 = '', verdict, ?6) WHERE id = ?7`,
			name, company, encodeRef(who), who.Object, searchText(name, company, number, dial, partiesText(decodeParties(earlier))), verdict, id, crm.ObjectNone)
		if err != nil {
			return err
		}
		return settleBy(ctx, tx, id)
	}})
}

// Asked notes what the org said to the question which record a call is with, in so far as it named none: unasked where it has
// several, and none was taken.
func (j *Journal) Asked(ctx context.Context, id string, unasked bool) error {
	return j.write(ctx, id, change{"asked", func(ctx context.Context, tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, "UPDATE calls SET unasked = ?2 AND who = '' WHERE id = ?1", id, unasked))
	}})
}

// Say notes the agent's own word about whether the call is logged; it outweighs every rule. The call need not have an
// entry in the outbox, and an entry it has is left as it is: [Journal.Discard] and [Journal.Requeue] move that, and note
// the word themselves.
func (j *Journal) Say(ctx context.Context, id string, w crm.Word) error {
	return j.write(ctx, id, change{"say", func(ctx context.Context, tx *sql.Tx) error { return say(ctx, tx, id, w) }})
}

func say(ctx context.Context, tx *sql.Tx, id string, w crm.Word) error {
	return one(tx.ExecContext(ctx, "UPDATE calls SET word = ? WHERE id = ?", w, id))
}

// Belong gives a call that rang while nothing was linked to an org's user, with what is queued of it. A call that is
// somebody's already stays theirs.
func (j *Journal) Belong(ctx context.Context, id, org, user string) error {
	err := j.write(ctx, id, change{"belong", func(ctx context.Context, tx *sql.Tx) error {
		err := one(tx.ExecContext(ctx, "UPDATE calls SET org = iif(org = '', ?2, org), user = iif(user = '' AND org IN ('', ?2), ?3, user) WHERE id = ?1",
			id, org, user))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE outbox SET org = iif(org = '', ?2, org), user = iif(user = '' AND org IN ('', ?2), ?3, user) WHERE call = ?1",
			id, org, user)
		return err
	}})
	j.tellChanged()
	return err
}

// Life is a sign of life of a call.
type Life struct {
	ID     string
	At     time.Time     // when it lived, by the clock as it was when the call began
	Talked time.Duration // how long had been talked by then, by a clock that nobody sets
}

// Alive notes that calls still lived: the best guess at when they ended, and how long was talked, should the next thing be
// a crash. Call it every few seconds while there are calls. Calls that have ended by now are left as they are.
func (j *Journal) Alive(ctx context.Context, calls ...Life) error {
	return j.try(ctx, change{"alive", func(ctx context.Context, tx *sql.Tx) error {
		for _, c := range calls {
			if _, err := tx.ExecContext(ctx, "UPDATE calls SET alive = max(alive, ?2), talked = max(talked, ?3) WHERE id = ?1 AND ended = 0",
				c.ID, micros(c.At), c.Talked.Microseconds()); err != nil {
				return err
			}
		}
		return nil
	}})
}

// Hangup notes the end of a call (final is the call with all that is known, Ended and Outcome set) and what becomes of its
// activity, in one transaction. final.Verdict decides:
//
//   - [crm.LogYes] queues activity; it replaces what [Journal.EditActivity] drafted during the call.
//   - [crm.LogAsk] leaves it a draft, with activity in it unless that is nil, for the agent to Requeue ("log it") or Discard.
//   - [crm.LogNo] discards a draft. activity is not used.
//
// Without a verdict, an activity is taken for LogYes and none for LogAsk.
//
// Telling the same end twice changes nothing: an activity that is on its way or written is left alone.
func (j *Journal) Hangup(ctx context.Context, final Call, activity *crm.Activity) error {
	if final.Ended.IsZero() {
		return fmt.Errorf("journal: hangup of call %s without its end", final.ID)
	}
	if final.Verdict == "" {
		final.Verdict = crm.LogAsk
		if activity != nil {
			final.Verdict = crm.LogYes
		}
	}
	var a *crm.Activity
	if activity != nil {
		own := *activity // the caller's must not be changed
		own.CallID = final.ID
		if _, err := encodeActivity(own); err != nil {
			return err
		}
		a = &own
	}
	err := j.write(ctx, final.ID, change{"hangup", func(ctx context.Context, tx *sql.Tx) error {
		if err := upsertCall(ctx, tx, final); err != nil {
			return err
		}
		if err := settleWith(ctx, tx, final); err != nil {
			return err
		}
		return j.settleDraft(ctx, tx, final, a)
	}})
	j.tellChanged()
	return err
}

// settleDraft makes of a call's activity what c.Verdict says, unless it is past being a draft, or held.
func (j *Journal) settleDraft(ctx context.Context, tx *sql.Tx, c Call, a *crm.Activity) error {
	state := Ready
	switch {
	case c.Verdict == crm.LogNo:
		_, err := tx.ExecContext(ctx, `UPDATE outbox SET state = 'discarded', again = iif(`+leavesRecord+` AND ?2, 1, again)
			WHERE call = ?1 AND state = 'draft'`, c.ID, !c.Outcome.Others())
		return err
	case a == nil:
		return nil
	case c.Verdict == crm.LogAsk:
		state = Draft
	}
	b := *a
	if err := whose(ctx, tx, &b); err != nil {
		return err
	}
	doc, err := encodeActivity(b)
	if err != nil {
		return err
	}
	missed, reason := time.Time{}, ""
	if state == Ready && bounded(c) {
		missed = c.Ended
		crowded, err := j.crowded(ctx, tx, b.Org, b.User, c.Ended)
		if err != nil {
			return err
		}
		if crowded {
			state, missed, reason = Draft, time.Time{}, heldReason
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO outbox (call, state, activity, account, org, user, unidentified, missed, reason)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
		ON CONFLICT (call) DO UPDATE SET state = ?2, activity = ?3, account = ?4, org = ?5, user = ?6, unidentified = ?7, missed = ?8, reason = ?9,
		rev = rev + 1 WHERE state = 'draft' AND reason <> ?10`,
		b.CallID, state, doc, b.Account, b.Org, b.User, b.Unidentified, micros(missed), reason, heldReason)
	return err
}

// leavesRecord holds of an entry of whose call a rule has made a record, or may have: where the call must not be logged, a look is due
// that takes it back. That of a call that was answered elsewhere stays: the caller is a customer of the same company, and the colleague's
// log is about it.
const leavesRecord = "(made <> '' OR making > 0)"

// whose makes an activity its call's: the call's account, org and user outweigh the activity's, and records
// of another org are none of it. ErrUnknown when there is
// no such call.
func whose(ctx context.Context, tx *sql.Tx, a *crm.Activity) error {
	var account, org, user string
	err := tx.QueryRowContext(ctx, "SELECT account, org, user FROM calls WHERE id = ?", a.CallID).Scan(text(&account), text(&org), text(&user))
	if err != nil {
		return unknown(err)
	}
	if account != "" {
		a.Account = account
	}
	said := a.Org
	switch {
	case org != "" && org == a.Org && user == "": // an older Linecard kept no user
	case org != "":
		a.Org, a.User = org, user
	case a.Org != "": // the desk knew before the journal did
		_, err = tx.ExecContext(ctx, "UPDATE calls SET org = ?, user = ? WHERE id = ?", a.Org, a.User, a.CallID)
	}
	if said != "" && said != a.Org || ofAnother(a.Who, a.Org) || ofAnother(a.What, a.Org) { // it was typed before the agent gave the call to another org
		*a = stranger(*a)
	}
	return err
}

// ofAnother reports whether a record is of another org.
func ofAnother(r crm.Ref, org string) bool { return r.Org != "" && org != "" && r.Org != org }
