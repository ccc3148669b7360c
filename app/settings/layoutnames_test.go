package settings

import (
	"slices"
	"testing"

	"linecard/crm"
	"linecard/crm/layout"
)

func twoOrgs() *Settings {
	s := Default()
	s.Orgs = []Org{{OrgID: "00DA"}, {OrgID: "00DB"}}
	s.Accounts = []Account{{Server: "pbx", User: "1", Org: "00DA"}, {Server: "pbx", User: "2", Org: "00DB"}}
	return &s
}

func named(name, org string) layout.Layout {
	return layout.Layout{Name: name, Org: org, Object: crm.Task}
}

// names are the names of the layouts with their orgs.
func names(all layout.List) (out []string) {
	for _, l := range all {
		out = append(out, l.Org+"/"+l.Name)
	}
	return out
}

// TestALayoutMovesToAnotherOrg: it leaves its former place, and takes nobody else's.
func TestALayoutMovesToAnotherOrg(t *testing.T) {
	s := twoOrgs()
	s.Layouts = layout.List{named("Call", "00DA"), named("Call", "00DB")}
	s.ReplaceLayout(named("Call EU", "00DB"), "00DA", "Call")
	if got := names(s.Layouts); !slices.Equal(got, []string{"00DB/Call EU", "00DB/Call"}) {
		t.Errorf("layouts %q", got)
	}
	s = twoOrgs()
	s.ReplaceLayout(named(crm.Task, "00DB"), "", crm.Task) // the one that is built in stays
	if got := names(s.Layouts); !slices.Equal(got, []string{"00DB/Task"}) {
		t.Errorf("layouts %q", got)
	}
}

// TestRulesFollowALayoutThatIsRenamed: where it is the one they mean.
func TestRulesFollowALayoutThatIsRenamed(t *testing.T) {
	rules := []crm.Rule{{Name: "all", Layout: "call"}, {Name: "A", Layout: "Call", Accounts: []string{"1"}}, {Name: "B", Layout: "Call", Accounts: []string{"2@pbx"}}, {Name: "other", Layout: "Case"}}
	for _, tt := range []struct {
		name    string
		layouts layout.List
		l       layout.Layout
		org     string
		want    []string
		missing int
	}{
		{"for every org", layout.List{named("Call", "")}, named("Talk", ""), "", []string{"Talk", "Talk", "Talk", "Case"}, 0},
		{"for one org, beside the general one", layout.List{named("Call", ""), named("Call", "00DA")}, named("Talk", "00DA"), "00DA", []string{"call", "Talk", "Call", "Case"}, 0},
		{"for one org alone", layout.List{named("Call", "00DA")}, named("Talk", "00DA"), "00DA", []string{"call", "Talk", "Call", "Case"}, 3},
		{"to another org", layout.List{named("Call", "00DA")}, named("Talk", "00DB"), "00DA", []string{"call", "Call", "Call", "Case"}, 4},
	} {
		s := twoOrgs()
		s.Layouts, s.Rules = tt.layouts, slices.Clone(rules)
		s.ReplaceLayout(tt.l, tt.org, "Call")
		var got []string
		for _, r := range s.Rules {
			got = append(got, r.Layout)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: rules name %q, want %q", tt.name, got, tt.want)
		}
		if missing := s.MissingLayouts(); len(missing) != tt.missing {
			t.Errorf("%s: missing %v", tt.name, missing)
		}
	}
	if rules[0].Layout != "call" {
		t.Error("the rules in force were changed")
	}
}
