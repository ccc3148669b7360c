package settings

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// Whatever a change writes, the next start reads; what it would not read is refused with a sentence, and nothing changes.
func TestTheNextStartReadsWhatAChangeHasWritten(t *testing.T) {
	grow := map[string]func(s *Settings, n int){
		"owners": func(s *Settings, n int) {
			for i := range n {
				s.Owners = append(s.Owners, Owner{Extension: fmt.Sprint(1000 + i), Email: fmt.Sprintf("a%d@example.com", i), Org: "00D000000000001EAA", User: "005000000000001AAA", Name: "Ann Example", Hand: true})
			}
		},
		"rules": func(s *Settings, n int) {
			for i := range min(n, 500) {
				s.Rules = append(s.Rules, crm.Rule{
					Name: fmt.Sprint("Rule ", i), On: true, Direction: "inbound", Accounts: []string{"2041"}, Called: []string{"support"}, Caller: []string{"/^[0-9]+=?$/"},
					Objects: []string{"any"}, Statuses: []string{"answered"}, Days: []string{"mon"}, From: "9:00", To: "17:00", Log: "yes", Pop: "ring", Variables: []string{"X-Queue: [a]=*"},
				})
			}
		},
	}
	for name, add := range grow {
		for _, n := range []int{100, 1500, 6000, 15_000} {
			t.Run(fmt.Sprint(n, " ", name), func(t *testing.T) {
				dir := t.TempDir()
				s := Open(dir)
				err := s.Change(func(set *Settings) { add(set, n) })
				if err != nil && fault.Of(err).Code != "settings.too-much" {
					t.Fatal(err)
				}
				if err != nil && n < 6000 {
					t.Errorf("%d are too many", n)
				}
				again := Open(dir)
				if again.Err() != nil || len(again.Notices()) > 0 || !reflect.DeepEqual(again.Get(), s.Get()) {
					t.Errorf("%v, the next start says %v, %v", err, again.Err(), again.Notices())
				}
			})
		}
	}
}

// What takes a parser long is refused, in whatever way it is written, and what only looks like it is read.
func TestKeysAreCounted(t *testing.T) {
	lines := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, strings.ReplaceAll(format, "#", "%[1]d"), i)
		}
		return b.String()
	}
	for name, tt := range map[string]struct {
		doc     string
		refused bool
	}{
		"keys":                                 {lines("k#=1\n", 20_000), true},
		"tables":                               {lines("[k#]\n", 20_000), true},
		"lists of one table each":              {lines("[[k#]]\n", 20_000), true},
		"keys of one element":                  {"[[a]]\n" + lines("k#=1\n", 20_000), true},
		"keys behind what looks like elements": {"a=[\n" + lines("[[1]],\n", 10) + "]\n" + lines("k#=1\nl#=[\n[[1]]]\n", 8_000), true},
		"keys of a table behind elements":      {"[[a]]\n[b]\n" + lines("k#=1\n", 20_000), true},
		"elements":                             {lines("[[a]]\nk=#\n", 20_000), false},
		"a text":                               {"a='" + lines("[=#", 20_000) + "'\n", false},
		"a text of several lines":              {"a=\"\"\"\n" + lines("[[k]]=#\n\\\"", 20_000) + "\"\"\"\n", false},
		"a comment":                            {strings.Repeat("# [=\n", 20_000), false},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, err := parseTOML([]byte(tt.doc))
			if (err != nil) != tt.refused {
				t.Errorf("%v after %v", err, time.Since(began))
			}
		})
	}
}
