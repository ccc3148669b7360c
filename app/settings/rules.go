package settings

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"linecard/crm"
	"linecard/fault"
)

// rules decodes the admin's table. A row with anything wrong in it, or anything that this version does not know, is left out
// as a whole: without the one condition that could not be read it would be about more calls than was meant.
func (r *reading) rules(v any, to *[]crm.Rule, key string) bool {
	elements, ok := v.([]any)
	if !ok {
		return false
	}
	var list []crm.Rule
	for i, e := range elements {
		rule, why := readRule(e)
		if why.IsZero() && sameName(list, rule.Name) {
			why = fault.New("rules.same-name", "name", rule.Name)
		}
		if why.IsZero() && len(list) == crm.MostRules {
			why = fault.New("rules.too-many-rows", "most", crm.MostRules)
		}
		if !why.IsZero() {
			r.notice("settings.rule-ignored", "element", fmt.Sprintf("%s[%d]", key, i+1), "why", why)
			r.leaveOut(key, len(list), e)
			continue
		}
		list = append(list, rule)
	}
	*to = list
	return true
}

func readRule(v any) (crm.Rule, fault.Fault) {
	rule := crm.DefaultRule()
	found, ok := v.(map[string]any)
	if !ok {
		return rule, fault.New("rules.no-table")
	}
	row := newReading()
	row.table(found, reflect.ValueOf(&rule).Elem(), "")
	if len(row.notices) > 0 {
		return rule, row.notices[0]
	}
	return rule, rule.Tidy()
}

// sameName reports whether a row has that name already.
func sameName(rules []crm.Rule, name string) bool {
	return slices.ContainsFunc(rules, func(r crm.Rule) bool { return strings.EqualFold(r.Name, name) })
}

// rules checks, and tidies, the table that will be in force.
func (c *checker) rules(rules []crm.Rule) {
	if len(rules) > crm.MostRules {
		c.fault("rules.too-many-rows", "most", crm.MostRules)
	}
	for i := range rules {
		why := rules[i].Tidy()
		if why.IsZero() && sameName(rules[:i], rules[i].Name) {
			why = fault.New("rules.same-name", "name", rules[i].Name)
		}
		if !why.IsZero() {
			c.fault("settings.bad-rule", "key", fmt.Sprintf("rules[%d]", i+1), "why", why)
		}
	}
}

// WriteRules writes a table as [ReadRules] reads it.
func WriteRules(rules []crm.Rule) ([]byte, error) {
	doc, err := toml.Marshal(map[string]any{"rules": document(reflect.ValueOf(rules))})
	if err != nil {
		return nil, fault.Err(err, "rules.unreadable-file")
	}
	return doc, nil
}

// ReadRules reads a table from a document like settings.toml. An error has a fault that says which row is wrong, and how.
func ReadRules(doc []byte) ([]crm.Rule, error) {
	found, err := parseTOML(doc)
	list, ok := found["rules"].([]any)
	if err != nil || !ok { // another file than was meant must not take all rules away
		return nil, keyError("rules.unreadable-file")
	}
	var out []crm.Rule
	for i, e := range list {
		rule, why := readRule(e)
		if !why.IsZero() {
			return nil, keyError("settings.bad-rule", "key", fmt.Sprintf("rules[%d]", i+1), "why", why)
		}
		out = append(out, rule)
	}
	c := &checker{}
	if c.rules(out); len(c.faults) > 0 {
		return nil, &KeyError{c.faults[0]}
	}
	return out, nil
}
