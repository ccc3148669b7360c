package crm

import (
	"slices"
	"strings"
	"time"

	_ "time/tzdata" // Windows has no zones of its own

	"github.com/nyaruka/phonenumbers"
)

// CallingHours are the times of the week at which people may be called, by the clock where they are. The zero value is always.
type CallingHours struct{ at *week }

// ReadCallingHours reads hours such as "8:00-20:00", perhaps over midnight, and days such as "mon-fri" or "mon tue sat". An empty text is the whole day, and
// every day. ok is false where one of them is neither.
func ReadCallingHours(hours, names string) (h CallingHours, ok bool) {
	from, to, cut := strings.Cut(strings.ReplaceAll(hours, " ", ""), "-")
	if cut && (from == "" || to == "") || !cut && from != "" {
		return CallingHours{}, false
	}
	var on []string
	for _, word := range strings.FieldsFunc(strings.ToLower(names), func(r rune) bool { return r == ' ' || r == ',' }) {
		first, last, span := strings.Cut(word, "-")
		if !span {
			last = first
		}
		i, end := slices.Index(days[:], first), slices.Index(days[:], last)
		if i < 0 || end < 0 {
			return CallingHours{}, false
		}
		for on = append(on, days[i]); i != end; on = append(on, days[i]) {
			i = (i + 1) % len(days)
		}
	}
	w, wrong := weekOf(on, from, to)
	return CallingHours{w}, wrong.IsZero()
}

// Always reports whether h allows every time.
func (h CallingHours) Always() bool { return h.at == nil }

// Outside reports whether a time, by the clock of its own zone, is none at which somebody may be called.
func (h CallingHours) Outside(at time.Time) bool { return !h.at.has(minuteOfWeek(at)) }

// Zones are the time zones that a number may be in, by its digits: of a mobile number of a large country all zones of that country. There are none where it
// is not known, and for a number that is no public one.
func (n Number) Zones() []*time.Location {
	if !n.Public() || n.E164 == "" {
		return nil
	}
	names, err := phonenumbers.GetTimezonesForPrefix(n.E164)
	if err != nil {
		return nil
	}
	zones := make([]*time.Location, 0, len(names))
	for _, name := range names {
		zone, err := time.LoadLocation(name)
		if err != nil || name == phonenumbers.UNKNOWN_TIMEZONE {
			return nil
		}
		zones = append(zones, zone)
	}
	return zones
}
