package app

import (
	"linecard/crm"
	"linecard/sip"
	"linecard/sip/transport"
)

// WillDial is what a call would be that somebody asks for.
type WillDial struct {
	Account string  `json:"account,omitempty"` // id of the phone account; "" while there is none
	Number  string  `json:"number"`            // as people read it
	Read    string  `json:"read"`              // as it was typed, without what is no digit
	Sent    string  `json:"sent"`              // what goes to the phone server
	Then    string  `json:"then,omitempty"`    // keys for after the answer
	As      string  `json:"as,omitempty"`      // number that the callee is to see, or "withheld"; "" leaves it to the phone system
	AsOf    ShownBy `json:"asOf,omitempty"`    // who says so; "" where nobody does

	Asks []Caution `json:"asks,omitempty"` // what the agent is asked about first, where that was looked for: [Desk.WillAsk]
}

// WillDial reads a number as [Desk.Dial] does, and says what the account's dial plan makes of it; account "" is the first. It calls
// nobody, and waits for nothing.
func (d *Desk) WillDial(account, text string) (WillDial, error) {
	if phones := d.View().Phones; account == "" && len(phones) > 0 {
		account = phones[0].Account
	}
	plan := d.plan(account)
	to := sip.Account{Server: plan.Domain}
	if d.cfg.ByTLS != nil && d.cfg.ByTLS(account) {
		to.Transport = transport.TLS
	}
	read, err := to.Dialable(text)
	if err != nil {
		return WillDial{}, err
	}
	w := WillDial{Account: account, Number: read.Number, Read: read.Number, Sent: plan.Dial(read.Number), Then: read.Keys()}
	if read.Secure {
		w.Sent = "sips:" + w.Sent
	}
	if !sip.Named(read.Number) {
		w.Number = crm.ParseNumber(read.Number, plan).Show()
	}
	if w.As = d.shownBy(account, text); w.As != "" {
		w.AsOf = ShownByRecord
	} else if w.As = d.now.Load().account(account).CallerID; w.As != "" {
		w.AsOf = ShownByAccount
	}
	return w, nil
}

// WillDialAs is WillDial with what the agent chose that the callee sees, as [Desk.DialAs] takes it; "" chooses nothing.
func (d *Desk) WillDialAs(account, text, as string) (WillDial, error) {
	as = Spelling(as)
	w, err := d.WillDial(account, text)
	if err != nil || as == "" {
		return w, err
	}
	a := d.now.Load().account(w.Account)
	if err := (sip.Account{CallerID: a.CallerID, CallerIDs: a.CallerIDs}).MayShow(as); err != nil {
		return WillDial{}, err
	}
	w.As, _ = ReadCallerID(as)
	w.AsOf = ShownByAgent
	return w, nil
}
