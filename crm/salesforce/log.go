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

// Log writes a as a Task and returns it. With checkFirst, which an attempt after an ambiguous failure or a crash needs,
// it looks for a Task of the same call before, and returns that with Existed set.
//
// An error of class Ambiguous means that the Task may be there: call again with checkFirst.
func (c *Client) Log(ctx context.Context, a crm.Activity, checkFirst bool) (crm.Logged, error) {
	if err := checkRefs(a); err != nil {
		return crm.Logged{}, err
	}
	if checkFirst {
		if found, err := c.findLogged(ctx, a); err != nil || found.ID != "" {
			return found, harmless(err)
		}
	}
	var made crm.Logged
	err := c.withSchema(ctx, func(o *object, closed string) (err error) {
		made, err = c.createTask(ctx, o, a, closed)
		return err
	})
	return made, err
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
		if code := codeOf(err); attempt == 2 || (code != "INVALID_FIELD" && code != "INVALID_FIELD_FOR_INSERT_UPDATE") {
			return err
		}
		c.schema.expire()
	}
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
		return nil, "", &crm.Error{
			Class: crm.ClassPermission, Code: "INSUFFICIENT_ACCESS", Err: errors.New("Task is not createable"),
			Message: "This user may not create tasks, so calls cannot be logged. Ask your admin for the right to edit tasks.",
		}
	}
	closed, err := c.closedStatus(ctx)
	return o, closed, err
}

// stillBusy is how long a write may go on in the org after nobody waits for its answer: slow triggers and flows of the
// org's own run within it. Until it is committed no search finds the Task, and one looked for too soon is made twice.
const stillBusy = 2 * time.Minute

func (c *Client) createTask(ctx context.Context, o *object, a crm.Activity, closed string) (crm.Logged, error) {
	fields := c.taskFields(o, a, closed, false)
	var made struct {
		ID      string `json:"id"`
		Success bool   `json:"success"`
	}
	q := call{method: http.MethodPost, path: "/sobjects/Task", body: fields, org: a.Org, timeout: c.cfg.WriteTimeout}
	if _, err := c.do(ctx, q, &made); err != nil {
		if e, ok := asError(err); ok && e.Class == crm.ClassAmbiguous && errors.Is(err, context.DeadlineExceeded) {
			e.Retry = stillBusy
		}
		return crm.Logged{}, err
	}
	if !recordID.MatchString(made.ID) {
		return crm.Logged{}, unanswered(errors.New("the answer names no record"), false)
	}
	return c.logged(made.ID, fields["Subject"], false), nil
}

func (c *Client) logged(id string, subject any, existed bool) crm.Logged {
	name, _ := subject.(string)
	c.mu.Lock()
	instance := c.link.InstanceURL
	c.mu.Unlock()
	return crm.Logged{
		Ref:     crm.Ref{Object: crm.Task, ID: id, Name: name, URL: recordURL(instance, crm.Task, id)},
		Existed: existed,
	}
}

// clockSlack is how far the agent's clock and the org's may be apart.
const clockSlack = 24 * time.Hour

// findLogged looks for the Task of call a among those the user has made since the call began. CallObject is not indexed;
// maker and date keep the query selective. The owner would not do: an automation of the org may give the Task to another.
func (c *Client) findLogged(ctx context.Context, a crm.Activity) (crm.Logged, error) {
	if a.CallID == "" {
		return crm.Logged{}, nil
	}
	o, _, err := c.taskSchema(ctx)
	if err != nil {
		return crm.Logged{}, err
	}
	where := "CreatedDate >= " + soqlTime(a.Started.Add(-clockSlack))
	if user := c.Status().UserID; user != "" {
		where = "CreatedById = " + soqlString(user) + " AND " + where
	}
	f, byKey := o.field("CallObject")
	byKey = byKey && f.Filterable && f.Createable
	soql := "SELECT Id, Subject, Description FROM Task WHERE " + where + " ORDER BY CreatedDate DESC LIMIT 200"
	if byKey {
		soql = "SELECT Id, Subject FROM Task WHERE " + where + " AND CallObject = " + soqlString(a.CallID) + " LIMIT 1"
	}
	var page struct {
		Records []row `json:"records"`
	}
	if _, err := c.do(ctx, c.get("/query", url.Values{"q": {soql}}, c.cfg.WriteTimeout), &page); err != nil {
		return crm.Logged{}, err
	}
	for _, r := range page.Records {
		// A long text cannot be filtered by, so without CallObject the description is read here.
		if byKey || strings.Contains(r.text("Description"), callKey+": "+a.CallID) {
			return c.logged(r.text("Id"), r.text("Subject"), true), nil
		}
	}
	return crm.Logged{}, nil
}

// Update writes what the agent has added or changed into a Task that was logged before. Sending it twice does no harm.
func (c *Client) Update(ctx context.Context, ref crm.Ref, a crm.Activity) error {
	if err := errors.Join(checkTask(ref), checkRefs(a)); err != nil {
		return err
	}
	return c.withSchema(ctx, func(o *object, closed string) error {
		q := call{
			method: http.MethodPatch, path: "/sobjects/Task/" + ref.ID, timeout: c.cfg.WriteTimeout, repeat: true,
			body: c.taskFields(o, a, closed, true), org: a.Org,
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
	q := call{method: http.MethodDelete, path: "/sobjects/Task/" + ref.ID, timeout: c.cfg.WriteTimeout, repeat: true}
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
