package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// columns are what must be 0.
var columns = []string{"calls lost", "rows doubled", "Tasks lost", "Tasks doubled", "unwanted", "stuck", "links lost", "panics", "damaged"}

// tally is what a run came to.
type tally struct {
	world    *world
	findings []finding
	lines    map[string]*line // by aim
}

// line is the part of one aim.
type line struct {
	kills, hits, calls, tasks, early int
	found                            map[string]int
}

// newTally counts the kills, and takes over what was noticed at once.
func newTally(w *world) *tally {
	n := &tally{world: w, lines: map[string]*line{}}
	for _, l := range w.lives {
		if l.number > 0 {
			n.of(l).kills++
			if l.hit {
				n.of(l).hits++
			}
		}
	}
	for _, f := range w.fatal {
		n.find(f.life, f.column, "%s", f.what)
	}
	return n
}

// of is the line of a life, or with nil the one of what belongs to none.
func (n *tally) of(l *life) *line {
	aim := "settle"
	if l != nil {
		aim = l.aim
	}
	if n.lines[aim] == nil {
		n.lines[aim] = &line{found: map[string]int{}}
	}
	return n.lines[aim]
}

func (n *tally) find(l *life, column, format string, args ...any) {
	n.findings = append(n.findings, finding{l, column, fmt.Sprintf(format, args...)})
	n.of(l).found[column]++
}

// total adds the lines up.
func (n *tally) total() *line {
	sum := &line{found: map[string]int{}}
	for _, l := range n.lines {
		sum.kills, sum.hits, sum.calls, sum.tasks, sum.early = sum.kills+l.kills, sum.hits+l.hits, sum.calls+l.calls, sum.tasks+l.tasks, sum.early+l.early
		for column, many := range l.found {
			sum.found[column] += many
		}
	}
	return sum
}

// table prints a line for each aim. hit is how many of its kills came at their moment; the others came when the life was over.
func (n *tally) table() string {
	var b strings.Builder
	out := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "aim\tkills\thit\tcalls\tTasks\tearly\t%s\t\n", strings.Join(columns, "\t"))
	print := func(name string, l *line) {
		fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%d\t%d\t", name, l.kills, l.hits, l.calls, l.tasks, l.early)
		for _, column := range columns {
			fmt.Fprintf(out, "%d\t", l.found[column])
		}
		fmt.Fprintln(out)
	}
	for _, a := range append(aimNames(), "settle") {
		if l := n.lines[a]; l != nil {
			print(a, l)
		}
	}
	print("all", n.total())
	_ = out.Flush() // a strings.Builder takes everything
	sum := n.total()
	fmt.Fprintf(&b, "\nearly: %d of %d calls were known outside before the disk had them, and went with the process; %s excuses %d\n", sum.early, sum.calls, &n.world.pace, n.world.pace.excused(sum.calls))
	fmt.Fprintf(&b, "%d kills came before the app knew the refresh token that the org had just given away\n", n.world.torn)
	return b.String()
}
