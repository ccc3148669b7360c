package ui

import (
	"slices"
	"strings"

	"linecard/app"
	"linecard/crm"
	"linecard/fault"
)

// A complaint about something whose state the View tells stays until that works again, and goes with the same View: it neither disappears
// before it could be read, nor stays when it is no longer true.

// place is something that the View says to be well, or not and why.
type place struct {
	key    placeKey
	well   bool
	codes  []fault.Code
	server string // of an account
}

// placeKey tells places apart: what kind of thing it is, and which one.
type placeKey struct{ kind, id string }

// places are all there are in a View.
func places(v app.View) []place {
	phones := v.Phones
	if len(phones) == 0 {
		phones = []app.PhoneView{v.Phone}
	}
	all := []place{
		{key: placeKey{kind: "audio"}, well: !v.Audio.Null && v.Audio.Why.IsZero(), codes: []fault.Code{v.Audio.Why.Code}},
		{key: placeKey{"notice", string(v.Told.Code)}, codes: []fault.Code{v.Told.Code}},
	}
	for _, p := range phones {
		all = append(all, place{placeKey{"phone", p.Account}, p.State == app.Registered, []fault.Code{p.Why.Code}, p.Server})
	}
	for _, o := range v.Orgs {
		all = append(all, place{placeKey{"org", o.OrgID}, o.State == crm.Linked && o.TroubleCode == "", []fault.Code{o.ReasonCode, o.TroubleCode}, ""})
	}
	return all
}

// complaintCause is what a complaint is about: a fault, and the places of the View that it has been told of.
type complaintCause struct {
	why   fault.Fault
	unfit []placeKey
}

// at reports whether the fault is that of a place.
func (a *complaintCause) at(p place) bool {
	code := plainCode(a.why.Code)
	if p.well || code == "" || code == fault.Plain {
		return false
	}
	server, _ := a.why.Values["server"].(string)
	dialing := code == "sip.not-registered" || strings.HasPrefix(string(code), "sip.registration.")
	return dialing && server != "" && server == p.server || slices.ContainsFunc(p.codes, func(c fault.Code) bool { return plainCode(c) == code })
}

// plainCode is the code of a fault without what it says of the next try.
func plainCode(c fault.Code) fault.Code { return fault.Code(strings.TrimSuffix(string(c), ".later")) }

// healed looks at a View. lasts tells that the fault is still there, healed that it was there and is no longer.
func (a *complaintCause) healed(v app.View) (lasts, healed bool) {
	all := places(v)
	for _, p := range all {
		if a.at(p) && !slices.Contains(a.unfit, p.key) {
			a.unfit = append(a.unfit, p.key)
		}
	}
	for _, p := range all {
		if slices.Contains(a.unfit, p.key) && !p.well {
			return true, false
		}
	}
	return false, len(a.unfit) > 0
}

// heal takes the complaint away that the View says to be over, and keeps the one that it says to last.
func (w *Window) heal() {
	if w.cause.why.IsZero() {
		return
	}
	switch lasts, healed := w.cause.healed(w.view); {
	case healed:
		w.say(w.complaint, "")
	case lasts:
		w.keepSaying()
	}
}
