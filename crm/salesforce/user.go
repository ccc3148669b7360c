package salesforce

import (
	"context"
	"net/url"
	"regexp"
	"strings"

	"linecard/clean"
	"linecard/fault"
)

// UserFields reads fields of the linked user's own User record, such as Extension. Names that are "" are left out; a field that the user does
// not see is an error.
func (c *Client) UserFields(ctx context.Context, names ...string) (map[string]string, error) {
	s, err := c.current()
	if err != nil {
		return nil, err
	}
	var asked []string
	for _, name := range names {
		switch {
		case name == "":
		case !fieldName.MatchString(name):
			return nil, fault.Err(nil, "salesforce.refused", "message", fault.New(fault.Plain, "text", name))
		default:
			asked = append(asked, name)
		}
	}
	var record map[string]any
	q := c.get("/sobjects/User/"+s.user, url.Values{"fields": {strings.Join(asked, ",")}}, c.cfg.WriteTimeout)
	if _, err := c.do(ctx, q, &record); err != nil {
		return nil, err
	}
	values := map[string]string{}
	for _, name := range asked {
		text, _ := record[name].(string)
		values[name] = clean.Line(text)
	}
	return values, nil
}

// fieldName is the form of an API name.
var fieldName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,79}$`)
