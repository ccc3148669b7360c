package demoorg

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestChecksum(t *testing.T) {
	// From Salesforce's own documentation and forums.
	for id, want := range map[string]string{
		"001A0000006Vm9r": "001A0000006Vm9rIAC", "000000000000000": "000000000000000AAA", "ABCDEFGHIJKLMNO": "ABCDEFGHIJKLMNO555",
	} {
		if got := to18(id); got != want {
			t.Errorf("%s becomes %s, want %s", id, got, want)
		}
	}
}

func TestIDWithoutCaseIsRepaired(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := newID(rapid.SampledFrom([]string{"001", "003", "00Q"}).Draw(t, "prefix"), "dm", rapid.Uint64Range(1, 1<<50).Draw(t, "n"))
		for _, form := range []string{id, id[:15], strings.ToLower(id), strings.ToUpper(id)} {
			if got, ok := normalID(form); !ok || got != id {
				t.Fatalf("%s becomes %s, want %s", form, got, id)
			}
		}
	})
}

func TestInvalidIDs(t *testing.T) {
	for _, s := range []string{"", "003", "003dm00000000010", "003dm0000000001AAAA", "003dm000000-001", "003dm000000000é", "003dm0000000001AA9"} {
		if got, ok := normalID(s); ok {
			t.Errorf("%q is taken as %s", s, got)
		}
	}
}
