package settings

import (
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Salesforce is what the desk asks of Salesforce.
type Salesforce struct {
	DailyCap  int      `toml:"daily_cap" range:"0 10000000"` // requests a day that count against an org's, in all orgs; 0 means no bound
	SetupDone []string `toml:"setup_done" most:"50"`         // steps of the guide for admins that are ticked off
}

// Directory is what this computer knows of the org's people: the copy of those who call, and those who work there.
type Directory struct {
	Copy     bool `toml:"sync_people"`   // whether there is one
	Contacts bool `toml:"sync_contacts"` // what is copied, as far as it has a phone number
	Accounts bool `toml:"sync_accounts"`
	Leads    bool `toml:"sync_leads"`
	Minutes  int  `toml:"sync_minutes" range:"5 10080"` // how often changes are taken over

	Colleagues bool `toml:"colleagues"` // the org's users who have an extension are colleagues, see [Settings.Colleagues]
}

// Errors says who is told when a link or the logging of calls breaks, and when it is well again.
type Errors struct {
	PauseMinutes int          `toml:"pause_minutes" range:"0 10080"` // between two notices about the same thing
	Mail         ErrorMail    `toml:"mail"`
	Webhook      ErrorWebhook `toml:"webhook"`
}

// ErrorMail is a notice by e-mail; its password is a secret, see [MailKey].
type ErrorMail struct {
	To       []string `toml:"to" most:"20"`                    // addresses; without any no mail is sent
	From     string   `toml:"from"`                            // address of the sender; "" means the first of To
	Server   string   `toml:"server"`                          // host, or host:port; the port is 587, with tls 465
	User     string   `toml:"user"`                            // "" sends without a login
	Security string   `toml:"security" of:"starttls tls none"` // how the connection is encrypted
}

// How the connection to a mail server is encrypted.
const (
	SecurityStartTLS = "starttls" // begun in clear and encrypted before anything is said; a server that cannot is refused
	SecurityTLS      = "tls"      // from the first byte
	SecurityNone     = "none"     // not at all; a password is then sent on loopback only
)

// On reports whether there is somebody to tell, and a way.
func (m ErrorMail) On() bool { return len(m.To) > 0 && m.Server != "" }

// Sender is the address that mail comes from.
func (m ErrorMail) Sender() string {
	if m.From == "" && len(m.To) > 0 {
		return m.To[0]
	}
	return m.From
}

// Address is the host and the port of the server.
func (m ErrorMail) Address() (host string, port int) {
	port = 587
	if m.Security == SecurityTLS {
		port = 465
	}
	host, p, err := net.SplitHostPort(m.Server)
	if err != nil {
		return strings.Trim(m.Server, "[]"), port
	}
	if n, err := strconv.Atoi(p); err == nil {
		port = n
	}
	return host, port
}

// ErrorWebhook is a notice by HTTP; the secret that signs it is kept by [WebhookKey].
type ErrorWebhook struct {
	URL string `toml:"url"` // https, or http on this computer; "" means none
}

// MailKey is the key of the password for the mail server.
func MailKey(m ErrorMail) string { return "smtp:" + m.User + "@" + m.Server }

// WebhookKey is the key of the secret that signs what a webhook gets.
const WebhookKey = "webhook:errors"

// errors checks who is told of errors.
func (c *checker) errors(path string, e *Errors, def Errors) {
	at := path + "mail."
	e.Mail.To = slices.DeleteFunc(slices.Clone(e.Mail.To), func(text string) bool { return c.address(at+"to", text) })
	if e.Mail.From != "" && c.address(at+"from", e.Mail.From) {
		e.Mail.From = def.Mail.From
	}
	e.Mail.Server = strings.TrimSpace(e.Mail.Server)
	if !isServer(e.Mail.Server) {
		c.fault("settings.must-be-server", "key", at+"server")
		e.Mail.Server = def.Mail.Server
	}
	if e.Webhook.URL = strings.TrimSpace(e.Webhook.URL); !isWebhook(e.Webhook.URL) {
		c.fault("settings.must-be-webhook", "key", path+"webhook.url")
		e.Webhook.URL = def.Webhook.URL
	}
}

// address reports, and says, whether a text is no e-mail address.
func (c *checker) address(key, text string) bool {
	a, err := mail.ParseAddress(text)
	if err == nil && a.Address == text && !strings.ContainsAny(text, "\r\n\"") {
		return false
	}
	c.fault("settings.must-be-address", "key", key, "value", text)
	return true
}

// isServer reports whether a text is a host, or a host and a port, or nothing.
func isServer(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.Trim(text, "[]"), "1"
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return false
	}
	if net.ParseIP(host) != nil || text == "" {
		return true
	}
	return host != "" && !strings.ContainsAny(host, " \t\r\n/:@[]\\?#%")
}

// isWebhook reports whether a text is an address that notices may be sent to, or nothing.
func isWebhook(text string) bool {
	if text == "" {
		return true
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
