package demoorg

import "net/http"

// Compact layouts: the few fields that stand at the top of a record. The demo org has the system's own one for each object. (REST API
// Developer Guide: sObject CompactLayouts.)

// mostCompact is how many fields there are at most.
const mostCompact = 4

// compactLayoutsOf serves /sobjects/{object}/describe/compactLayouts and what is below it.
func (o *Org) compactLayoutsOf(c *call, obj *object) (reply, *apiError) {
	if err := c.allow(http.MethodGet, http.MethodHead); err != nil {
		return reply{}, err
	}
	types := obj.typesWithMaster()
	switch {
	case obj.setup || len(c.path) > 5:
		return reply{}, errNotFound()
	case len(c.path) == 5 && c.path[4] != "primary" && indexOfType(types, c.path[4]) < 0:
		return reply{}, errNotFound()
	case len(c.path) == 5:
		return ok(o.compactLayout(obj))
	}
	at := c.base() + "/sobjects/" + obj.name + "/describe/compactLayouts/"
	mappings := []ordered{}
	for _, t := range types {
		mappings = append(mappings, ordered{
			{"available", o.mayUse(obj, &t)},
			{"compactLayoutId", nil},
			{"compactLayoutName", "SYSTEM"},
			{"recordTypeId", t.id},
			{"recordTypeName", t.name},
			{"urls", ordered{{"compactLayout", at + t.id}}},
		})
	}
	return ok(ordered{
		{"compactLayouts", []ordered{o.compactLayout(obj)}},
		{"defaultCompactLayoutId", nil},
		{"recordTypeCompactLayoutMappings", mappings},
		{"urls", ordered{{"primary", at + "primary"}}},
	})
}

// compactLayout is the system's own: the name, and the fields after it.
func (o *Org) compactLayout(obj *object) ordered {
	items := []ordered{}
	add := func(f *field) {
		item := o.layoutItem(obj, f, len(items)+1)
		for i := range item { // it is for reading
			if item[i].key == "editableForNew" || item[i].key == "editableForUpdate" || item[i].key == "required" {
				item[i].value = false
			}
		}
		items = append(items, item)
	}
	if name := obj.nameField(); name != nil && o.seesField(obj, name) {
		add(name)
	}
	for _, f := range obj.fields {
		if len(items) < mostCompact && !f.isName && !f.noCreate && f.kind != kTextArea && o.seesField(obj, f) {
			add(f)
		}
	}
	return ordered{
		{"actions", []any{}}, {"fieldItems", items}, {"id", nil}, {"imageItems", []any{}}, {"label", "System Default"}, {"name", "SYSTEM"}, {"objectType", obj.name},
	}
}
