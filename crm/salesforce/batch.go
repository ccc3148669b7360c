package salesforce

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"linecard/crm"
)

// MaxBatch is how many records Salesforce takes in one request (api_rest, resources_composite_sobjects_collections).
const MaxBatch = 200

// LogAll writes activities of one user as Tasks in one request, which counts as one against the quota, and returns what
// became of each, by its place. One that is refused does not affect the others. The error is that of the whole request:
// when it is Ambiguous, each of them may exist or may still be made. There are at most MaxBatch.
//
// Where the org has an External ID for the call's id, it is an upsert, as in [Client.Log]. When the org refuses the request because
// of a field, which wrote nothing, it is sent again without that. See [crm.RefusedTogether] for what else may help.
func (c *Client) LogAll(ctx context.Context, all []crm.Activity) ([]crm.Written, error) {
	for attempt := 1; ; attempt++ {
		written, learned, err := c.logAll(ctx, all)
		if err == nil || !learned || attempt == maxRefusals {
			return written, err
		}
	}
}

// logAll is one attempt. learned tells that the org refused the request for something that is left out of the next one.
func (c *Client) logAll(ctx context.Context, all []crm.Activity) (written []crm.Written, learned bool, err error) {
	if len(all) == 0 {
		return nil, false, nil
	}
	of := ownerOf(all[0])
	if err := errors.Join(c.checkOwner(of), c.heldBack()); err != nil {
		return nil, false, err
	}
	upserts := c.Upserts(of.org, crm.Task)
	o, closed, err := c.taskSchema(ctx, true)
	if err != nil {
		return nil, false, asTransient(err)
	}
	key, keyed := o.callKey()
	if upserts && !keyed { // an earlier attempt counted on an upsert
		return nil, false, changedFields()
	}
	written = make([]crm.Written, len(all))
	var records []map[string]any
	var places, cases []int
	for i, a := range all {
		switch err := checkRefs(a); {
		case ownerOf(a) != of:
			written[i].Err = crm.OfAnotherOrg()
		case err != nil:
			written[i].Err = err
		case a.WrittenAs() != crm.Task: // the request is for one object
			cases = append(cases, i)
		case a.Upsert && !(keyed && key.Unique):
			written[i].Err = changedFields()
		default:
			fields := c.recordFields(o, a, closed, false)
			if written[i].Err = own(o, a, fields); written[i].Err != nil {
				continue
			}
			fields["attributes"] = map[string]any{"type": crm.Task}
			records, places = append(records, fields), append(places, i)
		}
	}
	if len(records) > 0 {
		if learned, err = c.sendAll(ctx, all, written, records, places, key, keyed); err != nil {
			return nil, learned, err
		}
	}
	for _, i := range cases {
		written[i].Logged, written[i].Err = c.Log(ctx, all[i], false)
	}
	return written, false, nil
}

// sendAll writes the records of the activities at the given places, and notes what became of each.
func (c *Client) sendAll(
	ctx context.Context, all []crm.Activity, written []crm.Written, records []map[string]any, places []int, key field, keyed bool,
) (learned bool, err error) {
	of := ownerOf(all[0])
	q := call{
		method: http.MethodPost, path: "/composite/sobjects", owner: of, timeout: 2 * c.cfg.WriteTimeout, writes: true,
		body: map[string]any{"allOrNone": false, "records": records},
	}
	if keyed {
		q.method, q.path = http.MethodPatch, q.path+"/Task/"+key.Name
	}
	epoch := c.epochNow()
	defer c.dropPanels(all...)
	var results []collected
	r, err := c.do(ctx, q, &results)
	if err == nil && len(results) != len(records) {
		err = garbled(r.status, errors.New("the answer has not one part for each record"), false)
	}
	if err != nil {
		if outdated(err) {
			learned = c.schema.learnRefusals(crm.Task, refusals(err), records[0])
			c.schema.reread()
		}
		return learned, err
	}
	for n, i := range places {
		written[i] = results[n].written(r, crm.Task, records[n])
		written[i].Err = c.afterBatch(written[i].Err, records[n], keyed)
	}
	c.noteHeld(q, epoch, written)
	c.afterDeniedAll(ctx, written)
	return false, nil
}

// noteHeld keeps in the link's state that the org refuses every write, as the records of a batch were told. It is one refusal,
// however many were told.
func (c *Client) noteHeld(q call, epoch int, written []crm.Written) {
	var first *crm.Error
	for _, w := range written {
		e, _ := asError(w.Err)
		switch {
		case e == nil || e.Class != crm.ClassBlocked && e.Class != crm.ClassQuota:
		case first == nil:
			first = e
			c.note(q, epoch, w.Err)
		default:
			e.Retry = first.Retry
		}
	}
}

