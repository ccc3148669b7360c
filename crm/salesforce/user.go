package salesforce

import (
	"context"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"linecard/clean"
)

// UserFields reads fields of the linked user's own User record, such as Extension. Names that are "" are left out. A field that the user does not
// see, or that there is not, is not in the map, and an empty one is "".
func (c *Client) UserFields(ctx context.Context, names ...string) (map[string]string, error) {
	s, err := c.current()
	if err != nil {
		return nil, err
	}
	var asked []string
	for _, name := range names {
		switch {
		case name == "":
		case !fieldName.MatchString(name): // no field is called so
		case !slices.Contains(asked, name):
			asked = append(asked, name)
		}
	}
	values, err := c.userFields(ctx, s.user, asked)
	if !refusedAs(err, "INVALID_FIELD") {
		return values, err
	}
	values = map[string]string{} // one of them is the reason, and the others can be read
	if len(asked) == 1 {
		return values, nil
	}
	for _, name := range asked {
		one, err := c.userFields(ctx, s.user, []string{name})
		if err != nil && !refusedAs(err, "INVALID_FIELD") {
			return nil, err
		}
		maps.Copy(values, one)
	}
	return values, nil
}

func (c *Client) userFields(ctx context.Context, user string, asked []string) (map[string]string, error) {
	values := map[string]string{}
	if len(asked) == 0 {
		return values, nil
	}
	var record map[string]any
	q := c.get("/sobjects/User/"+user, url.Values{"fields": {strings.Join(asked, ",")}}, c.cfg.WriteTimeout)
	if _, err := c.do(ctx, q, &record); err != nil {
		return nil, err
	}
	for _, name := range asked {
		values[name] = ""
		switch v := valueOf(record, name).(type) {
		case string:
			values[name] = clean.Line(v)
		case float64: // an extension may be kept as a number
			values[name] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return values, nil
}

// valueOf is the value of a field, whose name the org answers in its own upper and lower case.
func valueOf(record map[string]any, name string) any {
	for field, v := range record {
		if strings.EqualFold(field, name) {
			return v
		}
	}
	return nil
}

// fieldName is the form of an API name.
var fieldName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,79}$`)
