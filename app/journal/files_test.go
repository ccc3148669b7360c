package journal

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"linecard/crm"
)

// leftBehind is what a crash leaves of a journal: its file, and the -wal and -shm files with what came last. Calls are named c00
// to c59; the last third is in the -wal file only.
type leftBehind struct {
	files map[string][]byte     // by the ends of their names
	on    map[string][]location // where the row of a call is, in the history and in the outbox
}

// location is a page of a file.
type location struct {
	file string
	page int
}

const callsLeft = 60

var leavings = sync.OnceValue(func() leftBehind {
	dir, err := os.MkdirTemp("", "journal")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, FileName)
	left := leftBehind{map[string][]byte{}, map[string][]location{}}
	var j *Journal
	for i := range callsLeft {
		if i == 0 || i == callsLeft*2/3 { // closing puts what there is into the file
			if j != nil {
				if err = j.Close(); err != nil {
					panic(err)
				}
			}
			if j, err = Open(path, Options{}); err != nil {
				panic(err)
			}
		}
		c, a := ended(fmt.Sprintf("c%02d", i))
		c.Verdict, c.Org, c.User = crm.LogYes, "A", "anna"
		if i%9 == 0 {
			a.Notes = string(slices.Repeat([]byte("what was said, "), 600)) // more than a page has room for
		}
		if err := j.Hangup(ctx, c, a); err != nil {
			panic(err)
		}
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		if left.files[end], err = os.ReadFile(path + end); err != nil {
			panic(err)
		}
	}
	left.find(j)
	_ = j.Close()
	return left
})

// find notes on which pages each call's rows are, and that of their newest copy.
func (l *leftBehind) find(j *Journal) {
	layout, err := layoutOf(ctx, j.reader())
	if err != nil {
		panic(err)
	}
	p := &pages{file: l.files[""], size: usualPage, layout: layout, newer: map[int][]byte{}}
	p.addWAL(l.files["-wal"])
	frames, _ := walFrames(l.files["-wal"], usualPage)
	newest := map[int]location{}
	for i, f := range frames {
		newest[f.page] = location{"-wal", i + 1}
	}
	where := func(n int) location {
		if w, ok := newest[n]; ok {
			return w
		}
		return location{"", n}
	}
	for n := 2; n <= len(p.file)/p.size+len(frames); n++ {
		p.only = n
		for table, key := range map[string]string{"calls": "id", "outbox": "call"} {
			p.rows(ctx, table, func(c cells) {
				id := table + " " + c.text(key)
				l.on[id] = append(l.on[id], where(n))
				for _, more := range p.beyond {
					l.on[id] = append(l.on[id], where(more))
				}
			})
		}
	}
}

// harm damages the files as the recipe says, eight bytes a step, and returns what was touched.
func (l leftBehind) harm(recipe []byte) (files map[string][]byte, touched []location) {
	files = map[string][]byte{}
	for end, b := range l.files {
		files[end] = slices.Clone(b)
	}
	touch := func(end string, from, to int) {
		for at := from; at < to; at++ {
			where := location{end, at/usualPage + 1}
			if end == "-wal" {
				where.page = (at-walHeader)/(frameHeader+usualPage) + 1
			}
			if len(touched) == 0 || touched[len(touched)-1] != where {
				touched = append(touched, where)
			}
		}
	}
	for len(recipe) >= 8 {
		step := recipe[:8]
		recipe = recipe[8:]
		end := []string{"", "-wal", "-shm"}[step[0]%3]
		b := files[end]
		if len(b) == 0 {
			continue
		}
		at, n := int(binary.BigEndian.Uint32(step[2:]))%len(b), int(binary.BigEndian.Uint16(step[6:]))
		switch step[1] % 6 {
		case 0: // one bit
			b[at] ^= 1 << (n % 8)
			touch(end, at, at+1)
		case 1: // zeros, as a disk gives them back that has lost a block
			to := min(len(b), at+n%8192)
			clear(b[at:to])
			touch(end, at, to)
		case 2: // cut off
			touch(end, at, len(b))
			files[end] = b[:at]
		case 3: // other bytes, of this file
			from := n % len(b)
			many := min(512, len(b)-at, len(b)-from)
			copy(b[at:at+many], slices.Clone(b[from:from+many]))
			touch(end, at, at+many)
		case 4: // longer than it should be
			files[end] = append(b, slices.Repeat([]byte{step[7]}, n%20000)...)
		case 5: // gone
			touch(end, 0, len(b))
			delete(files, end)
		}
	}
	return files, touched
}

// FuzzDamagedFiles damages the journal's three files anywhere. Linecard must start all the same, answer, and have every call
// that is on a page without damage.
func FuzzDamagedFiles(f *testing.F) {
	f.Add([]byte{})
	for file := range byte(3) {
		for kind := range byte(6) {
			for _, at := range []uint32{0, 17, 30, 44, 90, 100, 4096 + 3, 5 * 4096, 70000} {
				f.Add(binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint32([]byte{file, kind}, at), 4097))
			}
		}
	}
	f.Fuzz(func(t *testing.T, recipe []byte) {
		left := leavings()
		files, touched := left.harm(recipe[:min(len(recipe), 8*20)]) // of more damage there is nothing to learn
		dir := t.TempDir()
		path := filepath.Join(dir, FileName)
		for end, b := range files {
			must(t, os.WriteFile(path+end, b, 0o600))
		}
		for start := range 2 { // the second one finds what the first has mended
			j, err := Open(path, Options{})
			if err != nil {
				t.Fatalf("start %d: %v", start, err)
			}
			rows, err := j.History(ctx, Filter{Limit: 1000})
			must(t, err)
			entries, err := j.Outbox(ctx)
			must(t, err)
			if _, err := j.Counts(ctx, nil); err != nil {
				t.Fatal(err)
			}
			known := ids(rows)
			waits := map[string]bool{}
			for _, e := range entries {
				waits[e.ID] = true
			}
			for i := range callsLeft {
				id := fmt.Sprintf("c%02d", i)
				if left.intact("calls "+id, touched) && !slices.Contains(known, id) {
					t.Fatalf("start %d: %s is lost (%v), touched %v, notice %v", start, id, left.on["calls "+id], touched, j.NoticeFault())
				}
				if left.intact("outbox "+id, touched) && !waits[id] {
					t.Fatalf("start %d: the entry of %s is lost (%v), touched %v, notice %v", start, id, left.on["outbox "+id], touched, j.NoticeFault())
				}
			}
			c, a := ended("after")
			must(t, j.Hangup(ctx, c, a))
			must(t, j.Close())
		}
	})
}

// intact reports whether no page of a row was touched. The first page of a -wal file's header belongs to all in it.
func (l leftBehind) intact(row string, touched []location) bool {
	for _, where := range l.on[row] {
		for _, t := range touched {
			if t == where {
				return false
			}
		}
	}
	return len(l.on[row]) > 0
}
