package demoorg

import (
	"fmt"
	"strings"

	"linecard/crm/demoorg/sosl"
)

// SetRules changes the admin's rules from the next request on. Descriptions change with them, so a client's
// If-Modified-Since notices it.
func (o *Org) SetRules(change func(*Rules)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change(&o.rules)
	o.rulesChanged = o.now()
}

// checkRules runs the validation rules, then the duplicate rule.
func (o *Org) checkRules(r *record, allowDuplicate bool) *apiError {
	for _, v := range o.rules.Validations {
		if !strings.EqualFold(v.Object, r.object.name) {
			continue
		}
		f := r.object.field(v.Field)
		if f == nil {
			continue
		}
		have := ""
		if x := r.get(f.name); x != nil {
			have = fmt.Sprint(jsonValue(x))
		}
		if v.Forbidden == "" && have == "" || v.Forbidden != "" && strings.Contains(have, v.Forbidden) {
			return bad("FIELD_CUSTOM_VALIDATION_EXCEPTION", "%s", v.Message).on(f.name)
		}
	}
	if o.rules.DuplicateRule && !allowDuplicate && (r.object.name == "Contact" || r.object.name == "Lead") {
		return o.duplicate(r)
	}
	return nil
}

// duplicate refuses a person who has the phone number or e-mail address of another record of the same object.
func (o *Org) duplicate(r *record) *apiError {
	for _, other := range o.db.all(r.object, false) {
		if other.id == r.id || !samePerson(r, other) {
			continue
		}
		e := bad("DUPLICATES_DETECTED", "Use one of these records?")
		e.fields = []string{}
		// The misspelling is Salesforce's (believed).
		e.more = map[string]any{"duplicateResut": ordered{
			{"allowSave", true},
			{"duplicateRule", "Same_phone_or_email"},
			{"duplicateRuleEntityType", r.object.name},
			{"errorMessage", "Use one of these records?"},
			{"matchResults", []ordered{{
				{"entityType", r.object.name},
				{"matchRecords", []ordered{{{"matchConfidence", 100.0}, {"record", ordered{
					{"attributes", ordered{{"type", r.object.name}}}, {"Id", other.id},
				}}}}},
				{"success", true},
			}}},
		}}
		return e
	}
	return nil
}

func samePerson(a, b *record) bool {
	for _, f := range a.object.fields {
		x, y := a.text(f.name), b.text(f.name)
		if x == "" || y == "" {
			continue
		}
		if f.kind == kEmail && strings.EqualFold(x, y) ||
			f.kind == kPhone && strings.Join(sosl.Words(x), "") == strings.Join(sosl.Words(y), "") {
			return true
		}
	}
	return false
}
