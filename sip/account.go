package sip

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"linecard/sip/dialog"
)

// Account is what a registrar knows the agent by, and how the phone is to behave towards it. It has the fields of
// [dialog.Account], where they are told: one place for all of package sip.
type Account dialog.Account

// ID names an account for as long as it is at its server: what events, calls and the journal carry. It is the extension
// and the server as they were entered, such as "2041@pbx.example.com"; the zero Account has none.
func (a Account) ID() string {
	if a.Server == "" {
		return ""
	}
	return a.User + "@" + a.Server
}

// Check says what is wrong with an account, in a sentence. One without a server is no account, and fine.
func (a Account) Check() error {
	switch {
	case a.Server == "":
		return nil
	case a.User == "":
		return sentence("The account has no user. Enter the extension in Settings > Phone.")
	case a.Transport != "" && !slices.Contains(dialog.Transports, a.Transport):
		return sentencef("The transport %q is not known. Choose %s in Settings > Phone.", a.Transport, strings.Join(dialog.Transports, " or "))
	case strings.ContainsFunc(a.User+a.AuthUser+a.DisplayName, unicode.IsControl):
		return sentence("The account contains characters that cannot be used. Enter it again in Settings > Phone.")
	case strings.ContainsAny(a.Server+a.Proxy, " \t\r\n<>\"@;/"):
		return sentence("The server name has characters a name cannot have. Check it in Settings > Phone.")
	case !isAddress(a.Server):
		return notAnAddress("server", a.Server)
	case a.Proxy != "" && !isAddress(a.Proxy):
		return notAnAddress("proxy", a.Proxy)
	case a.Port < 0 || a.Port > 65535:
		return sentencef("There is no port %d. Choose one from 1 to 65535 in Settings > Phone, or leave it empty.", a.Port)
	}
	return nil
}

func notAnAddress(what, text string) error {
	return sentencef("The %s %s is no address. Enter its name, with a port if need be: pbx.example.com or pbx.example.com:5060.", what, text)
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

func (a Account) lines() int {
	if a.Lines <= 0 {
		return 2
	}
	return a.Lines
}
