package salesforce

import (
	"context"
	"slices"

	"linecard/crm"
	"linecard/fault"
)

// checkSearchable reports whether callers can be found among the records of an object, and by which fields.
func (c *Client) checkSearchable(ctx context.Context, name string, check fault.Code) crm.Finding {
	o, err := c.describe(ctx, name)
	switch {
	case err != nil:
		return pointing(finding(check, fault.Fault{}, err), pagePermissionSets)
	case o == nil || !o.Searchable:
		// Callers are found among the other objects.
		return crm.Finding{Check: check, Minor: true, Remedy: fault.New("salesforce.let-read", "object", name), Setup: pagePermissionSets}
	}
	var fields []string
	for _, f := range o.phones(c.row(name).Phones...) {
		fields = append(fields, f.Name)
	}
	if len(fields) == 0 {
		return crm.Finding{Check: check, Minor: true, Remedy: fault.New("salesforce.show-phone-fields", "object", name), Setup: pageFields(name)}
	}
	found := crm.Finding{Check: check, OK: true, Detail: fault.New("salesforce.fields", "fields", fields), Setup: pageFields(name)}
	hidden := c.hiddenPhones(o)
	if len(hidden) > 0 {
		found.Detail = fault.New("salesforce.fields-and-hidden", "fields", fields, "hidden", hidden)
	}
	if slices.ContainsFunc(hidden, func(f string) bool { return slices.Contains(callersField, f) }) {
		found.OK, found.Minor, found.Remedy = false, true, fault.New("salesforce.show-fields", "object", name, "fields", hidden)
	}
	return found
}

// checkTask reports whether calls can be logged, and which of their fields the org takes.
func (c *Client) checkTask(ctx context.Context) []crm.Finding {
	o, err := c.describe(ctx, crm.Task)
	const check = "salesforce.check-log"
	if err != nil {
		return []crm.Finding{pointing(finding(check, fault.Fault{}, err), pagePermissionSets)}
	}
	if o == nil || !o.Createable {
		return c.asUsed([]crm.Finding{{Check: check, Remedy: fault.New("salesforce.let-edit-tasks"), Setup: pagePermissionSets}})
	}
	var missing []string
	for _, name := range []string{"WhoId", "WhatId", "CallType", "CallDurationInSeconds", "CallDisposition", "CallObject"} {
		if f, ok := o.field(name); !ok || !f.Createable {
			missing = append(missing, name)
		}
	}
	log := crm.Finding{Check: check, OK: true, Detail: fault.New("salesforce.all-fields"), Setup: pagePermissionSets}
	if len(missing) > 0 {
		log.Detail = fault.New("salesforce.fields-in-description", "fields", missing)
	}
	if held := c.heldWrites(); held != nil && !toldBySchema(held) {
		log.OK, log.Remedy = false, held.Fault
	}
	return c.asUsed([]crm.Finding{log, c.checkClosedStatus(ctx), c.checkRequired(o), recordTypeFound(o)})
}

func (c *Client) checkClosedStatus(ctx context.Context) crm.Finding {
	status, err := c.closedStatus(ctx)
	f := pointing(finding("salesforce.check-status", plain(status), err), pageFields(crm.Task))
	switch {
	case f.Remedy.Is("salesforce.no-closed-status"):
		f.Remedy = fault.New("salesforce.close-a-status")
	case err == nil && status == "":
		f.Detail = fault.New("salesforce.default-closes")
	}
	return f
}

// checkRequired names the fields without which the org takes no Task, and that neither Linecard nor a layout in use fills. Only those show that
// the field itself requires: what a page layout or a validation rule wants shows when a Task is sent.
func (c *Client) checkRequired(o *object) crm.Finding {
	var unfilled []string
	for _, l := range c.layoutsInUse() {
		if l.Object != crm.Task {
			continue
		}
		for _, p := range l.Unfilled(o.laid) {
			if !slices.Contains(unfilled, p.Field) {
				unfilled = append(unfilled, p.Field)
			}
		}
	}
	f := crm.Finding{Check: "salesforce.check-required", OK: true, Detail: fault.New("salesforce.all-required-filled"), Setup: pageFields(crm.Task)}
	if len(unfilled) > 0 {
		f.OK, f.Detail, f.Remedy = false, fault.New("salesforce.fields", "fields", unfilled), fault.New("salesforce.required-unfilled", "fields", unfilled)
	}
	return f
}

// recordTypeFound tells which record type a Task gets.
func recordTypeFound(o *object) crm.Finding {
	f := crm.Finding{Check: "salesforce.check-record-types", OK: true, Detail: fault.New("salesforce.no-record-types"), Setup: pageRecordTypes(crm.Task)}
	available, standard := 0, ""
	for _, t := range o.RecordTypes {
		if !t.Active || !t.Available || t.Master {
			continue
		}
		available++
		if t.Default {
			standard = t.Name
		}
	}
	if available > 0 {
		f.Detail = fault.New("salesforce.record-types", "count", available, "name", standard)
	}
	return f
}

// checkObjects looks at what an admin chose beyond the usual: other objects, fields that hold numbers, fields on the card. It
// finds nothing where nobody chose anything.
func (c *Client) checkObjects(ctx context.Context) []crm.Finding {
	chosen := false
	for _, row := range c.objectRows() {
		chosen = chosen || usualPhones[row.Name] == nil || len(row.Phones)+len(row.Card()) > 0
	}
	if !chosen {
		return nil
	}
	f := crm.Finding{Check: "objects.check", OK: true, Setup: pagePermissionSets}
	var names []string
	var problems []any
	for _, s := range c.ObjectStates(ctx) {
		names = append(names, s.Name)
		for _, p := range s.Problems {
			if len(problems) < mostReasons {
				problems = append(problems, p)
			}
		}
	}
	f.Detail = fault.New("salesforce.fields", "fields", names)
	if len(problems) > 0 {
		f.OK, f.Minor, f.Remedy = false, true, fault.New("salesforce.several-reasons", "reasons", problems)
	}
	return []crm.Finding{f}
}
