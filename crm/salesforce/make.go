package salesforce

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// Make makes the record that a rule wants of a call: a Lead, a Contact or a Case with the name and the number of the other
// party. Like a Task it carries the call's id: in the External ID field where the org has added that to the object, and in
// the description, so that [Client.FindMade] finds it after an answer that was lost.
func (c *Client) Make(ctx context.Context, a crm.Activity) (crm.Record, error) {
	ctx = crm.ForCall(ctx, a.CallID)
	if err := c.checkOwner(ownerOf(a)); err != nil {
		return crm.Record{}, err
	}
	var made crm.Record
	err := c.withSchema(ctx, a.Make, true, func(o *object, _ string) (map[string]any, error) {
		fields := c.madeFields(o, a)
		var answer saved
		q := call{method: http.MethodPost, path: "/sobjects/" + a.Make, body: fields, writes: true, owner: ownerOf(a), timeout: c.cfg.WriteTimeout}
		r, err := c.do(ctx, q, &answer)
		switch {
		case codeOf(err) == "DUPLICATE_VALUE": // an earlier attempt has arrived, or is being committed
			busy := unanswered(errors.New("the call's record exists"), false)
			busy.Code, busy.Retry = "DUPLICATE_VALUE", afterDuplicate
			return fields, busy
		case err != nil:
			return fields, err
		case !recordID.MatchString(answer.ID):
			return fields, unanswered(errors.New("the answer names no record"), false)
		}
		made = r.from.made(a, answer.ID)
		return fields, nil
	})
	return made, err
}

// made is the record as it is shown. A search would tell the same once the org has indexed it.
func (s session) made(a crm.Activity, id string) crm.Record {
	rec := crm.Record{Ref: s.ref(a.Make, id, madeName(a))}
	rec.User = s.user
	if a.Make == crm.Case {
		return rec
	}
	rec.Phones = []crm.PhoneField{{Field: "Phone", Label: "Phone", Value: a.Number}}
	if a.Make == crm.Lead {
		rec.Company = unknownCompany
	}
	return rec
}

// unknownCompany is what a Lead has for its company where nobody knows it, since the org requires one: what Salesforce's own
// forms for leads are commonly filled with.
const unknownCompany = "[not provided]"

// madeName is what a person who called is called until somebody knows better.
func madeName(a crm.Activity) string {
	if a.Make == crm.Case {
		return a.SubjectLine()
	}
	return orElse(a.PartyName, orElse(a.Shown, a.Number))
}

// madeFields are the fields of the record, as far as the org lets this user fill them.
func (c *Client) madeFields(o *object, a crm.Activity) map[string]any {
	t := &task{object: o, refused: c.schema.refusesWrite(o.Name), fields: map[string]any{}}
	switch a.Make {
	case crm.Case:
		t.set("Subject", madeName(a))
		t.set("Origin", "Phone")
		t.set("SuppliedPhone", a.Number)
		if a.PartyName != "" {
			t.set("SuppliedName", a.PartyName)
		}
	case crm.Account:
		t.set("Name", madeName(a))
		t.set("Phone", a.Number)
	default:
		first, last := splitName(madeName(a), a.PartyName != "")
		if first != "" {
			t.set("FirstName", first)
		}
		t.set("LastName", last)
		t.set("Phone", a.Number)
		if a.Make == crm.Lead {
			t.set("Company", unknownCompany)
		}
	}
	t.key(a)
	t.set("Description", "Made by Linecard of a call on "+a.Started.In(c.cfg.Location).Format("2006-01-02 at 15:04")+".\n"+madeMark(a))
	return t.fields
}

// madeMark is the line by which the record is found again.
func madeMark(a crm.Activity) string { return callLine + ": " + a.CallID }

// splitName splits the name of a person at the last blank, or at a comma. A number is one name.
func splitName(name string, person bool) (first, last string) {
	if last, first, ok := strings.Cut(name, ","); ok && person && strings.TrimSpace(last) != "" {
		return strings.TrimSpace(first), strings.TrimSpace(last)
	}
	if i := strings.LastIndexByte(name, ' '); i > 0 && person {
		return strings.TrimSpace(name[:i]), name[i+1:]
	}
	return "", name
}

// FindMade returns the records of a.Make that carry the call's id, and the Leads, Contacts and Accounts with its number that anybody has
// made since a week before the call: in a ring group several desks have the same caller. The description cannot be filtered by,
// so the newest 200 records are read that this user, or whoever may have made it before, has made since then. The search of a query
// is not behind, as that of a lookup may be.
func (c *Client) FindMade(ctx context.Context, a crm.Activity) ([]crm.Record, error) {
	ctx = crm.ForCall(ctx, a.CallID)
	if err := c.checkOwner(ownerOf(a)); err != nil {
		return nil, err
	}
	var dropped []string
	for attempt := 1; ; attempt++ {
		found, err := c.findMade(ctx, a, dropped)
		if !outdated(err, nil) || attempt == maxRefusals {
			return found, asTransient(err)
		}
		if attempt > 1 { // described again, it is still refused
			more := named(err, nil)
			if len(more) == 0 {
				return nil, err
			}
			dropped = append(dropped, more...)
		}
		c.schema.reread()
	}
}

