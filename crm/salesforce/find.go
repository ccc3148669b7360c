package salesforce

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"linecard/crm"
)

// callKeyField is the text field that an admin adds to Activity, marked External ID and Unique, so that a call's Task is
// found and written by the call's id. The Metadata API calls it Activity.Linecard_Call_Id__c; Task has it by the same name.
const callKeyField = "Linecard_Call_Id__c"

// callKey is that field where a Task can be upserted by it: External ID, and writable for this user. (That idLookup is what
// tells is documented of SOAP's upsert, and believed of REST's.)
func (o *object) callKey() (field, bool) {
	f, ok := o.field(callKeyField)
	return f, ok && f.ExternalID && f.IDLookup && f.Createable
}

// Upserts reports whether the org writes a call by its id, so that a write can be repeated at any time and needs no look
// before it. It asks nothing of the org. The field has to be Unique: without that, two upserts at the same time make two
// Tasks.
func (c *Client) Upserts(org string) bool {
	s, err := c.current()
	if err != nil || !(owner{org: org}).admits(s) {
		return false
	}
	d, ok := c.schema.get(crm.Task)
	if !ok {
		if d, ok = c.readDescription(crm.Task); !ok || d.Object == nil {
			return false
		}
		d.Object.index()
	}
	if d.Object == nil {
		return false
	}
	key, ok := d.Object.callKey()
	return ok && key.Unique
}

// mostFound bounds a search for the Tasks of one call. More than one is an accident already.
const mostFound = 200

// clockSlack is how far the agent's clock and the org's may be apart where a search has to be bounded by the time.
const clockSlack = 7 * 24 * time.Hour

// Find returns every Task of the call, oldest first, whoever of the org has made it, as far as the user sees it. It has no
// bound in time: clocks differ by days.
//
// The call's id stands in up to two fields, and both are searched, since a Task may be older than the field. By the External
// ID the search is indexed. CallObject is not (believed): Salesforce then looks at all Tasks, which an org of many millions
// may refuse with QUERY_TIMEOUT; only then the search is repeated for the Tasks made since a week before the call.
// An org without both fields has the id in the description, which cannot be filtered by: there the newest 200 Tasks are
// read that this user has made since a week before the call.
func (c *Client) Find(ctx context.Context, a crm.Activity) ([]crm.Ref, error) {
	if err := c.checkOwner(ownerOf(a)); err != nil || a.CallID == "" {
		return nil, err
	}
	o, err := c.describe(ctx, crm.Task)
	if err != nil {
		return nil, harmless(err)
	}
	if o == nil {
		return nil, noTasks()
	}
	var all []foundTask
	searched := false
	for _, name := range []string{callKeyField, "CallObject"} {
		f, ok := o.field(name)
		if !ok || !f.Filterable {
			continue
		}
		searched = searched || f.Createable // what cannot be written does not hold the id
		where := name + " = " + soqlString(a.CallID)
		found, err := c.findWhere(ctx, a, "Id, Subject, CreatedDate", where)
		if codeOf(err) == "QUERY_TIMEOUT" {
			found, err = c.findWhere(ctx, a, "Id, Subject, CreatedDate", where+" AND "+since(a))
		}
		if err != nil {
			return nil, harmless(err)
		}
		all = append(all, found...)
	}
	if !searched {
		where := since(a)
		if user := c.Status().UserID; user != "" {
			where = "CreatedById = " + soqlString(user) + " AND " + where
		}
		found, err := c.findWhere(ctx, a, "Id, Subject, CreatedDate, Description", where)
		if err != nil {
			return nil, harmless(err)
		}
		for _, t := range found {
			if strings.Contains(t.row.text("Description"), callLine+": "+a.CallID) {
				all = append(all, t)
			}
		}
	}
	return oldestFirst(all), nil
}

// foundTask is a Task that a query returned.
type foundTask struct {
	crm.Ref
	made time.Time
	row  row
}

func (c *Client) findWhere(ctx context.Context, a crm.Activity, fields, where string) ([]foundTask, error) {
	soql := "SELECT " + fields + " FROM Task WHERE " + where + " ORDER BY CreatedDate DESC, Id DESC LIMIT " + strconv.Itoa(mostFound)
	var page struct {
		Records []row `json:"records"`
	}
	q := c.get("/query", url.Values{"q": {soql}}, c.cfg.WriteTimeout)
	q.owner = ownerOf(a)
	r, err := c.do(ctx, q, &page)
	if err != nil {
		return nil, err
	}
	found := make([]foundTask, len(page.Records))
	for i, rec := range page.Records {
		found[i] = foundTask{r.from.task(rec.text("Id"), rec.text("Subject")), rec.time("CreatedDate", time.UTC), rec}
	}
	return found, nil
}

// since bounds a search by the org's clock, to what was made in a week before the call or later.
func since(a crm.Activity) string { return "CreatedDate >= " + soqlTime(a.Started.Add(-clockSlack)) }

// oldestFirst sorts what several searches found and takes doubles out. Ids made in the same second count upwards.
func oldestFirst(all []foundTask) []crm.Ref {
	slices.SortFunc(all, func(a, b foundTask) int {
		return cmp.Or(a.made.Compare(b.made), strings.Compare(a.ID, b.ID))
	})
	var refs []crm.Ref
	for _, t := range all {
		if len(refs) == 0 || refs[len(refs)-1].ID != t.ID {
			refs = append(refs, t.Ref)
		}
	}
	return refs
}
