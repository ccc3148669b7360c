package app

import (
	"context"
	"errors"
	"strings"

	"linecard/clean"
	"linecard/crm"
	"linecard/fault"
)

// What a command may say no with.
var (
	ErrNothingRings = fault.Err(nil, "desk.nothing-rings")
	ErrNoCall       = fault.Err(nil, "desk.no-call")
	ErrNotUp        = fault.Err(nil, "desk.not-connected")
	ErrNotHeld      = fault.Err(nil, "desk.not-held")
	ErrOver         = fault.Err(nil, "desk.over")
	ErrNotOver      = fault.Err(nil, "desk.not-over")
	ErrNoSuchCall   = fault.Err(nil, "desk.no-such-call")
	ErrNoNumber     = fault.Err(nil, "desk.no-number")
)

// Spelling takes the separators people write out of a number, so that spellings can be compared: "+1 (415) 555-0100" is
// +14155550100. What is no number, such as a SIP address, is left as it is. What may be dialled is the phone's to say.
func Spelling(s string) string {
	s = strings.TrimSpace(s)
	stripped := strings.NewReplacer(" ", "", "\u00a0", "", "(", "", ")", "", "-", "", ".", "", "/", "", "\u2011", "", "\u2013", "").Replace(s)
	if strings.Trim(stripped, "+0123456789*#,") == "" {
		return stripped
	}
	return s
}

// Answer answers the call, or with id "" the one that has been ringing longest.
func (d *Desk) Answer(id string) error {
	return d.on(id, ErrNothingRings, func(c CallView) bool { return c.Phase == Ringing }, func(id string) error {
		d.taken.add(id)
		return d.cfg.Phone.Answer(id)
	})
}

// Decline declines the ringing call, or with id "" the one that has been ringing longest.
func (d *Desk) Decline(id string) error {
	return d.on(id, ErrNothingRings, func(c CallView) bool { return c.Phase == Ringing }, func(id string) error {
		d.post(declinedHere{d.stamp(), id})
		return d.cfg.Phone.Decline(id)
	})
}

// Hangup ends the call, however far it got; with id "" the focused one.
func (d *Desk) Hangup(id string) error {
	return d.onLeg(id, ErrOver, live, func(id string) error {
		if c, ok := d.View().call(id); ok && c.Phase == Ringing { // as far as is known: it may have been answered just now
			d.post(declinedHere{d.stamp(), id})
		}
		return d.cfg.Phone.Hangup(id)
	})
}

// Hold puts the call on hold; with id "" the focused one.
func (d *Desk) Hold(id string) error { return d.onLeg(id, ErrNotUp, up, d.cfg.Phone.Hold) }

// Resume takes the call off hold; with id "" the held one that came first.
func (d *Desk) Resume(id string) error {
	return d.onLeg(id, ErrNotHeld, func(c CallView) bool { return c.Phase == Held }, func(id string) error {
		d.taken.add(id)
		return d.cfg.Phone.Resume(id)
	})
}

// SetMute switches the microphone off for the call, or on again; with id "" the focused one.
func (d *Desk) SetMute(id string, muted bool) error {
	return d.onLeg(id, ErrNotUp, up, func(id string) error { return d.cfg.Phone.SetMute(id, muted) })
}

// SendDTMF presses keys in the call; with id "" the focused one. Keys are 0-9 * # A-D.
func (d *Desk) SendDTMF(id, digits string) error {
	return d.onLeg(id, ErrNotUp, up, func(id string) error { return d.cfg.Phone.SendDTMF(id, digits) })
}

// Silence stops the ring tone; the call rings on.
func (d *Desk) Silence(id string) error {
	return d.on(id, ErrNothingRings, func(c CallView) bool { return c.Phase == Ringing }, d.cfg.Ringer.Silence)
}

// SetDND switches do not disturb: every call is told busy, and is in the history as missed.
func (d *Desk) SetDND(on bool) {
	if err := d.cfg.Ringer.SetDND(on); err != nil {
		d.Notice(faultOf(err))
		return
	}
	d.post(dndSet{d.stamp(), on})
}

