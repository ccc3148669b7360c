package app

import (
	"cmp"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// A callee may be shown the number that their record names, where the account has a field for that. What the agent chose for the call outweighs it, and it outweighs
// what the account shows. The record is the one that the first card of the call takes, of one org or of several together. It is read from what is remembered of the
// number, the answers of the orgs or their copies, so that no call waits for it: whoever is not known at that moment, or is not looked for, sees what the account
// shows. The field is written by others, so that it can choose among the account's numbers and, only where it has none, be any number.

// ShownBy is who says what a callee sees.
type ShownBy string

// Those who say it, the first one first.
const (
	ShownByAgent   ShownBy = "call"
	ShownByRecord  ShownBy = "record"
	ShownByAccount ShownBy = "account"
)

// shownBy is the number that the record of whoever has a number says that they see, as the account may show it; "" for none.
func (d *Desk) shownBy(account, number string) string {
	s := d.now.Load()
	a := s.account(account)
	if a.RecordCallerID == "" {
		return ""
	}
	typed, err := sip.Read(number)
	if err != nil {
		return ""
	}
	n := d.parse(account, sip.Party{User: typed.Number})
	sent := d.plan(account).Dial(typed.Number)
	if to := d.parse(account, sip.Party{User: sent}); !n.Public() || to.Public() && to.E164 != n.E164 { // a rewrite leads to somebody else
		return ""
	}
	known, choice := d.recallAll(s.placesOf(account, n), n)
	if known == nil {
		return ""
	}
	c := s.toDial(account, n)
	if v := s.card(cmp.Or(s.ownerOf(&c).org, known.Org), *known, choice); v.State == LookupOne {
		return d.allowed(a, v.Record.ShowsBy(a.RecordCallerID))
	}
	return ""
}

// allowed is a number as the account's list has it, however it is written; "" where there is a list without it.
func (d *Desk) allowed(a Account, number string) string {
	if number == "" || len(a.CallerIDs) == 0 {
		return number
	}
	read := func(number string) crm.Number { return d.parse(a.ID, sip.Party{User: number}) }
	want := read(number)
	for _, entry := range a.CallerIDs {
		listed, _ := ReadCallerID(entry)
		if is := read(listed); listed == number || want.Public() && is.Public() && is.E164 == want.E164 {
			return listed
		}
	}
	return ""
}

// shown is what a callee is to see, and who says so. It is read before the org is asked whether the callee may be called, so that it is what was told before dialing,
// whatever the org answers.
type shown struct {
	as string // "" leaves it to the phone system
	of ShownBy
}

// shows is what the callee is to see of a call: as, where the agent chose that, else what the record says.
func (d *Desk) shows(account, number, as string) shown {
	if as = Spelling(as); as != "" {
		return shown{as, ShownByAgent}
	}
	if as = d.shownBy(account, number); as != "" {
		return shown{as, ShownByRecord}
	}
	return shown{of: ShownByAccount}
}

// dialShowing calls a number with what the callee is to see.
func (d *Desk) dialShowing(account, number, note string, show shown) (string, error) {
	switch show.of {
	case ShownByAgent:
		return d.cfg.Phone.DialAs(account, number, note, show.as)
	case ShownByRecord:
		id, err := d.cfg.Phone.DialFor(account, number, note, "", show.as)
		if why := fault.Of(err); !why.Is("sip.caller-id-unknown") && !why.Is("sip.caller-id-none") { // the list is another by now
			return id, err
		}
	}
	return d.cfg.Phone.Dial(account, number, note)
}
