package settings

import (
	"maps"
	"reflect"
	"slices"

	"linecard/crm"
	"linecard/crm/layout"
)

// difference is what v has other than base, as a table of TOML. Lists are one value: they are there whole or not at all.
func difference(v, base reflect.Value) map[string]any {
	out := map[string]any{}
	for _, f := range fieldsOf(v.Type()) {
		got, below := v.Field(f.index), base.Field(f.index)
		if got.Kind() == reflect.Struct {
			if sub := difference(got, below); len(sub) > 0 {
				out[f.name] = sub
			}
			continue
		}
		if !same(got, below) {
			out[f.name] = document(got)
		}
	}
	return out
}

// owned is the agent's layer: what v has other than base, and what was among the agent's own values before and is in v still, though
// base has the same by now. kept reports whether the value of a key was, given what the layer had there.
func owned(v, base reflect.Value, own map[string]any, kept func(own any, got reflect.Value, path []int) bool, path ...int) map[string]any {
	out := map[string]any{}
	for _, f := range fieldsOf(v.Type()) {
		got, below := v.Field(f.index), base.Field(f.index)
		was, isOwn := own[f.name]
		here := append(slices.Clone(path), f.index)
		if got.Kind() == reflect.Struct {
			inside, _ := was.(map[string]any)
			if sub := owned(got, below, inside, kept, here...); len(sub) > 0 {
				out[f.name] = sub
			}
			continue
		}
		if !same(got, below) || isOwn && kept(was, got, here) {
			out[f.name] = document(got)
		}
	}
	return out
}

// same compares two values; a nil list and an empty one are the same.
func same(a, b reflect.Value) bool {
	if a.Kind() == reflect.Slice && a.Len() == 0 && b.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// document is a value as a decoded TOML document would have it.
func document(v reflect.Value) any {
	switch list := v.Interface().(type) {
	case []Account:
		return elements(list, DefaultAccount(), func(a Account) map[string]any { return a.Beyond })
	case []Org:
		return elements(list, DefaultOrg(), func(o Org) map[string]any { return o.Beyond })
	case []Owner:
		return elements(list, DefaultOwner(), func(o Owner) map[string]any { return o.Beyond })
	case []Colleague:
		return elements(list, DefaultColleague(), func(c Colleague) map[string]any { return c.Beyond })
	case []crm.Object:
		return elements(list, crm.DefaultObject(), func(o crm.Object) map[string]any { return o.Beyond })
	case []crm.Rule:
		return elements(list, crm.DefaultRule(), func(crm.Rule) map[string]any { return nil })
	case layout.List:
		return layoutsDocument(list)
	case []string:
		out := make([]any, len(list))
		for i, s := range list {
			out[i] = s
		}
		return out
	case int:
		return int64(list)
	}
	return v.Interface()
}

func elements[T any](list []T, def T, beyond func(T) map[string]any) []any {
	out := make([]any, len(list))
	for i, e := range list {
		doc := difference(reflect.ValueOf(e), reflect.ValueOf(def))
		merge(doc, beyond(e))
		out[i] = doc
	}
	return out
}

// merge puts what is in more and not in doc into doc.
func merge(doc, more map[string]any) {
	for k, v := range more {
		sub, isTable := doc[k].(map[string]any)
		vsub, both := v.(map[string]any)
		switch {
		case isTable && both:
			sub = maps.Clone(sub)
			merge(sub, vsub)
			doc[k] = sub
		case doc[k] == nil:
			doc[k] = v
		}
	}
}

// cut takes the value at a key out of doc, tables on the way copied, and returns it; false when there is none.
func cut(doc map[string]any, key []string) (v any, ok bool) {
	if len(key) == 0 {
		return nil, false
	}
	if len(key) == 1 {
		v, ok = doc[key[0]]
		delete(doc, key[0])
		return v, ok
	}
	sub, ok := doc[key[0]].(map[string]any)
	if !ok {
		return nil, false
	}
	sub = maps.Clone(sub)
	doc[key[0]] = sub
	return cut(sub, key[1:])
}

// put sets the value at a key, making tables on the way.
func put(doc map[string]any, key []string, v any) {
	for ; len(key) > 1; key = key[1:] {
		sub, ok := doc[key[0]].(map[string]any)
		if !ok {
			sub = map[string]any{}
			doc[key[0]] = sub
		}
		doc = sub
	}
	doc[key[0]] = v
}

// below reports whether a key is the prefix itself or below it.
func below(key, prefix []string) bool {
	return len(key) >= len(prefix) && slices.Equal(key[:len(prefix)], prefix)
}
