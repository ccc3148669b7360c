package settings

import (
	"reflect"
)

// Something stands for a text in [Store.Shareable] that may name somebody.
const Something = "…"

// Shareable lists the settings as they may leave this computer: numbers, switches and choices as they are. Of any other text, as of a user, a
// server or a number, it says only whether there is one. Lists have as many texts as they have.
func (s *Store) Shareable() (out []Entry) {
	l := s.now.Load()
	each(reflect.ValueOf(*l.set), "", func(key string, v reflect.Value, tag reflect.StructTag) {
		e := Entry{Key: key, Value: v.Interface(), Origin: l.origin(key), Locked: l.locked(key)}
		switch v.Kind() {
		case reflect.Bool, reflect.Int, reflect.Float64:
		case reflect.String:
			if v.String() != "" && tag.Get("of") == "" {
				e.Value = Something
			}
		default:
			texts := make([]string, v.Len())
			for i := range texts {
				texts[i] = Something
			}
			e.Value = texts
		}
		out = append(out, e)
	})
	return out
}
