package salesforce

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// Log writes a as a Task, or a Case, of the org and user it belongs to, and returns that. With check it first looks for one
// of the same call with [Client.Find], and returns the oldest with Existed set.
//
// Where the org has an External ID for the call's id, the write is an upsert: there is one Task even if it is repeated,
// see [Client.Upserts]; with a.Upsert nothing is written where it cannot be. Everywhere else an error of class Ambiguous means that the Task may exist or may still be made.
// The caller decides how long to wait before it calls Log again: an org can work on a request for minutes.
func (c *Client) Log(ctx context.Context, a crm.Activity, check bool) (crm.Logged, error) {
	ctx = crm.ForCall(ctx, a.CallID)
	upserts := c.Upserts(a.Org, a.WrittenAs())
	if err := c.checkOwner(ownerOf(a)); err != nil {
		return crm.Logged{}, err
	}
	if err := checkRefs(a); err != nil {
		return crm.Logged{}, err
	}
	if check {
		if found, err := c.Find(ctx, a); err != nil || len(found) > 0 {
			return oldest(found), err
		}
	}
	var made crm.Logged
	err := c.withSchema(ctx, a.WrittenAs(), true, func(o *object, closed string) (sent map[string]any, err error) {
		sent = c.recordFields(o, a, closed, false)
		if err := own(o, a, sent); err != nil {
			return sent, err
		}
		key, ok := c.keyOf(o)
		switch {
		case a.Upsert && !(ok && key.Unique):
			err = changedFields()
		case ok && a.CallID != "":
			made, err = c.upsertTask(ctx, o, key, a, sent)
		case upserts && !ok:
			// The caller counted on an upsert and may have written before without learning the result.
			err = changedFields()
		default:
			made, err = c.createTask(ctx, a, sent)
		}
		if err == nil {
			c.trust(made.Ref, sent, ownerOf(a))
		}
		return sent, err
	})
	c.dropPanels(a)
	return made, err
}

func ownerOf(a crm.Activity) owner { return owner{a.Org, a.User} }

// checkOwner refuses a request for another org or user than the linked one, before anything is sent.
func (c *Client) checkOwner(o owner) error {
	s, err := c.current()
	if err == nil && !o.admits(s) {
		return crm.OfAnotherOrg()
	}
	return err
}

func oldest(found []crm.Ref) crm.Logged {
	if len(found) == 0 {
		return crm.Logged{}
	}
	return crm.Logged{Ref: found[0], Existed: true}
}

func changedFields() *crm.Error {
	return &crm.Error{
		Class: crm.ClassTransient, Err: errors.New("the field of the call id is gone"),
		Fault: fault.New("salesforce.fields-changed"),
	}
}

// withSchema calls write with what a Task, or a Case, may hold. When the org refuses a field or a value, which wrote nothing,
// everything is described again, what was refused is left out for all calls from now on, and write is called once more;
// again only while the org names something else. create tells that a record is made; a Task must not be left open.
func (c *Client) withSchema(ctx context.Context, name string, create bool, write func(o *object, closed string) (sent map[string]any, err error)) error {
	for attempt := 1; ; attempt++ {
		if err := c.heldBack(); err != nil {
			return err
		}
		o, closed, err := c.schemaOf(ctx, name, create)
		if err != nil {
			return asTransient(err)
		}
		sent, err := write(o, closed)
		if create && name == crm.Task {
			err = c.afterDenied(ctx, err)
		}
		err = c.afterUnknown(ctx, err)
		if !outdated(err, sent) {
			return err
		}
		learned := c.schema.learnRefusals(name, refusals(err), sent)
		c.schema.reread()
		if attempt == maxRefusals || attempt > 1 && !learned {
			return err
		}
	}
}

// asTransient turns the Ambiguous error of a step that only read into a Transient one.
func asTransient(err error) error {
	if e, ok := asError(err); ok && e.Class == crm.ClassAmbiguous {
		lower := *e
		lower.Class = crm.ClassTransient
		return &lower
	}
	return err
}

