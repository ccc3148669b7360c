package settings

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"linecard/app/catalogue"
	"linecard/crm"
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

// What is written is read again as it was.
func TestRulesComeBackFromTheFile(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		texts := func(name string, of ...string) []string {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, 3, rapid.ID[string]).Draw(t, name)
		}
		one := func(name string, of ...string) string { return rapid.SampledFrom(append(of, "")).Draw(t, name) }
		var rules []crm.Rule
		for _, name := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zé"'\\# ]{0,8}[a-z]`), 0, 6, strings.ToLower).Draw(t, "names") {
			r := crm.Rule{
				Name: strings.TrimSpace(name), On: rapid.Bool().Draw(t, "on"), Direction: one("direction", "inbound", "outbound"),
				Accounts: texts("accounts", "2041", "2041@pbx"), Called: texts("called", "support", "+4420*"), Caller: texts("caller", "withheld", "/a\\b/", "+1*"),
				Objects: texts("objects", "any", "none", "Contact"), Statuses: texts("statuses", "answered", "no answer"), Days: texts("days", "mon", "sun"),
				From: one("from", "22:00"), To: one("to", "6:00"), Log: one("log", "yes", "no", "ask"), Layout: "L", Owner: one("owner", "extension", "a@b.example"),
				Stop: rapid.Bool().Draw(t, "stop"),
			}
			if sameName(rules, r.Name) {
				continue
			}
			rules = append(rules, r)
		}
		s := Open(dir)
		if err := s.Change(func(set *Settings) { set.Rules = rules }); err != nil {
			t.Fatal(err)
		}
		again := Open(dir)
		if got := again.Get().Rules; len(again.Notices()) > 0 || !same(reflect.ValueOf(got), reflect.ValueOf(s.Get().Rules)) {
			t.Fatalf("%v\n%+v\n%+v", again.Notices(), got, rules)
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
