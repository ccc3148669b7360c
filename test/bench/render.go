package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// keystroke is the benchmark of package app that draws the View again after a key was pressed in the form.
const keystroke = "BenchmarkRenderKeystroke"

var nsPerOp = regexp.MustCompile(keystroke + `\S*\s+\d+\s+([0-9.]+) ns/op`)

// render measures what the desk does between a keystroke in the form and the new View, with two unknown callers. It
// runs a Go benchmark, because from outside a keystroke needs a window and a person.
func (b *bench) render(ctx context.Context) ([]*row, error) {
	r := &row{name: "keystroke → View, two unknown callers", unit: "µs", most: 10}
	err := b.each(ctx, "render", func(ctx context.Context) error {
		cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^"+keystroke+"$", "-count", "3", "./app")
		cmd.Dir = b.source
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("go test: %w: %s", err, out)
		}
		ns, err := readNanoseconds(string(out))
		if err != nil {
			return err
		}
		r.add(percentile(ns, 0.5) / 1000)
		return nil
	})
	return []*row{r}, err
}

// readNanoseconds reads the results of the benchmark from go test's output.
func readNanoseconds(out string) (ns []float64, err error) {
	for _, found := range nsPerOp.FindAllStringSubmatch(out, -1) {
		n, err := strconv.ParseFloat(found[1], 64)
		if err != nil {
			return nil, fmt.Errorf("go test says %q: %w", found[0], err)
		}
		ns = append(ns, n)
	}
	if len(ns) == 0 {
		return nil, fmt.Errorf("package app has no %s here", keystroke)
	}
	return ns, nil
}
