package sip

import (
	"cmp"
	"net"
	"strconv"
	"strings"

	"linecard/fault"
	"linecard/sip/dialog"
)

// maxNumber is the most characters a number or name may have: several times what E.164 and the longest feature codes need.
const maxNumber = 100

// Dialable is what is called from the account when a person types, pastes or clicks something: what [Read] makes of it, if the
// account can call that. It is the one gate in front of [Phone.Dial] and [Phone.Transfer], and its error is a [fault.Error]
// that says what the agent can do.
//
// @host may follow a number or name where it is the account's own server, with its port or none. Another host is refused
// rather than called: calls go through the account's server, which knows who may call whom and writes the bill, and links
// come from strangers. So is all that could be more than a number in a SIP message, and a sips: address where the server is reached
// without TLS: nobody would keep what it promises.
func (a Account) Dialable(typed string) (Dialed, error) {
	d, err := Read(typed)
	switch {
	case err != nil:
		return Dialed{}, err
	case d.Secure && a.Server != "" && !a.Encrypted():
		return Dialed{}, ErrSecureCall
	case d.Host == "" || a.Own(d.Host):
		d.Host = ""
		return d, nil
	case a.Server == "":
		return Dialed{}, ErrNoAccount
	}
	return Dialed{}, fault.Err(nil, "sip.other-server", "server", a.Server)
}

const (
	alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	nameChars    = alphanumeric + "-_.+*#"
)

// Own reports whether the host of an address, perhaps with a port, is the account's own server: a name there is a
// colleague, the same name elsewhere somebody else.
func (a Account) Own(host string) bool {
	ours, port := dialog.SplitServer(a.Server)
	name, text, err := net.SplitHostPort(host)
	if err != nil { // no port
		return ours != "" && strings.EqualFold(strings.Trim(host, "[]"), ours)
	}
	n, err := strconv.Atoi(text)
	usual := 5060
	if a.Encrypted() {
		usual = 5061
	}
	return err == nil && n == cmp.Or(port, usual) && strings.EqualFold(name, ours)
}
