// Package hosts knows the addresses of Salesforce: at which host a person logs in, and where a token may be sent.
//
// Every door takes its login host through [Login]: settings file, command line and window. It takes what people paste, and
// people paste the address of the page they look at.
package hosts

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"linecard/fault"
)

// Login hosts that every org accepts; a My Domain is the third kind.
const (
	Production = "https://login.salesforce.com"
	Sandbox    = "https://test.salesforce.com"
)

// domains are Salesforce's own, as sf core's sfdcUrl.ts lists them. A token is sent nowhere else. The .mil ones are those of
// Government Cloud, the .cn ones those of Salesforce on Alibaba Cloud.
var domains = []string{
	".salesforce.com", ".force.com", ".cloudforce.com",
	".salesforce.mil", ".crmforce.mil", ".cloudforce.mil",
	".sfcrmproducts.cn", ".sfcrmapps.cn",
}

// Login turns a login host, as typed, into an origin such as "https://acme.my.salesforce.com"; "" is [Production]. The
// address of a page of an org, such as Setup, Lightning or Visualforce, becomes the login host of that org. Plain http is for
// this machine only, since a password goes there. The error is a [*fault.Error].
func Login(typed string) (string, error) {
	s := strings.TrimFunc(typed, decoration)
	if s == "" {
		return Production, nil
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil || strings.ContainsRune(u.Host+u.Path, '\\') { // browsers take \ for /
		return "", strange(typed)
	}
	host := strings.TrimSuffix(strings.ToLower(u.Host), ".") // a closing dot stands for the root of the DNS
	if u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	}
	u = &url.URL{Scheme: u.Scheme, Host: host}
	if !Loopback(u) {
		u.Host = homeOf(host)
	}
	if u.Scheme == "http" && !Loopback(u) && Trusted(&url.URL{Scheme: "https", Host: u.Host}) {
		return "", fault.Err(nil, "salesforce.login-host-insecure")
	}
	if !Trusted(u) || publicSites[u.Host] {
		return "", strange(typed)
	}
	return u.Scheme + "://" + u.Host, nil
}

// decoration reports what surrounds an address that was copied from a text: blanks, quotes, brackets, invisible characters.
func decoration(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`<>"'“”‘’«»,;`, r)
}

func strange(typed string) error {
	return fault.Err(nil, "salesforce.strange-login-host", "host", short(typed))
}

// publicSites are pages of Salesforce on which nobody logs in to an org.
var publicSites = map[string]bool{}

func init() {
	for _, name := range []string{"help", "developer", "trailhead", "trailblazer", "status", "appexchange", "admin", "architect"} {
		publicSites[name+".salesforce.com"] = true
	}
}

// page says which login host stands behind the pages of one kind.
type page struct {
	suffix string // of the page's host
	home   string // suffix of the My Domain that the page belongs to
	pack   bool   // the host names a package too: acme--c, acme--sandbox--c
}

// pages are the hosts of an org's pages (Salesforce Help, My Domain URL Formats; those of .mil and .cn as sf core maps them).
var pages = []page{
	{".lightning.force.com", ".my.salesforce.com", false},
	{".my.salesforce-setup.com", ".my.salesforce.com", false},
	{".file.force.com", ".my.salesforce.com", false},
	{".my.site.com", ".my.salesforce.com", false},
	{".my.salesforce-sites.com", ".my.salesforce.com", false},
	{".builder.salesforce-experience.com", ".my.salesforce.com", false},
	{".live-preview.salesforce-experience.com", ".my.salesforce.com", false},
	{".preview.salesforce-experience.com", ".my.salesforce.com", false},
	{".vf.force.com", ".my.salesforce.com", true},
	{".visual.force.com", ".my.salesforce.com", true},
	{".visualforce.com", ".my.salesforce.com", true},
	{".content.force.com", ".my.salesforce.com", true},
	{".documentforce.com", ".my.salesforce.com", true},

	{".lightning.crmforce.mil", ".my.salesforce.mil", false},
	{".my.salesforce-setup.mil", ".my.salesforce.mil", false},
	{".file.crmforce.mil", ".my.salesforce.mil", false},
	{".vf.crmforce.mil", ".my.salesforce.mil", true},

	{".lightning.sfcrmapps.cn", ".my.sfcrmproducts.cn", false},
	{".my.sfcrmapps.cn", ".my.sfcrmproducts.cn", false},
	{".setup.sfcrmproducts.cn", ".my.sfcrmproducts.cn", false},
	{".setup.sfcrmapps.cn", ".my.sfcrmproducts.cn", false},
	{".visual.sfcrmapps.cn", ".my.sfcrmproducts.cn", true},
}

// instance is the label of a server in addresses from before enhanced domains: acme--c.na50.visual.force.com.
var instance = regexp.MustCompile(`^[a-z]{2,5}[0-9]{1,4}[a-z]?$`)

// homeOf is the login host of the org that the page at host belongs to; a host that is none of a page is returned as it is.
func homeOf(host string) string {
	if "."+strings.TrimPrefix(host, "www.") == domains[0] { // the company's own page
		return strings.TrimPrefix(Production, "https://")
	}
	for _, p := range pages {
		name, ok := strings.CutSuffix(host, p.suffix)
		if !ok {
			continue
		}
		org, rest, _ := strings.Cut(name, ".") // rest is "sandbox", "develop" and so on, or a server
		if i := strings.LastIndex(org, "--"); p.pack && i > 0 {
			org = org[:i]
		}
		switch {
		case p.pack && instance.MatchString(rest) && strings.Contains(org, "--"):
			rest = ".sandbox" // where the login of a sandbox is since enhanced domains
		case p.pack && instance.MatchString(rest):
			rest = ""
		case rest != "":
			rest = "." + rest
		}
		return org + rest + p.home
	}
	return host
}

var hostName = regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]+$`)

// Trusted reports whether a token may be sent to u: https at Salesforce, or any scheme on this machine.
func Trusted(u *url.URL) bool {
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	if Loopback(u) {
		return u.Scheme == "http" || u.Scheme == "https"
	}
	if u.Scheme != "https" || u.Port() != "" || !hostName.MatchString(u.Host) {
		return false
	}
	for _, d := range domains {
		if strings.HasSuffix(u.Host, d) {
			return true
		}
	}
	return false
}

// Loopback reports whether u is on this machine.
func Loopback(u *url.URL) bool {
	h := u.Hostname()
	ip := net.ParseIP(h)
	return h == "localhost" || (ip != nil && ip.IsLoopback())
}

// CheckInstance verifies the instance_url of a token response, since it decides where the token is sent from now on. A real
// login host never points to this machine, and the demo never points to another one.
func CheckInstance(instance, login string) error {
	u, err := url.Parse(instance)
	if err != nil {
		return fmt.Errorf("instance address: %w", err)
	}
	l, err := url.Parse(login)
	if err != nil {
		return fmt.Errorf("login address: %w", err)
	}
	if u.Host != strings.ToLower(u.Host) || !Trusted(u) || strings.Trim(u.Path, "/") != "" || Loopback(u) != Loopback(l) {
		return fmt.Errorf("instance address %q is not one of Salesforce's", short(instance))
	}
	return nil
}

// short makes a value or a part of the log of what was typed: one line, 80 characters at most.
func short(s string) string {
	r := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.TrimSpace(s)))
	if len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return string(r)
}