// LookupAgain asks the org once more who it is.
func (d *Desk) LookupAgain(id string) error {
	return d.on(id, ErrNoCall, anyCall, func(id string) error {
		d.post(lookupWanted{d.stamp(), id})
		return nil
	})
}

// EditWrap takes what was typed; it is saved at once, and sent when the form is left. Of a call that has left the desk, however long ago, the
// same Task is changed; unless its card is open that waits for the disk.
func (d *Desk) EditWrap(id string, e WrapEdit) error {
	e.Subject, e.Notes = typed(e.Subject, false), typed(e.Notes, true)
	if d.left(id) {
		return d.editPast(id, e)
	}
	return d.on(id, ErrNoCall, anyCall, func(id string) error {
		d.post(wrapEdited{d.stamp(), id, e})
		return nil
	})
}

// typed is what was typed without the characters that show nothing: the Task leaves them out, and so must what is shown.
func typed(s *string, lines bool) *string {
	if s == nil {
		return nil
	}
	fit := clean.Typed(*s, lines)
	return &fit
}

// SaveWrap ends wrap-up and sends what was typed. The error names the questions of the layout that must be answered first, or
// the fields of the card that must be filled; or it says why a change on the card was not saved. Then the call stays.
func (d *Desk) SaveWrap(id string) error {
	if o := d.View().Opened; o != nil && o.ID == id {
		return d.closeCard(id, true)
	}
	return d.on(id, ErrNotOver, over, func(id string) error {
		if err := d.unanswered(id); err != nil {
			return err
		}
		if err := d.finishCard(id); err != nil {
			return err
		}
		d.post(wrapSaved{d.stamp(), id})
		return nil
	})
}

// DontLog keeps the call out of the org; a Task already written is deleted again.
func (d *Desk) DontLog(id string) error {
	return d.on(id, ErrNoCall, anyCall, func(id string) error {
		d.post(logRefused{d.stamp(), id})
		return nil
	})
}

// Dismiss takes an ended call off the desk.
func (d *Desk) Dismiss(id string) error {
	return d.on(id, ErrNotOver, over, func(id string) error {
		d.post(dismissed{d.stamp(), id})
		return nil
	})
}

// LookupNumber tells who a number belongs to, however it is spelled. It asks the org with the id; "" is the first one linked, or all of them
// where orgs are searched together. While one does not answer, what is on this computer does; the result is then Cached.
func (d *Desk) LookupNumber(ctx context.Context, org, raw string) (Found, error) {
	n := crm.ParseNumber(raw, d.plan(""))
	none := Found{Result: crm.Result{Number: n}}
	switch {
	case strings.TrimSpace(raw) == "":
		return Found{}, fault.Err(nil, "desk.nothing-to-look-up")
	case n.Withheld:
		return none, nil
	case n.Extension:
		return none, fault.Err(nil, "desk.extension")
	case len(n.Variants) == 0:
		return none, fault.Err(nil, "desk.not-a-number")
	}
	r, silent, err := d.lookUpIn(ctx, d.orgsToAsk(org), n)
	return Found{r, d.now.Load().silent(silent)}, err
}

func live(c CallView) bool  { return c.Phase != WrapUp && c.Phase != Finished && c.Phase != Past }
func up(c CallView) bool    { return c.Phase == Talking || c.Phase == Held || c.Phase == RemHeld }
func over(c CallView) bool  { return !live(c) }
func anyCall(CallView) bool { return true }

// on does something to the call with the id, or with id "" to the first in focus that fits. misfit is what to say of a call
// that does not.
func (d *Desk) on(id string, misfit error, fits func(CallView) bool, do func(id string) error) error {
	v := d.View()
	if id != "" {
		c, ok := v.call(id)
		switch {
		case !ok:
			return ErrNoSuchCall
		case !fits(c):
			return misfit
		}
		return do(id)
	}
	for _, c := range v.Calls {
		if fits(c) {
			return do(c.ID)
		}
	}
	if len(v.Calls) == 0 && !errors.Is(misfit, ErrNothingRings) {
		return ErrNoCall
	}
	return misfit
}

// call finds a call of the View.
func (v View) call(id string) (CallView, bool) {
	for _, c := range v.Calls {
		if c.ID == id {
			return c, true
		}
	}
	return CallView{}, false
}
