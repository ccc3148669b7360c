package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	raisePriority()
	b := &bench{say: os.Stderr}
	only := flag.String("only", names(), "figures to take, of "+names())
	flag.IntVar(&b.runs, "runs", 5, "runs of each figure")
	flag.IntVar(&b.calls, "calls", 2000, "calls in a row, of the endurance figure")
	flag.IntVar(&b.people, "people", million, "people of the org that is copied, of the figure of a million")
	flag.StringVar(&b.bin, "bin", "", "binary to measure; without it, one is built")
	against := flag.String("against", "", "a `commit` to compare with: runs are taken in turn, and the ratio is printed")
	write := flag.Bool("write", false, "put the figures taken into "+report+" too; those not taken keep their place there")
	watched := flag.String("watch", "", "of the program itself: write what the app of a data `directory` tells, with times")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *watched != "" {
		if err := watch(ctx, *watched); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	if *against != "" && *write {
		fmt.Fprintln(os.Stderr, "bench: -write takes the figures of one commit; leave out -against")
		os.Exit(2)
	}
	if err := b.main(ctx, strings.Split(*only, ","), *against, *write); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) main(ctx context.Context, only []string, against string, write bool) (err error) {
	for _, name := range only {
		if !slices.ContainsFunc(figures, func(f figure) bool { return f.name == name }) {
			return fmt.Errorf("there is no figure %q; there are %s", name, names())
		}
	}
	if b.runs < 1 || b.calls < 10 {
		return errors.New("at least one run and ten calls are needed")
	}
	if b.bin == "" {
		bin, remove, err := build(ctx)
		if err != nil {
			return err
		}
		defer remove()
		b.bin = bin
	}
	started, cancel := context.WithTimeout(ctx, 20*time.Second)
	b.sound, err = startSound(started)
	cancel()
	if err != nil {
		return err
	}
	defer b.sound.close()
	var wanted []figure
	for _, f := range figures {
		if slices.Contains(only, f.name) {
			wanted = append(wanted, f)
		}
	}
	if against != "" {
		then, remove, err := checkOut(ctx, b.say, against)
		if err != nil {
			return err
		}
		defer remove()
		now, runs := &side{bin: b.bin}, b.runs
		err = b.compare(ctx, wanted, now, then)
		fmt.Printf("%s; %s now, %s then; %d runs each, taken in turn: median (least–greatest)\n\n%s\n", machine(), commit(ctx), against, runs, align(ratios(now, then)))
		return err
	}
	return b.table(ctx, wanted, write)
}

// table measures figures and prints them with their aims.
func (b *bench) table(ctx context.Context, wanted []figure, write bool) error {
	var rows []*row
	var errs []error
	for _, f := range wanted {
		fmt.Fprintf(b.say, "%s (%s)\n", f.what, f.name)
		taken := fmt.Sprintf("%s, %s, load %s", time.Now().UTC().Format("2006-01-02 15:04"), commit(ctx), load())
		got, err := f.take(b, ctx)
		for _, r := range got {
			r.taken = taken
		}
		rows = append(rows, got...)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", f.name, err))
			fmt.Fprintln(b.say, "  failed:", err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	fmt.Printf("%s; %d runs each: median (least–greatest)\n\n%s\n", machine(), b.runs, tabulate(cells(rows)))
	if write && len(rows) > 0 {
		errs = append(errs, writeReport(report, rows))
	}
	return errors.Join(errs...)
}
