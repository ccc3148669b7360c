package crm

import (
	"regexp"
	"strconv"
	"strings"
)

// What people add to a number without a word before it: hours at which somebody answers, the floor, and the day or year of an entry. Where
// numbers have no fixed length, such digits make another number of the one before them.

// times is what the digits at a place of a field may be besides a number.
type times int

const (
	noTime times = iota
	maybeTime
	isTime
)

const hourWord = `(?:h|hr|hrs|hs|hours?|am|pm|a\.m|p\.m|uhr|std|stunden?|heures?|horas?|ore|uur|timer|timmar|godz|час(?:а|ов)?|ч|год|時|时|点|點|시)`

// floorWord is what a floor is called, and stairWord what comes before it as in "2 tr".
const floorWord = `(?:etage|etg|stock|stk|[ou]g|obergeschoss|obergeschoß|ober-?geschosse?|geschoss|geschoß|stiege|floor|flr?|level|lvl|storey|story|` +
	`étage|ét|piso|planta|pta|andar|piano|verdieping|verd|etaje?|våning|vån|tr|trappor|sal|etasje|kerros|krs|piętro|patro|poschodie|emelet|em|kat|` +
	`этаж|эт|поверх|階|楼|樓|层|層|층|lantai|tầng)`

var (
	// "24h", "5 pm", "8:00", "24/7", "8-17 Uhr", "8h-17h", "8 bis 17", and a day with its year
	surelyTime = regexp.MustCompile(`(?i)^(?:` +
		`\p{Nd}{1,2}(?:[:.]\p{Nd}{2})?\s*` + hourWord + `|` +
		`\p{Nd}{1,2}:\p{Nd}{2}|` +
		`24\s*[/x×]\s*7|7\s*[/x×]\s*24|` +
		`\p{Nd}{1,2}(?:[.]\p{Nd}{2})?\s*(?:[\p{Pd}−~～/]|to|till|until|bis|à|a)\s*\p{Nd}{1,2}(?:[:.]\p{Nd}{2})?\s*` + hourWord + `|` +
		`\p{Nd}{1,2}\s*(?:to|till|until|bis|à)\s*\p{Nd}{1,2}|` +
		`\p{Nd}{1,2}\s*[.ºª°-]?\s*(?:(?:st|nd|rd|th|er|e|ème|eme|ste|de|o|a|os|as|й|ый|ой|og)\.?\s+)?` + floorWord + `|` +
		`\p{Nd}{1,2}[./-]\p{Nd}{1,2}[./-](?:19|20)\p{Nd}{2}|(?:19|20)\p{Nd}{2}-\p{Nd}{2}-\p{Nd}{2}` +
		`)(?:[^\p{Nd}\p{L}]|$)`)
	// "8-17", "24-7", "12/31"
	perhapsTime = regexp.MustCompile(`^(\p{Nd}{1,2})\s*([\p{Pd}−~～/])\s*(\p{Nd}{1,2})(?:[^\p{Nd}]|$)`)
)

// groupBeforeYear is how many digits the group before a year has at least: behind shorter ones, as in 030 2312 2024, the digits of a year are
// those of the number.
const groupBeforeYear = 5

// timeAt reports whether s begins with hours, a floor, a day or a year. before is how many digits the group before has.
func timeAt(s string, before int) times {
	start := s[:min(len(s), 48)]
	lead := len(start) - len(strings.TrimLeft(start, "0123456789"))
	if lead > 2 && !(lead == 4 && isYear(start[:4])) { // almost every group of a number
		return noTime
	}
	if surelyTime.MatchString(start) {
		return isTime
	}
	if lead == 4 && before >= groupBeforeYear {
		return maybeTime
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
