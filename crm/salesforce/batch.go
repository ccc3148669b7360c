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
// Where the org has an External ID for the call's id, it is an upsert, as in [Client.Log]. When the org refuses the request, or some
// of its records, because of a field or a value, which wrote nothing, everything is described again and these are sent again together,
// without what it named, while it names something new. See [crm.RefusedTogether] for what else may help.
func (c *Client) LogAll(ctx context.Context, all []crm.Activity) ([]crm.Written, error) {
	b, err := c.logTogether(ctx, all)
	if err != nil {
		return nil, err
	}
	written := b.written
	places := b.outdated // in all, of what is sent again
	for attempt := 1; (attempt == 1 || b.learned) && len(places) > 0 && attempt < maxRefusals; attempt++ {
		again := make([]crm.Activity, len(places))
		for n, i := range places {
			again[n] = all[i]
		}
		if b, err = c.logTogether(ctx, again); crm.RefusedTogether(err) {
			break // each is to be sent by itself
		}
		for n, i := range places {
			if err != nil {
				written[i] = crm.Written{Err: err}
			} else {
				written[i] = b.written[n]
			}
		}
		if err != nil {
			break
		}
		for n, at := range b.outdated {
			b.outdated[n] = places[at]
		}
		places = b.outdated
	}
	return written, nil
}

// logTogether is one request, which is repeated with new descriptions, and while the org refuses it as a whole and says for which field.
func (c *Client) logTogether(ctx context.Context, all []crm.Activity) (*batch, error) {
	for attempt := 1; ; attempt++ {
		b, err := c.logAll(ctx, all)
		if !b.refused || attempt > 1 && !b.learned || attempt == maxRefusals {
			return b, err
		}
	}
}

// batch is what became of activities that were sent together.
type batch struct {
	written  []crm.Written
	refused  bool  // as a whole, for what the description allows
	learned  bool  // the org refused something that is left out of the next one
	outdated []int // places of the records that it refused for what its description allows: they can be sent again
}

// logAll is one attempt. There is a batch also with an error.
func (c *Client) logAll(ctx context.Context, all []crm.Activity) (*batch, error) {
	b := &batch{written: make([]crm.Written, len(all))}
	if len(all) == 0 {
		return b, nil
	}
	of := ownerOf(all[0])
	if err := errors.Join(c.checkOwner(of), c.heldBack()); err != nil {
		return b, err
	}
	upserts := c.Upserts(of.org, crm.Task)
	o, closed, err := c.taskSchema(ctx, true)
	if err != nil {
		return b, asTransient(err)
	}
	key, keyed := c.keyOf(o)
	if upserts && !keyed { // an earlier attempt counted on an upsert
		return b, changedFields()
	}
	var records []map[string]any
	var places, cases []int
	for i, a := range all {
		switch err := checkRefs(a); {
		case ownerOf(a) != of:
			b.written[i].Err = crm.OfAnotherOrg()
		case err != nil:
			b.written[i].Err = err
		case a.WrittenAs() != crm.Task: // the request is for one object
			cases = append(cases, i)
		case a.Upsert && !(keyed && key.Unique):
			b.written[i].Err = changedFields()
		default:
			fields := c.recordFields(o, a, closed, false)
			if b.written[i].Err = own(o, a, fields); b.written[i].Err != nil {
				continue
			}
			fields["attributes"] = map[string]any{"type": crm.Task}
			records, places = append(records, fields), append(places, i)
		}
	}
	if len(records) > 0 {
		if err := c.sendAll(ctx, all, b, o, records, places); err != nil {
			return b, err
		}
	}
	for _, i := range cases {
		b.written[i].Logged, b.written[i].Err = c.Log(ctx, all[i], false)
	}
	return b, nil
}

// sendAll writes the records of the activities at the given places, and notes what became of each.
func (c *Client) sendAll(ctx context.Context, all []crm.Activity, b *batch, o *object, records []map[string]any, places []int) error {
	of := ownerOf(all[0])
	key, keyed := c.keyOf(o)
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
		if b.refused = outdated(err, records[0]); b.refused {
			b.learned = c.schema.learnRefusals(crm.Task, refusals(err), records[0])
			c.schema.reread()
		}
		return err
	}
	for n, i := range places {
		b.written[i] = results[n].written(r, crm.Task, records[n])
		c.afterBatch(b, i, o, records[n], keyed)
		c.trust(b.written[i].Ref, records[n], of)
	}
	c.noteHeld(q, epoch, b.written)
	c.afterDeniedAll(ctx, b.written)
	return nil
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

// afterBatch draws from the error of the record at a place what it says about the next ones. A field or value that the org does
// not take any more is left out from now on, so each record that was refused for one can be sent again: the first of them has told
// what all of them are about.
func (c *Client) afterBatch(b *batch, place int, o *object, sent map[string]any, keyed bool) {
	err := b.written[place].Err
	e, _ := asError(err)
	switch {
	case e == nil:
	case e.Class == crm.ClassBlocked || e.Class == crm.ClassQuota: // see noteHeld
	case e.Code == "DUPLICATE_VALUE" && strings.Contains(e.Err.Error(), callKeyField): // see upsertTask
		e.Class, e.Retry = crm.ClassAmbiguous, afterDuplicate
	case outdated(err, sent):
		again := changedFields()
		again.Code, again.Fields = e.Code, e.Fields
		b.written[place].Err = again
		if keyed && o.onlyAtCreation(refusals(err)) { // the Task exists: by itself it is written, see upsertTask
			return
		}
		b.learned = c.schema.learnRefusals(crm.Task, refusals(err), sent) || b.learned
		b.outdated = append(b.outdated, place)
		c.schema.reread()
	}
}

// onlyAtCreation reports whether the org may have refused fields because the record exists: they are taken at its creation alone, or
// the org does not name them.
func (o *object) onlyAtCreation(errs []apiError) bool {
	for _, e := range errs {
		if e.Code != "INVALID_FIELD_FOR_INSERT_UPDATE" {
			continue
		}
		names := e.readOnly()
		for _, name := range names {
			if f, ok := o.field(name); ok && !f.Updateable {
				return true
			}
		}
		if len(names) == 0 {
			return true
		}
	}
	return false
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
	if code := codeOf(err); code == "QUERY_TIMEOUT" || code == answerTooLarge { // a search for one call can be bounded by its time, and reads less
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
		found, err := c.findWhere(ctx, all[0], "Id, Subject, CreatedDate, "+strings.Join(keys, ", "), strings.Join(where, " OR "), 10*findChunk, 0)
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
	return tasks, unlessKeyed(keys, err)
}
