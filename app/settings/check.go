package settings

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"linecard/crm"
)

// fault is a value that makes no sense.
type fault struct{ key, want string }

// checker finds values that make no sense and puts each back to what is below it.
type checker struct{ faults []fault }

// all checks everything but the elements of lists.
func (c *checker) all(s *Settings, def Settings) {
	c.numbers("numbers.", &s.Numbers, def.Numbers, false)
	if s.Language = strings.TrimSpace(s.Language); s.Language != "" {
		if _, err := language.Parse(s.Language); err != nil {
			c.fault("language", "a language tag such as de, or empty")
			s.Language = def.Language
		}
	}
	within(c, "devices.ring_volume", &s.Devices.RingVolume, 0, 100, def.Devices.RingVolume)
	c.oneOf("devices.ring_style", &s.Devices.RingStyle, def.Devices.RingStyle, "us", "uk", "eu", "jp", "none")
	c.oneOf("records.pop", &s.Records.Pop, def.Records.Pop, "never", "ring", "answer")
	c.oneOf("logging.mode", &s.Logging.Mode, def.Logging.Mode, "always", "ask", "never")
	within(c, "logging.wrap_up", &s.Logging.WrapUp, 0, 600, def.Logging.WrapUp)
	within(c, "logging.settle_seconds", &s.Logging.Settle, 0, 3600, def.Logging.Settle)
	within(c, "journal.keep_days", &s.Journal.KeepDays, 0, 36500, def.Journal.KeepDays)
	within(c, "journal.keep_calls", &s.Journal.KeepCalls, 0, 100_000_000, def.Journal.KeepCalls)
	c.oneOf("appearance.theme", &s.Appearance.Theme, def.Appearance.Theme, "system", "light", "dark")
	within(c, "appearance.text_size", &s.Appearance.TextSize, 0.8, 2, def.Appearance.TextSize)
	if len(s.Logging.Outcomes) > 50 {
		c.fault("logging.outcomes", "at most 50 of them")
		s.Logging.Outcomes = s.Logging.Outcomes[:50]
	}
}

// account checks one account.
func (c *checker) account(key string, a *Account, def Account) {
	within(c, key+".lines", &a.Lines, 1, 20, def.Lines)
	within(c, key+".expires", &a.Expires, 10, 7200, def.Expires)
	within(c, key+".local_port", &a.LocalPort, 0, 65535, def.LocalPort)
	if a.RegisterInterval != 0 {
		within(c, key+".register_interval", &a.RegisterInterval, 5, 3600, def.RegisterInterval)
	}
	c.oneOf(key+".transport", &a.Transport, def.Transport, "udp", "tcp")
	c.numbers(key+".numbers.", &a.Numbers, def.Numbers, true)
}

// org checks one org.
func (c *checker) org(key string, o *Org, def Org) {
	host, err := LoginHost(o.LoginHost)
	if err != nil {
		c.fault(key+".login_host", "an address such as https://login.salesforce.com")
		host = def.LoginHost
	}
	o.LoginHost = host
}

func (c *checker) numbers(key string, n *Numbers, def Numbers, optional bool) {
	country := strings.ToUpper(strings.TrimSpace(n.Country))
	switch {
	case len(country) == 2 && strings.Trim(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "", country == "" && optional:
		n.Country = country
	default:
		c.fault(key+"country", "a two-letter country code such as GB")
		n.Country = def.Country
	}
	if strings.Trim(n.OutsidePrefix, "0123456789*#") != "" || len(n.OutsidePrefix) > 8 {
		c.fault(key+"outside_prefix", "at most 8 digits, * and #")
		n.OutsidePrefix = def.OutsidePrefix
	}
	if _, err := crm.ExtensionPattern(n.Extension); err != nil || len(n.Extension) > 200 {
		c.fault(key+"extension", "a regular expression such as [2-4][0-9]{3}")
		n.Extension = def.Extension
	}
	if len(n.Own) > 1000 {
		c.fault(key+"own", "at most 1000 of them")
		n.Own = n.Own[:1000]
	}
}

func (c *checker) fault(key, want string) { c.faults = append(c.faults, fault{key, want}) }

// LoginHost reads a login host as people type it ("login.salesforce.com", "https://acme.my.salesforce.com/") and
// returns it as an origin. Plain http is for loopback only: a password goes there.
func LoginHost(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if !strings.Contains(typed, "://") {
		typed = "https://" + typed
	}
	u, err := url.Parse(typed)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return "", fmt.Errorf("%q is not a login address. Use https://login.salesforce.com, https://test.salesforce.com or your My Domain address", typed)
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback) {
		return "", fmt.Errorf("the login address must begin with https://, not %s://", u.Scheme)
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

func (c *checker) oneOf(key string, v *string, def string, allowed ...string) {
	*v = strings.ToLower(strings.TrimSpace(*v))
	if !slices.Contains(allowed, *v) {
		c.fault(key, "one of "+strings.Join(allowed, ", "))
		*v = def
	}
}

func within[T int | float64](c *checker, key string, v *T, low, high, def T) {
	if inside := *v >= low && *v <= high; !inside { // spelled so that NaN is not
		c.fault(key, fmt.Sprintf("from %v to %v", low, high))
		*v = def
	}
}
