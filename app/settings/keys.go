package settings

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
)

// A key is the path of a value in the file: logging.wrap_up. An element of a list is named by its number, from 1, or by its id:
// accounts[2].lines, accounts[2041@pbx.example.com].lines.

// KeyError says that a key, or a value for it, cannot be.
type KeyError struct{ fault.Fault }

// Error is the code, with the key for the log.
func (e *KeyError) Error() string {
	if key, ok := e.Values["key"].(string); ok {
		return string(e.Code) + ": " + key
	}
	return string(e.Code)
}

// Failure returns the Fault; [fault.Of] finds it by this.
func (e *KeyError) Failure() fault.Fault { return e.Fault }

func keyError(code fault.Code, pairs ...any) error { return &KeyError{fault.New(code, pairs...)} }

// Entry is one value, and where it comes from.
type Entry struct {
	Key    string `json:"key"`
	Value  any    `json:"value"` // string, int, bool, float64 or []string
	Origin Layer  `json:"origin"`
	Locked bool   `json:"locked"`
}

// step is a part of a key.
type step struct{ name, element string }

func steps(key string) (out []step) {
	nested, from := 0, 0
	cutAt := func(i int) {
		name, element, _ := strings.Cut(key[from:i], "[")
		out = append(out, step{name, strings.TrimSuffix(element, "]")})
		from = i + 1
	}
	for i, c := range key {
		switch {
		case c == '[':
			nested++
		case c == ']':
			nested--
		case c == '.' && nested == 0:
			cutAt(i)
		}
	}
	cutAt(len(key))
	return out
}

// in finds the step in a document.
func (s step) in(doc any) (any, bool) {
	table, ok := doc.(map[string]any)
	if !ok {
		return nil, false
	}
	v, ok := table[s.name]
	if s.element == "" {
		return v, ok
	}
	list, ok := v.([]any)
	n, err := strconv.Atoi(s.element)
	if !ok || err != nil || n < 1 || n > len(list) {
		return nil, false
	}
	return list[n-1], true
}

// find finds a value in v by its key, and the key with element numbers in place of ids.
func find(v reflect.Value, key string) (reflect.Value, string, error) {
	unknown := keyError("settings.no-such-key", "key", key)
	path := steps(key)
	spelled := ""
	for i, s := range path {
		if v.Kind() != reflect.Struct {
			return v, "", unknown
		}
		var to reflect.Value
		for _, f := range fieldsOf(v.Type()) {
			if f.name == s.name {
				to = v.Field(f.index)
			}
		}
		if !to.IsValid() {
			return v, "", unknown
		}
		spelled += s.name
		isList := isTables(to)
		switch {
		case isList && s.element != "":
			n := element(to, s.element)
			if n < 0 {
				return v, "", keyError("settings.no-such-element", "list", s.name, "element", s.element)
			}
			to = to.Index(n)
			spelled += fmt.Sprintf("[%d]", n+1)
		case isList || s.element != "" || i == len(path)-1 && to.Kind() == reflect.Struct:
			return v, "", keyError("settings.not-single", "key", key)
		}
		if v = to; i < len(path)-1 {
			spelled += "."
		}
	}
	if v.Kind() == reflect.Struct {
		return v, "", keyError("settings.not-single", "key", key)
	}
	return v, spelled, nil
}

// isTables reports whether a value is a list of tables whose values have keys. The layouts are one value.
func isTables(v reflect.Value) bool {
	return v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct && v.Type() != reflect.TypeFor[layout.List]()
}

// element is the index of a list's element by its number or its id, -1 when there is none.
func element(list reflect.Value, name string) int {
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= list.Len() {
		return n - 1
	}
	for i := range list.Len() {
		switch e := list.Index(i).Interface().(type) {
		case Account:
			if e.ID() == name {
				return i
			}
		case Org:
			if e.OrgID == name {
				return i
			}
		case Owner:
			if e.Extension == name {
				return i
			}
		case Colleague:
			if e.Extension == name {
				return i
			}
		case Queue:
			if strings.EqualFold(e.Name, name) {
				return i
			}
		case crm.Object:
			if e.Name == name || e.Org+" "+e.Name == name {
				return i
			}
		case crm.Rule:
			if strings.EqualFold(e.Name, name) {
				return i
			}
		}
	}
	return -1
}

// each calls f with every value of v and the tags of its field, in the order of the struct.
func each(v reflect.Value, path string, f func(key string, v reflect.Value, tag reflect.StructTag)) {
	for _, field := range fieldsOf(v.Type()) {
		key, to := path+field.name, v.Field(field.index)
		switch {
		case to.Kind() == reflect.Struct:
			each(to, key+".", f)
		case isTables(to):
			for i := range to.Len() {
				each(to.Index(i), fmt.Sprintf("%s[%d].", key, i+1), f)
			}
		default:
			f(key, to, v.Type().Field(field.index).Tag)
		}
	}
}

// read puts a text into a value.
func readText(to reflect.Value, key, text string) error {
	if to.Type() == reflect.TypeFor[layout.List]() {
		return keyError("settings.layouts-have-a-verb", "key", key)
	}
	switch to.Kind() {
	case reflect.String:
		to.SetString(text)
	case reflect.Int:
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return keyError("settings.not-a-number", "key", key, "value", text)
		}
		to.SetInt(int64(n))
	case reflect.Float64:
		n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			return keyError("settings.not-a-number", "key", key, "value", text)
		}
		to.SetFloat(n)
	case reflect.Bool:
		if text != "true" && text != "false" {
			return keyError("settings.not-a-switch", "key", key, "value", text)
		}
		to.SetBool(text == "true")
	default:
		list, err := readTexts(text)
		if strings.HasSuffix(key, ".rewrite") && strings.TrimSpace(text) != "" && (err != nil || !strings.HasPrefix(strings.TrimSpace(text), "[")) { // brackets and commas are its own
			list, err = []string{strings.TrimSpace(text)}, nil
		}
		if err != nil {
			return keyError("settings.not-a-list", "key", key)
		}
		to.Set(reflect.ValueOf(list))
	}
	return nil
}

// readTexts reads a list: with commas between, or as TOML writes it.
func readTexts(text string) ([]string, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "[") {
		var doc struct {
			List []string `toml:"list"`
		}
		if strings.Contains(text, "\n") {
			return nil, errors.New("more than one line")
		}
		err := toml.Unmarshal([]byte("list = "+text), &doc)
		return doc.List, err
	}
	list := []string{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list, nil
}
