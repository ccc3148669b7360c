package journal

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkRing is what stands between an INVITE and its 180: one call on disk.
func BenchmarkRing(b *testing.B) {
	j := openTemp(b)
	old(b, j, 5000)
	n := 0
	for b.Loop() {
		n++
		must(b, j.Ring(ctx, ringing(fmt.Sprintf("ring%d", n))))
	}
}

// BenchmarkType is one keystroke in the form, on disk.
func BenchmarkType(b *testing.B) {
	j := openTemp(b)
	old(b, j, 5000)
	must(b, j.Ring(ctx, ringing("c1")))
	n := 0
	for b.Loop() {
		n++
		must(b, j.TypeActivity(ctx, "c1", notes(fmt.Sprint("typed ", n)), noon.Add(time.Minute)))
	}
}
