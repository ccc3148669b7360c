package salesforce

import (
	"regexp"
	"strings"

	"linecard/crm"
	"linecard/crm/salesforce/hosts"
	"linecard/fault"
)

// loginHost is [hosts.Login] with the class that a caller of the link acts on.
func loginHost(typed string) (string, error) {
	host, err := hosts.Login(typed)
	if err != nil {
		return "", &crm.Error{Class: crm.ClassNotLinked, Fault: fault.Of(err), Err: err}
	}
	return host, nil
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
