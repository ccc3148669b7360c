package crm_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"linecard/crm"
)

// TestListsAreTheSameAfterTyping: whatever entries a list has, the field has them all.
func TestListsAreTheSameAfterTyping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		patterns := rapid.Bool().Draw(t, "patterns")
		entry := rapid.StringMatching(`[ab,"/: ]{0,6}[ab,"/:]`).Filter(func(s string) bool { return s[0] != ' ' })
		list := rapid.SliceOfN(entry, 0, 4).Draw(t, "list")
		if got := crm.Apart(crm.Commas(list, patterns), patterns); !slices.Equal(got, list) {
			t.Fatalf("%q is typed as %s and read as %q", list, crm.Commas(list, patterns), got)
		}
	})
}

func TestListsAsTheyAreTyped(t *testing.T) {
	for text, want := range map[string][]string{
		`support, +1 415 555 0100`:      {"support", "+1 415 555 0100"},
		`"Sales, North", support`:       {"Sales, North", "support"},
		`/^4[0-9]{1,3}$/, X: /a,b/, c`:  {"/^4[0-9]{1,3}$/", "X: /a,b/", "c"},
		`"the ""big"" one, too" , next`: {`the "big" one, too`, "next"},
		`"Sales, North`:                 {`"Sales`, "North"}, // still being typed
		`"Bob" Smith, ,`:                {`"Bob" Smith`},
	} {
		if got := crm.Apart(text, true); !slices.Equal(got, want) {
			t.Errorf("%s is read as %q", text, got)
		}
	}
	if got := crm.Commas([]string{"Sales, North", "support"}, true); got != `"Sales, North", support` {
		t.Errorf("typed as %s", got)
	}
}
