package salesforce

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	"linecard/crm"
	"linecard/fault"
)

// Login hosts that every org accepts; a My Domain is the third kind.
const (
	Production = "https://login.salesforce.com"
	Sandbox    = "https://test.salesforce.com"
)

// salesforceDomains are Salesforce's own domains, as sf core's sfdcUrl.js lists them. A token is sent nowhere else.
var salesforceDomains = []string{
	".salesforce.com", ".force.com", ".cloudforce.com", ".crmforce.mil", ".sfcrmproducts.cn", ".sfcrmapps.cn",
}

// loginHost normalises a typed login host to an origin such as "https://acme.my.salesforce.com". People often copy the
// address of a Lightning or Setup page; it is turned into the login host of that org.
func loginHost(typed string) (string, error) {
	s := strings.TrimSpace(typed)
	if s == "" {
		return Production, nil
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return "", badHost(typed)
	}
	u.Host = strings.ToLower(u.Host)
	for _, page := range []string{".lightning.force.com", ".my.salesforce-setup.com"} {
		if name, ok := strings.CutSuffix(u.Host, page); ok {
			u.Host = name + ".my.salesforce.com"
		}
	}
	if !trusted(u) {
		return "", badHost(typed)
	}
	return u.Scheme + "://" + u.Host, nil
}

func badHost(typed string) error {
	return &crm.Error{
		Class: crm.ClassNotLinked, Fault: fault.New("salesforce.strange-login-host", "host", short(typed, 80)),
		Err: errors.New("login host refused"),
	}
}

// trusted reports whether a token may be sent to u: https at Salesforce, or any scheme on this machine.
func trusted(u *url.URL) bool {
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	if loopback(u) {
		return u.Scheme == "http" || u.Scheme == "https"
	}
	if u.Scheme != "https" || u.Port() != "" {
		return false
	}
	for _, d := range salesforceDomains {
		if strings.HasSuffix(u.Host, d) && hostName.MatchString(u.Host) {
			return true
		}
	}
	return false
}

var hostName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)

func loopback(u *url.URL) bool {
	h := u.Hostname()
	ip := net.ParseIP(h)
	return h == "localhost" || (ip != nil && ip.IsLoopback())
}

// checkInstance verifies the instance_url of a token response, since it decides where the token is sent from now on. A
// real login host never points to this machine, and the demo never points to another one.
func checkInstance(instance, login string) error {
	u, err := url.Parse(instance)
	if err != nil {
		return fmt.Errorf("instance address: %w", err)
	}
	l, err := url.Parse(login)
	if err != nil {
		return fmt.Errorf("login address: %w", err)
	}
	if u.Host != strings.ToLower(u.Host) || !trusted(u) || strings.Trim(u.Path, "/") != "" || loopback(u) != loopback(l) {
		return fmt.Errorf("instance address %q is not one of Salesforce's", short(instance, 120))
	}
	return nil
}

var (
	recordID   = regexp.MustCompile(`^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$`)
	objectName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,79}$`)
)

// recordURL returns the page of a record: /lightning/r/Contact/003…/view, which Salesforce redirects to the org's own
// UI. It is "" unless all parts are valid, since it is passed to the system's URL opener.
func recordURL(instance, object, id string) string {
	if instance == "" || !objectName.MatchString(object) || !recordID.MatchString(id) {
		return ""
	}
	return instance + "/lightning/r/" + object + "/" + id + "/view"
}

// short makes one line of s and shortens it, for a value or the log.
func short(s string, n int) string {
	r := []rune(strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s))
	if len(r) > n {
		return string(r[:n]) + "…"
	}
	return string(r)
}
