package settings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"linecard/crm/layout"
)

// Layouts are a list of tables with lists of tables in them. In the store the list is one value, and a layout in the file
// is read as a whole: one that cannot be used costs itself and nothing else.

// layoutKeys are the keys of a layout that this version knows.
var layoutKeys = []string{"name", "org", "object", "default", "record_type", "subject", "description", "fields", "lead_name", "variables"}

// readLayouts decodes the list. A layout that cannot be used is ignored, with a notice, and kept for the file.
func (r *reading) readLayouts(v any, to *layout.List, key string) bool {
	elements, ok := v.([]any)
	if !ok {
		return false
	}
	list := layout.List{}
	for i, e := range elements {
		name := fmt.Sprintf("%s[%d]", key, i+1)
		found, ok := e.(map[string]any)
		if !ok {
			r.notice("settings.no-table", "element", name)
			r.leaveOut(key, len(list), e)
			continue
		}
		l, err := readLayout(found)
		switch c := (&checker{}); {
		case err != nil:
			r.notice("settings.layout-unreadable", "element", name)
		case len(list) == layout.MaxLayouts:
			r.notice("settings.must-be-fewer", "key", key, "most", layout.MaxLayouts)
		case !c.layout(name, l):
			r.faults(c)
		case slices.ContainsFunc(list, func(o layout.Layout) bool { return o.Org == l.Org && strings.EqualFold(o.Name, l.Name) }):
			r.notice("settings.twice", "element", name, "id", l.Name)
		default:
			for _, k := range sortedKeys(l.Beyond) {
				r.unknown(l.Beyond[k], name+"."+k)
			}
			list = append(list, l)
			continue
		}
		r.leaveOut(key, len(list), e)
	}
	*to = list
	return true
}

func readLayout(found map[string]any) (l layout.Layout, err error) {
	known, beyond := map[string]any{}, map[string]any{}
	for k, v := range found {
		if slices.Contains(layoutKeys, k) {
			known[k] = v
		} else {
			beyond[k] = v
		}
	}
	doc, err := toml.Marshal(known)
	if err != nil {
		return l, err
	}
	if err = toml.Unmarshal(doc, &l); err != nil {
		return l, err
	}
	l = l.Tidy()
	if len(beyond) > 0 {
		l.Beyond = beyond
	}
	return l, nil
}

// layout reports, and says, whether a layout can be used: its name and what it writes. What the org would not take of it is no
// matter of the settings.
func (c *checker) layout(path string, l layout.Layout) bool {
	switch {
	case strings.TrimSpace(l.Name) == "":
		c.fault("settings.must-be-named", "key", path)
	case !slices.Contains(layout.Objects, l.Object):
		c.fault("settings.must-be-one-of", "key", path+".object", "values", layout.Objects)
	default:
		return true
	}
	return false
}

// layouts checks the list that will be kept.
func (c *checker) layouts(all layout.List) {
	if len(all) > layout.MaxLayouts {
		c.fault("settings.must-be-fewer", "key", "layouts", "most", layout.MaxLayouts)
	}
	for i, l := range all {
		path := fmt.Sprintf("layouts[%d]", i+1)
		c.layout(path, l)
		if slices.ContainsFunc(all[:i], func(o layout.Layout) bool { return o.Org == l.Org && strings.EqualFold(o.Name, l.Name) }) {
			c.fault("settings.must-be-another-name", "key", path, "name", l.Name)
		}
	}
}

// layoutsDocument is the list as a decoded TOML document would have it, without what is empty.
func layoutsDocument(all layout.List) []any {
	out := make([]any, 0, len(all))
	for _, l := range all {
		doc := map[string]any{}
		b, err := toml.Marshal(l)
		if err == nil {
			err = toml.Unmarshal(b, &doc)
		}
		if err != nil { // texts and lists of texts have a document
			continue
		}
		doc = filled(doc).(map[string]any)
		merge(doc, l.Beyond)
		out = append(out, doc)
	}
	return out
}

// filled is a document without values that say nothing; an empty line of a list stays.
func filled(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			e = filled(e)
			if list, isList := e.([]any); e == "" || e == false || e == nil || isList && len(list) == 0 {
				continue
			}
			out[k] = e
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = filled(e)
		}
		return out
	}
	return v
}
