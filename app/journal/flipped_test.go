package journal

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Every column that there is is looked for at the start, or a damaged name of it would be met by a query later.
func TestEveryColumnIsLookedFor(t *testing.T) {
	layout, err := layoutOf(ctx, openTemp(t).reader())
	must(t, err)
	for table, columns := range layout {
		want := strings.Split(allColumns[table], ", ")
		slices.Sort(want)
		if slices.Sort(columns); !slices.Equal(columns, want) {
			t.Errorf("%s has %v; looked for are %v", table, columns, want)
		}
	}
}

// flips is how many bits TestAFlippedBitCostsItsRow tries.
const flips = 120

// One flipped bit within a row costs that row at most, in the history and in the outbox: not the others of its page, and not the start. In what
// a page says of itself (its first bytes, and where its rows are) it may cost what is on that page, see FuzzDamagedFiles.
func TestAFlippedBitCostsItsRow(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	for i := range callsLeft {
		c, a := ended(fmt.Sprintf("c%02d", i))
		if i%9 == 0 {
			a.Notes = string(slices.Repeat([]byte("what was said, "), 600)) // more than a page has room for
		}
		must(t, j.Hangup(ctx, c, a))
	}
	must(t, j.Close())
	whole, err := os.ReadFile(path)
	must(t, err)
	var content []int // places in the file that are within a row
	for page := 1; page < len(whole)/usualPage; page++ {
		b := whole[page*usualPage : (page+1)*usualPage]
		if b[0] != tableLeaf {
			continue
		}
		first := usualPage
		for i := range int(binary.BigEndian.Uint16(b[3:])) {
			first = min(first, int(binary.BigEndian.Uint16(b[leafHeader+2*i:])))
		}
		for at := first; at < usualPage; at++ {
			content = append(content, page*usualPage+at)
		}
	}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	for range flips {
		at, bit := content[r.IntN(len(content))], r.IntN(8)
		damaged := slices.Clone(whole)
		damaged[at] ^= 1 << bit
		path := filepath.Join(t.TempDir(), FileName)
		must(t, os.WriteFile(path, damaged, 0o600))
		j, err := Open(path, Options{})
		if err != nil {
			t.Fatalf("seed %d, bit %d at %d: %v", seed, bit, at, err)
		}
		rows, err := j.History(ctx, Filter{Limit: 1000})
		must(t, err)
		entries, err := j.Outbox(ctx)
		must(t, err)
		known, waits := ids(rows), map[string]bool{}
		for _, e := range entries {
			waits[e.ID] = true
		}
		lost, unlogged := 0, 0
		for i := range callsLeft {
			id := fmt.Sprintf("c%02d", i)
			if !slices.Contains(known, id) {
				lost++
			}
			if !waits[id] {
				unlogged++
			}
		}
		if lost > 1 || unlogged > 1 {
			t.Errorf("seed %d, bit %d at %d: %d calls and %d entries are lost, notice %v", seed, bit, at, lost, unlogged, j.NoticeFault())
		}
		must(t, j.Close())
	}
}
