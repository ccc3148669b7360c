package demoorg

import (
	"slices"
	"strings"
)

// What the linked user may see and do: the schema restricted by the rules. Every answer to a client uses these
// functions.

func listed(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

func (o *Org) sees(obj *object) bool { return !listed(o.rules.HiddenObjects, obj.name) }

func (o *Org) seesField(obj *object, f *field) bool {
	if f.kind == kID {
		return true
	}
	return !listed(o.rules.HiddenFields, obj.name+"."+f.name)
}

// visible finds an object the user may see.
func (o *Org) visible(name string) *object {
	obj := o.schema.object(name)
	if obj == nil || !o.sees(obj) {
		return nil
	}
	return obj
}

// visibleField finds a field the user may see.
func (o *Org) visibleField(obj *object, name string) *field {
	f := obj.field(name)
	if f == nil || !o.seesField(obj, f) {
		return nil
	}
	return f
}

func (o *Org) mayCreate(obj *object) bool {
	return !obj.setup && !obj.noCreate && !listed(o.rules.NoCreate, obj.name)
}

func (o *Org) mayEdit(obj *object) bool { return !obj.setup && !listed(o.rules.NoEdit, obj.name) }

func (o *Org) mayDelete(obj *object) bool {
	return !obj.setup && !obj.noDelete && !listed(o.rules.NoDelete, obj.name)
}

func (o *Org) fieldCreateable(obj *object, f *field) bool {
	return !f.noCreate && o.mayCreate(obj) && !listed(o.rules.ReadOnlyFields, obj.name+"."+f.name)
}

func (o *Org) fieldUpdateable(obj *object, f *field) bool {
	return !f.noUpdate && o.mayEdit(obj) && !listed(o.rules.ReadOnlyFields, obj.name+"."+f.name)
}

func (o *Org) fieldRequired(obj *object, f *field) bool {
	return f.required || listed(o.rules.RequiredFields, obj.name+"."+f.name)
}

// asSet is a field as the admin has set it.
func (o *Org) asSet(obj *object, f *field) *field {
	length, set := o.rules.Lengths[obj.name+"."+f.name]
	if !set {
		return f
	}
	shorter := *f
	shorter.length = length
	return &shorter
}

// mayUse reports whether the user may make records of a record type.
func (o *Org) mayUse(obj *object, t *recordType) bool {
	return t.available && !listed(o.rules.NoRecordTypes, obj.name+"."+t.apiName)
}

// seen leaves out the records of others where a user sees the own ones only, and the files that are not shared with the user.
func (o *Org) seen(who actor, obj *object, rows []*record) []*record {
	ownOnly := listed(o.rules.OwnOnly, obj.name)
	if !ownOnly && !ofFiles(obj) {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r *record) bool {
		return ownOnly && r.text("OwnerId") != who.userID || o.hidesFile(who, r)
	})
}