// collected is the result for one record of a collection.
type collected struct {
	ID      string `json:"id"`
	Success bool   `json:"success"`
	Created *bool  `json:"created"` // of an upsert
	Errors  []struct {
		Code    string   `json:"statusCode"`
		Message string   `json:"message"`
		Fields  []string `json:"fields"`
	} `json:"errors"`
}

func (r collected) written(from reply, object string, fields map[string]any) crm.Written {
	if r.Success && recordID.MatchString(r.ID) {
		return crm.Written{Logged: from.from.logged(object, r.ID, fields["Subject"], r.Created != nil && !*r.Created)}
	}
	var list []apiError
	for _, e := range r.Errors {
		if e.Code != "" {
			list = append(list, apiError{e.Code, e.Message, e.Fields})
		}
	}
	if r.Success || len(list) == 0 {
		return crm.Written{Err: garbled(from.status, errors.New("a part of the answer names neither record nor error"), false)}
	}
	err := refusedBy(http.StatusBadRequest, list)
	if err.Code == "UNKNOWN_EXCEPTION" { // the org failed at the record, and says that it was not written
		err.Class = crm.ClassTransient
	}
	return crm.Written{Err: err}
}

// afterBatch draws from the error of one record what it says about the next ones. A field or value that the org does not
// take any more is left out from now on, so the record can be sent again.
func (c *Client) afterBatch(err error, sent map[string]any, keyed bool) error {
	e, _ := asError(err)
	switch {
	case e == nil:
		return err
	case e.Class == crm.ClassBlocked || e.Class == crm.ClassQuota: // see noteHeld
	case e.Code == "DUPLICATE_VALUE" && strings.Contains(e.Err.Error(), callKeyField): // see upsertTask
		e.Class, e.Retry = crm.ClassAmbiguous, afterDuplicate
	case keyed && e.Code == "INVALID_FIELD_FOR_INSERT_UPDATE": // the Task exists: see upsertTask
		again := changedFields()
		again.Code = e.Code
		return again
	case outdated(err) && c.schema.learnRefusals(crm.Task, refusals(err), sent):
		c.schema.reread()
		again := changedFields()
		again.Code = e.Code
		return again
	}
	return err
}

// findChunk is how many calls are looked for in one query, whose address must stay within 16,000 characters.
const findChunk = 100

// FindAll returns what [Client.Find] does for several calls of one org and user, by call id, with one request for a
// hundred of them and one for the descriptions. searched is false where the org does not search for several at once: ask for each
// call then.
func (c *Client) FindAll(ctx context.Context, all []crm.Activity) (found map[string][]crm.Ref, searched bool, err error) {
	if len(all) == 0 {
		return nil, true, nil
	}
	if err := c.checkOwner(ownerOf(all[0])); err != nil {
		return nil, false, err
	}
	found = map[string][]crm.Ref{}
	var asTasks []crm.Activity
	for _, a := range all {
		if a.WrittenAs() == crm.Task {
			asTasks = append(asTasks, a)
		} else if found[a.CallID], err = c.Find(ctx, a); err != nil {
			return nil, false, err
		}
	}
	var tasks map[string][]foundTask
	err = c.byCallFields(ctx, crm.Task, func(keys []string) (err error) {
		tasks, err = c.findAllBy(ctx, keys, asTasks)
		return err
	})
	if codeOf(err) == "QUERY_TIMEOUT" { // a search for one call can be bounded by its time
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	for _, a := range asTasks {
		found[a.CallID] = oldestFirst(tasks[a.CallID])
	}
	return found, true, nil
}

// findAllBy looks for several calls by the fields that may hold their ids, and then by the descriptions.
func (c *Client) findAllBy(ctx context.Context, keys []string, all []crm.Activity) (map[string][]foundTask, error) {
	tasks := map[string][]foundTask{}
	for chunk := range slices.Chunk(all, findChunk/max(1, len(keys))) {
		if len(keys) == 0 {
			break
		}
		ids := make([]string, len(chunk))
		for i, a := range chunk {
			ids[i] = soqlString(a.CallID)
		}
		var where []string
		for _, k := range keys {
			where = append(where, k+" IN ("+strings.Join(ids, ",")+")")
		}
		found, err := c.findWhere(ctx, all[0], "Id, Subject, CreatedDate, "+strings.Join(keys, ", "), strings.Join(where, " OR "), 10*findChunk)
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			for _, k := range keys {
				if id := t.row.text(k); id != "" {
					tasks[id] = append(tasks[id], t)
				}
			}
		}
	}
	described, err := c.findDescribed(ctx, all)
	for id, more := range described {
		tasks[id] = append(tasks[id], more...)
	}
	return tasks, err
}