func checkRefs(a crm.Activity) error {
	for _, r := range []crm.Ref{a.Who, a.What} {
		if !r.IsZero() && !recordID.MatchString(r.ID) {
			return &crm.Error{
				Class: crm.ClassRejected, Code: "MALFORMED_ID", Err: errors.New("malformed record id"),
				Fault: fault.New("salesforce.record-strange"),
			}
		}
	}
	return nil
}

// schemaOf returns the description of an object and, of Task, the status that means done.
func (c *Client) schemaOf(ctx context.Context, name string, create bool) (*object, string, error) {
	if name == crm.Task {
		return c.taskSchema(ctx, create)
	}
	o, err := c.describe(ctx, name)
	if err == nil && (o == nil || create && !o.Createable) { // the admin may have given the right since
		c.schema.reread()
		o, err = c.describe(ctx, name)
	}
	if err == nil && (o == nil || create && !o.Createable) {
		err = mayNot(name)
	}
	return o, "", err
}

// taskSchema returns the description of Task and the status that means done, which a change of an existing Task can do
// without.
func (c *Client) taskSchema(ctx context.Context, create bool) (*object, string, error) {
	o, err := c.describeTask(ctx)
	if err != nil {
		return nil, "", err
	}
	closed, err := c.closedStatus(ctx)
	c.noteWrites(err)
	if !create && codeOf(err) == noClosedStatus {
		err = nil
	}
	if d, ok := c.schema.get(crm.Task); ok && d.Object != nil { // it may have been described again
		o = d.Object
	}
	return o, closed, err
}

// saved is the answer to a create and to an upsert.
type saved struct {
	ID      string `json:"id"`
	Success bool   `json:"success"`
	Created *bool  `json:"created"` // of an upsert
}

func (c *Client) createTask(ctx context.Context, a crm.Activity, fields map[string]any) (crm.Logged, error) {
	var made saved
	q := call{method: http.MethodPost, path: "/sobjects/" + a.WrittenAs(), body: fields, writes: true, owner: ownerOf(a), timeout: c.cfg.WriteTimeout}
	r, err := c.do(ctx, q, &made)
	if err != nil {
		return crm.Logged{}, err
	}
	if !recordID.MatchString(made.ID) {
		return crm.Logged{}, unanswered(errors.New("the answer names no record"), false)
	}
	return r.from.logged(a.WrittenAs(), made.ID, fields["Subject"], false), nil
}

// upsertTask makes the Task, or the Case, with the call's id, or changes the existing one. Where the field is Unique, an upsert that
// follows another with the same key too closely is refused (salesforce.stackexchange.com 197382). The other one is
// about to be committed, so this counts as an unknown result.
func (c *Client) upsertTask(ctx context.Context, o *object, key field, a crm.Activity, fields map[string]any) (crm.Logged, error) {
	fields = maps.Clone(fields)
	delete(fields, key.Name) // it is part of the URL, and the org refuses it in both places
	var made saved
	q := call{
		method: http.MethodPatch, path: "/sobjects/" + a.WrittenAs() + "/" + key.Name + "/" + url.PathEscape(a.CallID), upsert: true, writes: true,
		body: fields, owner: ownerOf(a), timeout: c.cfg.WriteTimeout,
	}
	r, err := c.do(ctx, q, &made)
	if codeOf(err) == "INVALID_FIELD_FOR_INSERT_UPDATE" { // the Task exists, and a field can be set only at creation
		q.body = o.updateable(fields)
		r, err = c.do(ctx, q, &made)
	}
	switch e, _ := asError(err); {
	case e != nil && e.Code == "DUPLICATE_VALUE" && strings.Contains(e.Err.Error(), key.Name):
		busy := unanswered(errors.New("an earlier upsert is being committed"), false)
		busy.Code, busy.Retry = e.Code, afterDuplicate
		return crm.Logged{}, busy
	case e != nil && e.Code == "NOT_FOUND": // the URL ends with the field and a new id, so only the field can be missing
		gone := changedFields()
		gone.Code = "INVALID_FIELD"
		return crm.Logged{}, gone
	case err != nil:
		return crm.Logged{}, err
	case r.status == http.StatusMultipleChoices, r.status == http.StatusNoContent:
		return c.updateOldest(ctx, r, a)
	case !recordID.MatchString(made.ID):
		return crm.Logged{}, unanswered(errors.New("the answer names no record"), false)
	}
	existed := r.status == http.StatusOK
	if made.Created != nil {
		existed = !*made.Created
	}
	return r.from.logged(a.WrittenAs(), made.ID, fields["Subject"], existed), nil
}

