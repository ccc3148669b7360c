package main

import (
	"fmt"
	"slices"
	"time"
)

// row is a line of the table: a figure, its value in each run, and its aim.
type row struct {
	name   string
	unit   string
	values []float64 // one for each run
	most   float64   // the aim: the median must not be higher; 0 means that there is none
	exact  bool      // the aim is most itself, which may be 0, in every run
	share  bool      // it compares two figures of its own run: another commit's is no measure of it
	aim    string    // how the aim is written when "≤ most" does not fit
	peers  string
	taken  string // time, commit and load of the measurement
}

// add adds the value of a run.
func (r *row) add(v float64) { r.values = append(r.values, v) }

func (r *row) median() float64 { return percentile(r.values, 0.5) }

// met reports whether the aim is met, and whether there is one.
func (r *row) met() (met, aimed bool) {
	if r.exact {
		return len(r.values) > 0 && slices.Min(r.values) == r.most && slices.Max(r.values) == r.most, true
	}
	return len(r.values) > 0 && r.median() <= r.most, r.most > 0
}

// result is the median and the range, in the format of the other phones' figures.
func (r *row) result() string {
	if len(r.values) == 0 {
		return "not measured"
	}
	digits := 1
	switch m := r.median(); {
	case m >= 100 || m == float64(int(m)) && r.unit == "":
		digits = 0
	case m < 1:
		digits = 3
	case m < 10:
		digits = 2
	}
	f := func(v float64) string { return fmt.Sprintf("%.*f", digits, v) }
	s := f(r.median())
	if r.unit != "" {
		s += " " + r.unit
	}
	return s + " (" + f(slices.Min(r.values)) + "–" + f(slices.Max(r.values)) + ")"
}

func (r *row) aimText() string {
	if r.exact {
		return fmt.Sprintf("%g", r.most)
	}
	if r.aim != "" || r.most == 0 {
		return r.aim
	}
	return fmt.Sprintf("≤ %g %s", r.most, r.unit)
}

// percentile returns a percentile of values by the nearest rank; p is from 0 to 1.
func percentile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
