package settings

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
)

// A document is decoded value by value and element by element, because a TOML decoder stops at the first value that does not
// fit: here such a value costs itself and nothing else.

// reading collects what there is to say about a document.
type reading struct {
	notices []fault.Fault
	ignored map[string][]ignored // elements of lists that are not used, kept for the file
}

// mostNotices is how many notices about one document anybody reads.
const mostNotices = 20

func (r *reading) notice(code fault.Code, pairs ...any) {
	switch {
	case len(r.notices) < mostNotices:
		r.notices = append(r.notices, fault.New(code, pairs...))
	case len(r.notices) == mostNotices:
		r.notices = append(r.notices, fault.New("settings.more"))
	}
}

func (r *reading) unreadable(key string) {
	r.notice("settings.unreadable", "key", key)
}

// field is a setting of a table.
type field struct {
	name  string
	index int
}

func fieldsOf(t reflect.Type) (out []field) {
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("toml"); name != "" && name != "-" {
			out = append(out, field{name, i})
		}
	}
	return out
}

// table decodes a table into a struct, which holds the values to fall back to, and returns what it has beyond the struct.
func (r *reading) table(found map[string]any, into reflect.Value, path string) (rest map[string]any) {
	known := map[string]bool{}
	beyond := func(name string, v any) {
		if rest == nil {
			rest = map[string]any{}
		}
		rest[name] = v
	}
	for _, f := range fieldsOf(into.Type()) {
		known[f.name] = true
		v, ok := found[f.name]
		if !ok {
			continue
		}
		key, to := path+f.name, into.Field(f.index)
		if to.Kind() != reflect.Struct {
			if !r.value(v, to, key) {
				r.unreadable(key)
			}
			continue
		}
		sub, ok := v.(map[string]any)
		if !ok {
			r.unreadable(key)
			continue
		}
		if more := r.table(sub, to, key+"."); more != nil {
			beyond(f.name, more)
		}
	}
	for _, name := range sortedKeys(found) {
		if !known[name] {
			beyond(name, found[name])
			r.unknown(found[name], path+name)
		}
	}
	return rest
}

// unknown tells of a key, and of each one below it.
func (r *reading) unknown(v any, key string) {
	sub, ok := v.(map[string]any)
	if !ok {
		r.notice("settings.unknown", "key", key)
		return
	}
	for _, name := range sortedKeys(sub) {
		if len(r.notices) > mostNotices {
			return
		}
		r.unknown(sub[name], key+"."+name)
	}
}

// value decodes anything but a table; false when v is of the wrong type.
func (r *reading) value(v any, to reflect.Value, key string) bool {
	switch list := to.Addr().Interface().(type) {
	case *[]Account:
		return readList(r, v, list, key, DefaultAccount, (*checker).account, func(a Account) (string, fault.Code) {
			if !a.Configured() {
				return "", "settings.account-incomplete"
			}
			return a.ID(), ""
		}, func(a *Account, beyond map[string]any) { a.Beyond = beyond })
	case *[]Org:
		return readList(r, v, list, key, DefaultOrg, (*checker).org, func(o Org) (string, fault.Code) { return o.OrgID, "" },
			func(o *Org, beyond map[string]any) { o.Beyond = beyond })
	case *[]Owner:
		return readList(r, v, list, key, DefaultOwner, (*checker).owner, func(o Owner) (string, fault.Code) {
			if o.Extension == "" {
				return "", "settings.owner-incomplete"
			}
			return o.id(), ""
		}, func(o *Owner, beyond map[string]any) { o.Beyond = beyond })
	case *[]Colleague:
		return readList(r, v, list, key, DefaultColleague, (*checker).colleague, func(c Colleague) (string, fault.Code) {
			if c.Extension == "" {
				return "", "settings.colleague-incomplete"
			}
			return c.ID(), ""
		}, func(c *Colleague, beyond map[string]any) { c.Beyond = beyond })
	case *[]Queue:
		return readList(r, v, list, key, DefaultQueue, (*checker).queue, queueComplete, func(q *Queue, beyond map[string]any) { q.Beyond = beyond })
	case *[]crm.Object:
		return readList(r, v, list, key, crm.DefaultObject, (*checker).object, objectID,
			func(o *crm.Object, beyond map[string]any) { o.Beyond = beyond })
	case *[]crm.Rule:
		return r.rules(v, list, key)
	case *layout.List:
		return r.readLayouts(v, list, key)
	case *[]string:
		texts, ok := v.([]any)
		read := make([]string, len(texts))
		for i, text := range texts {
			if read[i], ok = text.(string); !ok {
				break
			}
		}
		if ok {
			*list = read
		}
		return ok
	}
	got := reflect.ValueOf(v)
	if n, whole := v.(int64); whole && to.Kind() == reflect.Float64 { // text_size = 1
		got = reflect.ValueOf(float64(n))
	}
	if n, whole := v.(int64); whole && to.Kind() == reflect.Int {
		to.SetInt(n)
		return int64(int(n)) == n
	}
	if !got.IsValid() || got.Type() != to.Type() {
		return false
	}
	to.Set(got)
	return true
}

// readList decodes a list of tables element by element. An element that cannot be used is ignored, with a notice, and kept
// for the file: no table at all, one that why finds fault with, one whose id an earlier one has.
func readList[T any](r *reading, v any, to *[]T, key string, def func() T, check func(*checker, string, *T, T),
	identify func(T) (id string, why fault.Code), keep func(*T, map[string]any),
) bool {
	elements, ok := v.([]any)
	if !ok {
		return false
	}
	list, ids := []T{}, []string{}
	for i, e := range elements {
		name := fmt.Sprintf("%s[%d]", key, i+1)
		ignore := func(why fault.Code, pairs ...any) {
			r.notice(why, append(pairs, "element", name)...)
			r.leaveOut(key, len(list), e)
		}
		found, ok := e.(map[string]any)
		if !ok {
			ignore("settings.no-table")
			continue
		}
		one := def()
		if rest := r.table(found, reflect.ValueOf(&one).Elem(), name+"."); rest != nil {
			keep(&one, rest)
		}
		c := &checker{}
		check(c, name+".", &one, def())
		r.faults(c)
		id, why := identify(one)
		switch {
		case why != "":
			ignore(why)
		case id != "" && slices.Contains(ids, id):
			ignore("settings.twice", "id", id)
		default:
			list, ids = append(list, one), append(ids, id)
		}
	}
	*to = list
	return true
}

// faults tells of values that make no sense and are back to what is below.
func (r *reading) faults(c *checker) {
	for _, f := range c.faults {
		r.notice("settings.back-to-default", "why", f)
	}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// depth is how deep tables and lists are nested in v, counted no further than most.
func depth(v any, most int) int {
	deepest := 0
	below := func(v any) {
		if most > 0 {
			deepest = max(deepest, 1+depth(v, most-1))
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			below(e)
		}
	case []any:
		for _, e := range v {
			below(e)
		}
	}
	return deepest
}

// plainKey is a key without the numbers of list elements.
func plainKey(key string) string {
	var out strings.Builder
	nested := 0
	for _, c := range key {
		switch c {
		case '[':
			nested++
		case ']':
			nested--
		default:
			if nested == 0 {
				out.WriteRune(c)
			}
		}
	}
	return out.String()
}
