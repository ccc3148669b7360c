package salesforce

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// A copy of the records that have a phone is read by Bulk API 2.0, where the org has it, and otherwise page by page. What has
// changed since is read page by page: it is little, and a Bulk query takes three requests before its first row. Where it is much,
// as after a data load, it is read as all is.

// Times of a copying.
const (
	copyTime  = 15 * time.Minute // for one part
	copyQuiet = time.Minute      // how long the org may be silent within a part
)

// copyPart is how many rows of a Bulk query come with one request, and copyRows how many are handed on at a time.
const (
	copyPart = 50_000
	copyRows = 500
)

// muchChanged is from how many records on what has changed is read by a Bulk query. A page has up to 2,000 of them
// (REST API Developer Guide, "Query"), and fewer where the query has many fields.
const muchChanged = 10_000

// lastActivity is the day of a record's last activity. It changes without a change of the record, so it is only as new as the
// record.
const lastActivity = "LastActivityDate"

// CopyShape names what would be copied of an object now. When it changes, what was copied before lacks something. It is ""
// when the user does not see the object, or none of its phones. It is made of the description alone: a field that only a query
// refuses is refused after every start again, and is no change.
func (c *Client) CopyShape(ctx context.Context, object string) (string, error) {
	ctx = crm.ForUse(ctx, crm.UseDirectory)
	_, phones, err := c.copyFields(ctx, object)
	if err != nil || len(phones) == 0 {
		return "", err
	}
	o, err := c.describe(ctx, object)
	if err != nil || o == nil {
		return "", err
	}
	fields := append(describedFields(c.row(object), o), extraFields(object, o)...)
	return strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(strings.Join(fields, ",")))), 36), nil
}

// copyFields are the fields that are copied, and those of them that are phones.
func (c *Client) copyFields(ctx context.Context, object string) (fields []string, phones []field, err error) {
	o, err := c.describe(ctx, object)
	if err != nil || o == nil {
		return nil, nil, err
	}
	row := c.row(object)
	fields = c.searchFields(row, o)
	for _, f := range extraFields(object, o) {
		if !c.schema.isHidden(object, f) {
			fields = append(fields, f)
		}
	}
	for _, f := range o.phones(row.Phones...) {
		if !c.schema.isHidden(object, f.Name) {
			phones = append(phones, f)
		}
	}
	return fields, phones, nil
}

// extraFields are copied, and not requested of a search.
func extraFields(name string, o *object) (fields []string) {
	if _, ok := o.field(lastActivity); ok {
		fields = append(fields, lastActivity)
	}
	if name == crm.Lead {
		fields = append(fields, "IsConverted")
	}
	return fields
}

// copyQuery is the query for what cur asks.
func copyQuery(object string, fields []string, phones []field, cur crm.Cursor, o crm.CopyOptions) string {
	has := func(name string) bool {
		for _, f := range fields {
			if f == name {
				return true
			}
		}
		return false
	}
	const no = " = false"
	var all []string
	if object == crm.Contact && o.Persons && has("IsPersonAccount") {
		all = append(all, "IsPersonAccount"+no)
	}
	if !cur.Since.IsZero() { // a record whose number was taken away has changed too
		all = append(all, "SystemModstamp >= "+cur.Since.UTC().Format(time.RFC3339))
	} else {
		if has("IsConverted") {
			all = append(all, "IsConverted"+no)
		}
		some := make([]string, len(phones))
		for i, f := range phones {
			some[i] = f.Name + " != null"
		}
		all = append(all, "("+strings.Join(some, " OR ")+")")
	}
	return "SELECT " + strings.Join(fields, ", ") + " FROM " + object + " WHERE " + strings.Join(all, " AND ")
}

