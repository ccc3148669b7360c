package settings

import "reflect"

// Onto is the account as it is now, with what differs in a from was: what somebody changed who saw was. What they left alone, and what the file has
// beyond an account's settings, is as it is now.
func (a Account) Onto(now, was Account) Account {
	onto(reflect.ValueOf(&now).Elem(), reflect.ValueOf(a), reflect.ValueOf(was))
	return now
}

func onto(now, changed, was reflect.Value) {
	for i := range now.NumField() {
		switch tag := now.Type().Field(i).Tag.Get("toml"); {
		case tag == "-":
		case now.Field(i).Kind() == reflect.Struct:
			onto(now.Field(i), changed.Field(i), was.Field(i))
		case empty(changed.Field(i)) && empty(was.Field(i)): // a list without lines may be nil or not
		case !reflect.DeepEqual(changed.Field(i).Interface(), was.Field(i).Interface()):
			now.Field(i).Set(changed.Field(i))
		}
	}
}

func empty(v reflect.Value) bool { return v.Kind() == reflect.Slice && v.Len() == 0 }
