package directory_test

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"linecard/app/directory"
	"linecard/crm"
)

// copySize is how many people the benchmark copies: LINECARD_COPY, else fifty thousand.
func copySize() int {
	n, _ := strconv.Atoi(os.Getenv("LINECARD_COPY"))
	return cmp.Or(n, 50_000)
}

// BenchmarkPutCopy stores a copy while calls ring. It reports how many people a second are stored, the longest transaction,
// how long a look-up takes beside them, and the size of the file.
func BenchmarkPutCopy(b *testing.B) {
	for b.Loop() {
		d, err := directory.Open(filepath.Join(b.TempDir(), directory.FileName), directory.Options{})
		check(b, err)
		d.SetReaders(mine)
		ctx, cancel := context.WithCancel(b.Context())
		rung := make(chan []time.Duration)
		go func() {
			var took []time.Duration
			calls := time.NewTicker(2 * time.Millisecond)
			defer calls.Stop()
			for i := 0; ctx.Err() == nil; i++ {
				n := number(phoneOf(i * 997 % copySize()))
				at := time.Now()
				d.Recall(acme, n)
				took = append(took, time.Since(at))
				<-calls.C
			}
			rung <- took
		}()
		began, longest := time.Now(), time.Duration(0)
		var some []crm.Record
		for r := range people(copySize()) {
			if some = append(some, r); len(some) == 500 {
				at := time.Now()
				check(b, d.PutCopy(ctx, mine, part("x", some...)))
				longest, some = max(longest, time.Since(at)), some[:0]
			}
		}
		took := time.Since(began)
		cancel()
		waits := <-rung
		slices.Sort(waits)
		b.ReportMetric(float64(copySize())/took.Seconds(), "people/s")
		b.ReportMetric(float64(longest.Milliseconds()), "ms/longest-write")
		b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds()), "µs/recall-p99")
		b.ReportMetric(float64(waits[len(waits)-1].Microseconds()), "µs/recall-max")
		b.ReportMetric(float64(d.Size())/float64(copySize()), "B/person")
		for _, typed := range []string{"pe", "person 12", "company 77", "p4999"} {
			at := time.Now()
			found, err := d.Search(b.Context(), acme, typed, 20)
			check(b, err)
			b.Logf("%q: %d in %v", typed, len(found), time.Since(at))
		}
		check(b, d.Close())
	}
	b.ReportMetric(0, "ns/op")
}
