package demoorg

import (
	"bufio"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The results of a Bulk query: CSV, a part of it for each locator. They are made while they are sent, some hundred rows at a
// time, so that a million rows take no memory and hold up no other request.

var delimiters = map[string]byte{"BACKQUOTE": '`', "CARET": '^', "COMMA": ',', "PIPE": '|', "SEMICOLON": ';', "TAB": '\t'}

// results serves /jobs/query/{id}/results.
func (o *Org) results(c *call, job *bulkJob) (reply, *apiError) {
	if err := c.allow(http.MethodGet); err != nil {
		return reply{}, err
	}
	switch {
	case !acceptsCSV(c.header):
		return reply{}, refuse(http.StatusNotAcceptable, "NOT_ACCEPTABLE", "the results of a query are text/csv")
	case c.version != job.version:
		return reply{}, refuse(http.StatusConflict, "INVALID_VERSION", "the job was created with another API version")
	case job.state != "JobComplete":
		return reply{}, bad("INVALIDJOBSTATE", "Results are not available: job is %s", job.state)
	}
	from := 0
	if l := c.query.Get("locator"); l != "" {
		b, err := base64.RawURLEncoding.DecodeString(l)
		if err == nil {
			from, err = strconv.Atoi(string(b))
		}
		if err != nil || from <= 0 || from >= job.total {
			return reply{}, bad("INVALIDLOCATOR", "Invalid locator: %s", l)
		}
	}
	most := o.cfg.BulkPart
	if m := c.query.Get("maxRecords"); m != "" {
		n, err := strconv.Atoi(m)
		if err != nil || n < 1 {
			return reply{}, bad("INVALID_PARAMETER", "maxRecords must be a positive integer")
		}
		most = min(n, o.cfg.BulkPart)
	}
	until := min(from+most, job.total)
	header := http.Header{}
	header.Set("Content-Type", "text/csv")
	header.Set("Sforce-NumberOfRecords", strconv.Itoa(until-from))
	header.Set("Sforce-Locator", "null")
	if until < job.total {
		header.Set("Sforce-Locator", base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(until))))
	}
	return reply{status: http.StatusOK, header: header, stream: func(w http.ResponseWriter, r *http.Request) {
		var out io.Writer = w
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
			defer func() { _ = z.Close() }()
			out = z
		}
		w.WriteHeader(http.StatusOK)
		b := bufio.NewWriterSize(out, 64<<10)
		o.writeRows(b, r, job, from, until)
		_ = b.Flush()
	}}, nil
}

// acceptsCSV reports whether a request gets its answer, which is CSV whatever it asks for; go-salesforce asks for JSON. One without a
// word about it takes anything (RFC 9110 §12.5.1).
func acceptsCSV(h http.Header) bool {
	accept := strings.Join(h.Values("Accept"), ",")
	return accept == "" || strings.Contains(accept, "text/csv") || strings.Contains(accept, "application/json") || strings.Contains(accept, "text/*") || strings.Contains(accept, "*/*")
}

// rowsAtOnce is how many rows are made while the org is locked.
const rowsAtOnce = 500

func (o *Org) writeRows(w io.Writer, r *http.Request, job *bulkJob, from, until int) {
	o.mu.Lock()
	b := o.binder(job.object, job.text)
	shape, err := o.shape(b, job.query)
	if err == nil {
		err = b.check(job.query)
	}
	o.mu.Unlock()
	if err != nil { // a field was hidden since
		return
	}
	line := &csvLine{delimiter: delimiters[job.delimiter], end: "\n"}
	if job.lineEnd == "CRLF" {
		line.end = "\r\n"
	}
	for _, p := range shape.paths {
		line.add(pathName(p))
	}
	line.write(w)
	at := &bulkPlace{}
	for row := from; row < until && r.Context().Err() == nil; {
		o.mu.Lock()
		for end := min(row+rowsAtOnce, until); row < end; row++ {
			rec := o.bulkRow(b, job, row, at)
			for _, p := range shape.paths {
				line.add(csvValue(b.value(rec, p)))
			}
			line.write(w)
		}
		o.mu.Unlock()
	}
}

// bulkPlace is where in the volume the reading is, so that the next row is not counted out from the first.
type bulkPlace struct {
	row  int // of the results
	next int // contact of the volume
}

// bulkRow returns a row of the results: first the stored ones, then those of the volume.
func (o *Org) bulkRow(b *binder, job *bulkJob, row int, at *bulkPlace) *record {
	if row < len(job.stored) {
		return o.db.rows[job.stored[row]]
	}
	v := o.db.volume
	if at.next == 0 {
		at.row = len(job.stored)
		if job.all && len(job.skip) == 0 {
			at.row, at.next = row, row-len(job.stored)
		}
	}
	for ; ; at.next++ {
		id := newID(v.object.prefix, v.instance, v.first+uint64(at.next))
		if job.skip[id] || !job.all && !o.holds(b, job.query.Where, v.contact(at.next)) {
			continue
		}
		at.row++
		if at.row > row {
			at.next++
			if r := o.db.rows[id]; r != nil { // changed since
				return r
			}
			return v.contact(at.next - 1)
		}
	}
}

func pathName(p column) string {
	name := p.field.name
	for _, h := range slices.Backward(p.hops) {
		name = h.relation + "." + name
	}
	return name
}

// csvLine is one line of CSV: every value in quotes.
type csvLine struct {
	delimiter byte
	end       string
	text      []byte
}

func (l *csvLine) add(v string) {
	if len(l.text) > 0 {
		l.text = append(l.text, l.delimiter)
	}
	l.text = append(l.text, '"')
	l.text = append(l.text, strings.ReplaceAll(v, `"`, `""`)...)
	l.text = append(l.text, '"')
}

func (l *csvLine) write(w io.Writer) {
	l.text = append(l.text, l.end...)
	_, _ = w.Write(l.text)
	l.text = l.text[:0]
}

// csvValue is a value as CSV has it; null is empty.
func csvValue(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return fmt.Sprint(v)
}
