package salesforce

import (
	"context"
	"slices"
	"strings"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
)

// Describe returns an object as the layouts see it: what this user may write into a Task or a Case. It is nil where the user
// does not see the object.
func (c *Client) Describe(ctx context.Context, name string) (*layout.Object, error) {
	o, err := c.describe(ctx, name)
	if err != nil || o == nil {
		return nil, err
	}
	return o.laid, nil
}

// Preview renders a call by a layout as [Client.Log] would.
func (c *Client) Preview(ctx context.Context, l layout.Layout, a crm.Activity) (layout.Preview, error) {
	o, closed, err := c.seen(ctx, l.Object)
	if err != nil {
		return layout.Preview{}, err
	}
	s, err := c.current()
	if err != nil {
		return layout.Preview{}, err
	}
	a = asLogged(a, s)
	a.Object = l.Object
	t := c.ownFields(o, a, closed, false)
	r, problems := l.Judge(t.target(), layout.Call{Activity: a, Location: c.cfg.Location})
	r.Problems = problems
	sent := c.laidOut(l, o, a, closed, false)
	a.User = c.Status().UserID
	if err := own(o, a, sent); err != nil {
		r.Problems = append(r.Problems, layout.Problem{Field: layout.OwnerField, Why: fault.Of(err)})
	}
	return layout.Preview{Rendered: r, Object: l.Object, Sent: sent}, nil
}

// asLogged is a call as the user of a link would log it. The records of a call of another org are left out: they are there.
func asLogged(a crm.Activity, s session) crm.Activity {
	if a.Org != "" && a.Org != s.org {
		a.Who, a.What = crm.Ref{}, crm.Ref{}
	}
	a.Org, a.User = s.org, s.user
	return a
}

// seen is the description of an object, also of one that the user may not create, and the closed status.
func (c *Client) seen(ctx context.Context, name string) (*object, string, error) {
	o, err := c.describe(ctx, name)
	switch {
	case err != nil:
		return nil, "", asTransient(err)
	case o == nil:
		return nil, "", mayNot(name)
	case name != crm.Task:
		return o, "", nil
	}
	closed, err := c.closedStatus(ctx)
	if codeOf(err) == noClosedStatus {
		err = nil
	}
	return o, closed, err
}

// Try makes a record of a call by a layout and deletes it. The call's id is another one, so the record of the
// call itself is not touched. It is created without an upsert and deleted as soon as its id is known; after an unsure answer
// it is looked for. It belongs to the user who is linked, whoever owns the call's own log: where activities are private, nobody else could delete it. The
// error is that of a request that could not be made.
func (c *Client) Try(ctx context.Context, l layout.Layout, a crm.Activity, id string) (layout.Tried, error) {
	a.CallID, a.Object, a.Subject = id, l.Object, testSubject+l.SubjectOf(layout.Call{Activity: a, Location: c.cfg.Location})
	s, err := c.current()
	if err != nil {
		return layout.Tried{}, err
	}
	a = asLogged(a, s)
	began := c.cfg.Now()
	var made crm.Logged
	var without []layout.Problem
	var waits fault.Fault
	err = c.withSchema(ctx, l.Object, true, func(o *object, closed string) (sent map[string]any, err error) {
		sent = c.laidOut(l, o, a, closed, false)
		if err := own(o, a, map[string]any{}); err != nil { // the log itself would not be written either
			waits = fault.Of(err)
			return nil, err
		}
		made, err = c.createTask(ctx, a, sent)
		if outdated(err, sent) {
			without = append(without, o.refusedIn(refusals(err), sent)...)
			return sent, err
		}
		// What an earlier write was refused for is left out as well.
		for _, p := range l.Render(c.ownFields(o, a, closed, false).target(), layout.Call{Activity: a, Location: c.cfg.Location}).Problems {
			same := func(q layout.Problem) bool { return q.Field == p.Field }
			if p.IsRefusal() && !slices.ContainsFunc(without, same) {
				without = append(without, p)
			}
		}
		return sent, err
	})
	if e, _ := asError(err); e != nil && e.Class == crm.ClassAmbiguous {
		if found, again := c.Find(ctx, a); again == nil && len(found) > 0 {
			made, err = oldest(found), nil
		}
	}
	if !waits.IsZero() {
		return layout.Tried{Waits: waits, Took: c.cfg.Now().Sub(began)}, nil
	}
	if err != nil {
		if e, ok := asError(err); ok && (e.Class == crm.ClassRejected || e.Class == crm.ClassPermission || e.Class == crm.ClassBlocked) {
			return layout.Tried{Refused: e.Fault, Took: c.cfg.Now().Sub(began)}, nil
		}
		return layout.Tried{}, err
	}
	out := layout.Tried{Record: made.Ref, Without: without}
	clear := context.WithoutCancel(ctx)
	if err := c.Delete(clear, made.Ref); err != nil {
		out.Kept = fault.Of(err)
		if e, ok := asError(err); !ok || e.Fault.IsZero() {
			out.Kept = fault.New("salesforce.no-access")
		}
	} else {
		out.Deleted = true
	}
	out.Took = c.cfg.Now().Sub(began)
	return out, nil
}

// refusedIn are the fields and values of a write that the org has refused.
func (o *object) refusedIn(errs []apiError, sent map[string]any) (out []layout.Problem) {
	for _, e := range errs {
		if id, ok := sent[recordTypeField].(string); ok && e.ofRecordType() {
			out = append(out, *o.laid.RecordTypeRefused(id))
		}
		if !e.leavesOut() {
			continue
		}
		fields := e.readOnly()
		if m := noColumn.FindStringSubmatch(e.Message); m != nil && len(fields) == 0 {
			fields = []string{m[1]}
		}
		if m := badValue.FindStringSubmatch(e.Message); m != nil && len(fields) == 0 { // the org names the value alone
			for name, v := range sent {
				if v == strings.TrimSpace(m[1]) {
					fields = append(fields, name)
				}
			}
			slices.Sort(fields)
		}
		for _, name := range fields {
			f, _ := o.field(name)
			p := layout.FieldRefused(name, orElse(f.Label, name))
			if v, ok := sent[name].(string); ok && e.Code == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" {
				p = layout.EntryRefused(name, orElse(f.Label, name), v)
			}
			out = append(out, *p)
		}
	}
	return out
}

// testSubject begins the subject of a test log, for whoever sees it before it is deleted. It is English as all that is
// written into an org.
const testSubject = "Linecard test, please ignore: "
