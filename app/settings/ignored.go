package settings

import "reflect"

// ignored is an element of a list in the file that is not used. It keeps its place there, because the order decides: the first rule that
// answers, the first account. Once its mistake is mended, it is where it was.
type ignored struct {
	before  int // how many of the elements in use stand before it
	element any
}

func newReading() *reading { return &reading{ignored: map[string][]ignored{}} }

// leaveOut keeps an element of a list that is not used; used is how many elements before it are.
func (r *reading) leaveOut(key string, used int, element any) {
	r.ignored[key] = append(r.ignored[key], ignored{used, element})
}

// list is the list of a key as a decoded TOML document would have it.
func (s *Settings) list(key string) []any {
	v := reflect.ValueOf(*s)
	for _, f := range fieldsOf(v.Type()) {
		if f.name == key {
			list, _ := document(v.Field(f.index)).([]any)
			return list
		}
	}
	return nil
}

// among puts the elements that are not used back among those that are.
func among(used []any, left []ignored) []any {
	out := make([]any, 0, len(used)+len(left))
	for i, e := range used {
		for ; len(left) > 0 && left[0].before <= i; left = left[1:] {
			out = append(out, left[0].element)
		}
		out = append(out, e)
	}
	for _, e := range left {
		out = append(out, e.element)
	}
	return out
}

// ignoredAfter are the elements that are not used, in their places among those of the settings to come.
func (l *layers) ignoredAfter(next *Settings) map[string][]ignored {
	out := make(map[string][]ignored, len(l.ignored))
	for key, left := range l.ignored {
		out[key] = moved(left, l.set.list(key), next.list(key))
	}
	return out
}

// moved gives elements that are not used their places after the used ones changed from was to is: each stays behind the same elements where
// these are untouched, else before the same ones.
func moved(left []ignored, was, is []any) []ignored {
	shorter := min(len(was), len(is))
	start, end := 0, 0 // how many are the same there
	for start < shorter && reflect.DeepEqual(was[start], is[start]) {
		start++
	}
	for end < shorter-start && reflect.DeepEqual(was[len(was)-1-end], is[len(is)-1-end]) {
		end++
	}
	out := make([]ignored, len(left))
	for i, e := range left {
		switch {
		case e.before <= start:
		case e.before >= len(was)-end:
			e.before += len(is) - len(was)
		default:
			e.before = min(e.before, len(is)-end)
		}
		out[i] = e
	}
	return out
}
