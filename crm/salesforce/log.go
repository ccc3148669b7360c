package salesforce

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"linecard/crm"
)

// Log writes a as a Task of the org and user it belongs to, and returns it. With check it looks for a Task of the same call
// before, by [Client.Find], and returns the oldest with Existed set.
//
// Where the org has an External ID for the call's id the write is an upsert: however often it is made there is one Task, see
// [Client.Upserts]. Everywhere else an error of class Ambiguous means that the Task may be there or may still be made. How
// long to wait before Log is called again is for the caller to say: an org can be at work for minutes.
func (c *Client) Log(ctx context.Context, a crm.Activity, check bool) (crm.Logged, error) {
	upserts := c.Upserts(a.Org)
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
	err := c.withSchema(ctx, func(o *object, closed string) (err error) {
		key, ok := o.callKey()
		switch {
		case ok && a.CallID != "":
			made, err = c.upsertTask(ctx, o, key, a, closed)
		case upserts && !ok:
			// The caller counted on an upsert and may have written before without knowing the end.
			err = changedFields()
		default:
			made, err = c.createTask(ctx, o, a, closed)
		}
		return err
	})
	return made, err
}

func ownerOf(a crm.Activity) owner { return owner{a.Org, a.User} }

// checkOwner refuses what belongs to another org or user than the one linked, before anything is asked of the org.
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
		Message: "The fields of the Salesforce org have changed. It is tried again by itself.",
	}
}

// withSchema writes by what a Task may hold, once more when the org refuses a field: permissions have changed since it
// described itself, and such a refusal wrote nothing.
func (c *Client) withSchema(ctx context.Context, write func(o *object, closed string) error) error {
	for attempt := 1; ; attempt++ {
		o, closed, err := c.taskSchema(ctx)
		if err != nil {
			return harmless(err)
		}
		err = write(o, closed)
		if attempt == 2 || !outdated(err) {
			return err
		}
		c.schema.expire()
	}
}

// outdated reports whether the org refused a field that it had described before.
func outdated(err error) bool {
	code := codeOf(err)
	return code == "INVALID_FIELD" || code == "INVALID_FIELD_FOR_INSERT_UPDATE"
}

// harmless lowers an Ambiguous error of a step that only read.
func harmless(err error) error {
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
				Message: "The chosen record is not one of Salesforce's. Choose another and send again.",
			}
		}
	}
	return nil
}

// taskSchema returns what a Task may hold and the status of one that is done.
func (c *Client) taskSchema(ctx context.Context) (*object, string, error) {
	o, err := c.describe(ctx, crm.Task)
	if err != nil {
		return nil, "", err
	}
	if o == nil || !o.Createable {
		return nil, "", noTasks()
	}
	closed, err := c.closedStatus(ctx)
	return o, closed, err
}

func noTasks() error {
	return &crm.Error{
		Class: crm.ClassPermission, Code: "INSUFFICIENT_ACCESS", Err: errors.New("Task is not createable"),
		Message: "This user may not create tasks, so calls cannot be logged. Ask your admin for the right to edit tasks.",
	}
}

// saved is the answer to a create and to an upsert.
type saved struct {
	ID      string `json:"id"`
	Success bool   `json:"success"`
	Created *bool  `json:"created"` // of an upsert
}

func (c *Client) createTask(ctx context.Context, o *object, a crm.Activity, closed string) (crm.Logged, error) {
	fields := c.taskFields(o, a, closed, false)
	var made saved
	q := call{method: http.MethodPost, path: "/sobjects/Task", body: fields, owner: ownerOf(a), timeout: c.cfg.WriteTimeout}
	r, err := c.do(ctx, q, &made)
	if err != nil {
		return crm.Logged{}, err
	}
	if !recordID.MatchString(made.ID) {
		return crm.Logged{}, unanswered(errors.New("the answer names no record"), false)
	}
	return r.from.logged(made.ID, fields["Subject"], false), nil
}

