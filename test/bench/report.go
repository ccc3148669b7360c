package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"
)

const report = "docs/BENCHMARKS.md"

// tabulate writes the rows as a Markdown table whose columns line up in a terminal too.
func tabulate(rows []*row) string {
	cells := [][]string{{"figure", "Linecard", "aim", "", "others on such a machine"}}
	for _, r := range rows {
		mark := ""
		if met, aimed := r.met(); aimed {
			mark = "missed"
			if met {
				mark = "met"
			}
		}
		cells = append(cells, []string{r.name, r.result(), r.aimText(), mark, r.peers})
	}
	width := make([]int, len(cells[0]))
	for _, line := range cells {
		for i, cell := range line {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for n, line := range cells {
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

// describeRun says when, where and beside what the figures were taken.
func describeRun(began time.Time, loadBefore string, runs int) string {
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		kernel = []byte("unknown")
	}
	commit, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		commit = []byte("unknown")
	}
	return fmt.Sprintf("%s, commit %s, %s, kernel %s, %d processors, load %s before and %s after; %d runs each: median (least–greatest)",
		began.UTC().Format("2006-01-02 15:04 UTC"), strings.TrimSpace(string(commit)), runtime.Version(), strings.TrimSpace(string(kernel)),
		runtime.NumCPU(), loadBefore, load(), runs)
}

const reportHead = `# Benchmarks

Written by ` + "`go run ./test/bench -write`" + `. How each figure is taken is told at the top of test/bench/doc.go; how those of
baresip, Linphone and Twinkle were, beside their numbers, on the same kind of machine (2 processors, no GPU, no sound
hardware), but on another day.

`

// writeReport writes the report, by way of a new file, so that a torn one is never seen.
func writeReport(conditions, table string) error {
	if err := os.MkdirAll(filepath.Dir(report), 0o755); err != nil {
		return err
	}
	next := report + ".new"
	if err := os.WriteFile(next, []byte(reportHead+conditions+"\n\n"+table), 0o644); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return os.Rename(next, report)
}
