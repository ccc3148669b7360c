package crm

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"linecard/fault"
)

// week is a set of minutes of the week, from Sunday 00:00 on. A range of times that goes over midnight belongs to the day on
// which it begins: Friday 22:00 to 06:00 has the night to Saturday.
type week [(minutesOfWeek + 63) / 64]uint64

const (
	minutesOfDay  = 24 * 60
	minutesOfWeek = 7 * minutesOfDay
)

// weekOf reads days and times; nil is every minute.
func weekOf(names []string, from, to string) (*week, fault.Fault) {
	if len(names) == 0 && from == "" && to == "" {
		return nil, fault.Fault{}
	}
	start, end := 0, minutesOfDay
	for _, t := range []struct {
		text string
		to   *int
	}{{from, &start}, {to, &end}} {
		if t.text == "" {
			continue
		}
		n, ok := minuteOf(t.text)
		if !ok {
			return nil, fault.New("rules.bad-time", "value", t.text)
		}
		*t.to = n
	}
	if from != "" && to != "" && start == end {
		return nil, fault.New("rules.no-time", "value", from)
	}
	if end <= start {
		end += minutesOfDay
	}
	w := &week{}
	for day, name := range days {
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		for m := start; m < end; m++ {
			n := (day*minutesOfDay + m) % minutesOfWeek
			w[n/64] |= 1 << (n % 64)
		}
	}
	return w, fault.Fault{}
}

// minuteOf reads a time of day, from 0:00 to 24:00.
func minuteOf(text string) (int, bool) {
	hours, minutes, ok := strings.Cut(text, ":")
	h, err := strconv.ParseUint(hours, 10, 8)
	m, err2 := strconv.ParseUint(minutes, 10, 8)
	if !ok || err != nil || err2 != nil || len(hours) > 2 || len(minutes) != 2 || m > 59 || h > 24 || h == 24 && m > 0 {
		return 0, false
	}
	return int(h*60 + m), true
}

// minuteOfWeek is the minute of a local time.
func minuteOfWeek(t time.Time) int {
	return int(t.Weekday())*minutesOfDay + t.Hour()*60 + t.Minute()
}

func (w *week) has(minute int) bool { return w == nil || w[minute/64]&(1<<(minute%64)) != 0 }

func (w *week) covers(v *week) bool {
	if w == nil {
		return true
	}
	for i := range w {
		of := ^uint64(0)
		if v != nil {
			of = v[i]
		} else if i == len(w)-1 {
			of = 1<<(minutesOfWeek%64) - 1
		}
		if of&^w[i] != 0 {
			return false
		}
	}
	return true
}

func (w *week) meets(v *week) bool {
	if w == nil || v == nil {
		return true
	}
	for i := range w {
		if w[i]&v[i] != 0 {
			return true
		}
	}
	return false
}
