package salesforce

import (
	"context"
	"errors"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// maxOvertaken is how often a change is tried again that somebody else's change of other fields came before.
const maxOvertaken = 3

// SaveFields writes fields of a record that the agent has changed on the card, and returns the card as it is then. seen is the card that the agent
// looked at: when somebody else has changed one of the same fields since, nothing is written and the card that is returned
// has what they wrote. A value is as [crm.CardField] has it; "" empties the field.
//
// The change is conditional on the record's last change (REST API Developer Guide, "Conditional Requests":
// If-Unmodified-Since, status 412), so that nothing is overwritten that nobody here has seen.
func (c *Client) SaveFields(ctx context.Context, ref crm.Ref, seen crm.Card, values map[string]string) (crm.Card, error) {
	if !recordID.MatchString(ref.ID) || !objectName.MatchString(ref.Object) {
		return seen, &crm.Error{Class: crm.ClassRejected, Code: "MALFORMED_ID", Fault: fault.New("salesforce.record-unknown"), Err: errors.New("malformed record id")}
	}
	o, err := c.describe(ctx, ref.Object)
	switch {
	case err != nil:
		return seen, c.notSaved(err, seen, values)
	case o == nil:
		return seen, mayNotEdit(labelsOf(seen, values))
	}
	body, err := c.changed(o, ref.Object, seen, values)
	if err != nil {
		return seen, err
	}
	for try := range maxOvertaken {
		var at time.Time
		overtaken := seen.Person != "" && try == 0 // its account is written, whose last change the card does not have: look first
		if !overtaken {
			at, overtaken, err = c.patch(ctx, ref, seen, body)
		}
		if err != nil {
			c.learnWrite(ref.Object, err, body)
			c.dropPanels(crm.Activity{Who: ref, What: ref})
			return c.offered(o, seen), c.notSaved(err, seen, values)
		}
		if !overtaken {
			c.dropPanels(crm.Activity{Who: ref, What: ref})
			return seen.With(asStored(o, values), at), nil
		}
		now, err := c.fetchCard(ctx, ref, o)
		if err != nil {
			return seen, c.notSaved(err, seen, values)
		}
		theirs, done := overtakenBy(o, seen, *now, values)
		switch {
		case done: // the first attempt arrived, and its answer was lost
			c.dropPanels(crm.Activity{Who: ref, What: ref})
			return *now, nil
		case len(theirs) > 0:
			return *now, &crm.Error{
				Class: crm.ClassRejected, Code: "CHANGED_MEANWHILE", Fields: theirs, Err: errors.New("changed by somebody else"),
				Fault: fault.New("objects.changed-meanwhile", "fields", labels(*now, theirs)),
			}
		}
		seen = *now
	}
	return seen, &crm.Error{
		Class: crm.ClassTransient, Code: "CHANGED_MEANWHILE", Err: errors.New("the record is changed again and again"), Fault: fault.New("objects.record-busy"),
	}
}

// patch sends the change. overtaken tells that the record has changed since seen, so that nothing was written; at is when
// the org wrote it.
func (c *Client) patch(ctx context.Context, ref crm.Ref, seen crm.Card, body map[string]any) (at time.Time, overtaken bool, err error) {
	q := call{
		method: http.MethodPatch, path: "/sobjects/" + ref.Object + "/" + ref.ID, body: body, owner: owner{org: ref.Org}, timeout: c.cfg.WriteTimeout,
		repeat: true, silent: true,
	}
	if seen.Person != "" { // a person account is changed as an account
		q.path = "/sobjects/" + crm.Account + "/" + seen.Person
	} else if !seen.Modified.IsZero() {
		q.header = http.Header{"If-Unmodified-Since": {seen.Modified.UTC().Format(http.TimeFormat)}}
	}
	r, err := c.do(ctx, q, nil)
	if r.status == http.StatusPreconditionFailed {
		return time.Time{}, true, nil
	}
	return orgDate(r.header), false, err
}

// overtakenBy compares what somebody else has written with what the agent saw and wants: theirs are the fields that they
// changed too, and done tells that all is as the agent wants it.
func overtakenBy(o *object, seen, now crm.Card, values map[string]string) (theirs []string, done bool) {
	done = true
	for name, want := range values {
		was, _ := seen.Field(name)
		is, _ := now.Field(name)
		f, _ := o.field(name)
		if f.same(is.Value, want) {
			continue
		}
		done = false
		if !f.same(is.Value, was.Value) {
			theirs = append(theirs, name)
		}
	}
	slices.Sort(theirs)
	return theirs, done
}

// changed is the body of the change, by the fields of the object that is written to.
func (c *Client) changed(o *object, object string, seen crm.Card, values map[string]string) (map[string]any, error) {
	body := map[string]any{}
	row := c.row(object)
	for name, text := range values {
		f, ok := o.field(name)
		label := orElse(f.Label, name)
		switch {
		case !ok || !row.Edits(name) || !c.mayEdit(o, f) && seen.Person == "":
			return nil, mayNotEdit([]string{label})
		case f.Type == "picklist" && f.Restricted && text != "" && !f.takes(text):
			return nil, cardError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", name, fault.New("objects.not-an-entry", "field", label, "value", text))
		}
		v, why := parseField(f, label, text)
		if !why.IsZero() {
			return nil, cardError("INVALID_VALUE", name, why)
		}
		if seen.Person != "" {
			if name, ok = c.personField(name); !ok {
				return nil, mayNotEdit([]string{label})
			}
		}
		body[name] = v
	}
	return body, nil
}

// same reports whether the org would store two texts as one value.
func (f field) same(a, b string) bool {
	a, b = f.stored(a), f.stored(b)
	return a == b || f.Type == "email" && strings.EqualFold(a, b)
}

// stored is a text as the card has it once the org has stored it: without blanks around it, and a number with as many decimals as the
// field has.
func (f field) stored(text string) string {
	v, why := parseField(f, "", text)
	if !why.IsZero() {
		return text
	}
	if n, ok := v.(float64); ok && f.Type != "int" {
		if exact, ok := new(big.Rat).SetString(strconv.FormatFloat(n, 'f', -1, 64)); ok {
			if n, err := strconv.ParseFloat(exact.FloatString(f.Scale), 64); err == nil { // halves go up, as in the org
				v = n
			}
		}
	}
	return fieldText(v, f.Type)
}

// asStored are values as the card has them once they are stored.
func asStored(o *object, values map[string]string) map[string]string {
	out := make(map[string]string, len(values))
	for name, text := range values {
		f, _ := o.field(name)
		out[name] = f.stored(text)
	}
	return out
}

// parseField makes of a text what the org takes for a field.
func parseField(f field, label, text string) (any, fault.Fault) {
	if f.Type != "textarea" {
		text = strings.TrimSpace(text)
	}
	if f.Type == "boolean" {
		return text == "true", fault.Fault{}
	}
	if text == "" {
		return nil, fault.Fault{}
	}
	switch f.Type {
	case "int", "double", "currency", "percent":
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || n-n != 0 || f.Type == "int" && n != float64(int64(n)) {
			return nil, fault.New("objects.not-a-number", "field", label, "value", text)
		}
		return n, fault.Fault{}
	case "date":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return nil, fault.New("objects.not-a-date", "field", label, "value", text)
		}
	}
	return text, fault.Fault{}
}

