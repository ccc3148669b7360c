package demoorg

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"linecard/crm/demoorg/soql"
)

// maxBulkJobs is how many query jobs an org takes in 24 hours.
const maxBulkJobs = 10_000

// bulkLife is how long the results of a job are kept.
const bulkLife = 7 * 24 * time.Hour

// bulkJob is a query job of Bulk API 2.0.
type bulkJob struct {
	id, user  string
	operation string
	text      string
	query     *soql.Query
	object    *object
	delimiter string
	lineEnd   string
	version   int
	made      time.Time
	state     string
	total     int

	stored []string        // ids of the stored rows that the query has found, in order
	skip   map[string]bool // contacts of the volume that were stored by then, and are among those or do not fit
	all    bool            // the condition holds for all of the volume
}

// bulk serves /jobs/query.
func (o *Org) bulk(c *call) (reply, *apiError) {
	if c.version < 47 {
		return reply{}, errNotFound()
	}
	if o.rules.NoBulk {
		return reply{}, bad("FEATURENOTENABLED", "Async API not enabled")
	}
	switch {
	case len(c.path) == 2 && c.method == http.MethodPost:
		return o.createJob(c)
	case len(c.path) == 2:
		return o.listJobs(c)
	}
	job := o.jobs[c.path[2]]
	if id, ok := normalID(c.path[2]); ok && job == nil {
		job = o.jobs[id]
	}
	if job != nil && o.now().Sub(job.made) > bulkLife {
		delete(o.jobs, job.id)
		job = nil
	}
	if job == nil {
		return reply{}, errNotFound()
	}
	o.work(c, job)
	switch {
	case len(c.path) == 4 && c.path[3] == "results":
		return o.results(c, job)
	case len(c.path) > 3:
		return reply{}, errNotFound()
	}
	switch c.method {
	case http.MethodGet:
		return ok(job.info(true))
	case http.MethodPatch:
		var in struct{ State string }
		if err := decodeObject(c.body, &in); err != nil {
			return reply{}, err
		}
		if in.State != "Aborted" || job.ended() {
			return reply{}, bad("INVALIDJOBSTATE", "Aborting Job not allowed: job is %s", job.state)
		}
		job.state = "Aborted"
		return ok(job.info(true))
	case http.MethodDelete:
		if !job.ended() {
			return reply{}, bad("INVALIDJOBSTATE", "Deleting Job not allowed: job is %s", job.state)
		}
		delete(o.jobs, job.id)
		return reply{status: http.StatusNoContent}, nil
	}
	return reply{}, c.allow(http.MethodDelete, http.MethodGet, http.MethodPatch)
}

// createJob takes a query, and checks it as far as it can be checked without running it.
func (o *Org) createJob(c *call) (reply, *apiError) {
	var in struct{ Operation, Query, ContentType, ColumnDelimiter, LineEnding string }
	if err := decodeObject(c.body, &in); err != nil {
		return reply{}, err
	}
	job := &bulkJob{
		user: c.who.userID, operation: in.Operation, text: in.Query, delimiter: in.ColumnDelimiter, lineEnd: in.LineEnding, version: c.version,
		made: o.now().UTC().Truncate(time.Second), state: "UploadComplete",
	}
	if job.delimiter == "" {
		job.delimiter = "COMMA"
	}
	if job.lineEnd == "" {
		job.lineEnd = "LF"
	}
	switch {
	case job.operation != "query" && job.operation != "queryAll":
		return reply{}, bad("INVALIDJOB", "Operation %s is not supported for this API", in.Operation)
	case in.ContentType != "" && in.ContentType != "CSV":
		return reply{}, bad("INVALIDJOB", "Unsupported contentType: %s", in.ContentType)
	case delimiters[job.delimiter] == 0:
		return reply{}, bad("INVALIDJOB", "Unsupported columnDelimiter: %s", job.delimiter)
	case job.lineEnd != "LF" && job.lineEnd != "CRLF":
		return reply{}, bad("INVALIDJOB", "Unsupported lineEnding: %s", job.lineEnd)
	case o.jobsOfTheDay() >= maxBulkJobs:
		return reply{}, bad("EXCEEDEDQUOTA", "ApiBulkV2QueryJobs Limit exceeded.")
	}
	if err := o.prepare(job); err != nil {
		return reply{}, err
	}
	o.db.serial["750"]++
	job.id = newID("750", o.db.instance, o.db.serial["750"])
	o.jobs[job.id] = job
	return ok(job.info(false))
}

