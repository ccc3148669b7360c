package program

import (
	"context"
	"slices"

	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
)

// objectsChanged makes all parts go by the table of objects as it is now.
func (p *Program) objectsChanged() {
	p.memory.Doubt()
	for _, c := range p.links.All() {
		c.ObjectsChanged()
	}
	p.mirror.Recheck()
}

// Objects is the table of objects of an org; "" is the first org. Where nobody chose anything it is what is built in.
func (p *Program) Objects(org string) []crm.Object {
	return crm.ObjectsOf(p.set.Get().Objects, p.orgOr(org))
}

// SetObjects puts a table in the place of that of an org; org "" means every org that has no rows of its own. No rows put it
// back to what is below.
func (p *Program) SetObjects(org string, rows []crm.Object) error {
	return p.ChangeObjects(org, func([]crm.Object) []crm.Object { return rows })
}

// ChangeObjects is SetObjects with rows that are made of those there are, which belong to the caller; no other change comes between.
func (p *Program) ChangeObjects(org string, change func([]crm.Object) []crm.Object) error {
	var wrong error
	err := p.set.Change(func(s *settings.Settings) {
		var rows []crm.Object
		if rows, wrong = tidyObjects(org, change(crm.ObjectsOf(s.Objects, org))); wrong == nil {
			s.Objects = crm.SetObjects(s.Objects, org, rows)
		}
	})
	if wrong != nil {
		return wrong
	}
	return err
}

// tidyObjects are rows for an org as they are kept; the error, an [*OrgError], is what is wrong with them.
func tidyObjects(org string, rows []crm.Object) ([]crm.Object, error) {
	rows = slices.Clone(rows)
	for i := range rows {
		tidy, strange := rows[i].Tidy()
		if len(strange) > 0 {
			return nil, &OrgError{fault.New("objects.strange-name", "name", strange[0])}
		}
		tidy.Org = org
		rows[i] = tidy
		if slices.ContainsFunc(rows[:i], func(o crm.Object) bool { return o.Name == tidy.Name }) {
			return nil, &OrgError{fault.New("objects.twice", "object", tidy.Name)}
		}
	}
	if len(rows) > crm.MostObjects {
		return nil, &OrgError{fault.New("objects.too-many", "most", crm.MostObjects)}
	}
	return rows, nil
}

// ObjectStates tells how each row of the table stands in an org. While that is not linked, only what the settings say is known.
func (p *Program) ObjectStates(ctx context.Context, org string) []crm.ObjectState {
	if c, err := p.linkedClient(org); err == nil {
		return c.ObjectStates(ctx)
	}
	var all []crm.ObjectState
	for _, o := range p.Objects(org) {
		all = append(all, crm.ObjectState{Object: o, Activities: true})
	}
	return all
}

// OrgObjects are the objects of an org that callers may be found in.
func (p *Program) OrgObjects(ctx context.Context, org string) ([]crm.ObjectInfo, error) {
	c, err := p.linkedClient(org)
	if err != nil {
		return nil, err
	}
	return c.Objects(ctx)
}

// ObjectFields are the fields of an object that this user sees.
func (p *Program) ObjectFields(ctx context.Context, org, object string) ([]layout.ObjectField, error) {
	c, err := p.linkedClient(org)
	if err != nil {
		return nil, err
	}
	o, err := c.Describe(ctx, object)
	switch {
	case err != nil:
		return nil, err
	case o == nil:
		return nil, fault.Err(nil, "objects.hidden", "object", object)
	}
	return o.Fields, nil
}

// TryObjects searches an org for a number, and tells what was found in which object. The trial is that of nobody for a number
// that is not searched.
func (p *Program) TryObjects(ctx context.Context, org, number string) (crm.ObjectTrial, error) {
	c, err := p.linkedClient(org)
	if err != nil {
		return crm.ObjectTrial{}, err
	}
	n := crm.ParseNumber(number, p.plan(""))
	if !n.Public() {
		return crm.ObjectTrial{}, fault.Err(nil, "objects.not-a-number-to-try")
	}
	trial, err := c.TryNumber(ctx, n)
	if m, ok := trial.Result.Taken(p.set.Get().Records.Several == "order", crm.OrderOf(p.set.Get().Objects, trial.Result.Org)...); ok && err == nil {
		trial.Taken = &m
	}
	return trial, err
}