// findMade asks once, without the fields that the org has refused to tell.
func (c *Client) findMade(ctx context.Context, a crm.Activity, dropped []string) ([]crm.Record, error) {
	o, err := c.describe(ctx, a.Make)
	if err != nil {
		return nil, asTransient(err)
	}
	if o == nil {
		return nil, mayNot(a.Make)
	}
	title, phone := "Name", "Phone"
	if a.Make == crm.Case {
		title, phone = "Subject", ""
	}
	columns, mine := []string{"Id", title, "CreatedDate"}, []string{}
	sees := func(name string) (field, bool) {
		f, ok := o.field(name)
		return f, ok && !slices.Contains(dropped, name)
	}
	marked := false // whether the call's id is in what is read
	if f, ok := sees(callKeyField); ok && f.Filterable {
		marked = true
		mine = append(mine, callKeyField+" = "+soqlString(a.CallID))
		columns = append(columns, callKeyField)
	}
	if _, ok := sees("Description"); ok {
		marked = true
		columns = append(columns, "Description")
	}
	if !marked && len(dropped) > 0 { // nothing tells whether the record is there
		return nil, mayNotRead(a.Make, dropped)
	}
	if users := c.madeBy(a); users != "" {
		mine = append(mine, users)
	}
	if f, ok := sees(phone); ok && f.Filterable {
		mine = append(mine, phone+" = "+soqlString(a.Number))
		columns = append(columns, phone)
	}
	soql := "SELECT " + strings.Join(columns, ", ") + " FROM " + a.Make + " WHERE (" + strings.Join(mine, " OR ") + ") AND " + c.since(a.Started) +
		" ORDER BY CreatedDate DESC, Id DESC LIMIT " + strconv.Itoa(maxFound)
	q := c.get("/query", url.Values{"q": {soql}}, c.cfg.WriteTimeout)
	q.owner = ownerOf(a)
	rows, r, err := c.rows(ctx, q)
	if err != nil {
		return nil, err
	}
	type found struct {
		crm.Record
		at time.Time
	}
	var all []found
	for _, row := range rows {
		ours := strings.Contains(row.raw("Description"), madeMark(a)) || row.text(callKeyField) == a.CallID
		if !ours && (phone == "" || a.Number == "" || row.text(phone) != a.Number) || !recordID.MatchString(row.text("Id")) {
			continue
		}
		rec := r.from.made(a, row.text("Id"))
		rec.Name = orElse(row.text(title), rec.Name)
		if !ours {
			rec.User = ""
		}
		all = append(all, found{rec, row.time("CreatedDate", time.UTC)})
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.ID, b.ID)) })
	out := make([]crm.Record, len(all))
	for i, f := range all {
		out[i] = f.Record
	}
	return out, nil
}

// mayNotRead is the error of a question that cannot be asked without fields that the user does not see.
func mayNotRead(object string, fields []string) *crm.Error {
	return &crm.Error{
		Class: crm.ClassPermission, Code: notReadable, Fields: fields, Err: errors.New("no field tells which record it is"),
		Fault: fault.New("salesforce.show-fields", "object", object, "fields", fields),
	}
}

// notReadable is the code of the error for fields that the user does not see.
const notReadable = "NOT_READABLE"

// untouched is how long after a record was made the org may still be changing it by itself, as assignment rules do.
const untouched = time.Minute

// Unmake deletes a record that a rule had made of a call, unless somebody has worked on it since.
func (c *Client) Unmake(ctx context.Context, ref crm.Ref) error {
	if !slices.Contains(crm.Creatable(), ref.Object) || !recordID.MatchString(ref.ID) {
		return &crm.Error{Class: crm.ClassRejected, Code: "MALFORMED_ID", Fault: fault.New("salesforce.record-strange"), Err: errors.New("no record that is made of calls")}
	}
	soql := "SELECT Id, CreatedById, CreatedDate, LastModifiedById, LastModifiedDate FROM " + ref.Object + " WHERE Id = " + soqlString(ref.ID)
	q := c.get("/query", url.Values{"q": {soql}}, c.cfg.WriteTimeout)
	q.owner = owner{org: ref.Org}
	rows, _, err := c.rows(ctx, q)
	if err != nil {
		return asTransient(err)
	}
	if len(rows) == 0 {
		return nil
	}
	rec := rows[0]
	late := rec.time("LastModifiedDate", time.UTC).Sub(rec.time("CreatedDate", time.UTC)) > untouched
	if late || rec.text("LastModifiedById") != rec.text("CreatedById") {
		return &crm.Error{Class: crm.ClassRejected, Fault: fault.New("salesforce.record-changed"), Err: errors.New("the record was changed since")}
	}
	del := call{
		method: http.MethodDelete, path: "/sobjects/" + ref.Object + "/" + ref.ID, owner: owner{org: ref.Org}, timeout: c.cfg.WriteTimeout, repeat: true, silent: true,
	}
	_, err = c.do(ctx, del, nil)
	if code := codeOf(err); code == "ENTITY_IS_DELETED" || code == "NOT_FOUND" {
		return nil
	}
	return err
}

var _ crm.Maker = (*Client)(nil)
