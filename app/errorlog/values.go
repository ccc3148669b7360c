package errorlog

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"linecard/clean"
	"linecard/fault"
)

// The values of a fault are of three kinds.
//
//   - Names of fields, states and places on the network, numbers and times say what to mend. They are kept and exported, where they look
//     like such a name.
//   - What others say or are called on this computer (an org's own words, a folder, an extension) is kept here, for the words are often the
//     whole of the remedy, and left out of an export.
//   - Everything else, above all names and numbers of people and keys that were pressed, is never kept.
const removed = "…"

var (
	technical = words(strings.Fields("port ports callbacks transport status version fields field scope object objects key low high most values list step wait server host used limit cap count bytes seconds"))
	private   = words(strings.Fields("message text reasons reason why folder file user account accounts org orgs chosen using address check devices"))
)

func words(list []string) map[string]bool {
	all := map[string]bool{}
	for _, word := range list {
		all[word] = true
	}
	return all
}

// isName is the form of the name of a field, a host, a setting, an address with its port, and of the address that a browser comes
// back to. A run of seven digits may be a telephone number.
var (
	isName   = regexp.MustCompile(`^[A-Za-z0-9_.:\[\]-]{1,80}$|^http://localhost:[0-9]{1,5}/[a-z/]*$`)
	isOrg    = regexp.MustCompile(`^00D[A-Za-z0-9]{12}([A-Za-z0-9]{3})?$`)
	isNumber = regexp.MustCompile(`[0-9]{7}`)
)

// longestText bounds a text of others.
const longestText = 300

// kept is a fault as it is kept on this computer.
func kept(f fault.Fault) fault.Fault { return filtered(f, false) }

// Shareable is a fault as it may leave this computer: without secrets, names and numbers of people.
func Shareable(f fault.Fault) fault.Fault { return filtered(f, true) }

func filtered(f fault.Fault, export bool) fault.Fault {
	if len(f.Values) == 0 {
		return f
	}
	out := fault.Fault{Code: f.Code, Values: fault.Values{}}
	for name, v := range f.Values {
		out.Values[name] = value(name, v, export)
	}
	return out
}

// value is what remains of a value. Numbers, switches and times name nobody, but a number may be a telephone number.
func value(name string, v any, export bool) any {
	switch v := v.(type) {
	case nil, bool, time.Time, time.Duration:
		return v
	case int:
		return number(name, float64(v), v)
	case int64:
		return number(name, float64(v), v)
	case float64:
		return number(name, v, v)
	case string:
		return text(name, v, export)
	case fault.Fault:
		return filtered(v, export)
	case map[string]any: // a fault that was read back
		return nested(v, export)
	case []string:
		return each(name, v, export)
	case []any:
		return each(name, v, export)
	case []fault.Fault:
		return each(name, v, export)
	}
	return text(name, fmt.Sprint(v), export)
}

func number(name string, n float64, v any) any {
	if technical[name] || n < 1e6 && n > -1e6 {
		return v
	}
	return removed
}

func each[T any](name string, list []T, export bool) any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = value(name, v, export)
	}
	return out
}

func nested(v map[string]any, export bool) any {
	code, _ := v["code"].(string)
	if code == "" {
		return removed
	}
	values, _ := v["values"].(map[string]any)
	return filtered(fault.Fault{Code: fault.Code(code), Values: values}, export)
}

func text(name, v string, export bool) string {
	switch {
	case v == "":
		return ""
	case technical[name] && isName.MatchString(v) && !isNumber.MatchString(v):
		return v
	case (technical[name] || private[name]) && !export:
		return clean.Short(v, longestText)
	}
	return removed
}
