package directory_test

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"linecard/app/directory"
	"linecard/crm"
)

// phoneOf and nameOf return the number and name of the i-th generated person.
func phoneOf(i int) string { return fmt.Sprintf("+1%03d%07d", 201+i%700, 2000000+i*7%7999999) }
func nameOf(i int) string  { return fmt.Sprintf("Person %d", i) }

// people generates count records like those of a sync, each with its own number.
func people(count int) iter.Seq[crm.Record] {
	return func(yield func(crm.Record) bool) {
		for i := range count {
			r := person(fmt.Sprintf("003%015d", i), nameOf(i), phoneOf(i))
			r.Title, r.Company, r.Email, r.Owner = "Head of Purchasing", fmt.Sprintf("Company %d", i/7), fmt.Sprintf("p%d@example.com", i), "Sam Rivers"
			r.LastModified = start
			if !yield(r) {
				return
			}
		}
	}
}

const million = 1_000_000

// millionPath is a directory of a million records, which takes a minute to make: it is made again when the code has changed, by which such a
// file is written.
func millionPath(b *testing.B) string {
	b.Helper()
	path := filepath.Join(os.TempDir(), "linecard-directory-million.db")
	by := path + ".by"
	binary, err := os.ReadFile(os.Args[0])
	check(b, err)
	sum := fmt.Sprintf("%x", sha256.Sum256(binary))
	if made, err := os.ReadFile(by); err == nil && string(made) == sum {
		return path
	}
	making := filepath.Join(b.TempDir(), directory.FileName)
	d, err := directory.Open(making, directory.Options{})
	check(b, err)
	check(b, d.Put(b.Context(), acme, people(million)))
	check(b, d.Close())
	doc, err := os.ReadFile(making)
	check(b, err)
	check(b, os.WriteFile(path, doc, 0o600))
	check(b, os.WriteFile(by, []byte(sum), 0o600))
	return path
}

// BenchmarkRecallMillion asks a directory of a million records that the process has just opened. It reports the median
// and the 99th percentile of a look-up, and how much memory the process has gained.
func BenchmarkRecallMillion(b *testing.B) {
	path := millionPath(b)
	callers := make([]crm.Number, 1000) // parsing numbers would add its own time
	for i := range callers {
		callers[i] = number(phoneOf(i * 997 % million))
	}
	var took []time.Duration
	var grown float64
	for b.Loop() {
		before := resident(b)
		d, err := directory.Open(path, directory.Options{})
		check(b, err)
		for _, n := range callers {
			at := time.Now()
			if _, ok := d.Recall(acme, n); !ok {
				b.Fatal("not found: " + n.E164)
			}
			took = append(took, time.Since(at))
		}
		grown = max(grown, resident(b)-before)
		check(b, d.Close())
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs/p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs/p99")
	b.ReportMetric(float64(took[len(took)-1].Microseconds()), "µs/max")
	b.ReportMetric(grown, "MiB/grown")
	b.ReportMetric(0, "ns/op")
}

// resident is how much of the process's memory is in RAM, in MiB.
func resident(b *testing.B) float64 {
	b.Helper()
	debug.FreeOSMemory() // garbage does not count
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("there is no /proc here")
	}
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	check(b, err)
	return float64(kib) / 1024
}

// BenchmarkRecallKnown measures the first card of a caller of the day before.
func BenchmarkRecallKnown(b *testing.B) {
	d, _ := fresh(b, directory.Options{})
	n := number("+14155550132")
	check(b, d.Remember(b.Context(), acme, n, match("1", "Dana"), true))
	for b.Loop() {
		if _, ok := d.Recall(acme, n); !ok {
			b.Fatal("not known")
		}
	}
}
