package journal

import (
	"context"
	"errors"

	"linecard/crm"
)

// Activity is a call as it is, or would be, logged: what the outbox has of it, or else what the history tells.
func (j *Journal) Activity(ctx context.Context, id string) (crm.Activity, error) {
	e, err := j.Entry(ctx, id)
	if err == nil && !e.unreadable {
		return e.Activity, nil
	}
	if err != nil && !errors.Is(err, ErrUnknown) {
		return crm.Activity{}, err
	}
	r, err := j.Call(ctx, id)
	if err != nil {
		return crm.Activity{}, err
	}
	return activityOf(r.Call), nil
}
