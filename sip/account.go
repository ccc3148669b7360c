package sip

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Account is what a registrar knows the agent by.
type Account struct {
	Server      string        // registrar: host or host:port
	User        string        // the extension: user part of the address of record
	AuthUser    string        // digest username when it differs from User
	Password    string        // never logged
	DisplayName string        // sent in From
	Transport   string        // "udp" (default), "tcp"
	Port        int           // signalling port of ours, UDP and TCP; 0 means any free one
	Proxy       string        // outbound proxy: host or host:port
	Expires     time.Duration // asked-for life of the binding; 0 means 5 minutes
	Lines       int           // calls at once; one more is told 486 Busy Here; 0 means 2
}

// Check says what is wrong with an account, in a sentence. One without a server is no account, and fine.
func (a Account) Check() error {
	switch {
	case a.Server == "":
		return nil
	case a.User == "":
		return sentence("The account has no user. Enter the extension in Settings > Phone.")
	case a.Transport != "" && a.Transport != "udp" && a.Transport != "tcp":
		return sentencef("The transport %q is not known. Choose udp or tcp in Settings > Phone.", a.Transport)
	case strings.ContainsFunc(a.User+a.AuthUser+a.DisplayName, unicode.IsControl):
		return sentence("The account has characters that cannot be typed. Enter it anew in Settings > Phone.")
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

// isAddress reports whether a text is a host or host:port. A "sip:" before it would else be taken for the host.
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

// splitServer takes host, host:port, an IPv6 address, or [IPv6]:port apart.
func splitServer(server string) (host string, port int) {
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
