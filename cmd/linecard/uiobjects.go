package main

import (
	"context"

	"linecard/app/program"
	"linecard/crm"
	"linecard/crm/layout"
)

// uiObjects connects the page about objects to the program.
type uiObjects struct{ p *program.Program }

func (u uiObjects) Change(org string, change func([]crm.Object) []crm.Object) error {
	return u.p.ChangeObjects(org, change)
}

func (u uiObjects) States(org string) []crm.ObjectState {
	ctx, cancel := context.WithTimeout(context.Background(), layoutTime)
	defer cancel()
	return u.p.ObjectStates(ctx, org)
}

func (u uiObjects) Known(org string) ([]crm.ObjectInfo, error) {
	ctx, cancel := context.WithTimeout(context.Background(), layoutTime)
	defer cancel()
	return u.p.OrgObjects(ctx, org)
}

func (u uiObjects) Fields(org, object string) ([]layout.ObjectField, error) {
	ctx, cancel := context.WithTimeout(context.Background(), layoutTime)
	defer cancel()
	return u.p.ObjectFields(ctx, org, object)
}

func (u uiObjects) Try(org, number string) (crm.ObjectTrial, error) {
	ctx, cancel := context.WithTimeout(context.Background(), layoutTime)
	defer cancel()
	return u.p.TryObjects(ctx, org, number)
}
