package salesforce

import (
	"strings"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/crm/layout"
	"linecard/fault"
)

// The doctor judges the layouts by which calls are written, and the records that rules make.
func TestDoctorKnowsTheLayoutsAndWhatRulesMake(t *testing.T) {
	asCase := layout.Layout{Name: "Support", Object: crm.Case, Subject: []layout.Value{"Call"}, Default: true}
	region := layout.Task()
	region.Name, region.Fields, region.Default = "Sales", []layout.Field{{Field: "Region__c", Value: "{called}"}}, true
	strange := region
	strange.Fields = []layout.Field{{Field: "Region__c", Value: "x"}, {Field: "Nope__c", Value: "x"}}
	needed := asCase
	needed.Fields = []layout.Field{{Field: "Severity__c", Value: "High"}}
	other := asCase
	other.Default = false
	elsewhere := asCase
	elsewhere.Org = "00D000000000009EAA"
	for name, tt := range map[string]struct {
		layouts layout.List
		rules   []crm.Rule
		org     demoorg.Rules
		check   fault.Code
		says    string // "" where all is well, "-" where it is not looked at
		minor   bool
	}{
		"Cases may not be made":              {layout.List{asCase}, nil, demoorg.Rules{NoCreate: []string{crm.Case}}, "salesforce.check-layouts", "layout.object-not-createable", false},
		"Cases are hidden":                   {layout.List{asCase}, nil, demoorg.Rules{HiddenObjects: []string{crm.Case}}, "salesforce.check-layouts", "layout.object-not-createable", false},
		"all is well":                        {layout.List{asCase}, nil, demoorg.Rules{}, "salesforce.check-layouts", "", false},
		"a required field of Case":           {layout.List{asCase}, nil, demoorg.Rules{RequiredFields: []string{"Case.Severity__c"}}, "salesforce.check-layouts", "layout.required", false},
		"which the layout fills":             {layout.List{needed}, nil, demoorg.Rules{RequiredFields: []string{"Case.Severity__c"}}, "salesforce.check-layouts", "", false},
		"no layout is in use":                {layout.List{other}, nil, demoorg.Rules{NoCreate: []string{crm.Case}}, "salesforce.check-layouts", "-", false},
		"another org's":                      {layout.List{elsewhere}, nil, demoorg.Rules{NoCreate: []string{crm.Case}}, "salesforce.check-layouts", "-", false},
		"a rule names it":                    {layout.List{other}, []crm.Rule{{On: true, Layout: "Support"}}, demoorg.Rules{NoCreate: []string{crm.Case}}, "salesforce.check-layouts", "layout.object-not-createable", false},
		"a rule that is off names it":        {layout.List{other}, []crm.Rule{{Layout: "Support"}}, demoorg.Rules{NoCreate: []string{crm.Case}}, "salesforce.check-layouts", "-", false},
		"a rule for another org names it":    {layout.List{other}, []crm.Rule{{On: true, Layout: "Support", Org: elsewhere.Org}}, demoorg.Rules{NoCreate: []string{crm.Case}}, "salesforce.check-layouts", "-", false},
		"a rule for another org makes Leads": {nil, []crm.Rule{{On: true, Create: crm.Lead, Org: elsewhere.Org}}, demoorg.Rules{NoCreate: []string{crm.Lead}}, "salesforce.check-made", "-", false},
		"a rule for this org makes Leads":    {nil, []crm.Rule{{On: true, Create: crm.Lead, Org: "this"}}, demoorg.Rules{NoCreate: []string{crm.Lead}}, "salesforce.check-made", "salesforce.let-create", false},
		"a field that the layout lacks":      {layout.List{strange}, nil, demoorg.Rules{}, "salesforce.check-layouts", "layout.no-such-field", true},
		"a required field of Task":           {nil, nil, demoorg.Rules{RequiredFields: []string{"Task.Region__c"}}, "salesforce.check-required", "salesforce.required-unfilled", false},
		"which a layout fills":               {layout.List{region}, nil, demoorg.Rules{RequiredFields: []string{"Task.Region__c"}}, "salesforce.check-required", "", false},
		"Tasks, where all is a Case":         {layout.List{asCase}, nil, demoorg.Rules{NoCreate: []string{crm.Task}}, "salesforce.check-log", "salesforce.let-edit-tasks", true},
		"no rule makes anything":             {nil, []crm.Rule{{On: true, Log: "yes"}, {Create: crm.Lead}}, demoorg.Rules{NoCreate: []string{crm.Lead}}, "salesforce.check-made", "-", false},
		"a rule makes Leads":                 {nil, []crm.Rule{{On: true, Create: crm.Lead}}, demoorg.Rules{NoCreate: []string{crm.Lead}}, "salesforce.check-made", "salesforce.let-create", false},
		"a rule makes Contacts":              {nil, []crm.Rule{{On: true, Create: crm.Contact}}, demoorg.Rules{HiddenObjects: []string{crm.Contact}}, "salesforce.check-made", "salesforce.let-create", false},
		"a rule makes Cases":                 {nil, []crm.Rule{{On: true, Create: crm.Case}}, demoorg.Rules{RequiredFields: []string{"Case.Severity__c"}}, "salesforce.check-made", "salesforce.made-required", false},
		"rules make all three, and they can": {nil, []crm.Rule{{On: true, Create: crm.Lead}, {On: true, Create: crm.Contact}, {On: true, Create: crm.Case}}, demoorg.Rules{}, "salesforce.check-made", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, func(c *Config) {
				c.Layouts = func() layout.List { return tt.layouts }
				c.Rules = func() []crm.Rule { return tt.rules }
			})
			for i := range tt.rules {
				if tt.rules[i].Org == "this" {
					tt.rules[i].Org = r.org.ID()
				}
			}
			r.org.SetRules(func(rules *demoorg.Rules) { *rules = tt.org })
			seen := false
			for _, f := range r.Doctor(t.Context()) {
				if f.Check != tt.check {
					continue
				}
				seen = true
				if f.OK != (tt.says == "") || !strings.Contains(f.Remedy.Encode(), tt.says) || f.Minor != tt.minor || f.OK && f.Detail.IsZero() {
					t.Errorf("%+v", f)
				}
			}
			if seen != (tt.says != "-") {
				t.Errorf("looked at: %v", seen)
			}
		})
	}
}
