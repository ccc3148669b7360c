package sip

import (
	"strings"

	"linecard/fault"
	"linecard/sip/dialog"
	"linecard/sip/watch"
)

// ErrNoPickup says that the server does not tell enough of a call that rings for it to be picked up.
var ErrNoPickup = fault.Err(nil, "sip.no-pickup")

// Pickup takes over the call that rings at a colleague's phone: by dialing a code, or where that is "" by an INVITE with Replaces (RFC 3891), which
// needs a server that tells the dialog of the call. It returns the id of the call, of which is told as of [Phone.Dial]. Once it is answered it is with
// whoever called the colleague: as the server tells it by then, or with an unknown caller. A call that is answered in that moment stays where it is.
func (p *Phone) Pickup(account, extension, code string) (id string, err error) {
	w := wish{account: account, number: code, picks: extension}
	if code == "" {
		w.number = extension
		w.replaces = func(l *line) (dialog.Replacing, error) {
			r, ok := l.ringingAt(extension)
			out, named := dialog.NewReplacing(r.CallID, r.RemoteTag, r.LocalTag, r.Remote) // as whoever calls has it
			if !ok || !r.Whole() || !named {
				return dialog.Replacing{}, ErrNoPickup
			}
			return out, nil
		}
	}
	return p.dial(w)
}

// ringingAt is the call that rings at a colleague's phone, as far as the server tells of it.
func (l *line) ringingAt(extension string) (watch.Ringing, bool) {
	c := l.colleagues[extension]
	if c == nil {
		return watch.Ringing{}, false
	}
	return c.dialogs.Ringing()
}

// pickup is what a dialed call picks up.
type pickup struct {
	extension string // of the colleague at whose phone it rings
	caller    *Party // who called there, as far as the server has told it; nil where it has not
	told      bool   // that the call is with somebody else than was dialed
}

// picksUp makes the pick-up of what rings at a colleague's phone; nil for a wish of another kind.
func (l *line) picksUp(w wish) *pickup {
	if w.picks == "" {
		return nil
	}
	return &pickup{extension: w.picks, caller: l.callerAt(w.picks)}
}

// callerAt is who calls a colleague, as the server tells it with the colleague's state. It is nil where that does not say.
func (l *line) callerAt(extension string) *Party {
	r, ok := l.ringingAt(extension)
	if !ok {
		return nil
	}
	a, ok := parseAddress("<" + r.Caller + ">")
	switch a.name = r.Name; {
	case !ok || nobody(a.user) && !anonymous(a):
		return nil
	case anonymous(a):
		return &Party{Withheld: true, Source: fromDialogInfo}
	case strings.EqualFold(a.user, extension) || strings.EqualFold(a.user, l.account.User):
		return nil
	}
	party := l.known(a.party(fromDialogInfo).clean())
	return &party
}

// fromDialogInfo is the [Party].Source of a caller that the state of a colleague's phone has told.
const fromDialogInfo = "dialog-info"

// pickedUp tells whom a call that was picked up is with, once it has told that it was answered. Where nobody has told who called, the
// answer may, which is read in a moment.
func (c *call) pickedUp() {
	switch {
	case c.picks == nil:
	case c.picks.caller != nil:
		c.isWith(*c.picks.caller)
	default:
		c.p.queue.Put(func() {
			if !c.p.closed && c.phase == talking && !c.picks.told {
				c.isWith(Party{Withheld: true, Source: fromDialogInfo})
			}
		})
	}
}

func (c *call) isWith(party Party) {
	c.picks.told, c.party = true, party
	c.tell(CallIdentity{ID: c.id, Account: c.account, At: c.p.cfg.Clock.Now(), Party: party})
}

// isDialed reports whether a user is what was dialed to pick a call up, or the colleague at whose phone it rang. A server that names one of them in its
// answer does not tell who called.
func (c *call) isDialed(user string) bool {
	return c.picks != nil && (strings.EqualFold(user, c.picks.extension) || user == c.number || user == c.sent)
}
