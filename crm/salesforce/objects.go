package salesforce

import (
	"context"
	"errors"
	"slices"
	"strings"

	"linecard/clean"
	"linecard/crm"
	"linecard/fault"
)

// objectRows are the admin's table for the org of this link.
func (c *Client) objectRows() []crm.Object {
	var all []crm.Object
	if c.cfg.Objects != nil {
		all = c.cfg.Objects()
	}
	c.mu.Lock()
	org := c.link.OrgID
	c.mu.Unlock()
	rows := slices.DeleteFunc(crm.ObjectsOf(all, org), func(o crm.Object) bool {
		_, strange := o.Tidy()
		return len(strange) > 0 // a query names them as they are
	})
	if shown := c.callAsFields(org); len(shown) > 0 {
		for i := range rows {
			rows[i].CallAs = shown
		}
	}
	return rows
}

// searched are the rows of the objects in which callers are found.
func (c *Client) searched() []crm.Object {
	return slices.DeleteFunc(c.objectRows(), func(o crm.Object) bool { return !o.Search })
}

// order is the order of the objects that are searched.
func (c *Client) order() (names []string) {
	for _, row := range c.searched() {
		names = append(names, row.Name)
	}
	return names
}

// row is the row of an object; without fields where it has none.
func (c *Client) row(object string) crm.Object {
	rows := c.objectRows()
	if i := slices.IndexFunc(rows, func(o crm.Object) bool { return o.Name == object }); i >= 0 {
		return rows[i]
	}
	return crm.Object{Name: object}
}

// inText reports whether callers are found by a field of text too.
func (c *Client) inText() bool {
	return slices.ContainsFunc(c.searched(), func(row crm.Object) bool {
		d, _ := c.schema.get(row.Name)
		return d.Object != nil && d.Object.Searchable && slices.ContainsFunc(d.Object.phones(row.Phones...), func(f field) bool {
			return f.Type != "phone" && !c.schema.isHidden(row.Name, f.Name)
		})
	})
}

// takesTask reports whether a Task can be related to records of an object: with custom objects an admin decides that. Where the
// org has not said, it can.
func (c *Client) takesTask(object string) bool {
	if object == crm.Contact || object == crm.Lead {
		return true
	}
	d, _ := c.schema.get(crm.Task)
	return d.Object == nil || (&task{object: d.Object}).takes("WhatId", object)
}

// ObjectsChanged must be called when the table of objects says something else: what is remembered of records was
// asked for by the earlier one.
func (c *Client) ObjectsChanged() {
	c.mu.Lock()
	clear(c.panels)
	linked := c.status.State == crm.Linked
	c.mu.Unlock()
	if !linked {
		return
	}
	c.background(func(ctx context.Context) {
		if _, err, _ := c.flights.Do("describe", func() (any, error) { return nil, c.describeAll(ctx) }); err != nil {
			c.cfg.Log.Warn("objects of the org not described yet", "err", errors.Unwrap(err))
		}
	})
}

// Offered are the objects of every org that callers may be found in, beside the custom ones.
var Offered = []string{crm.Contact, crm.Account, crm.Lead, crm.Opportunity, crm.Case}

// Objects are the objects that this user may search: those of every org, and behind them the custom ones by their labels. It
// takes one request.
func (c *Client) Objects(ctx context.Context) ([]crm.ObjectInfo, error) {
	var answer struct {
		Objects *[]struct {
			Name       string `json:"name"`
			Label      string `json:"label"`
			Custom     bool   `json:"custom"`
			Setting    bool   `json:"customSetting"`
			Hidden     bool   `json:"deprecatedAndHidden"`
			Searchable bool   `json:"searchable"`
			Queryable  bool   `json:"queryable"`
		} `json:"sobjects"`
	}
	r, err := c.do(ctx, c.get("/sobjects", nil, c.cfg.WriteTimeout), &answer)
	if err == nil && answer.Objects == nil {
		err = garbled(r.status, errors.New("the answer lists no objects"), true)
	}
	if err != nil {
		return nil, err
	}
	all := make([]crm.ObjectInfo, len(Offered), len(Offered)+8)
	for _, o := range *answer.Objects {
		info := crm.ObjectInfo{Name: o.Name, Label: clean.Line(orElse(o.Label, o.Name)), Custom: o.Custom}
		at := slices.Index(Offered, o.Name)
		switch {
		case !o.Searchable || !o.Queryable || o.Hidden || !crm.IsAPIName(o.Name):
		case at >= 0:
			all[at] = info
		case o.Custom && !o.Setting:
			all = append(all, info)
		}
	}
	custom := all[len(Offered):]
	slices.SortFunc(custom, func(a, b crm.ObjectInfo) int { return strings.Compare(a.Label+a.Name, b.Label+b.Name) })
	return slices.DeleteFunc(all, func(o crm.ObjectInfo) bool { return o.Name == "" }), nil
}

