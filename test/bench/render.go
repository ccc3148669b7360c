package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// Go benchmarks, because from outside a keystroke needs a window and a person.
const (
	keystroke = "BenchmarkRenderKeystroke" // of package app: draws the View again after a key was pressed in the form
	longNotes = "BenchmarkKeyInLongNotes"  // of package app/ui: a key in notes of 32,000 characters, of several kinds
)

// render measures what the desk does between a keystroke in the form and the new View, with two unknown callers.
func (b *bench) render(ctx context.Context) ([]*row, error) {
	r := &row{name: "keystroke → View, two unknown callers", unit: "µs", most: 10}
	err := b.each(ctx, "render", func(ctx context.Context) error {
		ns, err := b.goBenchmark(ctx, keystroke, "./app")
		if err != nil {
			return err
		}
		for _, times := range ns {
			r.add(percentile(times, 0.5) / 1e3)
		}
		return nil
	})
	return []*row{r}, err
}

// notes measures a key in the notes of a call, drawn in the window without a screen: that of the kind of text which takes longest.
func (b *bench) notes(ctx context.Context) ([]*row, error) {
	r := &row{name: "a key in notes of 32,000 characters", unit: "ms", most: 16}
	err := b.each(ctx, "notes", func(ctx context.Context) error {
		ns, err := b.goBenchmark(ctx, longNotes, "./app/ui")
		if err != nil {
			return err
		}
		longest := 0.0
		for _, times := range ns {
			longest = max(longest, percentile(times, 0.5)/1e6)
		}
		r.add(longest)
		return nil
	})
	return []*row{r}, err
}

// goBenchmark runs a Go benchmark of the source that is measured, and returns the nanoseconds of each of its parts.
func (b *bench) goBenchmark(ctx context.Context, name, pkg string) (map[string][]float64, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^"+name+"$", "-count", "3", pkg)
	cmd.Dir = b.source
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go test: %w: %s", err, out)
	}
	return readNanoseconds(name, string(out))
}

// readNanoseconds reads the results of a benchmark from go test's output, by the name of the part.
func readNanoseconds(name, out string) (map[string][]float64, error) {
	all := map[string][]float64{}
	line := regexp.MustCompile(`(?m)^(` + name + `\S*)\s+\d+\s+([0-9.]+) ns/op`)
	for _, found := range line.FindAllStringSubmatch(out, -1) {
		n, err := strconv.ParseFloat(found[2], 64)
		if err != nil {
			return nil, fmt.Errorf("go test says %q: %w", found[0], err)
		}
		all[found[1]] = append(all[found[1]], n)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no %s here", name)
	}
	return all, nil
}
