package catalogue

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// list returns "A, B and C".
func (s *speaker) list(items []string) string {
	return s.joined(items, "general.list-middle", "general.list-last")
}

// line returns "A · B · C", without the empty items.
func (s *speaker) line(facts []string) string {
	return s.joined(present(facts), "general.line", "general.line")
}

func present(texts []string) (present []string) {
	for _, t := range texts {
		if t != "" {
			present = append(present, t)
		}
	}
	return present
}

// joined joins items from the end, as CLDR does: the last pair with one pattern, all earlier items with another.
func (s *speaker) joined(items []string, middle, last string) string {
	if len(items) == 0 {
		return ""
	}
	text, pattern := items[len(items)-1], last
	for i := len(items) - 2; i >= 0; i-- {
		text = s.pattern(pattern, map[string]any{"first": items[i], "rest": text})
		pattern = middle
	}
	return text
}

// pattern fills a message of the general area with values that are already clean.
func (s *speaker) pattern(id string, values map[string]any) string {
	return s.localize(id, values, nil)
}

// date formats a time with one of the patterns, in the time's own zone.
func (s *speaker) date(pattern string, v any) string {
	t, ok := timeOf(v)
	if !ok {
		return noValue
	}
	return s.pattern(pattern, map[string]any{
		"year":    strconv.Itoa(t.Year()),
		"month":   s.name("general.months", int(t.Month())-1),
		"number":  fmt.Sprintf("%02d", int(t.Month())),
		"day":     strconv.Itoa(t.Day()),
		"weekday": s.name("general.weekdays", (int(t.Weekday())+6)%7),
		"hour":    fmt.Sprintf("%02d", t.Hour()),
		"hour12":  strconv.Itoa((t.Hour()+11)%12 + 1),
		"half":    s.name("general.halves", t.Hour()/12),
		"minute":  fmt.Sprintf("%02d", t.Minute()),
	})
}

// name returns the i-th of the names in a message.
func (s *speaker) name(id string, i int) string {
	names := strings.Split(s.static(id), "|")
	if i >= len(names) {
		return noValue
	}
	return names[i]
}

// span formats a time talked or waited like a clock: "0:07", "4:12", "1:02:03".
func (s *speaker) span(d time.Duration) string {
	n := int(max(d, 0) / time.Second)
	two := func(n int) string { return fmt.Sprintf("%02d", n) }
	if n >= 3600 {
		return s.pattern("general.clock-hours",
			map[string]any{"hours": strconv.Itoa(n / 3600), "minutes": two(n / 60 % 60), "seconds": two(n % 60)})
	}
	return s.pattern("general.clock-minutes", map[string]any{"minutes": strconv.Itoa(n / 60), "seconds": two(n % 60)})
}

// duration formats the two largest units of a duration: "45 seconds", "1 hour 5 minutes".
func (s *speaker) duration(d time.Duration) string {
	d = max(d, 0).Round(time.Second)
	units := []struct {
		id  string
		len time.Duration
	}{{"general.days", 24 * time.Hour}, {"general.hours", time.Hour}, {"general.minutes", time.Minute}, {"general.seconds", time.Second}}
	for i, u := range units {
		if d < u.len && i < len(units)-1 {
			continue
		}
		larger := s.counted(u.id, int(d/u.len))
		if i+1 == len(units) || d%u.len < units[i+1].len {
			return larger
		}
		smaller := s.counted(units[i+1].id, int(d%u.len/units[i+1].len))
		return s.pattern("general.two-units", map[string]any{"larger": larger, "smaller": smaller})
	}
	return ""
}

func (s *speaker) counted(id string, n int) string { return s.say(id, map[string]any{"count": n}) }
