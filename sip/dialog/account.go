package dialog

import (
	"net"
	"strconv"
	"strings"
	"time"

	"linecard/sip/transport"
)

// Account is what a registrar knows the user by, and how the user agent is to behave towards it. The phone above has the
// same type by another name, so that a setting of an account is added here and nowhere else in package sip.
type Account struct {
	Server          string        // registrar and domain of the address of record: host or host:port; without a port by SRV, else the transport's default. "sips:" in front has everything go by TLS, and by sips: addresses
	User            string        // the extension: user part of the address of record
	AuthUser        string        // digest username; "" means User
	Password        string        // never logged
	DisplayName     string        // sent in From
	CallerID        string        // number that the callee is to see, or Withheld; "" means none. Sent as CallerIDIn says
	Headers         []string      // names of header fields, beginning with X-, that are told of each call however many others come. The phone goes by it
	CallerIDs       []string      // what CallerID may be for one call, each a number, or a name with the number in <>, or Withheld. The phone chooses
	CallerIDIn      string        // the header it is sent in: one of the CallerIn constants; "" means the first. The phone puts it into Shown
	Transport       string        // one of transport.All; "" means the first
	Port            int           // own signalling port, UDP and TCP; 0 means any free one
	TLSCA           string        // file of certificates that are trusted beside the system's, PEM; "" means none
	TLSCert         string        // file of the phone's own certificate, for servers that ask for one, PEM; "" means none
	TLSKey          string        // file of its key; "" means that TLSCert has it
	Proxy           string        // outbound proxy host or host:port every request goes through; "" means none
	Expires         time.Duration // asked-for life of the binding; 0 means 5 minutes
	Keepalive       time.Duration // longest pause between keepalives on the flow to the registrar, over UDP also between refreshes where it is longer; 0 means 25 s
	SessionTimer    time.Duration // how soon a call that nobody refreshes ends (RFC 4028): asked for in every call, refreshed at half of it; 0 does not ask
	ReliableRinging bool          // whether the 180 is repeated until the caller acknowledges it (RFC 3262) also where the caller only can do that; where it must, it always is
	Lines           int           // calls at once; one more is told 486 Busy Here; 0 means 2. The phone counts them
	STUN            string        // server that is asked how others see our ports, host or host:port; "" means none. Without a port by SRV, else 3478
	ICE             string        // whether calls find their way by ICE: one of the ICE constants of package sip; "" means the first. The phone sees to it
	Encryption      string        // whether calls are encrypted: one of encryption.All; "" means "offered". The phone sees to it
	EncryptionBy    string        // how we offer to come to the keys: one of encryption.Ways; "" means the first
	Mailbox         bool          // whether the server is asked how many voice messages wait (RFC 3842). What it tells unasked is heard without. The phone sees to it
	Conference      string        // the conference room: what is dialed for it, with {user} for User; "" means none. The phone dials it
	DTMF            string        // how keys are sent: one of the Keys constants of package sip. The phone sees to it
	AutoAnswer      bool          // calls are answered at once where the server asks for that. The phone sees to it
	Forward         Forward       // where calls go that are not taken here. The phone sees to it
	Trust           Trust         // whom calls are taken from, besides the server
	Follow          string        // which transfers by the other side of a call are followed: one of the Follow constants of package sip; "" asks. The phone decides
	Redirects       string        // where a dialed call goes on to that whoever is called sends on: one of the Follow constants of package sip; "" is FollowInside. The phone decides
}

// Forward is where the calls of an account go that its phone does not take: numbers, "" for nowhere.
type Forward struct {
	Always   string        // all of them
	Busy     string        // those that come while every line is in use, or with do not disturb
	NoAnswer string        // those that have rung for After
	After    time.Duration // 0 means 20 s
}

// Somewhere reports whether any calls are forwarded.
func (f Forward) Somewhere() bool { return f.Always != "" || f.Busy != "" || f.NoAnswer != "" }

// Encrypted reports whether the account's server is reached by TLS.
func (a Account) Encrypted() bool {
	return transport.Encrypted(a.Server, a.Transport)
}

// SplitServer takes host, host:port, an IPv6 address, or [IPv6]:port apart, with "sips:" in front or without. The port is 0 where
// none is named.
func SplitServer(server string) (host string, port int) {
	server, _ = transport.Secure(server)
	h, portText, err := net.SplitHostPort(server)
	if err != nil {
		return strings.Trim(server, "[]"), 0
	}
	n, err := strconv.Atoi(portText)
	if err != nil || n < 1 || n > 65535 {
		return h, 0
	}
	return h, n
}
