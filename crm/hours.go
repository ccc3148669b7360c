package crm

import (
	"regexp"
	"strconv"
	"strings"
)

// What people add to a number without a word before it: hours at which somebody answers, and the day of an entry. Where
// numbers have no fixed length, such digits make another number of the one before them.

// times is what the digits at a place of a field may be besides a number.
type times int

const (
	noTime times = iota
	maybeTime
	isTime
)

const hourWord = `(?:h|hr|hrs|hs|hours?|am|pm|a\.m|p\.m|uhr|std|stunden?|heures?|horas?|ore|uur|timer|timmar|godz|час(?:а|ов)?|ч|год|時|时|点|點|시)`

var (
	// "24h", "5 pm", "8:00", "24/7", "8-17 Uhr", "8h-17h", "8 bis 17", and a day with its year
	surelyTime = regexp.MustCompile(`(?i)^(?:` +
		`\p{Nd}{1,2}(?:[:.]\p{Nd}{2})?\s*` + hourWord + `|` +
		`\p{Nd}{1,2}:\p{Nd}{2}|` +
		`24\s*[/x×]\s*7|7\s*[/x×]\s*24|` +
		`\p{Nd}{1,2}(?:[.]\p{Nd}{2})?\s*(?:[\p{Pd}−~～/]|to|till|until|bis|à|a)\s*\p{Nd}{1,2}(?:[:.]\p{Nd}{2})?\s*` + hourWord + `|` +
		`\p{Nd}{1,2}\s*(?:to|till|until|bis|à)\s*\p{Nd}{1,2}|` +
		`\p{Nd}{1,2}[./-]\p{Nd}{1,2}[./-](?:19|20)\p{Nd}{2}|(?:19|20)\p{Nd}{2}-\p{Nd}{2}-\p{Nd}{2}` +
		`)(?:[^\p{Nd}\p{L}]|$)`)
	// "8-17", "24-7", "12/31"
	perhapsTime = regexp.MustCompile(`^(\p{Nd}{1,2})\s*([\p{Pd}−~～/])\s*(\p{Nd}{1,2})(?:[^\p{Nd}]|$)`)
)

// timeAt reports whether s begins with hours or a day.
func timeAt(s string) times {
	start := s[:min(len(s), 48)]
	lead := len(start) - len(strings.TrimLeft(start, "0123456789"))
	if lead > 2 && !(lead == 4 && isYear(start[:4])) { // almost every group of a number
		return noTime
	}
	if surelyTime.MatchString(start) {
		return isTime
	}
	m := perhapsTime.FindStringSubmatch(start)
	if m == nil {
		return noTime
	}
	from, _ := strconv.Atoi(digitsOf(m[1]))
	to, _ := strconv.Atoi(digitsOf(m[3]))
	switch {
	case m[2] == "/":
		if from > 0 && to > 0 && from <= 31 && to <= 31 && min(from, to) <= 12 {
			return maybeTime
		}
	case from == 24 && to == 7, from == 7 && to == 24, from < to && to <= 24:
		return maybeTime
	}
	return noTime
}
