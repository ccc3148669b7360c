package ui

import (
	"net/url"
	"strings"

	"fyne.io/fyne/v2"

	"linecard/crm"
	"linecard/fault"
)

// Only pages of the linked org are ever opened: an address comes from the org's own answers, and a browser given a
// file: or custom scheme would do more than show a page.

// openable says whether address is a page on the org's own host, over TLS, or plain on this computer (the demo's org).
func openable(address, instance string) bool {
	a, err := url.Parse(address)
	if err != nil || a.Host == "" || a.User != nil {
		return false
	}
	home, err := url.Parse(instance)
	if err != nil || !sameOrg(a.Hostname(), home.Hostname()) {
		return false
	}
	return a.Scheme == "https" || a.Scheme == "http" && loopback(a.Hostname())
}

// sameOrg allows the org's host, and its Lightning twin: acme.my.salesforce.com is shown at acme.lightning.force.com.
func sameOrg(host, home string) bool {
	if strings.EqualFold(host, home) {
		return true
	}
	domain, ok := strings.CutSuffix(strings.ToLower(home), ".my.salesforce.com")
	return ok && strings.EqualFold(host, domain+".lightning.force.com")
}

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// newContactURL is the org's page for a new Contact with the number filled in, "" without an org. The page's
// defaultFieldValues parameter is Salesforce's documented one; its values are encoded once more than the query.
func newContactURL(instance, number string) string {
	page, err := url.JoinPath(instance, "lightning/o", crm.Contact, "new")
	if err != nil || instance == "" || number == "" || !openable(page, instance) {
		return ""
	}
	return page + "?defaultFieldValues=" + url.QueryEscape("Phone="+url.QueryEscape(number))
}

func openWith(a fyne.App) func(string) error {
	return func(address string) error {
		u, err := url.Parse(address)
		if err != nil {
			return fault.Err(err, "ui.page-unreadable")
		}
		return a.OpenURL(u)
	}
}
