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

// Find returns the layout of an org with a name; "" is the org's default one.
func (all List) Find(org, name string) (Layout, bool) {
	of := all.Of(org)
	if name != "" {
		i := index(of, name)
		if i < 0 {
			return Layout{}, false
		}
		return of[i], true
	}
	for _, own := range []bool{true, false} { // the org's own choice before that for every org
		for _, l := range of {
			if l.Default && (l.Org != "") == own {
				return l, true
			}
		}
	}
	return of[index(of, crm.Task)], true
}

// Choose returns the layout for a call, by the name that the rules chose: the one with that name or, where there is none
// any more, the default one. With an object it is one for that object, since what was begun as a Task stays one.
func (all List) Choose(org, name, object string) Layout {
	if l, ok := all.Find(org, name); ok && (object == "" || l.Object == object) {
		return l
	}
	if l, _ := all.Find(org, ""); object == "" || l.Object == object {
		return l
	}
	for _, l := range append(all.Of(org), BuiltIn()...) { // one with a built-in name may have been made for the other object
		if l.Object == object && l.Name == object {
			return l
		}
	}
	return Task()
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

// Without is the list without the layouts that have this name and are for this org; false when there is none.
func (all List) Without(org, name string) (List, bool) {
	out := slices.DeleteFunc(slices.Clone(all), func(l Layout) bool { return l.Org == org && strings.EqualFold(l.Name, name) })
	return out, len(out) < len(all)
}
