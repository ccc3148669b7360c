package app

import (
	"linecard/crm"
	"linecard/sip"
	"linecard/sip/transport"
)

// WillDial is what a call would be that somebody asks for.
type WillDial struct {
	Account string `json:"account,omitempty"` // id of the phone account; "" while there is none
	Number  string `json:"number"`            // as people read it
	Read    string `json:"read"`              // as it was typed, without what is no digit
	Sent    string `json:"sent"`              // what goes to the phone server
	Then    string `json:"then,omitempty"`    // keys for after the answer
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
	return w, nil
}