// personField is the field of a person's account that is the contact's field: PersonEmail for Email, Vip__pc for Vip__c. ok is
// false where this user may not change it. (Object Reference, "Person Account Fields")
func (c *Client) personField(name string) (string, bool) {
	d, _ := c.schema.get(crm.Account)
	if d.Object == nil {
		return "", false
	}
	for _, candidate := range personNames(name) {
		if f, ok := d.Object.field(candidate); ok {
			return candidate, c.mayEdit(d.Object, f)
		}
	}
	return "", false
}

// personNames are the names that an account of a person may have a field of the contact by.
func personNames(name string) []string {
	if own, custom := strings.CutSuffix(name, "__c"); custom {
		return []string{own + "__pc"}
	}
	return []string{"Person" + name, name}
}

// learnWrite notes what the org refuses of an object's fields altogether, so that they are not offered again. What it refuses of the
// text alone the agent is told, and can mend: no length is asked of the description.
func (c *Client) learnWrite(object string, err error, sent map[string]any) {
	if outdated(err, nil) {
		c.schema.learnRefusals(object, refusals(err), sent)
		c.schema.reread()
	}
}

// offered is a card with what the agent may still change of it.
func (c *Client) offered(o *object, card crm.Card) crm.Card {
	card.Fields = slices.Clone(card.Fields)
	for i := range card.Fields {
		d := &card.Fields[i]
		if f, _ := o.field(d.Name); d.Editable && card.Person == "" && !c.mayEdit(o, f) {
			d.Editable, d.Required = false, false
		}
	}
	return card
}

