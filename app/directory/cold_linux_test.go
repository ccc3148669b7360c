package directory_test

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"linecard/app/directory"
)

// BenchmarkRecallCold asks a directory of a million records whose file the system has dropped from memory, a moment after the
// process has opened it. It reports the first look-up and the slowest of the first ten.
func BenchmarkRecallCold(b *testing.B) {
	path := millionPath(b)
	var first, slowest time.Duration
	for i := 0; b.Loop(); i++ {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		check(b, err)
		check(b, f.Sync())
		check(b, unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED))
		check(b, f.Close())
		d, err := directory.Open(path, directory.Options{})
		check(b, err)
		<-time.After(500 * time.Millisecond) // what is measured is a call that comes half a second after the start
		for j := range 10 {
			n := number(phoneOf((i*7919 + j*99991) % million))
			at := time.Now()
			if _, ok := d.Recall(acme, n); !ok {
				b.Fatal("not found: " + n.E164)
			}
			took := time.Since(at)
			if slowest = max(slowest, took); j == 0 {
				first = max(first, took)
			}
		}
		check(b, d.Close())
	}
	b.ReportMetric(float64(first.Microseconds()), "µs/first")
	b.ReportMetric(float64(slowest.Microseconds()), "µs/slowest-of-ten")
	b.ReportMetric(0, "ns/op")
}
