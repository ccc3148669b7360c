package settings

import (
	"reflect"
	"slices"
)

// Value is the value of a key, as of an [Entry]; nil for a key that is not there.
func (s *Settings) Value(key string) any {
	v, _, err := find(reflect.ValueOf(s).Elem(), key)
	if err != nil {
		return nil
	}
	if list, ok := v.Interface().([]string); ok {
		return slices.Clone(list)
	}
	return v.Interface()
}

// Put sets the value of a key, in a [Store.Change]: to a value of its type, or to what a text says. The error is a [*KeyError]; whether the
// value makes sense is checked by the change.
func (s *Settings) Put(key string, value any) error {
	to, key, err := find(reflect.ValueOf(s).Elem(), key)
	if err != nil {
		return err
	}
	if text, ok := value.(string); ok {
		if s.readdress(key, text) {
			return nil
		}
		return readText(to, key, text)
	}
	v := reflect.ValueOf(value)
	if !v.IsValid() || v.Type() != to.Type() {
		return keyError("settings.unreadable", "key", key)
	}
	to.Set(v)
	return nil
}

// Keys are the keys of the values that settings have, without those of the elements of lists, and the lists themselves.
func Keys() (keys []string) {
	set := Default()
	each(reflect.ValueOf(set), "", func(key string, _ reflect.Value, _ reflect.StructTag) { keys = append(keys, key) })
	for _, f := range fieldsOf(reflect.TypeFor[Settings]()) {
		if isTables(reflect.ValueOf(set).Field(f.index)) {
			keys = append(keys, f.name)
		}
	}
	return keys
}
