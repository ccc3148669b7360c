package directory_test

import (
	"path/filepath"
	"slices"
	"testing"

	"linecard/app/directory"
)

// That the org has more records than it told stays known, from one start to the next, until it tells all.
func TestMoreIsRemembered(t *testing.T) {
	path := filepath.Join(t.TempDir(), directory.FileName)
	d := open(t, path, directory.Options{})
	n := number("+14155550132")
	some := answer(n, start, match("1", "Dana"), match("2", "Ada"))
	some.More = true
	check(t, d.RememberAnswer(t.Context(), acme, some))
	more := func(want bool) {
		t.Helper()
		if k, ok := d.Recall(acme, n); !ok || k.Result.More != want || len(k.Result.Matches) == 0 {
			t.Fatalf("recalled %v, %v of them and more: %v; want %v", ok, names(k), k.Result.More, want)
		}
	}
	more(true)
	check(t, d.Close())
	d = open(t, path, directory.Options{})
	more(true)
	check(t, d.Remember(t.Context(), acme, n, match("2", "Ada"), true)) // picked among them
	more(true)
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, start, match("1", "Dana"))))
	more(false)
}

// A choice that is taken back leaves what the org answered, and nothing of what was only chosen.
func TestAChoiceIsTakenBack(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	n, other, ctx := number("+14155550132"), number("+14155550133"), t.Context()
	check(t, d.RememberAnswer(ctx, acme, answer(n, start, match("1", "Dana"), match("2", "Ada"))))
	check(t, d.Remember(ctx, acme, n, match("2", "Ada"), true))
	check(t, d.Unpick(ctx, acme, n))
	if k, ok := d.Recall(acme, n); !ok || k.Choice != "" || !slices.Equal(names(k), []string{"Dana", "Ada"}) {
		t.Errorf("recalled %v, choice %q", names(k), k.Choice)
	}
	check(t, d.Remember(ctx, acme, other, match("3", "Max"), true))
	check(t, d.Unpick(ctx, acme, other))
	if k, ok := d.Recall(acme, other); ok {
		t.Errorf("recalled %v, whom only the agent had said", names(k))
	}
	check(t, d.Unpick(ctx, acme, number("+14155550134"))) // nothing is known of it
}
