package main

import (
	"context"

	"linecard/app/program"
	"linecard/crm"
	"linecard/crm/layout"
)

// uiLayouts connects the page about layouts to the program.
type uiLayouts struct{ p *program.Program }

func (u uiLayouts) All() []layout.Layout { return u.p.AllLayouts() }
func (u uiLayouts) Save(l, was layout.Layout) error {
	return u.p.ReplaceLayout(l, was.Org, was.Name)
}

func (u uiLayouts) Remove(org, name string) error { return u.p.RemoveLayout(org, name) }

func (u uiLayouts) Object(org, object string) (*layout.Object, error) {
	ctx, cancel := context.WithTimeout(context.Background(), layoutTime)
	defer cancel()
	return u.p.LayoutObject(ctx, org, object)
}

func (u uiLayouts) Calls(org string) ([]crm.Activity, error) {
	return u.p.LayoutCalls(context.Background(), org)
}

func (u uiLayouts) Preview(l layout.Layout, org, call string) (layout.Preview, error) {
	ctx, cancel := context.WithTimeout(context.Background(), layoutTime)
	defer cancel()
	shown, _, err := u.p.PreviewEverywhere(ctx, l, org, call)
	return shown, err
}

func (u uiLayouts) Test(l layout.Layout, org, call string) (layout.Tried, error) {
	ctx, cancel := context.WithTimeout(context.Background(), layoutTime)
	defer cancel()
	return u.p.TestEverywhere(ctx, l, org, call)
}
