package salesforce

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// A Bulk query (Bulk API 2.0, api_asynch "Bulk API 2.0 Query"): the org works on it by itself, and keeps the results, as CSV in
// parts, for seven days.

// bulkInfo is what the org tells of a job.
type bulkInfo struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Created string `json:"createdDate"`
	Rows    *int   `json:"numberRecordsProcessed"`
}

// createJob makes a query job.
func (c *Client) createJob(ctx context.Context, query string, cur crm.Cursor) (crm.Cursor, error) {
	var job bulkInfo
	q := call{
		method: http.MethodPost, path: "/jobs/query", timeout: c.cfg.WriteTimeout, repeat: true, // a job too many only lies there
		body: map[string]string{"operation": "query", "query": query, "contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF"},
	}
	r, err := c.do(ctx, q, &job)
	switch {
	case err != nil:
		return cur, err
	case !jobID.MatchString(job.ID):
		return cur, garbled(r.status, errors.New("a job without an id"), true)
	}
	cur = crm.Cursor{Since: cur.Since, Job: job.ID, Began: row{"t": job.Created}.time("t", time.UTC)}
	if cur.Began.IsZero() {
		cur.Began = c.orgTime(r.header)
	}
	return cur, nil
}

// jobID is the form of the id of a job.
var jobID = recordID

// noBulk reports whether the org refuses Bulk queries of an object to this user, whatever the query.
func noBulk(err error) bool {
	e, ok := asError(err)
	switch {
	case !ok || e.Code == "INVALID_FIELD" || e.Code == "INVALID_TYPE":
		return false
	case e.Code == "FEATURENOTENABLED" || e.Code == "INVALIDENTITY" || e.Code == "NOT_FOUND" || e.Code == "EXCEEDEDQUOTA":
		return true
	}
	return e.Class == crm.ClassPermission || e.Class == crm.ClassRejected
}

// pollJob asks how far a job is.
func (c *Client) pollJob(ctx context.Context, cur crm.Cursor) (crm.Cursor, error) {
	var job bulkInfo
	r, err := c.do(ctx, c.get("/jobs/query/"+cur.Job, nil, c.cfg.WriteTimeout), &job)
	if codeOf(err) == "NOT_FOUND" { // somebody has deleted it
		return crm.Cursor{Since: cur.Since}, nil
	}
	if err != nil {
		return cur, err
	}
	switch job.State {
	case "":
		return cur, garbled(r.status, errors.New("a job without a state"), true)
	case "JobComplete":
		if job.Rows == nil || !sameID(job.ID, cur.Job) { // nothing less is taken for an object without records
			return cur, garbled(r.status, errors.New("a job that does not tell its rows"), true)
		}
		cur.Ready, cur.Total = true, *job.Rows
		if cur.Total == 0 {
			c.dropJob(cur.Job)
			cur.Done = true
		}
	case "Failed": // too much for the org at once: page by page it may be possible
		c.cfg.Log.Warn("the org gave up a Bulk query", "job", cur.Job)
		c.dropJob(cur.Job)
		return crm.Cursor{Since: cur.Since, Plain: true}, nil
	case "Aborted":
		c.dropJob(cur.Job)
		return cur, &crm.Error{Class: crm.ClassTransient, Fault: fault.New("salesforce.copy-aborted"), Retry: time.Hour, Err: errors.New("the job was aborted in the org")}
	}
	return cur, nil
}

// jobResults reads a part of a job's results.
func (c *Client) jobResults(ctx context.Context, cur crm.Cursor, rows *copying) (crm.Cursor, error) {
	s, err := c.session(ctx, "")
	if err != nil {
		return cur, err
	}
	rows.from = s
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quiet := time.AfterFunc(copyTime, func() { cancel(errQuiet) })
	defer quiet.Stop()
	next, count := "", 0
	query := url.Values{"maxRecords": {strconv.Itoa(copyPart)}}
	if cur.Next != "" {
		query.Set("locator", cur.Next)
	}
	q := c.get("/jobs/query/"+cur.Job+"/results", query, copyTime)
	q.header = http.Header{"Accept": {"text/csv"}}
	q.sink = func(h http.Header, body io.Reader) error {
		rows.rows, rows.next = 0, crm.Copied{}
		want, err := bulkRows(h)
		if err != nil {
			return err
		}
		if err := rows.csv(alive{body, quiet}); err != nil {
			return err
		}
		if count = rows.rows; want != count {
			return fmt.Errorf("%d rows of %d", count, want)
		}
		next = h.Get("Sforce-Locator")
		return nil
	}
	_, err = c.do(ctx, q, nil)
	e, _ := asError(err)
	switch {
	case errors.Is(context.Cause(ctx), errQuiet):
		return cur, unread(errQuiet)
	case e != nil && (e.Code == "NOT_FOUND" || e.Code == "INVALIDLOCATOR" || e.Code == "INVALIDJOBSTATE" || e.Code == "INVALID_VERSION"):
		// The results are gone, or of another API version than the org answers in by now.
		c.dropJob(cur.Job)
		return crm.Cursor{Since: cur.Since}, nil
	case err != nil:
		return cur, err
	}
	cur.Read += count
	cur.Next = next
	if next == "" || next == "null" {
		if cur.Read != cur.Total { // a part is missing: what is not among the rows may be in the org all the same
			c.cfg.Log.Warn("a Bulk query has not told all its rows", "job", cur.Job, "read", cur.Read, "of", cur.Total)
			c.dropJob(cur.Job)
			return crm.Cursor{Since: cur.Since, Plain: true}, nil // another job may leave out the same part: page by page it is told
		}
		cur.Next, cur.Done = "", true
		c.dropJob(cur.Job)
	}
	return cur, nil
}

