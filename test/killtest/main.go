package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"linecard/test/rig"
)

func main() {
	o := options{kills: 1000, seed: uint64(time.Now().UnixNano()) % 1_000_000}
	flag.IntVar(&o.kills, "kills", o.kills, "how often the app is killed")
	flag.Uint64Var(&o.seed, "seed", o.seed, "of what is drawn at random: calls, faults, aims")
	only := flag.String("only", strings.Join(aimNames(), ","), "aims, of "+strings.Join(aimNames(), ","))
	flag.StringVar(&o.bin, "bin", "", "the app to kill; without it, one is built")
	flag.Parse()
	var err error
	if o.aims, err = pickAims(*only); err != nil {
		fmt.Fprintln(os.Stderr, "killtest:", err)
		os.Exit(2)
	}
	ok := rig.Attended(func(t testing.TB) {
		began := time.Now()
		n := run(t, o)
		fmt.Printf("%d kills in %v, seed %d\n\n%s", n.total().kills, time.Since(began).Round(time.Second), o.seed, n.table())
	})
	if !ok {
		os.Exit(1)
	}
}