// afterDuplicate is how long to wait before a key is written again.
const afterDuplicate = 3 * time.Second

// updateOldest handles an upsert that was answered without a record. 300 means that several Tasks have the call's id,
// made before the field was Unique: nothing was written, and the oldest Task must be changed.
func (c *Client) updateOldest(ctx context.Context, r reply, a crm.Activity) (crm.Logged, error) {
	found, err := c.Find(ctx, a)
	if err != nil {
		return crm.Logged{}, err
	}
	if len(found) == 0 {
		return crm.Logged{}, unanswered(errors.New("the answer names no record"), false)
	}
	if r.status == http.StatusMultipleChoices {
		err = c.Update(ctx, found[0], a)
	}
	return oldest(found), err
}

// logged returns the result for a Task that was written or found in the session.
func (s session) logged(object, id string, subject any, existed bool) crm.Logged {
	name, _ := subject.(string)
	return crm.Logged{Ref: s.record(object, id, name), Existed: existed}
}

// record refers to a Task or a Case that was written in the session.
func (s session) record(object, id, subject string) crm.Ref {
	r := s.ref(object, id, subject)
	r.User = s.user
	return r
}

// Update writes what the agent has added or changed into a Task or Case that was logged before. Sending it twice does no harm.
func (c *Client) Update(ctx context.Context, ref crm.Ref, a crm.Activity) error {
	ctx = crm.ForCall(ctx, a.CallID)
	if err := errors.Join(checkTask(ref), checkRefs(a)); err != nil {
		return err
	}
	of := owner{orElse(a.Org, ref.Org), a.User}
	if err := c.checkOwner(of); err != nil {
		return err
	}
	a.Object = ref.Object // it is written where it is, and by a layout for that
	return c.withSchema(ctx, ref.Object, false, func(o *object, closed string) (map[string]any, error) {
		fields := c.recordFields(o, a, closed, true)
		q := call{
			method: http.MethodPatch, path: "/sobjects/" + ref.Object + "/" + ref.ID, timeout: c.cfg.WriteTimeout, repeat: true, writes: true, silent: true,
			body: fields, owner: of,
		}
		_, err := c.do(ctx, q, nil)
		if e, _ := asError(err); e != nil && (e.Code == "NOT_FOUND" || e.Code == "ENTITY_IS_DELETED" && e.Class == crm.ClassRejected) {
			e.Fault = fault.New("salesforce.task-gone")
		}
		if err == nil {
			c.trust(ref, fields, of)
		}
		return fields, err
	})
}

// Delete deletes a logged Task or Case. It returns nil when that does not exist any more.
func (c *Client) Delete(ctx context.Context, ref crm.Ref) error {
	if err := checkTask(ref); err != nil {
		return err
	}
	q := call{method: http.MethodDelete, path: "/sobjects/" + ref.Object + "/" + ref.ID, owner: owner{org: ref.Org}, timeout: c.cfg.WriteTimeout, repeat: true, silent: true}
	_, err := c.do(ctx, q, nil)
	if code := codeOf(err); code == "ENTITY_IS_DELETED" || code == "NOT_FOUND" {
		return nil
	}
	return err
}

func checkTask(ref crm.Ref) error {
	if (ref.Object == crm.Task || ref.Object == crm.Case) && recordID.MatchString(ref.ID) {
		return nil
	}
	return &crm.Error{Class: crm.ClassRejected, Code: "MALFORMED_ID", Fault: fault.New("salesforce.no-task"), Err: errors.New("not the id of a Task or Case")}
}
