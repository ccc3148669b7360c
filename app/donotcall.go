package app

import (
	"context"
	"strings"
	"time"

	"linecard/clean"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// DoNotCall is the code of the error for a number whose owner the org marks Do Not Call: the agent is asked, and then calls
// with [Desk.DialAnyway].
const DoNotCall fault.Code = "desk.do-not-call"

// doNotCallWait is how long a call waits for the org to say whether the callee may be called. When it says nothing in time,
// the call goes out.
const doNotCallWait = 1500 * time.Millisecond

// Dial calls a number from an account, "" for the only or first one. The number is as typed by the agent or found in a
// record; the phone reads it, whatever its spelling. It returns the new call's id once the call is on disk and in the View.
// It first looks whether the agent must be asked ([AsksFirst]), in memory, and in the org where it has not said so in the last minutes, which takes 1.5 s
// at most. Where another call has been taken up meanwhile, it dials nothing and returns [ErrTalking]: that customer would be put on hold for it.
func (d *Desk) Dial(account, number string) (string, error) {
	return d.DialAs(account, number, "", "")
}

// DialAs is Dial with what the callee is to see: one of the account's caller IDs, "" for the account's choice. With a reason it is DialAnyway.
func (d *Desk) DialAs(account, number, as, reason string) (string, error) {
	account = d.dialsFrom(account)
	show := d.shows(account, number, as)
	if reason = clean.Short(reason, longestReason); reason == "" && strings.TrimSpace(number) != "" {
		if err := d.mayCall(account, number, ""); err != nil {
			return "", err
		}
	}
	return d.dial(account, number, reason, show)
}

// DialAnyway is Dial for a callee about whom Dial asks first, see [AsksFirst]. reason is why the agent calls all the same: it is on disk with the
// call before the INVITE leaves, and goes into its Task. Without one the error is [ErrNoReason].
func (d *Desk) DialAnyway(account, number, reason string) (string, error) {
	if reason = clean.Short(reason, longestReason); reason == "" {
		return "", ErrNoReason
	}
	account = d.dialsFrom(account)
	return d.dial(account, number, reason, d.shows(account, number, ""))
}

// ErrTalking is returned where a call was taken up while another was about to be dialed.
var ErrTalking error = fault.Err(nil, "desk.talking-meanwhile")

// mayCall looks whether a number may be called, in memory, and in the org unless that has just answered. The error is one that [AsksFirst] where its owner is
// marked or there is another reason, and [ErrTalking] where the agent has taken up a call meanwhile; except is a call that may be taken up, "" is none.
func (d *Desk) mayCall(account, number, except string) error {
	before, taken := d.now.Load(), d.taken.mark()
	if err := d.mayBeCalled(account, number, except == ""); err != nil {
		return err
	}
	if d.taken.since(taken, except) || d.now.Load().takenUpSince(before, except) {
		return ErrTalking
	}
	return nil
}

// takenUpSince reports whether another call than except is talked on, or dialed, that was not in an earlier state.
func (s *state) takenUpSince(before *state, except string) bool {
	for i := range s.calls {
		if c := &s.calls[i]; c.id != except && c.hasAgent() {
			if j := before.find(c.id); j < 0 || !before.calls[j].hasAgent() {
				return true
			}
		}
	}
	return false
}

// hasAgent reports whether the agent is in the call at this moment, or about to be.
func (c *call) hasAgent() bool {
	return c.phase == Talking || c.phase == RemHeld || c.phase == Dialing
}

// ErrNoReason is returned where somebody would be called about whom the agent is asked, such as one marked Do Not Call, and nobody says why.
var ErrNoReason error = fault.Err(nil, "desk.no-reason")

// longestReason is how many characters of a reason are kept.
const longestReason = 200

// dialsFrom is the account that a call goes out from: "" stands for the phone's first. Whether the callee may be called is asked in that
// account's org, and read by its dial plan.
func (d *Desk) dialsFrom(account string) string {
	if account == "" {
		if all := d.cfg.Phone.Registrations(); len(all) > 0 {
			return all[0].Account
		}
	}
	return account
}

// dial calls without a look whether the callee may be called.
func (d *Desk) dial(account, number, reason string, show shown) (string, error) {
	number = strings.TrimSpace(number)
	if number == "" {
		return "", ErrNoNumber
	}
	id, err := d.dialShowing(account, number, reason, show)
	if err == nil {
		d.awaitArrival(id)
	}
	return id, err
}

// doNotCall is the name of whoever has the number and must not be called.
func (d *Desk) doNotCall(account, number string) (who string, no bool) {
	typed, err := sip.Read(number)
	if err != nil {
		return "", false // the phone says what is wrong with it
	}
	n := d.parse(account, sip.Party{User: typed.Number})
	if sent := d.plan(account).Dial(typed.Number); sent != typed.Number { // a rewrite may lead elsewhere
		if to := d.parse(account, sip.Party{User: sent}); to.Public() && to.E164 != n.E164 {
			if who, no := d.forbids(account, to); no {
				return who, no
			}
		}
	}
	return d.forbids(account, n)
}

// forbids is the name of whoever has a number that is read and must not be called. A mark that memory knows counts at once, however old it
// is; that there is none may have changed, and is asked again when the answer is not fresh.
func (d *Desk) forbids(account string, n crm.Number) (who string, no bool) {
	if !n.Public() {
		return "", false
	}
	s := d.now.Load()
	who, ask := d.recallMark(s, account, n)
	if who != "" {
		return who, true
	}
	if s.rules.NoLookup || len(ask) == 0 {
		return "", false
	}
	return d.askDoNotCall(ask, n)
}

// recallMark is who memory knows to have a number and to be marked, "" for nobody, and where not, the orgs that would know more.
func (d *Desk) recallMark(s *state, account string, n crm.Number) (who string, ask []askedOrg) {
	for _, org := range s.placesOf(account, n) {
		k, known := d.cfg.Memory.Recall(org, n)
		if known {
			if who, no := forbidden(k.Result, k.Choice); no {
				return who, nil
			}
		}
		if !(known && k.Fresh) && s.linked(s.linkOrOrg(org)) {
			ask = append(ask, askedOrg{org, k.Choice})
		}
	}
	return "", ask
}

// remembersMark is who memory knows to have a number that is typed and to be marked, "" for nobody.
func (d *Desk) remembersMark(account, number string) string {
	n, ok := d.goesTo(account, number)
	if !ok {
		return ""
	}
	who, _ := d.recallMark(d.now.Load(), account, n)
	return who
}

// toDial is a call that is about to be dialed.
func (s *state) toDial(account string, n crm.Number) call {
	return callArrived{direction: crm.Outbound, account: account, number: n}.bare(*s)
}

// placesOf are the orgs in which a number is looked for that is called from an account.
func (s *state) placesOf(account string, n crm.Number) []string {
	c := s.toDial(account, n)
	if places := s.places(&c); len(places) > 0 {
		return places
	}
	return []string{s.callers(account)}
}

// askedOrg is an org that is asked for who has a number, and the record that the agent has picked for it there.
type askedOrg struct{ org, choice string }

// askDoNotCall asks orgs, all at the same time, for who has a number and must not be called.
func (d *Desk) askDoNotCall(orgs []askedOrg, n crm.Number) (who string, no bool) {
	ctx, cancel := context.WithTimeout(d.ctx, doNotCallWait)
	defer cancel()
	type marked struct {
		who string
		no  bool
	}
	came := make(chan marked, len(orgs))
	for _, of := range orgs {
		go func() {
			found, err := d.whoHas(ctx, of.org, n, false)
			if err != nil {
				d.cfg.Log.Warn("not known whether the number may be called", "err", cause(err))
				came <- marked{}
				return
			}
			d.memory.Put(rememberAnswer{of.org, found}) // so that the call asks no second time
			who, no := forbidden(found, of.choice)
			came <- marked{who, no}
		}()
	}
	for range orgs {
		select {
		case m := <-came:
			if !no {
				who, no = m.who, m.no
			}
		case <-ctx.Done():
			return who, no
		}
	}
	done := make(passed)
	if d.memory.Put(done) {
		select {
		case <-done:
		case <-ctx.Done(): // a copy is being written: the call goes out, and asks once more
		}
	}
	return who, no
}

// forbidden looks for the mark at whoever the number belongs to: the record that was picked for it or stands out, else at all.
func forbidden(r crm.Result, choice string) (who string, no bool) {
	matches := r.Matches
	if w, ok := r.Winner(); ok {
		matches = []crm.Match{w}
	}
	for i, m := range r.Matches {
		if m.ID == choice {
			matches = r.Matches[i : i+1]
		}
	}
	for _, m := range matches {
		if m.DoNotCall {
			return m.Name, true
		}
	}
	return "", false
}
