package directory_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/app/directory"
	"linecard/crm"
)

// After any operations the directory knows the same as a simple table.
func TestAgainstAModel(t *testing.T) {
	path := filepath.Join(t.TempDir(), directory.FileName)
	d, err := directory.Open(path, directory.Options{Now: func() time.Time { return start }})
	check(t, err)
	defer func() { _ = d.Close() }()
	callers := []crm.Number{number(phoneOf(0)), number(phoneOf(1)), number(phoneOf(2))}
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++ // what earlier rounds left stays in the file
		acme, globex := fmt.Sprint("acme ", round, "."), fmt.Sprint("globex ", round, ".")
		type known struct{ ids, choice string }
		table := map[string]known{}
		orgs := rapid.SampledFrom([]string{acme, globex})
		numbers := rapid.IntRange(0, 2)
		ids := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"1", "2", "3"}), func(s string) string { return s })
		t.Repeat(map[string]func(*rapid.T){
			"answer": func(t *rapid.T) {
				org, n, got := orgs.Draw(t, "org"), numbers.Draw(t, "number"), ids.Draw(t, "ids")
				r := crm.Result{Number: callers[n], At: start}
				for _, id := range got {
					r.Matches = append(r.Matches, match(id, id))
				}
				check(t, d.RememberAnswer(t.Context(), org, r))
				if len(got) == 0 {
					return
				}
				k := table[org+phoneOf(n)]
				if !slices.Contains(got, k.choice) {
					k.choice = ""
				}
				table[org+phoneOf(n)] = known{strings.Join(got, ""), k.choice}
			},
			"pick": func(t *rapid.T) {
				org, n := orgs.Draw(t, "org"), numbers.Draw(t, "number")
				id := rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "id")
				check(t, d.Remember(t.Context(), org, callers[n], match(id, id), true))
				k := table[org+phoneOf(n)]
				if !strings.Contains(k.ids, id) {
					k.ids = id + k.ids
				}
				table[org+phoneOf(n)] = known{k.ids, id}
			},
			"forget": func(t *rapid.T) {
				org := orgs.Draw(t, "org")
				if rapid.IntRange(0, 2).Draw(t, "now") > 0 {
					return
				}
				check(t, d.Forget(t.Context(), org))
				for k := range table {
					if strings.HasPrefix(k, org) {
						delete(table, k)
					}
				}
			},
			"restart": func(t *rapid.T) {
				if rapid.IntRange(0, 2).Draw(t, "now") > 0 {
					return
				}
				check(t, d.Close())
				d, err = directory.Open(path, directory.Options{Now: func() time.Time { return start }})
				check(t, err)
			},
			"": func(t *rapid.T) {
				for _, org := range []string{acme, globex} {
					for n := range 3 {
						k, ok := d.Recall(org, callers[n])
						want, wantOK := table[org+phoneOf(n)]
						if got := (known{strings.Join(names(k), ""), k.Choice}); ok != wantOK || got != want {
							t.Fatalf("%s %d: %v %+v, want %v %+v", org, n, ok, got, wantOK, want)
						}
					}
				}
			},
		})
	})
}
