package settings

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// check puts every value that makes no sense back to its default, with a notice for each.
func (s *Settings) check() {
	def := Default()
	c := checker{s}
	within(c, "account.lines", &s.Account.Lines, 1, 20, def.Account.Lines)
	within(c, "account.expires", &s.Account.Expires, 10, 7200, def.Account.Expires)
	c.oneOf("account.transport", &s.Account.Transport, def.Account.Transport, "udp", "tcp", "tls")
	within(c, "devices.ring_volume", &s.Devices.RingVolume, 0, 100, def.Devices.RingVolume)
	c.oneOf("devices.ring_style", &s.Devices.RingStyle, def.Devices.RingStyle, "us", "uk", "eu", "jp", "none")
	c.oneOf("salesforce.pop", &s.Salesforce.Pop, def.Salesforce.Pop, "never", "ring", "answer")
	c.oneOf("logging.mode", &s.Logging.Mode, def.Logging.Mode, "always", "ask", "never")
	within(c, "logging.wrap_up", &s.Logging.WrapUp, 0, 600, def.Logging.WrapUp)
	c.oneOf("appearance.theme", &s.Appearance.Theme, def.Appearance.Theme, "system", "light", "dark")
	within(c, "appearance.text_size", &s.Appearance.TextSize, 0.8, 2, def.Appearance.TextSize)

	country := strings.ToUpper(strings.TrimSpace(s.Numbers.Country))
	if len(country) == 2 && strings.Trim(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		s.Numbers.Country = country
	} else {
		c.reset("numbers.country", "a two-letter country code such as GB")
		s.Numbers.Country = def.Numbers.Country
	}
	if strings.Trim(s.Numbers.OutsidePrefix, "0123456789*#") != "" || len(s.Numbers.OutsidePrefix) > 8 {
		c.reset("numbers.outside_prefix", "at most 8 digits, * and #")
		s.Numbers.OutsidePrefix = ""
	}
	if len(s.Logging.Outcomes) > 50 {
		c.reset("logging.outcomes", "at most 50 of them")
		s.Logging.Outcomes = s.Logging.Outcomes[:50]
	}
	if host, err := LoginHost(s.Salesforce.LoginHost); err != nil {
		c.reset("salesforce.login_host", "an address such as https://login.salesforce.com")
		s.Salesforce.LoginHost = def.Salesforce.LoginHost
	} else {
		s.Salesforce.LoginHost = host
	}
}

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

type checker struct{ s *Settings }

func (c checker) reset(key, want string) {
	c.s.notices = append(c.s.notices, fmt.Sprintf("Setting %s must be %s; it is back to its default.", key, want))
}

func (c checker) oneOf(key string, v *string, def string, allowed ...string) {
	*v = strings.ToLower(strings.TrimSpace(*v))
	if !slices.Contains(allowed, *v) {
		c.reset(key, "one of "+strings.Join(allowed, ", "))
		*v = def
	}
}

func within[T int | float64](c checker, key string, v *T, low, high, def T) {
	if inside := *v >= low && *v <= high; !inside { // spelled so that NaN is not
		c.reset(key, fmt.Sprintf("from %v to %v", low, high))
		*v = def
	}
}
