package settings

import (
	"regexp"
	"slices"
	"strings"
)

// headerName is a header field that a phone system adds for its own ends.
var headerName = regexp.MustCompile(`^[Xx]-[A-Za-z0-9!%*_+.~-]+$`)

// headers checks the names of the header fields that are kept.
func (c *checker) headers(path string, a *Account) {
	var all []string
	for _, name := range a.Headers {
		switch name = strings.TrimSpace(name); {
		case name == "":
		case !headerName.MatchString(name) || len(name) > longestLabel:
			c.fault("settings.must-be-x-header", "key", path+"headers", "value", name)
		case !slices.ContainsFunc(all, func(n string) bool { return strings.EqualFold(n, name) }):
			all = append(all, name)
		}
	}
	a.Headers = all
}
