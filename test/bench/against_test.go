package main

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// The runs of two commits alternate in changing order; a run that fails loses only its own values.
func TestCompareTakesTurns(t *testing.T) {
	var order []string
	b := &bench{runs: 3, say: &bytes.Buffer{}}
	f := figure{"x", "a figure", func(b *bench, _ context.Context) ([]*row, error) {
		order = append(order, b.bin)
		if len(order) == 2 {
			return []*row{{name: "time", unit: "ms"}}, errors.New("it did not start")
		}
		return []*row{{name: "time", unit: "ms", values: []float64{float64(len(order))}}}, nil
	}}
	now, then := &side{bin: "now"}, &side{bin: "then"}
	if err := b.compare(t.Context(), []figure{f}, now, then); err == nil || !strings.Contains(err.Error(), "x, then, run 1: it did not start") {
		t.Errorf("told %v", err)
	}
	if want := []string{"now", "then", "then", "now", "now", "then"}; !slices.Equal(order, want) {
		t.Errorf("measured in the order %v, want %v", order, want)
	}
	if got := now.rows[0].values; !slices.Equal(got, []float64{1, 4, 5}) {
		t.Errorf("now %v", got)
	}
	if got := then.rows[0].values; !slices.Equal(got, []float64{3, 6}) {
		t.Errorf("then %v", got)
	}
}

func TestRatios(t *testing.T) {
	now := &side{rows: []*row{
		{name: "same", values: []float64{1.04}},
		{name: "worse", values: []float64{2, 2, 2}},
		{name: "perhaps", values: []float64{1, 2, 3}},
		{name: "share", values: []float64{3}, share: true},
		{name: "new", values: []float64{1}},
		{name: "failed"},
	}}
	then := &side{rows: []*row{
		{name: "same", values: []float64{1}},
		{name: "worse", values: []float64{1, 1, 1.5}},
		{name: "perhaps", values: []float64{1, 1, 4}},
		{name: "share", values: []float64{1}},
		{name: "failed", values: []float64{1}},
	}}
	want := map[string][2]string{"same": {"1.04", ""}, "worse": {"2.00", "worse"}, "perhaps": {"2.00", "worse; the runs overlap"}, "new": {}, "failed": {}}
	for _, line := range ratios(now, then)[1:] {
		if got := [2]string{line[3], line[4]}; got != want[line[0]] {
			t.Errorf("%s: %q, want %q", line[0], got, want[line[0]])
		}
	}
}

func TestReadNanoseconds(t *testing.T) {
	out := "goos: linux\nBenchmarkKey/words-2   \t  240000\t      5012 ns/op\nBenchmarkKey/words-2   \t  240000\t      4.5 ns/op\n" +
		"BenchmarkKey/one_word-2   \t  2\t      7 ns/op\nBenchmarkOther-2 1 9 ns/op\nok\n"
	ns, err := readNanoseconds("BenchmarkKey", out)
	if err != nil || len(ns) != 2 || !slices.Equal(ns["BenchmarkKey/words-2"], []float64{5012, 4.5}) || !slices.Equal(ns["BenchmarkKey/one_word-2"], []float64{7}) {
		t.Errorf("read %v, %v", ns, err)
	}
	if _, err := readNanoseconds("BenchmarkKey", "PASS\nok  \tlinecard/app\t0.1s\n"); err == nil {
		t.Error("no error although no benchmark was run")
	}
}
