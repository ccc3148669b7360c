package directory

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"slices"
	"time"

	"linecard/crm"
)

// mostMatches bounds what is kept of one answer; the agent picks from no longer list.
const mostMatches = 50

// key names a number in an org.
type key struct{ org, number string }

// keyOf is false for a number that is no customer's. It does not ask for n.Variants, which a Number read back from JSON
// has not.
func keyOf(org string, n crm.Number) (key, bool) {
	return key{org, n.E164}, org != "" && n.E164 != "" && !n.Extension && !n.Withheld
}

// entry is one row of answers: what is remembered of one number.
type entry struct {
	matches []crm.Match // best first; none in the zero entry, which is no row
	picked  string      // id of the record that the agent picked; "" for none
	at      time.Time   // when the org gave the answer; zero when it was found or picked in some other way
	used    time.Time   // the last time that the org or the agent said so; its age counts from here
}

func (e entry) empty() bool { return len(e.matches) == 0 }

// expired reports whether e is too old to be shown. What the agent picked lasts longer than what was found.
func (e entry) expired(now time.Time, o Options) bool {
	keep := o.Keep
	if e.picked != "" {
		keep = o.KeepPicked
	}
	return now.Sub(e.used) > keep
}

// answer notes what the org said at a time. An answer that was overtaken on its way changes nothing, unless the one that
// is there is of the future: the clock was wrong then.
func (e *entry) answer(ms []crm.Match, at, now time.Time) {
	if at.Before(e.at) && !e.at.After(now) {
		return
	}
	if !contains(ms, e.picked) {
		e.picked = ""
	}
	e.matches, e.at = ms, at
	e.use(at, now)
}

// remember notes one record, see [Directory.Remember].
func (e *entry) remember(m crm.Match, picked bool, now time.Time) {
	if e.picked != "" && e.picked != m.ID && !picked {
		return
	}
	i := slices.IndexFunc(e.matches, func(old crm.Match) bool { return old.ID == m.ID })
	switch {
	case i >= 0:
		e.matches = slices.Clone(e.matches)
		e.matches[i] = m
	case picked:
		e.matches = append([]crm.Match{m}, e.matches[:min(len(e.matches), mostMatches-1)]...)
	default:
		e.matches, e.at = []crm.Match{m}, time.Time{} // not the org's whole answer any more
	}
	if picked {
		e.picked = m.ID
	}
	e.use(now, now)
}

func (e *entry) use(at, now time.Time) {
	if at.After(e.used) || e.used.After(now) {
		e.used = at
	}
}

// without takes a record out of an entry.
func (e *entry) without(id string) {
	e.matches = slices.DeleteFunc(slices.Clone(e.matches), func(m crm.Match) bool { return m.ID == id })
	if e.picked == id {
		e.picked = ""
	}
}

// micros is a time as the file has it: microseconds since 1970, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us)
}

// sumOf is the checksum of a row. It covers everything that is shown or decides what is shown, so that a flipped bit hides
// the row instead of showing a wrong name, or the right one for another caller.
func sumOf(doc []byte, name ...any) int64 {
	h := crc32.NewIEEE()
	for _, n := range name {
		_, _ = fmt.Fprintf(h, "%v\x00", n)
	}
	_, _ = h.Write(doc)
	return int64(h.Sum32())
}

// scanEntry reads the columns matches, picked, at, used and sum.
func scanEntry(number string, scan func(...any) error) (entry, error) {
	var doc, picked []byte
	var at, used, sum any // a damaged one may be of another type
	if err := scan(&doc, &picked, &at, &used, &sum); err != nil {
		return entry{}, err
	}
	return entryOf(number, doc, picked, at, used, sum), nil
}

// entryOf makes an entry of a row. A damaged row is the zero entry, as if it were not there.
func entryOf(number string, doc, picked []byte, at, used, sum any) entry {
	atMicros, _ := at.(int64)
	usedMicros, _ := used.(int64)
	e := entry{picked: string(picked), at: moment(atMicros), used: moment(usedMicros)}
	if sum != sumOf(doc, number, e.picked, atMicros, usedMicros) || json.Unmarshal(doc, &e.matches) != nil {
		return entry{}
	}
	return e
}

// people returns the matches that are records, each with its org.
func people(org string, ms []crm.Match) (out []crm.Match) {
	for _, m := range ms[:min(len(ms), mostMatches)] {
		if m.IsZero() {
			continue
		}
		m.Org = org
		out = append(out, m)
	}
	return out
}

func contains(ms []crm.Match, id string) bool {
	return slices.ContainsFunc(ms, func(m crm.Match) bool { return m.ID == id })
}
