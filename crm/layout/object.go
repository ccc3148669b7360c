package layout

import (
	"slices"
	"strings"
)

// Object describes an object of the org as this user sees it (api_rest, resources_sobject_describe).
type Object struct {
	Name        string            `json:"name"`
	Label       string            `json:"label"`
	Createable  bool              `json:"createable"`
	Fields      []ObjectField     `json:"fields"`
	RecordTypes []RecordType      `json:"recordTypes,omitempty"`
	Own         map[string]string `json:"-"` // fields that Linecard writes itself, with what it writes: "" where that depends on the call
}

// ObjectField describes a field.
type ObjectField struct {
	Name       string  `json:"name"`
	Label      string  `json:"label"`
	Type       string  `json:"type"`
	Length     int     `json:"length,omitempty"` // in characters; 0 for no bound
	Digits     int     `json:"digits,omitempty"` // of a number, before the point; 0 for no bound
	Scale      int     `json:"scale,omitempty"`  // of a number, behind the point
	Createable bool    `json:"createable"`
	Updateable bool    `json:"updateable"`
	Required   bool    `json:"required,omitempty"`   // a create without it is refused
	Restricted bool    `json:"restricted,omitempty"` // a picklist that takes its entries only
	Entries    []Entry `json:"entries,omitempty"`
}

// Entry is an active entry of a picklist.
type Entry struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// RecordType is a record type that the object has for this user.
type RecordType struct {
	ID        string `json:"id"`
	Name      string `json:"name"`    // label
	APIName   string `json:"apiName"` // developer name
	Available bool   `json:"available"`
	Default   bool   `json:"default,omitempty"`
}

// Field returns a field by its API name, in any case.
func (o *Object) Field(name string) (ObjectField, bool) {
	i := slices.IndexFunc(o.Fields, func(f ObjectField) bool { return strings.EqualFold(f.Name, name) })
	if i < 0 {
		return ObjectField{}, false
	}
	return o.Fields[i], true
}

// RecordType returns a record type by its API name, label or id.
func (o *Object) RecordType(name string) (RecordType, bool) {
	for _, of := range []func(RecordType) string{
		func(t RecordType) string { return t.APIName }, func(t RecordType) string { return t.Name }, func(t RecordType) string { return t.ID },
	} {
		for _, t := range o.RecordTypes {
			if strings.EqualFold(of(t), name) {
				return t, true
			}
		}
	}
	return RecordType{}, false
}

// types are the types of fields that a layout may write, with what is written into each.
var types = map[string]func(f ObjectField, text string) (any, *Problem){
	"string": textValue, "textarea": textValue, "phone": textValue, "email": emailValue, "combobox": textValue,
	"picklist": pickValue, "int": numberValue, "double": numberValue, "boolean": booleanValue,
}

// Takes reports whether a layout may write a field of this type.
func (f ObjectField) Takes() bool { return types[f.Type] != nil }

// reserved are the fields that no layout writes: Linecard finds a call again by some, and Subject and Description have
// their own parts.
var reserved = []string{"Subject", "Description", "CallObject", "TaskSubtype", "Linecard_Call_Id__c"}

// Reserved reports whether no layout may write a field.
func Reserved(field string) bool {
	return slices.ContainsFunc(reserved, func(r string) bool { return strings.EqualFold(r, field) })
}

// Writable are the fields that a layout may write when a record is made, sorted by their label.
func (o *Object) Writable() []ObjectField {
	var out []ObjectField
	for _, f := range o.Fields {
		if f.Createable && f.Takes() && !Reserved(f.Name) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b ObjectField) int { return strings.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)) })
	return out
}