func cardError(code, field string, why fault.Fault) *crm.Error {
	return &crm.Error{Class: crm.ClassRejected, Code: code, Fields: []string{field}, Fault: why, Err: errors.New("a value that the field does not take")}
}

func mayNotEdit(labels []string) *crm.Error {
	return &crm.Error{
		Class: crm.ClassPermission, Code: "NOT_EDITABLE", Fault: fault.New("objects.may-not-change", "fields", labels), Err: errors.New("not editable"),
	}
}

// labelsOf are the labels of the fields with values.
func labelsOf(card crm.Card, values map[string]string) []string {
	var names []string
	for _, f := range card.Fields {
		if _, ok := values[f.Name]; ok {
			names = append(names, f.Name)
		}
	}
	return labels(card, names)
}

func labels(card crm.Card, names []string) (out []string) {
	for _, name := range names {
		f, _ := card.Field(name)
		out = append(out, orElse(f.Label, name))
	}
	return out
}

// notSaved is the error of a change that the org did not take, in the words of the card.
func (c *Client) notSaved(err error, card crm.Card, values map[string]string) error {
	e, ok := asError(err)
	if !ok {
		return err
	}
	said := *e
	said.Fields = c.onCard(card, e.Fields)
	named := labels(card, said.Fields)
	if len(named) == 0 {
		named = labelsOf(card, values)
	}
	code := e.Code
	if list := refusals(err); len(list) > 0 {
		code = list[0].Code
	}
	switch code {
	case "FIELD_CUSTOM_VALIDATION_EXCEPTION", "DUPLICATES_DETECTED", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER":
		said.Fault = fault.New("objects.refused", "fields", named, "message", c.orgWords(err))
	case "STRING_TOO_LONG":
		said.Fault = fault.New("objects.too-long", "fields", named)
	case "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST":
		said.Fault = fault.New("objects.entry-refused", "fields", named)
	case "REQUIRED_FIELD_MISSING":
		said.Fault = fault.New("objects.needed-by-org", "fields", named)
	case "INVALID_EMAIL_ADDRESS":
		said.Fault = fault.New("objects.not-an-email", "fields", named)
	case "NUMBER_OUTSIDE_VALID_RANGE":
		said.Fault = fault.New("objects.number-too-large", "fields", named)
	case "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY", "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_FIELD", "INVALID_TYPE":
		said.Fault = fault.New("objects.may-not-change", "fields", named)
	case "NOT_FOUND", "ENTITY_IS_DELETED":
		said.Fault = fault.New("objects.record-gone")
	case "UNABLE_TO_LOCK_ROW":
		said.Fault = fault.New("objects.record-busy")
	default:
		switch e.Class {
		case crm.ClassTransient, crm.ClassAmbiguous:
			said.Fault = fault.New("objects.not-reached", "fields", named)
		case crm.ClassRejected, crm.ClassPermission, crm.ClassGone:
			said.Fault = fault.New("objects.refused", "fields", named, "message", c.orgWords(err))
		}
	}
	return &said
}

// onCard are the fields that the org names, as the card names them.
func (c *Client) onCard(card crm.Card, names []string) (out []string) {
	for _, f := range card.Fields {
		person, _ := c.personField(f.Name)
		if slices.Contains(names, f.Name) || card.Person != "" && slices.Contains(names, person) {
			out = append(out, f.Name)
		}
	}
	return out
}

// orgWords is the org's own message.
func (c *Client) orgWords(err error) fault.Fault {
	for _, e := range refusals(err) {
		if said := words(e.Message); said != "" {
			return fault.New(fault.Plain, "text", strings.TrimRight(said, "."))
		}
	}
	return fault.New("objects.no-words")
}
