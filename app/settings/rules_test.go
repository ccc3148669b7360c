package settings

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/crm/crmtest"
	"linecard/fault"
)

const twoRules = `version = 2
[[rules]]
name = 'Night'
from = '22:00'
to = '6:00'
log = 'no'
[[rules]]
name = 'Support'
on = false
direction = 'inbound'
called = ['support']
owner = 'extension'
pop = 'answer'
`

func TestRulesAreRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, twoRules)
	got := clean(t, dir).Get().Rules
	want := []crm.Rule{
		{Name: "Night", On: true, From: "22:00", To: "6:00", Log: "no"},
		{Name: "Support", Direction: "inbound", Called: []string{"support"}, Owner: "extension", Pop: "answer"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

// A row with anything wrong in it costs itself: without the one condition it would be about more calls than was meant.
func TestABadRuleCostsItself(t *testing.T) {
	for name, row := range map[string]string{
		"a pattern":            "caller = ['+abc']\nlog = 'no'",
		"an expression":        "caller = ['/(/']\nlog = 'no'",
		"a time":               "from = '25:00'\nlog = 'no'",
		"a status":             "statuses = ['lost']\nlog = 'no'",
		"a type":               "direction = 7\nlog = 'no'",
		"a newer condition":    "weather = 'rain'\nlog = 'no'",
		"nothing done":         "direction = 'inbound'",
		"an owner":             "owner = 'somebody'",
		"a name that is taken": "name = 'night'\nlog = 'yes'",
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(row, "name =") {
				row = "name = 'Bad'\n" + row
			}
			dir := t.TempDir()
			write(t, dir, twoRules+"[[rules]]\n"+row+"\n[[rules]]\nname = 'Last'\nlog = 'ask'\n")
			s := Open(dir)
			if got := s.Get().Rules; len(got) != 3 || got[2].Name != "Last" {
				t.Errorf("%+v", got)
			}
			if said := strings.Join(read(s), "\n"); !strings.Contains(said, "rules[3] is not used. ") || strings.Count(said, "\n") > 0 {
				t.Errorf("said %q", said)
			}
			if err := s.Set("logging.wrap_up", "9"); err != nil {
				t.Fatal(err)
			}
			last := strings.Split(row, "\n")
			if f := fileOf(t, dir); !strings.Contains(f, last[len(last)-1]) {
				t.Errorf("what is not used was lost:\n%s", f)
			}
		})
	}
}

func TestARuleThatCannotBeIsRefused(t *testing.T) {
	s := InMemory(Default())
	err := s.Change(func(set *Settings) { set.Rules = []crm.Rule{{Name: "x", Caller: []string{"+0"}, Log: "no"}} })
	if said := catalogue.Say(fault.Of(err)); !strings.Contains(said, `rules[1]: "+0" is no number`) {
		t.Errorf("%q", said)
	}
	if err := s.Change(func(set *Settings) { set.Rules = []crm.Rule{{Name: " x ", On: true, Direction: "Inbound", Log: "NO"}} }); err != nil {
		t.Fatal(err)
	}
	if got := s.Get().Rules[0]; got.Name != "x" || got.Direction != "inbound" || got.Log != "no" {
		t.Errorf("%+v", got)
	}
	if err := s.Set("rules[X].on", "false"); err != nil || s.Get().Rules[0].On {
		t.Errorf("%v, %+v", err, s.Get().Rules)
	}
}

func TestRulesCanBeLocked(t *testing.T) {
	s := InMemory(Default())
	if err := s.SetProfile([]byte(twoRules), []string{"rules"}, "Acme"); err != nil {
		t.Fatal(err)
	}
	err := s.Change(func(set *Settings) { set.Rules[0].On = false })
	if !fault.Of(err).Is("settings.locked-by") || len(s.Get().Rules) != 2 || !s.Get().Rules[0].On {
		t.Errorf("%v, %+v", err, s.Get().Rules)
	}
}

// Whatever rules there are, they are the same after a way through the settings file, a profile, a file of rules and JSON, and any
// order of these.
func TestRulesComeBack(t *testing.T) {
	dir := t.TempDir()
	ways := map[string]func(t *rapid.T, rules []crm.Rule) []crm.Rule{
		"the settings file": func(t *rapid.T, rules []crm.Rule) []crm.Rule {
			if err := Open(dir).Change(func(set *Settings) { set.Rules = rules }); err != nil {
				t.Fatal(err)
			}
			again := Open(dir)
			if len(again.Notices()) > 0 {
				t.Fatalf("%v of\n%+v", again.Notices(), rules)
			}
			return again.Get().Rules
		},
		"a profile": func(t *rapid.T, rules []crm.Rule) []crm.Rule {
			admin, agent := InMemory(Default()), InMemory(Default())
			if err := admin.Change(func(set *Settings) { set.Rules = rules }); err != nil {
				t.Fatal(err)
			}
			doc, err := WriteRules(admin.Get().Rules)
			if err == nil && len(rules) > 0 { // a profile without rules has no table
				err = agent.SetProfile(doc, []string{"rules"}, "Acme")
			}
			if err != nil || len(agent.Notices()) > 0 {
				t.Fatalf("%v, %v of\n%s", err, agent.Notices(), doc)
			}
			return agent.Get().Rules
		},
		"a file of rules": func(t *rapid.T, rules []crm.Rule) []crm.Rule {
			doc, err := WriteRules(rules)
			if err != nil {
				t.Fatal(err)
			}
			out, err := ReadRules(doc)
			if err != nil {
				t.Fatalf("%v of\n%s", err, doc)
			}
			return out
		},
		"JSON": func(t *rapid.T, rules []crm.Rule) (out []crm.Rule) {
			doc, err := json.Marshal(rules)
			if err == nil {
				err = json.Unmarshal(doc, &out)
			}
			if err != nil {
				t.Fatal(err)
			}
			return out
		},
	}
	rapid.Check(t, func(t *rapid.T) {
		rules := crmtest.AnyRules(t)
		now := rules
		for _, way := range rapid.SliceOfN(rapid.SampledFrom(slices.Sorted(maps.Keys(ways))), 1, 4).Draw(t, "ways") {
			now = ways[way](t, now)
			if !same(reflect.ValueOf(now), reflect.ValueOf(rules)) {
				t.Fatalf("after %s\n%+v, before\n%+v", way, now, rules)
			}
		}
	})
}

func TestOwnersAreRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "version = 2\n[[owners]]\nextension = '2041'\nemail = 'a@b.example'\nuser = '005A'\norg = '00DA'\n[[owners]]\nextension = '2042'\nemail = 'no address'\n[[owners]]\nuser = '005B'\n")
	s := Open(dir)
	got := s.Get().Owners
	if len(got) != 2 || got[0].User != "005A" || got[1].Email != "" || len(read(s)) != 2 {
		t.Errorf("%+v, %q", got, read(s))
	}
	if err := s.Change(func(set *Settings) { set.Owners[0].Extension = " " }); !fault.Of(err).Is("settings.must-be-owner") {
		t.Error(err)
	}
}
