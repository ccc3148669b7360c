package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"
)

const report = "docs/BENCHMARKS.md"

const reportHead = `# Benchmarks

Written by ` + "`go run ./test/bench -write`" + `: the median of five runs (least–greatest). test/bench/doc.go
explains how each figure is measured. Those of baresip, Linphone and Twinkle were measured in the same way on the same kind of
machine (2 processors, no GPU, no sound hardware), on another day. Load is the load of the machine, including the bench itself,
when the measurement began: on two processors, more than 2 means that Linecard had to wait for a processor. Figures of different
days may differ by more than 5 %: to compare two commits, ` + "`make bench AGAINST=COMMIT`" + ` measures both in one run. "By turns with
baresip" is measured in one run with baresip's own figure, call by call, and the share of encryption in one run with the same call in clear.
INVITE → 180 and → first card include the journal: the 180 waits for its file, for 5 ms at most, so that a call that rang is never
lost. Each call begins as the one before has ended, while that one is still being written; with a pause of 150 ms between them
the figures of two commits that differ there are the same.

`

var heading = []string{"figure", "Linecard", "aim", "", "others on such a machine", "taken (UTC, commit, load)"}

// cells returns the rows of the table.
func cells(rows []*row) [][]string {
	var all [][]string
	for _, r := range rows {
		mark := ""
		if met, aimed := r.met(); aimed {
			mark = "missed"
			if met {
				mark = "met"
			}
		}
		all = append(all, []string{r.name, r.result(), r.aimText(), mark, r.peers, r.taken})
	}
	return all
}

// tabulate returns the table of figures.
func tabulate(lines [][]string) string { return align(append([][]string{heading}, lines...)) }

// align returns a Markdown table, whose first line is the heading, with columns that also line up in a terminal.
func align(lines [][]string) string {
	width := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for n, line := range lines {
		for i, cell := range line {
			fmt.Fprintf(&b, "| %s%s ", cell, strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)))
		}
		b.WriteString("|\n")
		if n == 0 {
			for _, w := range width {
				b.WriteString("|" + strings.Repeat("-", w+2))
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}

// writeReport puts the rows into the report at path: in place of those with the same name, the others at the end. It
// replaces the file as a whole, so that nobody reads a partial one.
func writeReport(path string, rows []*row) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the report: %w", err)
	}
	table := readTable(string(old))
	for _, line := range cells(rows) {
		if i := slices.IndexFunc(table, func(was []string) bool { return was[0] == line[0] }); i >= 0 {
			table[i] = line
		} else {
			table = append(table, line)
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	next := path + ".new"
	if err := os.WriteFile(next, []byte(reportHead+machine()+"\n\n"+tabulate(table)), 0o644); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return os.Rename(next, path)
}

// readTable reads the figures of a report; it returns none when the columns differ.
func readTable(text string) [][]string {
	var table [][]string
	for line := range strings.Lines(text) {
		line, ok := strings.CutPrefix(strings.TrimSpace(line), "|")
		parts := strings.Split(strings.TrimSuffix(line, "|"), "|")
		if !ok || len(parts) != len(heading) || strings.HasPrefix(line, "--") {
			continue
		}
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		if parts[0] != heading[0] {
			table = append(table, parts)
		}
	}
	return table
}

// machine describes the machine that the figures were measured on.
func machine() string {
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		kernel = []byte("unknown")
	}
	return fmt.Sprintf("%s, kernel %s, %d processors", runtime.Version(), strings.TrimSpace(string(kernel)), runtime.NumCPU())
}

// commit is the commit of the source.
func commit(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