// bulkRows tells how many rows a part of the results has, by its header. An answer that is not the org's own, such as the page of a
// proxy, has none, whatever its status.
func bulkRows(h http.Header) (int, error) {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || kind != "text/csv" {
		return 0, fmt.Errorf("results of type %q", short(h.Get("Content-Type"), longestWords))
	}
	n, err := strconv.Atoi(h.Get("Sforce-NumberOfRecords"))
	if err != nil || n < 0 {
		return 0, errors.New("results without their number")
	}
	return n, nil
}

// sameID reports whether two ids are of one record.
func sameID(a, b string) bool { return key15(a) == key15(b) }

var errQuiet = errors.New("the org was silent for too long")

// alive is a body that is given up when nothing comes for a time.
type alive struct {
	io.Reader
	quiet *time.Timer
}

func (a alive) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	a.quiet.Reset(copyQuiet)
	return n, err
}

// dropJob deletes a job, so that its results do not lie in the org for a week. Nobody waits for that.
func (c *Client) dropJob(id string) {
	c.background(func(ctx context.Context) {
		q := call{method: http.MethodDelete, path: "/jobs/query/" + id, timeout: c.cfg.WriteTimeout, repeat: true}
		if _, err := c.do(crm.ForUse(ctx, crm.UseDirectory), q, nil); err != nil {
			c.cfg.Log.Debug("a Bulk query stays in the org", "err", err)
		}
	})
}

// DropCopy gives up a copying: what the org keeps for it is deleted.
func (c *Client) DropCopy(cur crm.Cursor) {
	if cur.Job != "" && !cur.Done {
		c.background(func(ctx context.Context) {
			ctx = crm.ForUse(ctx, crm.UseDirectory)
			if !cur.Ready {
				q := call{method: http.MethodPatch, path: "/jobs/query/" + cur.Job, timeout: c.cfg.WriteTimeout, repeat: true, body: map[string]string{"state": "Aborted"}}
				_, _ = c.do(ctx, q, nil)
			}
			q := call{method: http.MethodDelete, path: "/jobs/query/" + cur.Job, timeout: c.cfg.WriteTimeout, repeat: true}
			_, _ = c.do(ctx, q, nil)
		})
	}
}

// csv reads rows; the first line names the fields.
func (p *copying) csv(in io.Reader) error {
	r := csv.NewReader(in)
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return fmt.Errorf("the line of names: %w", err)
	}
	if !slices.Contains(head, "Id") {
		return errors.New("the line of names has no Id")
	}
	names := make([][]string, len(head))
	for i, h := range head {
		names[i] = strings.Split(h, ".")
	}
	for {
		values, err := r.Read()
		if errors.Is(err, io.EOF) {
			return p.flush()
		}
		if err != nil {
			return err
		}
		one := make(row, len(values)+1)
		for i, v := range values {
			if v != "" {
				one.put(names[i], v)
			}
		}
		if err := p.add(one); err != nil {
			return err
		}
	}
}

// put sets a field by its path, as if it had come as JSON.
func (r row) put(path []string, v string) {
	at := map[string]any(r)
	for _, name := range path[:len(path)-1] {
		in, ok := at[name].(map[string]any)
		if !ok {
			in = map[string]any{}
			at[name] = in
		}
		at = in
	}
	name := path[len(path)-1]
	switch {
	case v == "true" && flags[name]:
		at[name] = true
	case v == "false" && flags[name]:
		at[name] = false
	default:
		at[name] = strings.Clone(v) // it is a part of the line
	}
}

// flags are the fields that are true or false.
var flags = map[string]bool{"IsPersonAccount": true, "DoNotCall": true, "PersonDoNotCall": true, "IsConverted": true}
