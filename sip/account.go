package sip

import (
	"cmp"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"linecard/fault"
	"linecard/sip/dialog"
	"linecard/sip/encryption"
	"linecard/sip/media"
	"linecard/sip/sdp"
	"linecard/sip/stun"
	"linecard/sip/transport"
)

// Account is what a registrar knows the agent by, and how the phone is to behave towards it. It has the fields of
// [dialog.Account], where they are told: one place for all of package sip.
type Account dialog.Account

// Forward is where the calls of an account go that its phone does not take.
type Forward = dialog.Forward

// Trust is whom an account takes calls from, besides its own server.
type Trust = dialog.Trust

// ID names an account for as long as it is at its server: what events, calls and the journal carry. It is the extension
// and the server as they were entered, such as "2041@pbx.example.com"; the zero Account has none.
func (a Account) ID() string {
	if a.Server == "" {
		return ""
	}
	return a.User + "@" + a.Server
}

// Equal reports whether two accounts have the same values.
func (a Account) Equal(b Account) bool { return reflect.DeepEqual(a, b) }

// Check says what is wrong with an account, as a [fault.Error]. One without a server is no account, and fine.
func (a Account) Check() error {
	host, _ := transport.Secure(a.Server)
	switch {
	case a.Server == "":
		return nil
	case a.User == "":
		return fault.Err(nil, "sip.account.no-user")
	case a.TLSKey != "" && a.TLSCert == "":
		return fault.Err(nil, "sip.account.tls-key")
	case a.Transport != "" && !slices.Contains(transport.All(), a.Transport):
		return fault.Err(nil, "sip.account.transport", "transport", a.Transport)
	case strings.ContainsFunc(a.User+a.AuthUser+a.DisplayName+a.CallerID, unicode.IsControl):
		return fault.Err(nil, "sip.account.characters")
	case strings.ContainsAny(a.Server+a.Proxy, " \t\r\n<>\"@;/"):
		return fault.Err(nil, "sip.account.server-characters")
	case !isAddress(host):
		return fault.Err(nil, "sip.account.server", "address", a.Server)
	case a.Proxy != "" && !isAddress(a.Proxy):
		return fault.Err(nil, "sip.account.proxy", "address", a.Proxy)
	case !slices.Contains(encryption.All(), string(a.encryption())):
		return fault.Err(nil, "sip.account.encryption", "encryption", a.Encryption)
	case a.EncryptionBy != "" && !slices.Contains(encryption.Ways(), a.EncryptionBy):
		return fault.Err(nil, "sip.account.encryption-by", "by", a.EncryptionBy)
	case a.STUN != "" && !stunServer(a.STUN):
		return fault.Err(nil, "sip.account.stun", "address", a.STUN)
	case a.ICE != "" && !slices.Contains([]string{ICEAnswer, ICEOffer, ICENever}, a.ICE):
		return fault.Err(nil, "sip.account.ice", "ice", a.ICE)
	case a.Port < 0 || a.Port > 65535:
		return fault.Err(nil, "sip.account.port", "port", a.Port)
	}
	return nil
}

// Encrypted reports whether the account's server is reached by TLS.
func (a Account) Encrypted() bool { return dialog.Account(a).Encrypted() }

// When calls look for their way by ICE (RFC 8445).
const (
	ICEAnswer = "answer" // where the other side offers it; "" means this
	ICEOffer  = "offer"  // and offered in our calls
	ICENever  = "never"
)

func stunServer(text string) bool {
	_, _, ok := stun.Split(text)
	return ok
}

// isAddress reports whether a text is a host or host:port. A "sip:" in front of it would otherwise be taken for the host.
func isAddress(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.Trim(text, "[]"), "5060"
	}
	if _, err := netip.ParseAddr(host); err != nil && (host == "" || strings.Contains(host, ":")) {
		return false
	}
	n, err := strconv.Atoi(port)
	return err == nil && 1 <= n && n <= 65535
}

// encryption is whether the account's calls are encrypted.
func (a Account) encryption() sdp.Encryption {
	return cmp.Or(sdp.Encryption(a.Encryption), sdp.EncryptionOffered)
}

// describes is what a session description of the account's is made of; addr is where the sound is received.
func (p *Phone) describes(a Account, addr netip.AddrPort, rtcpPort uint16) sdp.Config {
	return sdp.Config{
		ICE: map[string]sdp.ICEPolicy{ICEOffer: sdp.ICEOffered, ICENever: sdp.ICENever}[a.ICE], Addr: addr, RTCPPort: rtcpPort, Codecs: media.Codecs(), Encryption: a.encryption(), By: encryption.By(a.EncryptionBy), Fingerprint: p.certificate.Fingerprint(), NoDTMF: !a.takesEvents(),
	}
}

func (a Account) lines() int {
	if a.Lines <= 0 {
		return 2
	}
	return a.Lines
}
