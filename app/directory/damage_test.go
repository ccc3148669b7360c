package directory_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"linecard/app/directory"
	"linecard/crm"
)

// A file that is not a directory is moved aside, the notice says so, and the new file works.
func TestDamagedFileIsMovedAside(t *testing.T) {
	for name, torn := range map[string]string{"text": strings.Repeat("no database at all\n", 100), "version": "", "another program's": " "} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), directory.FileName)
			check(t, os.WriteFile(path, []byte(strings.TrimSpace(torn)), 0o600))
			switch torn {
			case "":
				exec(t, path, "PRAGMA user_version = -5")
			case " ":
				exec(t, path, "CREATE TABLE orgs (name TEXT); PRAGMA user_version = 1")
			}
			d := open(t, path, directory.Options{})
			if !d.Notice().Is(directory.Renewed) {
				t.Errorf("notice %v", d.Notice())
			}
			check(t, d.Remember(t.Context(), acme, number("+14155550132"), match("1", "Dana"), false))
			if left, _ := filepath.Glob(path + ".broken-*"); len(left) == 0 {
				t.Error("the damaged file is gone")
			}
		})
	}
}

// exec changes a directory's file without the directory.
func exec(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	check(t, err)
	defer func() { check(t, db.Close()) }()
	_, err = db.ExecContext(t.Context(), query)
	check(t, err)
}

// A damaged row hides only itself, and the next answer repairs it.
func TestOneDamagedRow(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	a, b, c := number("+14155550132"), number("+14155550133"), number("+14155550134")
	for _, n := range []crm.Number{a, b} {
		check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), true))
	}
	check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("7", "Max", c.E164), person("8", "Eve", c.E164)})))
	exec(t, path, "UPDATE answers SET matches = '{no', picked = 5, at = 'never' WHERE number = '"+a.E164+"'")
	exec(t, path, "UPDATE records SET doc = x'00ff' WHERE id = '7'")
	if _, ok := d.Recall(acme, a); ok {
		t.Error("the damaged row is known")
	}
	if k, ok := d.Recall(acme, b); !ok || k.Choice != "1" {
		t.Error("the row beside it is hidden")
	}
	if k, _ := d.Recall(acme, c); !slices.Equal(names(k), []string{"Eve"}) {
		t.Errorf("beside a damaged record: %v", names(k))
	}
	exec(t, path, "UPDATE answers SET at = 1 WHERE number = '"+a.E164+"'")
	check(t, d.RememberAnswer(t.Context(), acme, answer(a, start, match("2", "Ada"))))
	if k, _ := d.Recall(acme, a); !slices.Equal(names(k), []string{"Ada"}) {
		t.Errorf("after the next answer: %v", names(k))
	}
}

// A flipped bit hides the row, since no name is better than a wrong one.
func TestFlippedBit(t *testing.T) {
	for _, flip := range []string{
		"UPDATE answers SET matches = replace(matches, 'Dana', 'Dane')", "UPDATE answers SET picked = '2'",
		"UPDATE answers SET number = '+14155550133'", "UPDATE answers SET at = at + 1", "UPDATE answers SET used = used * 2",
	} {
		d, path := fresh(t, directory.Options{})
		n := number("+14155550132")
		check(t, d.RememberAnswer(t.Context(), acme, answer(n, start, match("1", "Dana"), match("2", "Ada"))))
		check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), true))
		exec(t, path, flip)
		for _, n := range []string{n.E164, "+14155550133"} {
			if k, ok := d.Recall(acme, number(n)); ok {
				t.Errorf("%s: %v, choice %q", flip, names(k), k.Choice)
			}
		}
	}
	d, path := fresh(t, directory.Options{})
	check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("7", "Max", "415 555 0132")})))
	exec(t, path, "UPDATE records SET doc = replace(doc, 'Max', 'Mix')")
	if k, ok := d.Recall(acme, number("+14155550132")); ok {
		t.Errorf("a record: %v", names(k))
	}
}

// tear overwrites the page that holds a number in the table of answers of a closed directory.
func tear(t *testing.T, path, number string) {
	t.Helper()
	const page = 4096
	doc, err := os.ReadFile(path)
	check(t, err)
	at := -1
	for from := 0; ; {
		i := bytes.Index(doc[from:], []byte(number+"[{")) // the row itself: the index has only the number
		if i < 0 {
			break
		}
		at = from + i
		from = at + 1
	}
	if at < 0 {
		t.Fatal("the number is not in the file")
	}
	for i := at / page * page; i < (at/page+1)*page; i++ {
		doc[i] = 0xA5
	}
	check(t, os.WriteFile(path, doc, 0o600))
}

// A torn page loses only the callers on it. It may be found while the program runs, or when it starts.
func TestTornPage(t *testing.T) {
	const callers = 120
	for _, when := range []string{"running", "starting"} {
		t.Run(when, func(t *testing.T) {
			d, path := fresh(t, directory.Options{})
			for i := range callers {
				check(t, d.Remember(t.Context(), acme, number(phoneOf(i)), match("1", nameOf(i)), i%2 == 0))
			}
			check(t, d.Close())
			tear(t, path, phoneOf(60))
			if when == "starting" { // the page that Open reads
				exec(t, path, "PRAGMA user_version = -5")
			}
			d = open(t, path, directory.Options{})
			if _, ok := d.Recall(acme, number(phoneOf(60))); ok {
				t.Fatal("the torn row is known")
			}
			check(t, d.Remember(t.Context(), acme, number(phoneOf(60)), match("2", "Ada"), true))
			if !d.Notice().Is(directory.Renewed) {
				t.Errorf("notice %q", d.Notice())
			}
			lost := 0
			for i := range callers {
				k, ok := d.Recall(acme, number(phoneOf(i)))
				switch {
				case !ok:
					lost++
				case i == 60 && k.Choice != "2", i != 60 && (k.Result.Matches[0].Name != nameOf(i) || (k.Choice == "1") != (i%2 == 0)):
					t.Errorf("the %d-th: %v, choice %q", i, names(k), k.Choice)
				}
			}
			if lost > 20 {
				t.Errorf("%d of %d callers are lost with one page", lost, callers)
			}
			check(t, d.Forget(t.Context(), acme))
			if left, _ := filepath.Glob(path + ".broken-*"); len(left) != 0 || !d.Notice().IsZero() {
				t.Errorf("the org's people are still in %v, notice %q", left, d.Notice())
			}
		})
	}
}

// A process that ends while a damaged file is being renewed leaves what the next start needs: the damaged file, or the whole new one.
func TestRenewalCutOff(t *testing.T) {
	picked := number("+14155550132")
	for _, when := range []string{"while the new one is filled", "between the two names"} {
		t.Run(when, func(t *testing.T) {
			d, path := fresh(t, directory.Options{})
			check(t, d.Remember(t.Context(), acme, picked, match("1", "Dana"), true))
			check(t, d.Close())
			if when == "between the two names" {
				check(t, os.Rename(path, path+".new"))
				check(t, os.WriteFile(path+"-wal", []byte("of the damaged one"), 0o600))
			} else {
				exec(t, path, "PRAGMA user_version = -5")
				check(t, os.WriteFile(path+".new", []byte("half a file"), 0o600))
			}
			d = open(t, path, directory.Options{})
			if k, ok := d.Recall(acme, picked); !ok || k.Choice != "1" {
				t.Errorf("what was picked: %v, choice %q", ok, k.Choice)
			}
			if left, _ := filepath.Glob(path + ".new*"); len(left) != 0 {
				t.Errorf("%v is left", left)
			}
		})
	}
}
