package salesforce

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"linecard/crm"
	"linecard/fault"
)

// followFields are the fields that tell what has become of a record, by object; any other object has IsDeleted.
var followFields = map[string][]string{
	crm.Contact: {"IsDeleted", "Name", "MasterRecordId", "AccountId", "Account.Name"},
	crm.Account: {"IsDeleted", "Name", "MasterRecordId"},
	crm.Lead:    {"IsDeleted", "Name", "Company", "MasterRecordId", "IsConverted", "ConvertedContactId", "ConvertedAccountId"},
}

// maxHops bounds a chain of merges and conversions.
const maxHops = 8

// Follow returns what has become of a record: the record itself while it exists, the one that it was merged into, or the
// contact, or else the account, that a lead was converted to. It is the zero Record when there is nothing any more, or
// nothing that this user may see.
func (c *Client) Follow(ctx context.Context, ref crm.Ref) (crm.Record, error) {
	now := ref
	for range maxHops {
		row, s, err := c.fate(ctx, now, ref.Org)
		if err != nil {
			return crm.Record{}, asTransient(err)
		}
		next := successor(row, now.Object)
		if !next.IsZero() && key15(next.ID) == key15(now.ID) {
			row["attributes"] = map[string]any{"type": now.Object}
			return row.record(s, nil, "Name"), nil
		}
		if next.IsZero() {
			break
		}
		now = next
	}
	return crm.Record{}, nil
}

// fate reads a record that may have been deleted; the row is nil when there is none.
func (c *Client) fate(ctx context.Context, ref crm.Ref, org string) (row, session, error) {
	if !recordID.MatchString(ref.ID) || !objectName.MatchString(ref.Object) {
		return nil, session{}, &crm.Error{
			Class: crm.ClassRejected, Code: "MALFORMED_ID", Fault: fault.New("salesforce.record-unknown"), Err: errors.New("malformed record id"),
		}
	}
	fields := append([]string{"Id"}, orFields(followFields[ref.Object])...)
	for attempt := 1; ; attempt++ {
		soql := "SELECT " + strings.Join(fields, ", ") + " FROM " + ref.Object + " WHERE Id = " + soqlString(ref.ID)
		q := c.get("/queryAll", url.Values{"q": {soql}}, c.cfg.WriteTimeout)
		q.owner = owner{org: org}
		rows, r, err := c.rows(ctx, q)
		switch {
		case err == nil && len(rows) == 0:
			return nil, r.from, nil
		case err == nil:
			return rows[0], r.from, nil
		case codeOf(err) == "INVALID_TYPE": // the user does not see the object any more
			return nil, r.from, nil
		case attempt == maxRefusals || !dropHidden(&fields, err):
			return nil, session{}, err
		}
	}
}

func orFields(fields []string) []string {
	if fields == nil {
		return []string{"IsDeleted"}
	}
	return fields
}

// dropHidden removes the fields that the org does not show, and reports whether there were any.
func dropHidden(fields *[]string, err error) bool {
	before := len(*fields)
	for _, e := range refusals(err) {
		if m := noColumn.FindStringSubmatch(e.Message); m != nil {
			*fields = slices.DeleteFunc(*fields, func(f string) bool { return f == m[1] || strings.HasSuffix(f, "."+m[1]) && m[1] != "Id" })
		}
		if m := noParent.FindStringSubmatch(e.Message); m != nil {
			*fields = slices.DeleteFunc(*fields, func(f string) bool { return strings.HasPrefix(f, m[1]+".") })
		}
	}
	return len(*fields) < before
}

// successor returns the record to use in place of the one that a row describes: that one while it is there.
func successor(r row, object string) crm.Ref {
	to := func(object, field string) (crm.Ref, bool) {
		id := r.text(field)
		return crm.Ref{Object: object, ID: id}, recordID.MatchString(id)
	}
	if next, ok := to(object, "MasterRecordId"); ok && r.flag("IsDeleted") {
		return next
	}
	if r == nil || r.flag("IsDeleted") {
		return crm.Ref{}
	}
	if r.flag("IsConverted") {
		if next, ok := to(crm.Contact, "ConvertedContactId"); ok {
			return next
		}
		next, _ := to(crm.Account, "ConvertedAccountId")
		return next
	}
	return crm.Ref{Object: object, ID: r.text("Id")}
}