func (o *Org) jobsOfTheDay() (n int) {
	for _, j := range o.jobs {
		if o.now().Sub(j.made) < 24*time.Hour {
			n++
		}
	}
	return n
}

// prepare parses the query and refuses what Bulk API 2.0 does not support.
func (o *Org) prepare(job *bulkJob) *apiError {
	q, err := soql.Parse(job.text)
	if err != nil {
		return queryError(job.text, err)
	}
	q.AllRows = q.AllRows || job.operation == "queryAll"
	obj, err := o.target(q.From, job.text)
	if err != nil {
		return queryError(job.text, err)
	}
	unsupported := q.Count || q.Offset > 0 || q.Grouped()
	for _, it := range q.Select {
		unsupported = unsupported || it.Sub != nil || it.Fields != ""
	}
	switch {
	case unsupported:
		return bad("API_ERROR", "Implementation restriction: aggregates, OFFSET, FIELDS() and child queries are not supported in Bulk Query")
	case obj.setup && obj.name != "User":
		return bad("INVALIDENTITY", "Entity '%s' is not supported by the Bulk API.", obj.name)
	}
	if refused := linkFilter(obj, q.Where); refused != nil {
		return refused
	}
	b := o.binder(obj, job.text)
	shape, err := o.shape(b, q)
	if err == nil {
		err = b.check(q)
	}
	if err != nil {
		return queryError(job.text, err)
	}
	if slices.ContainsFunc(shape.paths, func(p column) bool { return isBlob(p.field) }) {
		return bad("API_ERROR", "Implementation restriction: the content of files is not supported in Bulk Query")
	}
	job.query, job.object = q, obj
	return nil
}

// work carries a job on: it is done once its time has passed. The rows are those of the moment at which it is done.
func (o *Org) work(c *call, job *bulkJob) {
	switch {
	case job.ended():
		return
	case o.now().Sub(job.made) < o.cfg.BulkTime:
		job.state = "InProgress"
		return
	}
	q := *job.query
	b := o.binder(job.object, job.text)
	found, err := o.matching(b, &q, o.seen(actor{userID: job.user}, job.object, o.stored(job.object, &q)))
	if err != nil {
		job.state = "Failed"
		return
	}
	for _, r := range found {
		job.stored = append(job.stored, r.id)
	}
	job.total, job.state = len(job.stored), "JobComplete"
	v := o.db.volume
	if v == nil || v.object != job.object || q.Limit >= 0 || len(o.seen(actor{userID: job.user}, job.object, []*record{v.contact(0)})) == 0 {
		return
	}
	job.all, job.skip = uniform(q.Where), map[string]bool{}
	for _, id := range o.db.tables[v.object.name] {
		if v.find(id) != nil {
			job.skip[id] = true
		}
	}
	for n := range o.volumeRows(&q) {
		if job.all || o.holds(b, q.Where, v.contact(n)) {
			job.total++
		}
	}
}

func (o *Org) holds(b *binder, where soql.Expr, r *record) bool {
	hit, err := soql.Holds(where, b.getter(r), soql.Env{Now: o.now()})
	return err == nil && hit
}

func (j *bulkJob) ended() bool {
	return slices.Contains([]string{"JobComplete", "Failed", "Aborted"}, j.state)
}

// info is what the API tells of a job.
func (j *bulkJob) info(whole bool) ordered {
	out := ordered{
		{"id", j.id},
		{"operation", j.operation},
		{"object", j.object.name},
		{"createdById", j.user},
		{"createdDate", jsonValue(j.made)},
		{"systemModstamp", jsonValue(j.made)},
		{"state", j.state},
		{"concurrencyMode", "Parallel"},
		{"contentType", "CSV"},
		{"apiVersion", float64(j.version)},
	}
	if whole {
		out = append(out, pair{"jobType", "V2Query"})
	}
	out = append(out, pair{"lineEnding", j.lineEnd}, pair{"columnDelimiter", j.delimiter})
	if whole {
		out = append(out, ordered{{"numberRecordsProcessed", j.total}, {"retries", 0}, {"totalProcessingTime", 1}, {"isPkChunkingSupported", true}}...)
	}
	return out
}

func (o *Org) listJobs(c *call) (reply, *apiError) {
	if err := c.allow(http.MethodGet, http.MethodPost); err != nil {
		return reply{}, err
	}
	var ids []string
	for id := range o.jobs {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return -strings.Compare(a, b) })
	list := []ordered{}
	for _, id := range ids {
		o.work(c, o.jobs[id])
		list = append(list, o.jobs[id].info(true))
	}
	return ok(ordered{{"done", true}, {"nextRecordsUrl", nil}, {"records", list}})
}
