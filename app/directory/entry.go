package directory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"slices"
	"time"

	"linecard/crm"
)

// maxMatches bounds how many matches of one answer are kept; the agent picks from a shorter list.
const maxMatches = 50

// key is a number in an org.
type key struct{ org, number string }

// keyOf returns false for a number that cannot be a customer's. It does not check n.Variants, which a Number read from
// JSON does not have.
func keyOf(org string, n crm.Number) (key, bool) {
	return key{org, n.E164}, org != "" && n.E164 != "" && !n.Extension && !n.Withheld
}

// entry is one row of the table answers: what is remembered about one number.
type entry struct {
	matches []crm.Match // best first; an entry without matches is the zero entry and has no row
	more    bool        // the org has more records with the number
	picked  string      // id of the record that the agent picked; "" for none
	at      time.Time   // time of the org's answer; zero when the record was found or picked in another way
	user    string      // who was linked when it was put where it waits to be written; "" on the disk, see own
	used    time.Time   // the last time that the org or the agent confirmed it; the age counts from here
}

func (e entry) empty() bool { return len(e.matches) == 0 }

// expired reports whether e is too old to be shown. The agent's choices last longer than what was found.
func (e entry) expired(now time.Time, o Options) bool {
	keep := o.Keep
	if e.picked != "" {
		keep = o.KeepPicked
	}
	return now.Sub(e.used) > keep
}

// answer records the org's answer of a time. An answer that is older than the present one changes nothing, unless the
// present one is from the future, because the clock was wrong then.
func (e *entry) answer(ms []crm.Match, more bool, at, now time.Time) {
	if at.Before(e.at) && !e.at.After(now) {
		return
	}
	if !contains(ms, e.picked) {
		e.picked = ""
	}
	e.matches, e.more, e.at = ms, more, at
	e.use(at, now)
}

// remember records one record, see [Directory.Remember].
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
		e.matches = append([]crm.Match{m}, e.matches[:min(len(e.matches), maxMatches-1)]...)
	default:
		e.matches, e.more, e.at = []crm.Match{m}, false, time.Time{} // no longer the org's complete answer
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

// unpick drops the agent's choice. A record that is there only because it was chosen goes with it.
func (e *entry) unpick() {
	if e.at.IsZero() {
		e.without(e.picked)
	}
	e.picked = ""
}

// without removes a record from an entry.
func (e *entry) without(id string) {
	e.matches = slices.DeleteFunc(slices.Clone(e.matches), func(m crm.Match) bool { return m.ID == id })
	if e.picked == id {
		e.picked = ""
	}
}

// micros is a time in the file's form: microseconds since 1970, 0 for none.
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

// sumOf is the checksum of a row. It covers everything that is shown or that decides what is shown. So a flipped bit
// hides the row; it cannot show a wrong name, or the right name for another caller.
func sumOf(doc []byte, name ...any) int64 {
	h := crc32.NewIEEE()
	for _, n := range name {
		_, _ = fmt.Fprintf(h, "%v\x00", n)
	}
	_, _ = h.Write(doc)
	return int64(h.Sum32())
}

// answerDoc is an answer that is not all of the org's, as the column matches has it. A complete one is only its list.
type answerDoc struct {
	Matches []crm.Match `json:"matches"`
	More    bool        `json:"more"`
}

func (e entry) encode() ([]byte, error) {
	if e.more {
		return json.Marshal(answerDoc{e.matches, true})
	}
	return json.Marshal(e.matches)
}

func (e *entry) decode(doc []byte) error {
	if !bytes.HasPrefix(doc, []byte("{")) {
		return json.Unmarshal(doc, &e.matches)
	}
	var a answerDoc
	err := json.Unmarshal(doc, &a)
	e.matches, e.more = a.Matches, a.More
	return err
}

// scanEntry reads the columns matches, picked, at, used and sum.
func scanEntry(number string, scan func(...any) error) (entry, error) {
	var doc, picked []byte
	var at, used, sum any // a damaged column may have another type
	if err := scan(&doc, &picked, &at, &used, &sum); err != nil {
		return entry{}, err
	}
	return entryOf(number, doc, picked, at, used, sum), nil
}

// entryOf makes an entry from a row. A damaged row gives the zero entry, as if it did not exist.
func entryOf(number string, doc, picked []byte, at, used, sum any) entry {
	atMicros, _ := at.(int64)
	usedMicros, _ := used.(int64)
	e := entry{picked: string(picked), at: moment(atMicros), used: moment(usedMicros)}
	if sum != sumOf(doc, number, e.picked, atMicros, usedMicros) || e.decode(doc) != nil {
		return entry{}
	}
	for i, m := range e.matches {
		m.Record, m.Why.PhoneField = cleaned(m.Record), cleanedPhone(m.Why.PhoneField)
		e.matches[i] = m
	}
	return e
}

// people returns the matches that are records, each with its org.
func people(org string, ms []crm.Match) (out []crm.Match) {
	for _, m := range ms[:min(len(ms), maxMatches)] {
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