// ObjectStates tells how each row of the table stands in the org: by which fields callers are found, and what of it the user
// may not see or do. It asks for the descriptions that are missing or old.
func (c *Client) ObjectStates(ctx context.Context) []crm.ObjectState {
	if _, err := c.describe(ctx, crm.Task); err != nil {
		c.cfg.Log.Debug("not known what a Task can be related to", "err", err)
	}
	var all []crm.ObjectState
	for _, row := range c.objectRows() {
		s := crm.ObjectState{Object: row}
		o, err := c.describe(ctx, row.Name)
		if err != nil {
			s.Problems = append(s.Problems, faultOf(err))
			all = append(all, s)
			continue
		}
		s.Problems = c.objectProblems(row, o)
		if o != nil {
			s.Known, s.Label, s.Activities = true, clean.Line(orElse(o.Label, o.Name)), c.takesTask(row.Name)
			for _, f := range o.phones(row.Phones...) {
				if !c.schema.isHidden(row.Name, f.Name) {
					s.Found, s.Labels = append(s.Found, f.Name), append(s.Labels, clean.Line(orElse(f.Label, f.Name)))
				}
			}
		}
		all = append(all, s)
	}
	return all
}

// objectProblems are what of a row does not work for this user, each with what helps.
func (c *Client) objectProblems(row crm.Object, o *object) (all []fault.Fault) {
	say := func(code fault.Code, pairs ...any) {
		all = append(all, fault.New(code, append(pairs, "object", row.Name)...))
	}
	switch {
	case o == nil || c.schema.isHidden(row.Name, ""):
		say("objects.hidden")
		return all
	case row.Search && !o.Searchable:
		say("objects.not-searchable")
	case row.Search && len(o.phones(row.Phones...)) == 0:
		say("objects.no-phone-field")
	}
	for _, name := range row.Phones {
		switch f, ok := o.field(name); {
		case !ok || c.schema.isHidden(row.Name, name):
			say("objects.no-such-field", "field", name)
		case f.Type != "phone" && f.Type != "string":
			say("objects.not-for-numbers", "field", orElse(f.Label, name), "type", f.Type)
		}
	}
	for _, name := range row.Card() {
		switch f, ok := o.field(name); {
		case !ok || c.schema.isHidden(row.Name, name):
			say("objects.no-such-field", "field", name)
		case row.Edits(name) && !crm.EditableType(f.Type):
			say("objects.type-not-edited", "field", orElse(f.Label, name), "type", f.Type)
		case row.Edits(name) && !c.mayEdit(o, f):
			say("objects.may-not-edit", "fields", []string{orElse(f.Label, name)})
		}
	}
	if row.Search && !c.takesTask(row.Name) {
		say("objects.no-activities")
	}
	return all
}

// lacking names what a row has and the user does not see: "Vehicle__c.Keeper__c".
func (c *Client) lacking(row crm.Object, o *object) (names []string) {
	for _, name := range append(slices.Clone(row.Phones), row.Card()...) {
		full := row.Name + "." + name
		if !c.sees(o, name) && !slices.Contains(names, full) {
			names = append(names, full)
		}
	}
	return names
}

// TryNumber searches for a number by the table, whatever is remembered, and tells what was found in which object. It takes one
// request, and one for each object that is not described yet.
func (c *Client) TryNumber(ctx context.Context, n crm.Number) (crm.ObjectTrial, error) {
	if err := c.describeAll(ctx); err != nil {
		return crm.ObjectTrial{}, err
	}
	s, err := c.session(ctx, "")
	if err != nil {
		return crm.ObjectTrial{}, err
	}
	found, left, err := c.rowsOf(ctx, s, n)
	if err != nil {
		return crm.ObjectTrial{}, err
	}
	result, err := c.found(s, found, n, left)
	if err != nil {
		return crm.ObjectTrial{}, err
	}
	trial := crm.ObjectTrial{Result: result}
	for _, row := range c.searched() {
		d, _ := c.schema.get(row.Name)
		t := crm.TrialRow{Object: row.Name, Searched: d.Object != nil && d.Object.Searchable && !c.schema.isHidden(row.Name, "")}
		for _, r := range found {
			if r.object() == row.Name {
				t.Hits++
			}
		}
		for _, m := range result.Matches {
			if m.Object == row.Name {
				t.Matches = append(t.Matches, m)
			}
		}
		trial.Rows = append(trial.Rows, t)
	}
	return trial, nil
}