// Copy reads the next part of an object's records and hands them to take, some hundred at a time. It returns where the copying
// is then; as long as it is not Done, it must be called again, and after a short pause when nothing has come. An error of
// take is returned as it is. A part that breaks off, or that take does not take, is read again from its beginning.
func (c *Client) Copy(ctx context.Context, object string, cur crm.Cursor, o crm.CopyOptions, take func(crm.Copied) error) (crm.Cursor, error) {
	ctx = crm.ForUse(ctx, crm.UseDirectory)
	for refusals := 0; ; refusals++ {
		next, err := c.copyStep(ctx, object, cur, o, take)
		e, _ := asError(err)
		var took *takeError
		switch {
		case errors.As(err, &took):
			return next, took.err
		case err == nil || refusals == maxRefusals || !c.learn(e):
			return next, err
		}
		c.schema.stale()
	}
}

func (c *Client) copyStep(ctx context.Context, object string, cur crm.Cursor, o crm.CopyOptions, take func(crm.Copied) error) (crm.Cursor, error) {
	fields, phones, err := c.copyFields(ctx, object)
	switch {
	case err != nil:
		return cur, err
	case len(phones) == 0:
		cur.Done = true
		return cur, nil
	}
	rows := &copying{c: c, object: object, asked: c.row(object), phones: phones, take: take}
	switch {
	case cur.Job != "" && !cur.Ready:
		return c.pollJob(ctx, cur)
	case cur.Job != "":
		return c.jobResults(ctx, cur, rows)
	case cur.Since.IsZero() && !cur.Plain:
		return c.copyJob(ctx, copyQuery(object, fields, phones, cur, o), cur)
	}
	return c.copyPage(ctx, copyQuery(object, fields, phones, cur, o), cur, rows)
}

// copyJob begins a Bulk query.
func (c *Client) copyJob(ctx context.Context, query string, cur crm.Cursor) (crm.Cursor, error) {
	next, err := c.createJob(ctx, query, cur)
	if noBulk(err) {
		cur.Plain = true
		return cur, nil
	}
	return next, err
}

// copyPage reads a page of a query. Where it turns out that very much has changed, it begins a Bulk query.
func (c *Client) copyPage(ctx context.Context, query string, cur crm.Cursor, rows *copying) (crm.Cursor, error) {
	q := c.get("/query", url.Values{"q": {query}}, copyTime)
	if cur.Next != "" {
		q = c.get("/query/"+cur.Next, nil, copyTime)
	}
	var page struct {
		TotalSize *int   `json:"totalSize"`
		Next      string `json:"nextRecordsUrl"`
		Records   *[]row `json:"records"`
	}
	r, err := c.do(ctx, q, &page)
	switch {
	case codeOf(err) == "INVALID_QUERY_LOCATOR": // a locator lasts two days, and an org keeps ten of a user
		return crm.Cursor{Since: cur.Since, Plain: true}, nil
	case err == nil && (page.Records == nil || page.TotalSize == nil):
		err = garbled(r.status, errors.New("the answer has no list of records"), true)
	}
	if err != nil {
		return cur, err
	}
	if cur.Next == "" && !cur.Plain && *page.TotalSize >= muchChanged {
		return c.copyJob(ctx, query, cur)
	}
	rows.from = r.from
	for _, one := range *page.Records {
		if err := rows.add(one); err != nil {
			return cur, err
		}
	}
	if err := rows.flush(); err != nil {
		return cur, err
	}
	if cur.Began.IsZero() {
		cur.Began = c.orgTime(r.header)
	}
	cur.Read, cur.Total = cur.Read+len(*page.Records), *page.TotalSize
	_, cur.Next, _ = strings.Cut(page.Next, "/query/")
	cur.Done = cur.Next == ""
	return cur, nil
}

// orgTime is what the org's clock shows, by the header of its answer; this computer's may be set to anything.
func (c *Client) orgTime(h http.Header) time.Time {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		return t
	}
	return c.cfg.Now().UTC()
}