// upsertTask makes the Task of the call's id, or changes the one that is there. An upsert that follows another of the same
// key too closely is refused where the field is Unique (salesforce.stackexchange.com 197382): the other is about to be
// there, so that is as good as an end that is not known.
func (c *Client) upsertTask(ctx context.Context, o *object, key field, a crm.Activity, closed string) (crm.Logged, error) {
	fields := c.taskFields(o, a, closed, false)
	delete(fields, key.Name) // it stands in the address, and the org refuses it in both places
	var made saved
	q := call{
		method: http.MethodPatch, path: "/sobjects/Task/" + key.Name + "/" + url.PathEscape(a.CallID), upsert: true,
		body: fields, owner: ownerOf(a), timeout: c.cfg.WriteTimeout,
	}
	r, err := c.do(ctx, q, &made)
	if codeOf(err) == "INVALID_FIELD_FOR_INSERT_UPDATE" { // the Task is there, and a field can be set only when it is made
		q.body = o.updateable(fields)
		r, err = c.do(ctx, q, &made)
	}
	switch e, _ := asError(err); {
	case e != nil && e.Code == "DUPLICATE_VALUE" && strings.Contains(e.Err.Error(), key.Name):
		busy := unanswered(errors.New("an earlier upsert is being committed"), false)
		busy.Code, busy.Retry = e.Code, afterDuplicate
		return crm.Logged{}, busy
	case e != nil && e.Code == "NOT_FOUND": // the address ends with the field and a new id: it can only be the field
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
	return r.from.logged(made.ID, fields["Subject"], existed), nil
}

// afterDuplicate is how long to leave alone a key that is being written.
const afterDuplicate = 3 * time.Second

// updateOldest follows an upsert that was answered without a record. 300 means that several Tasks have the call's id, made
// before the field was Unique: nothing was written, and the oldest is the one to be changed.
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

// logged points at a Task that was written or found in the session.
func (s session) logged(id string, subject any, existed bool) crm.Logged {
	name, _ := subject.(string)
	return crm.Logged{Ref: s.task(id, name), Existed: existed}
}

func (s session) task(id, subject string) crm.Ref {
	r := s.ref(crm.Task, id, subject)
	r.User = s.user
	return r
}

// Update writes what the agent has added or changed into a Task that was logged before. Sending it twice does no harm.
func (c *Client) Update(ctx context.Context, ref crm.Ref, a crm.Activity) error {
	if err := errors.Join(checkTask(ref), checkRefs(a)); err != nil {
		return err
	}
	of := owner{orElse(a.Org, ref.Org), a.User}
	if err := c.checkOwner(of); err != nil {
		return err
	}
	return c.withSchema(ctx, func(o *object, closed string) error {
		q := call{
			method: http.MethodPatch, path: "/sobjects/Task/" + ref.ID, timeout: c.cfg.WriteTimeout, repeat: true,
			body: c.taskFields(o, a, closed, true), owner: of,
		}
		_, err := c.do(ctx, q, nil)
		return err
	})
}

// Delete takes a logged Task back. One that is gone already is no error.
func (c *Client) Delete(ctx context.Context, ref crm.Ref) error {
	if err := checkTask(ref); err != nil {
		return err
	}
	q := call{method: http.MethodDelete, path: "/sobjects/Task/" + ref.ID, owner: owner{org: ref.Org}, timeout: c.cfg.WriteTimeout, repeat: true}
	_, err := c.do(ctx, q, nil)
	if code := codeOf(err); code == "ENTITY_IS_DELETED" || code == "NOT_FOUND" {
		return nil
	}
	return err
}

func checkTask(ref crm.Ref) error {
	if ref.Object == crm.Task && recordID.MatchString(ref.ID) {
		return nil
	}
	return &crm.Error{Class: crm.ClassRejected, Code: "MALFORMED_ID", Message: "This call has no task in Salesforce.", Err: errors.New("not a Task id")}
}
