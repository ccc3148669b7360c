package directory_test

import (
	"slices"
	"sync"
	"testing"

	"linecard/app/directory"
	"linecard/crm"
)

// An answer of the last five minutes need not be asked for again; an older one is still shown.
func TestAnswerIsRemembered(t *testing.T) {
	c := &clock{now: start}
	d, _ := fresh(t, directory.Options{Now: c.Now})
	n := number("+14155550132")
	if _, ok := d.Recall(acme, n); ok {
		t.Fatal("a record is known before anything was remembered")
	}
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, start, match("1", "Dana"), match("2", "Ada"))))
	k, ok := d.Recall(acme, n)
	if !ok || !k.Fresh || !k.Result.Cached || !slices.Equal(names(k), []string{"Dana", "Ada"}) {
		t.Fatalf("recalled %v %+v", ok, k)
	}
	c.pass(directory.FreshFor)
	if k, ok = d.Recall(acme, n); !ok || k.Fresh {
		t.Fatalf("after five minutes: %v, fresh %v", ok, k.Fresh)
	}
}

// An empty answer is not remembered: the record may be created a moment later.
func TestNobodyIsNeverRemembered(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	n := number("+14155550132")
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, start)))
	if _, ok := d.Recall(acme, n); ok {
		t.Fatal("an empty answer was remembered")
	}
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, start, match("1", "Dana"))))
	for _, empty := range []crm.Result{answer(n, start), answer(n, start, crm.Match{}), {}} {
		check(t, d.RememberAnswer(t.Context(), acme, empty))
		if k, ok := d.Recall(acme, n); !ok || !slices.Equal(names(k), []string{"Dana"}) {
			t.Fatalf("after an empty answer: %v %v", ok, names(k))
		}
	}
}

// The same number may belong to two people in two orgs, and forgetting an org removes its people only.
func TestOrgsAreSeparate(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	n := number("+14155550132")
	check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), false))
	check(t, d.Remember(t.Context(), globex, n, match("2", "Ada"), true))
	check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("9", "Max", "415 555 0199")})))
	if k, _ := d.Recall(acme, n); !slices.Equal(names(k), []string{"Dana"}) || k.Choice != "" {
		t.Errorf("acme: %v, choice %q", names(k), k.Choice)
	}
	if k, _ := d.Recall(globex, n); !slices.Equal(names(k), []string{"Ada"}) || k.Choice != "2" {
		t.Errorf("globex: %v, choice %q", names(k), k.Choice)
	}
	if _, ok := d.Recall("", n); ok {
		t.Error("a record is known without an org")
	}
	check(t, d.Forget(t.Context(), acme))
	if a, r, err := d.Count(t.Context(), acme); a != 0 || r != 0 || err != nil {
		t.Errorf("left of acme: %d answers, %d records, %v", a, r, err)
	}
	if _, ok := d.Recall(globex, n); !ok {
		t.Error("globex was forgotten too")
	}
	check(t, d.Forget(t.Context(), ""))
	if _, ok := d.Recall(globex, n); ok {
		t.Error("globex was not forgotten")
	}
}

// The agent's choice stays until another is picked, or until the org no longer has the record.
func TestChoice(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	n, ctx := number("+14155550132"), t.Context()
	dana, ada, max := match("1", "Dana"), match("2", "Ada"), match("3", "Max")
	choice := func(want string) {
		t.Helper()
		if k, _ := d.Recall(acme, n); k.Choice != want {
			t.Fatalf("choice %q of %v, want %q", k.Choice, names(k), want)
		}
	}
	check(t, d.RememberAnswer(ctx, acme, answer(n, start, dana, ada)))
	choice("")
	check(t, d.Remember(ctx, acme, n, ada, true))
	choice("2")
	check(t, d.Remember(ctx, acme, n, dana, false)) // found and not picked
	choice("2")
	check(t, d.RememberAnswer(ctx, acme, answer(n, start, dana, ada, max)))
	choice("2")
	check(t, d.Remember(ctx, acme, n, max, true))
	choice("3")
	check(t, d.RememberAnswer(ctx, acme, answer(n, start, dana)))
	choice("")
}

// Look-ups work while the directory is written.
func TestReadersDoNotWait(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	n := number("+14155550132")
	check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), true))
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(stop)
		if err := d.Put(t.Context(), globex, people(300)); err != nil {
			t.Error(err)
		}
	})
	for range 2 {
		wg.Go(func() {
			for {
				if k, ok := d.Recall(acme, n); !ok || k.Choice != "1" {
					t.Errorf("while it is written: %v %+v", ok, k)
					return
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	wg.Wait()
}

func TestClosed(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	check(t, d.Close())
	check(t, d.Close())
	n := number("+14155550132")
	if err := d.Remember(t.Context(), acme, n, match("1", "Dana"), true); err == nil {
		t.Error("a closed directory remembers")
	}
	if _, ok := d.Recall(acme, n); ok {
		t.Error("a closed directory knows a record")
	}
}

// The number of a colleague and a withheld number are never found in the org.
func TestExtensionsAndWithheldNumbers(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	plain := number("+14155550132")
	check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("7", "Max", plain.E164)})))
	extension, withheld := plain, plain
	extension.Extension, withheld.Withheld = true, true
	for _, n := range []crm.Number{extension, withheld} {
		check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), true))
		check(t, d.RememberAnswer(t.Context(), acme, answer(n, start, match("1", "Dana"))))
		if k, ok := d.Recall(acme, n); ok {
			t.Errorf("%+v: %v", n, names(k))
		}
	}
	if k, _ := d.Recall(acme, plain); !slices.Equal(names(k), []string{"Max"}) {
		t.Errorf("an extension was remembered: %v", names(k))
	}
}
