package settings

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Layer is where a value comes from. A higher one outweighs those below it.
type Layer string

// The layers, from the lowest.
const (
	FromDefault Layer = "default"
	FromProfile Layer = "profile" // the administrator's
	FromUser    Layer = "user"    // the agent's own file
)

// layers are the settings as they are stacked. They are not changed once they are built.
type layers struct {
	profile map[string]any // document of the profile
	locks   [][]string     // keys the agent cannot change, as paths
	by      string         // who fixed them

	user    map[string]any       // the agent's own values: those other than what is below, and those of the file that are the same by now
	waiting map[string]any       // the agent's own values for locked keys
	rest    map[string]any       // keys of the file that this version does not know
	ignored map[string][]ignored // elements of the file's lists that are not used
	version int64                // of the file

	lower *Settings // default and profile
	set   *Settings // all of it: the settings in force
}

// readProfile decodes the administrator's layer over the defaults.
func (l *layers) readProfile(doc map[string]any, locked []string, r *reading) {
	lower := Default()
	l.locks = nil
	for _, key := range locked {
		l.locks = append(l.locks, lockOf(key))
	}
	doc = maps.Clone(doc)
	migrate(doc, profileVersion, r)
	r.ignored = map[string][]ignored{}
	r.table(doc, reflect.ValueOf(&lower).Elem(), "")
	c := &checker{}
	c.all(&lower, Default())
	r.faults(c)
	l.lower = &lower
	def := Default()
	l.profile = difference(reflect.ValueOf(lower), reflect.ValueOf(def))
}

// readUser decodes the agent's layer over those below.
func (l *layers) readUser(doc map[string]any, r *reading) {
	doc = maps.Clone(doc)
	l.version = fileVersion
	if doc != nil {
		l.version = migrate(doc, 1, r)
	}
	l.waiting = map[string]any{}
	locks := l.locks
	if l.locked("spellings") {
		locks = append(slices.Clone(locks), []string{"spellings"})
	}
	for _, lock := range locks {
		if v, ok := cut(doc, lock); ok {
			put(l.waiting, lock, v)
		}
	}
	r.ignored = map[string][]ignored{}
	set := l.lower.clone()
	l.rest = r.table(doc, reflect.ValueOf(set).Elem(), "")
	l.ignored = r.ignored
	c := &checker{}
	c.all(set, *l.lower)
	r.faults(c)
	l.set = set
	l.user = owned(reflect.ValueOf(*set), reflect.ValueOf(*l.lower), doc, func(own any, got reflect.Value, _ []int) bool {
		return reflect.DeepEqual(own, document(got)) // another is one that could not be used
	})
}

// follows is the agent's layer once the settings have changed from those of l to set. A value of their own that is as below by now stays
// theirs until it is changed, or unset.
func (l *layers) follows(set *Settings, unset []string) map[string]any {
	own := maps.Clone(l.user)
	cut(own, unset)
	was := reflect.ValueOf(*l.set)
	return owned(reflect.ValueOf(*set), reflect.ValueOf(*l.lower), own, func(_ any, got reflect.Value, path []int) bool {
		return same(got, was.FieldByIndex(path))
	})
}

// document is the agent's file: their own values, and what was in the file without being used.
func (l *layers) document() map[string]any {
	doc := maps.Clone(l.user)
	merge(doc, l.waiting)
	merge(doc, l.rest)
	for key, left := range l.ignored { // a list is one value: with one element of it in the file, all are
		doc[key] = among(l.set.list(key), left)
	}
	doc["version"] = max(l.version, fileVersion)
	return doc
}

// lockOf is the path a lock is about. An element of a list is locked with its list, for the list is one value.
func lockOf(key string) []string {
	path := strings.Split(plainKey(key), ".")
	for _, f := range fieldsOf(reflect.TypeFor[Settings]()) {
		if field := reflect.TypeFor[Settings]().Field(f.index).Type; f.name == path[0] && field.Kind() == reflect.Slice && field.Elem().Kind() == reflect.Struct {
			return path[:1]
		}
	}
	return path
}

// locked reports whether a key, or a table or list it is in, is locked.
func (l *layers) locked(key string) bool {
	path := strings.Split(plainKey(key), ".")
	for _, lock := range l.locks {
		if below(path, lock) {
			return true
		}
	}
	return path[0] == "spellings" && (l.locked("accounts") || l.locked("numbers.dial_as")) // what was learned would pass them by
}

// origin is the highest layer that has a value for the key.
func (l *layers) origin(key string) Layer {
	for _, layer := range []struct {
		name Layer
		doc  map[string]any
	}{{FromUser, l.user}, {FromProfile, l.profile}} {
		path := steps(key)
		v, ok := any(layer.doc), true
		for i := 0; ok && i < len(path); i++ {
			v, ok = path[i].in(v)
		}
		if ok {
			return layer.name
		}
		if list, isList := layer.doc[path[0].name].([]any); isList && len(list) > 0 && path[0].element != "" {
			return FromDefault // the list is this layer's, and what an element does not say is the default
		}
	}
	return FromDefault
}
