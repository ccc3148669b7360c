package salesforce

import (
	"linecard/clean"
	"linecard/crm"
	"linecard/crm/layout"
)

// ownFields are the fields that Linecard writes itself, by object.
var ownFields = map[string][]string{
	crm.Task: {
		"Subject", "Description", "Status", "ActivityDate", "TaskSubtype", "CallType", "CallDurationInSeconds", "CallDisposition", "CallObject",
		"WhoId", "WhatId", "OwnerId", callKeyField,
	},
	crm.Case: {"Subject", "Description", "ContactId", "AccountId", "OwnerId", callKeyField},
}

// described is the object as the layouts see it. Labels are text of the org, for people, and are cleaned; names and values are what is
// sent, and stay as they are.
func (o *object) described() *layout.Object {
	out := &layout.Object{Name: o.Name, Label: clean.Line(orElse(o.Label, o.Name)), Createable: o.Createable, Own: map[string]string{}}
	for _, name := range ownFields[o.Name] {
		out.Own[name] = ""
	}
	for _, f := range o.Fields {
		d := layout.ObjectField{
			Name: f.Name, Label: clean.Line(f.Label), Type: f.Type, Length: f.Length, Digits: f.Digits, Scale: f.Scale,
			Createable: f.Createable, Updateable: f.Updateable, Restricted: f.Restricted,
			Required: f.required(),
		}
		if f.Type == "double" {
			d.Digits = max(0, f.Precision-f.Scale)
		}
		for _, v := range f.Values {
			if v.Active {
				d.Entries = append(d.Entries, layout.Entry{Value: v.Value, Label: clean.Line(orElse(v.Label, v.Value))})
			}
		}
		out.Fields = append(out.Fields, d)
	}
	for _, t := range o.RecordTypes {
		if !t.Master {
			out.RecordTypes = append(out.RecordTypes, layout.RecordType{
				ID: t.ID, Name: clean.Line(t.Name), APIName: t.APIName, Available: t.Available && t.Active, Default: t.Default,
			})
		}
	}
	return out
}

// layoutOf is the layout by which a call is written.
func (c *Client) layoutOf(a crm.Activity) layout.Layout {
	var all layout.List
	if c.cfg.Layouts != nil {
		all = c.cfg.Layouts()
	}
	return all.For(a)
}
