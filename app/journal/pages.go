package journal

import (
	"context"
	"database/sql"
	"encoding/binary"
	"math"
	"os"
	"slices"
)

// SQLite finds rows from the root of a table down: one page near the root that is damaged, or the first page of the file,
// hides every row below it. The rows themselves are on leaf pages, which tell all that is needed to read them (the file
// format is at sqlite.org/fileformat2.html, sections 1.6, 2.1 and 4). So where SQLite gets not all, leaves are read one by one.

// Types and sizes of the file format.
const (
	tableLeaf     = 0x0d
	leafHeader    = 8
	smallestPage  = 512
	usualPage     = 4096
	largestRecord = 16 << 20 // no row of a journal is larger: a length beyond is damage
)

// pages are the pages of a file as they are with what its -wal file has of them.
type pages struct {
	file   []byte
	size   int
	newer  map[int][]byte // by number, from 1
	layout map[string][]string
	only   int   // the one page whose rows are wanted; 0 means all
	beyond []int // the pages that the last row went on to
}

// openPages reads a file and the -wal file beside it.
func openPages(path string, layout map[string][]string) (*pages, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p := &pages{file: b, size: pageSize(path), layout: layout, newer: map[int][]byte{}}
	if wal, err := os.ReadFile(path + "-wal"); err == nil {
		p.addWAL(wal)
	}
	return p, nil
}

// addWAL takes the sound pages of the transactions that were committed.
func (p *pages) addWAL(wal []byte) {
	frames, _ := walFrames(wal, p.size)
	last := 0
	for i, f := range frames {
		if f.sound && f.commit {
			last = i + 1
		}
	}
	for _, f := range frames[:last] {
		if f.sound {
			p.newer[f.page] = f.data
		}
	}
}

func (p *pages) page(n int) []byte {
	if page, ok := p.newer[n]; ok {
		return page
	}
	at := (n - 1) * p.size
	if n < 1 || at+p.size > len(p.file) {
		return nil
	}
	return p.file[at : at+p.size]
}

// rows calls each with every row of a table that is on a leaf that can be read.
func (p *pages) rows(ctx context.Context, table string, each func(cells)) {
	last := len(p.file) / p.size
	for n := range p.newer {
		last = max(last, n)
	}
	for n := 2; n <= last && ctx.Err() == nil; n++ { // the first one has the names of the tables
		page := p.page(n)
		if p.only > 0 && n != p.only {
			continue
		}
		if len(page) < p.size || page[0] != tableLeaf {
			continue
		}
		for i := range int(binary.BigEndian.Uint16(page[3:])) {
			at := leafHeader + 2*i
			if at+2 > len(page) {
				break
			}
			if values := p.record(page, int(binary.BigEndian.Uint16(page[at:]))); tableOf(values) == table {
				each(named(p.layout[table], values))
			}
		}
	}
}

// record reads the record of a cell; nil when it is none.
func (p *pages) record(page []byte, at int) []any {
	if at < leafHeader || at >= len(page) {
		return nil
	}
	length, n := varint(page[at:])
	at += n
	_, n = varint(page[at:]) // the rowid
	at += n
	p.beyond = nil
	if n == 0 || length == 0 || length > largestRecord {
		return nil
	}
	want, room := int(length), p.size-35
	local := want
	if want > room {
		least := (p.size-12)*32/255 - 23
		if local = least + (want-least)%(p.size-4); local > room {
			local = least
		}
	}
	if at+local > len(page) {
		return nil
	}
	payload := slices.Clone(page[at : at+local])
	if local == want {
		return values(payload)
	}
	if at+local+4 > len(page) {
		return nil
	}
	for next := binary.BigEndian.Uint32(page[at+local:]); len(payload) < want; {
		p.beyond = append(p.beyond, int(next))
		more := p.page(int(next))
		if len(more) < 4 {
			break // what is there tells most of the row
		}
		next = binary.BigEndian.Uint32(more)
		payload = append(payload, more[4:min(len(more), 4+want-len(payload))]...)
	}
	return values(payload)
}

// values are the columns of a record, as far as they are there.
func values(record []byte) (all []any) {
	header, n := varint(record)
	if n == 0 || header > uint64(len(record)) {
		return nil
	}
	body := record[header:]
	for at := n; at < int(header); {
		kind, n := varint(record[at:header])
		if n == 0 {
			return all
		}
		at += n
		v, size := value(kind, body)
		if size < 0 {
			return all
		}
		all, body = append(all, v), body[size:]
	}
	return all
}

// value reads one column of a serial type; size is -1 when there is not enough.
func value(kind uint64, b []byte) (v any, size int) {
	sizes := []int{0, 1, 2, 3, 4, 6, 8, 8, 0, 0}
	switch {
	case kind >= 12:
		size = int(min((kind-12)/2, largestRecord))
	case kind < uint64(len(sizes)):
		size = sizes[kind]
	default:
		return nil, -1
	}
	if size > len(b) {
		return nil, -1
	}
	b = b[:size]
	switch {
	case kind == 0:
		return nil, 0
	case kind == 7:
		return math.Float64frombits(binary.BigEndian.Uint64(b)), size
	case kind >= 12 && kind%2 == 0:
		return b, size
	case kind >= 12:
		return string(b), size
	}
	n := int64(kind) - 8 // types 8 and 9 are the numbers 0 and 1
	if size > 0 {
		n = int64(int8(b[0]))
		for _, c := range b[1:] {
			n = n<<8 | int64(c)
		}
	}
	return n, size
}

// varint reads a number of up to nine bytes; n is 0 when there is none.
func varint(b []byte) (v uint64, n int) {
	for n < len(b) && n < 8 {
		v = v<<7 | uint64(b[n]&0x7f)
		n++
		if b[n-1]&0x80 == 0 {
			return v, n
		}
	}
	if n == 8 && len(b) > 8 {
		return v<<8 | uint64(b[8]), 9
	}
	return 0, 0
}

// tableOf tells what table a row is of by what only that table has, "" when it tells nothing.
func tableOf(values []any) string {
	if len(values) < 12 {
		return ""
	}
	switch second, _ := values[1].(string); {
	case slices.Contains([]string{"Inbound", "Outbound"}, second):
		return "calls"
	case slices.Contains(states, State(second)):
		return "outbox"
	}
	return ""
}

// named gives the values of a row the names of the columns. Rows of an older schema have fewer, but for nolog, which stood
// before who in the first one: a number where today there is a text. A row may be cut short, so how many values it has tells nothing.
func named(columns []string, values []any) cells {
	if i := slices.Index(columns, "who"); i > 0 && i < len(values) {
		if _, first := values[i].(int64); first {
			columns = slices.Insert(slices.Clone(columns), i, "nolog")
		}
	}
	c := cells{}
	for i := range min(len(columns), len(values)) {
		c[columns[i]] = values[i]
	}
	return c
}

// layoutOf are the names of a journal's columns in the order of its rows.
func layoutOf(ctx context.Context, db *sql.DB) (map[string][]string, error) {
	layout := map[string][]string{}
	for _, table := range []string{"calls", "outbox"} {
		rows, err := db.QueryContext(ctx, "SELECT name FROM pragma_table_info(?) ORDER BY cid", table)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				break
			}
			layout[table] = append(layout[table], name)
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	return layout, nil
}
