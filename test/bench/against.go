package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// worse is the ratio from which a figure counts as worse than at the other commit.
const worse = 1.05

// side is one of the two commits that are compared.
type side struct {
	bin    string
	source string // folder of its source, for figures that go test measures
	rows   []*row // by name; each run adds its values
}

// add adds the rows of one more run.
func (s *side) add(rows []*row) {
	for _, r := range rows {
		if i := slices.IndexFunc(s.rows, func(had *row) bool { return had.name == r.name }); i >= 0 {
			s.rows[i].values = append(s.rows[i].values, r.values...)
		} else {
			s.rows = append(s.rows, r)
		}
	}
}

// compare measures figures at this commit and at another one. The runs alternate, so that the load of the machine
// affects both, and the order changes with each run. A side whose run fails lacks the values of that run.
func (b *bench) compare(ctx context.Context, taken []figure, now, then *side) error {
	var errs []error
	runs := b.runs
	b.runs = 1
	for _, f := range taken {
		for i := range runs {
			order := []*side{now, then}
			if i%2 == 1 {
				slices.Reverse(order)
			}
			for _, s := range order {
				which := "now"
				if s == then {
					which = "then"
				}
				fmt.Fprintf(b.say, "%s (%s), %s, run %d of %d\n", f.what, f.name, which, i+1, runs)
				b.bin, b.source = s.bin, s.source
				rows, err := f.take(b, ctx)
				s.add(rows)
				if err != nil {
					errs = append(errs, fmt.Errorf("%s, %s, run %d: %w", f.name, which, i+1, err))
					fmt.Fprintln(b.say, "  failed:", err)
				}
				if ctx.Err() != nil {
					return errors.Join(errs...)
				}
			}
		}
	}
	return errors.Join(errs...)
}

// ratios returns for each figure the two medians and their ratio. Less is better for all of them. A ratio above 1.05 is
// marked as worse; where the ranges of the runs overlap, more runs may show otherwise.
func ratios(now, then *side) [][]string {
	lines := [][]string{{"figure", "now", "then", "now / then", ""}}
	for _, r := range now.rows {
		line := []string{r.name, r.result(), "not measured", "", ""}
		if i := slices.IndexFunc(then.rows, func(had *row) bool { return had.name == r.name }); i >= 0 {
			was := then.rows[i]
			line[2] = was.result()
			if len(r.values) > 0 && was.median() > 0 && !r.share {
				ratio := r.median() / was.median()
				line[3] = fmt.Sprintf("%.2f", ratio)
				if ratio > worse {
					line[4] = "worse"
					if slices.Min(r.values) <= slices.Max(was.values) {
						line[4] = "worse; the runs overlap"
					}
				}
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// checkOut extracts a commit into a separate folder and builds it. remove deletes the folder.
func checkOut(ctx context.Context, say io.Writer, rev string) (_ *side, remove func(), err error) {
	dir, err := os.MkdirTemp("", "lcb-then-")
	if err != nil {
		return nil, nil, err
	}
	remove = func() { _ = os.RemoveAll(dir) }
	defer func() {
		if err != nil {
			remove()
		}
	}()
	// An archive and not a worktree, so that an interrupted run leaves nothing in the repository.
	source, archive := filepath.Join(dir, "source"), filepath.Join(dir, "source.tar")
	if err := os.Mkdir(source, 0o755); err != nil {
		return nil, nil, err
	}
	fmt.Fprintln(say, "building", rev)
	for _, run := range [][]string{
		{"git", "archive", "--output", archive, rev}, {"tar", "-xf", archive, "-C", source},
	} {
		if out, err := exec.CommandContext(ctx, run[0], run[1:]...).CombinedOutput(); err != nil {
			return nil, nil, fmt.Errorf("check out %s: %w: %s", rev, err, strings.TrimSpace(string(out)))
		}
	}
	bin := filepath.Join(dir, "linecard")
	if err := compile(ctx, source, bin); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", rev, err)
	}
	return &side{bin: bin, source: source}, remove, nil
}
