package settings

import (
	"fmt"
	"reflect"
	"testing"
)

// filledWith puts something into whatever can hold something: two elements into each list, an entry into each table.
func filledWith(t *testing.T, v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				t.Fatalf("%s.%s cannot be copied from here: have the struct copy it, or export it", path, f.Name)
			}
			filledWith(t, v.Field(i), path+"."+f.Name)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			filledWith(t, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		filledWith(t, key, path+" key")
		filledWith(t, value, path+" value")
		v.SetMapIndex(key, value)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filledWith(t, v.Elem(), path)
	case reflect.Interface: // what a file has beyond what is known: a table with a list of tables
		v.Set(reflect.ValueOf(map[string]any{"list": []any{map[string]any{"deep": "before"}}}))
	case reflect.String:
		v.SetString("before")
	case reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
	default:
		t.Fatalf("%s is a %s: say in deepCopy how it is copied", path, v.Kind())
	}
}

// spoiled changes whatever a list, a table or a pointer leads to, in place.
func spoiled(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			spoiled(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoiled(v.Index(i))
			if v.Index(i).Kind() != reflect.Interface {
				v.Index(i).SetZero()
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			spoiled(v.MapIndex(key))
			v.SetMapIndex(key, reflect.Value{})
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			spoiled(v.Elem())
		}
	}
}

// Whatever a change does to the copy it is given, the settings in force stay as they are until it is done: no list, and no table in one, is
// shared. A list that is new in the settings is tried here without being named.
func TestAChangeIsMadeToACopy(t *testing.T) {
	var s, same Settings
	filledWith(t, reflect.ValueOf(&s).Elem(), "settings")
	filledWith(t, reflect.ValueOf(&same).Elem(), "settings")
	c := s.clone()
	if !reflect.DeepEqual(*c, s) {
		t.Errorf("the copy is another\n%+v\n%+v", *c, s)
	}
	spoiled(reflect.ValueOf(c).Elem())
	if reflect.DeepEqual(*c, s) {
		t.Fatal("nothing was changed in the copy")
	}
	before, after := reflect.ValueOf(same), reflect.ValueOf(s)
	for i := range before.NumField() {
		if !reflect.DeepEqual(before.Field(i).Interface(), after.Field(i).Interface()) {
			t.Errorf("%s is shared with the copy: %+v", before.Type().Field(i).Name, after.Field(i).Interface())
		}
	}
	empty := Settings{Accounts: []Account{}}
	if c := empty.clone(); c.Accounts == nil || c.Orgs != nil {
		t.Error("an empty list and one that is not there are told apart no more")
	}
}
