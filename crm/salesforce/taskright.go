package salesforce

import (
	"context"
	"errors"

	"linecard/crm"
	"linecard/fault"
)

// noTaskRight is the code of the error for a user who may not create Tasks. It is no refusal of a call but a state of the
// link: all calls wait for the admin, and go out by themselves once the right is there.
const noTaskRight = "NO_RIGHT_TO_TASKS"

func noTasks() *crm.Error {
	return &crm.Error{
		Class: crm.ClassBlocked, Code: noTaskRight, Err: errors.New("Task is not createable"),
		Fault: fault.New("salesforce.no-tasks"),
	}
}

// noCaseRight is the code of the error for a user who may not create Cases. That is a refusal of the call, for Tasks go on: a
// person has to look at the layout or at the user's rights.
const noCaseRight = "NO_RIGHT_TO_CASES"

// mayNot is the error for a user who may not create records of an object.
func mayNot(object string) *crm.Error {
	switch object {
	case crm.Task:
		return noTasks()
	case crm.Case:
	default:
		return &crm.Error{
			Class: crm.ClassPermission, Code: "NO_RIGHT_TO_MAKE", Err: errors.New(object + " is not createable"),
			Fault: fault.New("salesforce.may-not-make", "object", object),
		}
	}
	return &crm.Error{
		Class: crm.ClassPermission, Code: noCaseRight, Err: errors.New("Case is not createable"),
		Fault: fault.New("salesforce.no-cases"),
	}
}

// describeTask describes Task, and keeps in the link's state whether the user may create one. While that is not so, each
// try asks the org again: a description serves for hours otherwise.
func (c *Client) describeTask(ctx context.Context) (*object, error) {
	if held := c.heldWrites(); held != nil && held.Code == noTaskRight {
		c.schema.reread()
	}
	o, err := c.describe(ctx, crm.Task)
	if err == nil && (o == nil || !o.Createable) {
		err = noTasks()
		c.noteWrites(err)
		return nil, err
	}
	return o, err
}

// afterDenied returns why the org denied the create of a Task: the user may have lost the right to all of them since
// Task was described. Other errors stay as they are.
func (c *Client) afterDenied(ctx context.Context, err error) error {
	if !denied(err) {
		return err
	}
	c.schema.reread()
	if _, why := c.describeTask(ctx); codeOf(why) == noTaskRight {
		return why
	}
	return err
}

// afterDeniedAll is afterDenied for what became of several, with at most one question.
func (c *Client) afterDeniedAll(ctx context.Context, written []crm.Written) {
	var why error
	for i, w := range written {
		if !denied(w.Err) {
			continue
		}
		if why == nil {
			if why = c.afterDenied(ctx, w.Err); codeOf(why) != noTaskRight {
				return
			}
		}
		written[i].Err = why
	}
}

// denied reports whether the user may not make or not see something.
func denied(err error) bool {
	code := codeOf(err)
	return code == "INSUFFICIENT_ACCESS" || code == "INSUFFICIENT_ACCESS_OR_READONLY"
}
