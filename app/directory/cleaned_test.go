package directory_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"linecard/app/directory"
	"linecard/clean/cleantest"
	"linecard/crm"
)

// What an earlier Linecard stored as the org had it comes out as clean text, in every field that a record has now or later,
// whether it was an answer or a synced record.
func TestOldRecordsAreCleanText(t *testing.T) {
	path := filepath.Join(t.TempDir(), directory.FileName)
	d := open(t, path, directory.Options{})
	n := func(i int) crm.Number { return number(fmt.Sprintf("+1415555%04d", i)) }
	for i, name := range cleantest.Names {
		answered, synced := hostile(name), hostile(name)
		synced.ID, synced.Phones[0].Value = fmt.Sprintf("s%d", i), fmt.Sprintf("415 555 %04d", 1000+i)
		check(t, d.RememberAnswer(t.Context(), acme, answer(n(i), start, crm.Match{Record: answered, Why: crm.Why{PhoneField: answered.Phones[0], Closeness: crm.Exact}})))
		check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{synced})))
	}
	for i, name := range cleantest.Names {
		for _, number := range []crm.Number{n(i), n(1000 + i)} {
			k, ok := d.Recall(acme, number)
			if !ok {
				t.Fatalf("%q: %s is nobody", name, number.E164)
			}
			everyText(reflect.ValueOf(k.Result.Matches), func(s string) {
				if why := cleantest.Dirt(s, 1000); why != "" {
					t.Errorf("%s: %q %s", number.E164, s, why)
				}
			})
		}
	}
	check(t, d.Close())
	if !raw(t, path) {
		t.Error("the file has no raw text: the test proves nothing")
	}
}

// hostile is a record with the name in every text.
func hostile(name string) crm.Record {
	r := crm.Record{Phones: make([]crm.PhoneField, 1), Details: &crm.Details{}}
	list := []crm.Related{{}}
	r.Details.Opportunities, r.Details.Cases, r.Details.Activities = slices.Clone(list), slices.Clone(list), slices.Clone(list)
	fill(reflect.ValueOf(&r).Elem(), name)
	r.Ref = crm.Ref{Object: crm.Contact, ID: fmt.Sprintf("r%d", crc32.ChecksumIEEE([]byte(name))), Name: name, URL: "https://acme.example/" + name, Org: acme}
	return r
}

// raw reports whether the file keeps texts that are not clean, as one of an earlier version.
func raw(t *testing.T, path string) (found bool) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	check(t, err)
	defer func() { _ = db.Close() }()
	rows, err := db.Query("SELECT matches FROM answers")
	check(t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var doc []byte
		check(t, rows.Scan(&doc))
		var ms []crm.Match
		check(t, json.Unmarshal(doc, &ms))
		everyText(reflect.ValueOf(ms), func(s string) { found = found || cleantest.Dirt(s, 1000) != "" })
	}
	check(t, rows.Err())
	return found
}

func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), text)
		}
	}
}

func everyText(v reflect.Value, f func(string)) {
	switch v.Kind() {
	case reflect.String:
		f(v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				everyText(v.Field(i), f)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			everyText(v.Index(i), f)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			everyText(v.Elem(), f)
		}
	}
}