// Deleted returns the ids of an object's records that were deleted, or merged into others, since a time, and until when that
// holds. All times are by the org's clock; now is the latest that is known of it. known is false when the org does not tell of so long a time any more, so that only a copy of
// all can tell.
func (c *Client) Deleted(ctx context.Context, object string, since, now time.Time) (ids []string, until time.Time, known bool, err error) {
	ctx = crm.ForUse(ctx, crm.UseDirectory)
	// The org ignores seconds, and refuses a span without a whole minute; the end may be later than its clock.
	since = since.UTC().Truncate(time.Minute)
	if mine := c.cfg.Now(); mine.After(now) {
		now = mine
	}
	end := now.UTC().Add(2 * time.Minute).Truncate(time.Minute)
	if !end.After(since.Add(time.Minute)) {
		end = since.Add(2 * time.Minute)
	}
	var answer struct {
		Records *[]struct {
			ID string `json:"id"`
		} `json:"deletedRecords"`
		Earliest string `json:"earliestDateAvailable"`
		Covered  string `json:"latestDateCovered"`
	}
	q := c.get("/sobjects/"+object+"/deleted/", url.Values{"start": {since.Format(time.RFC3339)}, "end": {end.Format(time.RFC3339)}}, copyTime)
	r, err := c.do(ctx, q, &answer)
	switch code := codeOf(err); {
	case code == "INVALID_REPLICATION_DATE" || code == "EXCEEDED_ID_LIMIT":
		return nil, time.Time{}, false, nil
	case err == nil && answer.Records == nil:
		err = garbled(r.status, errors.New("the answer has no list of deleted records"), true)
	}
	if err != nil {
		return nil, time.Time{}, false, err
	}
	read := func(s string) time.Time { return row{"t": s}.time("t", time.UTC) }
	if read(answer.Earliest).After(since) {
		return nil, time.Time{}, false, nil
	}
	for _, d := range *answer.Records {
		if recordID.MatchString(d.ID) {
			ids = append(ids, d.ID)
		}
	}
	if until = c.orgTime(r.header); end.Before(until) {
		until = end
	}
	if covered := read(answer.Covered); !covered.IsZero() && covered.Before(until) {
		until = covered
	}
	return ids, until, true, nil
}

// Persons reports whether accounts may be persons, who are copied as their contacts.
func (c *Client) Persons(ctx context.Context) (bool, error) {
	o, err := c.describe(crm.ForUse(ctx, crm.UseDirectory), crm.Account)
	if err != nil || o == nil {
		return false, err
	}
	_, persons := o.field("IsPersonAccount")
	return persons, nil
}

// copying hands rows on as records.
type copying struct {
	c      *Client
	object string
	asked  crm.Object // the row of the object
	phones []field
	from   session
	take   func(crm.Copied) error
	next   crm.Copied
	rows   int
}

func (p *copying) add(r row) error {
	r["attributes"] = map[string]any{"type": p.object}
	rec := r.record(p.from, p.phones, "Name")
	rec.CallAs = r.callAs(p.asked)
	rec.LastActivity = r.time(lastActivity, time.UTC)
	if p.object == crm.Account && r.flag("IsPersonAccount") || p.object == crm.Contact && r.flag("IsPersonAccount") {
		if merged := mergePersons([]row{r}, []crm.Record{rec}); len(merged) == 1 {
			rec = merged[0]
		}
	}
	switch {
	case !recordID.MatchString(rec.ID):
		return garbled(http.StatusOK, fmt.Errorf("a row of %s without an id", p.object), true)
	case len(rec.Phones) == 0 || r.flag("IsConverted"):
		p.next.Gone = append(p.next.Gone, rec.ID)
	default:
		p.next.Records = append(p.next.Records, rec)
	}
	if p.rows++; p.rows%copyRows == 0 {
		return p.flush()
	}
	return nil
}

func (p *copying) flush() error {
	if len(p.next.Records)+len(p.next.Gone) == 0 {
		return nil
	}
	next := p.next
	p.next = crm.Copied{}
	if err := p.take(next); err != nil {
		return &takeError{err}
	}
	return nil
}

// takeError is an error of whoever takes the records, and none of the org's.
type takeError struct{ err error }

func (e *takeError) Error() string { return e.err.Error() }
func (e *takeError) Unwrap() error { return e.err }

// unread is the error of an answer that could not be read to its end. Reading it again does no harm.
func unread(err error) error {
	var took *takeError
	if errors.As(err, &took) {
		return took
	}
	if e, ok := asError(err); ok {
		return e
	}
	return &crm.Error{Class: crm.ClassTransient, Fault: fault.New("salesforce.copy-broken-off"), Err: err}
}
