package layout

import (
	"slices"
	"strings"

	"linecard/crm"
)

// List is all layouts of the settings.
type List []Layout

// Of returns the layouts of an org, in the order of the list, with those that are built in where none of the list has
// their name. A layout that is for this org alone comes before one with the same name for every org.
func (all List) Of(org string) []Layout {
	var of []Layout
	for _, l := range all {
		if l.Org != "" && l.Org != org {
			continue
		}
		if i := index(of, l.Name); i < 0 {
			of = append(of, l)
		} else if l.Org != "" && of[i].Org == "" {
			of[i] = l
		}
	}
	for _, l := range BuiltIn() {
		if index(of, l.Name) < 0 {
			of = append(of, l)
		}
	}
	return of
}

func index(all []Layout, name string) int {
	return slices.IndexFunc(all, func(l Layout) bool { return strings.EqualFold(l.Name, name) })
}

// builtIn are those of BuiltIn, which nobody may change: they are asked for at every key that is pressed.
var builtIn = BuiltIn()

// Find returns the layout of an org with a name; "" is the org's default one. What it shares with the list must not be changed.
func (all List) Find(org, name string) (Layout, bool) {
	if name != "" {
		l := all.named(org, name)
		if l == nil {
			return Layout{}, false
		}
		return *l, true
	}
	for _, of := range []string{org, ""} { // the org's own choice before that for every org
		for i := range all {
			if l := &all[i]; l.Default && l.Org == of && all.named(org, l.Name) == l {
				return *l, true
			}
		}
	}
	return *all.named(org, crm.Task), true
}

// named is the layout of an org with a name, nil for none: its own before that for every org, and that before the built-in one.
func (all List) named(org, name string) *Layout {
	for _, of := range []string{org, ""} {
		for i := range all {
			if all[i].Org == of && strings.EqualFold(all[i].Name, name) {
				return &all[i]
			}
		}
	}
	if i := index(builtIn, name); i >= 0 {
		return &builtIn[i]
	}
	return nil
}

// Choose returns the layout for a call, by the name that the rules chose: the one with that name or, where there is none
// any more, the default one. With an object it is one for that object, since what was begun as a Task stays one. What it shares
// with the list must not be changed.
func (all List) Choose(org, name, object string) Layout {
	if l, ok := all.Find(org, name); ok && (object == "" || l.Object == object) {
		return l
	}
	if l, _ := all.Find(org, ""); object == "" || l.Object == object {
		return l
	}
	if l := all.named(org, object); l != nil && l.Object == object && l.Name == object {
		return *l
	}
	if i := index(builtIn, object); i >= 0 { // one with its name may have been made for the other object
		return builtIn[i]
	}
	return builtIn[0]
}

// For is the layout of a call.
func (all List) For(a crm.Activity) Layout { return all.Choose(a.Org, a.Layout, a.WrittenAs()) }

// Kept is a kept list with l in it, in the place of the one with its name and org; replaces is the name it had before, or
// "". One default is left for each org.
func (all List) Kept(l Layout, replaces string) List {
	out := slices.Clone(all)
	if replaces == "" {
		replaces = l.Name
	}
	at := slices.IndexFunc(out, func(o Layout) bool { return o.Org == l.Org && strings.EqualFold(o.Name, replaces) })
	if at < 0 {
		at = len(out)
		out = append(out, l)
	} else {
		out[at] = l
	}
	if l.Default {
		for i := range out {
			if i != at && out[i].Org == l.Org {
				out[i].Default = false
			}
		}
	}
	return out
}

// Replaced is the list with l in the place of the layout with that org and name, which may be built in and in no list; name "" adds it. One
// default is left for each org. It may leave two of one name: the settings take no such list.
func (all List) Replaced(l Layout, org, name string) List {
	out := slices.Clone(all)
	at := slices.IndexFunc(out, func(o Layout) bool { return name != "" && o.Org == org && strings.EqualFold(o.Name, name) })
	if at < 0 {
		at = len(out)
		out = append(out, l)
	} else {
		out[at] = l
	}
	for i := range out {
		if l.Default && i != at && out[i].Org == l.Org {
			out[i].Default = false
		}
	}
	return out
}

// WithBuiltIn is every layout as it is kept, with those that are built in where none for every org has their name.
func (all List) WithBuiltIn() List {
	out := slices.Clone(all)
	for _, l := range BuiltIn() {
		if !slices.ContainsFunc(all, func(o Layout) bool { return o.Org == "" && strings.EqualFold(o.Name, l.Name) }) {
			out = append(out, l)
		}
	}
	return out
}

// DefaultIn is the place in a list of an org's layouts of its default one: its own choice before that for every org.
func DefaultIn(of []Layout, org string) int {
	for _, whose := range []string{org, ""} {
		if i := slices.IndexFunc(of, func(l Layout) bool { return l.Default && l.Org == whose }); i >= 0 {
			return i
		}
	}
	return max(0, slices.IndexFunc(of, func(l Layout) bool { return strings.EqualFold(l.Name, crm.Task) }))
}

// Without is the list without the layouts that have this name and are for this org; false when there is none.
func (all List) Without(org, name string) (List, bool) {
	out := slices.DeleteFunc(slices.Clone(all), func(l Layout) bool { return l.Org == org && strings.EqualFold(l.Name, name) })
	return out, len(out) < len(all)
}
