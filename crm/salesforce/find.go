package salesforce

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"linecard/crm"
	"linecard/crm/salesforce/setup"
)

// callKeyField is the text field that an admin adds to Activity and to Case, marked External ID and Unique, so that the
// Task or Case of a call is found and written by the call's id. Package setup has it in the project that the admin deploys.
const callKeyField = setup.CallField

// callKey returns that field where a record can be upserted by it: an External ID that this user may write. (That
// idLookup tells this is documented for SOAP's upsert, and believed for REST's.)
func (o *object) callKey() (field, bool) {
	f, ok := o.field(callKeyField)
	return f, ok && f.ExternalID && f.IDLookup && f.Createable
}

// keyOf is the callKey of an object, unless the org has refused a write of it: the call's id is in the description then.
func (c *Client) keyOf(o *object) (field, bool) {
	f, ok := o.callKey()
	return f, ok && !c.schema.refusesWrite(o.Name)(f.Name, "")
}

// Upserts reports whether the org writes a call, as a Task or a Case, by its id, so that a write can be repeated at any time and needs no
// check before it. It makes no request. The field must be Unique: without that, two upserts at the same time make two
// records.
func (c *Client) Upserts(org, object string) bool {
	s, err := c.current()
	if err != nil || !(owner{org: org}).admits(s) {
		return false
	}
	d, ok := c.schema.get(object)
	if !ok {
		if d, ok = c.readDescription(object); !ok || d.Object == nil {
			return false
		}
		d.Object.index()
	}
	if d.Object == nil {
		return false
	}
	key, ok := c.keyOf(d.Object)
	return ok && key.Unique
}

// maxFound bounds a search for the Tasks of one call. More than one is already a fault.
const maxFound = 200

// clockSlack is how far the agent's clock and the org's may differ, for searches that must be bounded by time.
const clockSlack = 7 * 24 * time.Hour

// Find returns every Task, or every Case, of the call that the user may see, oldest first, no matter which user of the org made it. The
// search has no bound in time, since clocks differ by days.
//
// The call's id is in up to two fields, and both are searched, since a Task may be older than the External ID field.
// The search by the External ID is indexed. The one by CallObject is not (believed): Salesforce then reads all Tasks,
// which an org with many millions may refuse with QUERY_TIMEOUT. Only then the search is repeated for the Tasks made
// since a week before the call.
//
// Where no field has the id, the description may: see [Client.findDescribed]. An org may refuse a write of a field that its
// description calls createable, also between two attempts at one call, whose Tasks then have the id in different places. So the
// descriptions are read too, whatever the fields find.
//
// Descriptions that the user may not read are left out where a field may have the id.
//
// A Case has one field for the call's id, and none but the description where the org has not added it.
func (c *Client) Find(ctx context.Context, a crm.Activity) ([]crm.Ref, error) {
	ctx = crm.ForCall(ctx, a.CallID)
	if err := c.checkOwner(ownerOf(a)); err != nil || a.CallID == "" {
		return nil, err
	}
	var all []foundTask
	err := c.byCallFields(ctx, a.WrittenAs(), func(keys []string) (err error) {
		all, err = c.findBy(ctx, keys, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	return oldestFirst(all), nil
}

// findBy looks for one call by the fields that may hold its id, and then by the descriptions.
func (c *Client) findBy(ctx context.Context, keys []string, a crm.Activity) (all []foundTask, err error) {
	for _, name := range keys {
		where := name + " = " + soqlString(a.CallID)
		found, err := c.findWhere(ctx, a, "Id, Subject, CreatedDate", where, maxFound, 0)
		if codeOf(err) == "QUERY_TIMEOUT" {
			found, err = c.findWhere(ctx, a, "Id, Subject, CreatedDate", where+" AND "+c.since(a.Started), maxFound, 0)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	described, err := c.findDescribed(ctx, []crm.Activity{a})
	return append(all, described[a.CallID]...), unlessKeyed(keys, err)
}

// unlessKeyed drops the error of descriptions that the user may not read, where a field has been searched for the call's id: it
// cannot have been written into a description that the user does not see.
func unlessKeyed(keys []string, err error) error {
	if len(keys) > 0 && codeOf(err) == notReadable {
		return nil
	}
	return err
}

// byCallFields asks with the fields that may hold a call's id. A description is used for hours, and an admin may have hidden a
// field since: when the org refuses what it is asked by, the object is described again, and after that nothing is asked by the
// fields that it still refuses.
func (c *Client) byCallFields(ctx context.Context, object string, ask func(keys []string) error) error {
	var dropped []string
	for attempt := 1; ; attempt++ {
		o, err := c.describe(ctx, object)
		if err != nil {
			return asTransient(err)
		}
		if o == nil {
			return mayNot(object)
		}
		keys := slices.DeleteFunc(o.callFields(), func(name string) bool { return slices.Contains(dropped, name) })
		err = ask(keys)
		if !outdated(err, nil) || attempt == maxRefusals {
			return asTransient(err)
		}
		if attempt > 1 {
			dropped = append(dropped, named(err, keys)...)
		}
		c.schema.reread()
	}
}

// named are those of the fields that the org names in a refusal; all of them where it names none. Without fields they are whatever it
// names.
func named(err error, fields []string) []string {
	var out []string
	for _, e := range refusals(err) {
		if m := noColumn.FindStringSubmatch(e.Message); m != nil && (fields == nil || slices.Contains(fields, m[1])) {
			out = append(out, m[1])
		}
	}
	if len(out) == 0 {
		return fields
	}
	return out
}

// callFields are the fields that may hold a call's id and can be searched by.
func (o *object) callFields() []string {
	var names []string
	for _, name := range []string{callKeyField, "CallObject"} {
		if f, ok := o.field(name); ok && f.Filterable {
			names = append(names, name)
		}
	}
	return names
}

// findDescribed returns what has the id of one of the calls in its description, by call id. A description cannot be filtered by,
// so the newest are read that this user, or whoever may have written one of them before, has made since a week before the first of the
// calls: 200 for one, 1,000 for several. All the calls are written as the object.
func (c *Client) findDescribed(ctx context.Context, all []crm.Activity) (map[string][]foundTask, error) {
	found := map[string][]foundTask{}
	if len(all) == 0 {
		return found, nil
	}
	first, most := all[0].Started, maxFound
	if len(all) > 1 {
		most *= 5
	}
	for _, a := range all {
		if a.Started.Before(first) {
			first = a.Started
		}
	}
	where := c.since(first)
	if mine := c.madeBy(all...); mine != "" {
		where = mine + " AND " + where
	}
	tasks, err := c.findDescriptions(ctx, all[0], where, most, len(all) == 1)
	if codeOf(err) == "INVALID_FIELD" && slices.Contains(named(err, nil), "Description") {
		return nil, mayNotRead(all[0].WrittenAs(), []string{"Description"})
	}
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		text := t.row.raw("Description")
		if !strings.Contains(text, callLine+": ") {
			continue
		}
		for _, a := range all {
			if a.CallID != "" && strings.Contains(text, callLine+": "+a.CallID) {
				found[a.CallID] = append(found[a.CallID], t)
			}
		}
	}
	return found, nil
}

// madeBy limits a search to what the linked user has made, and the others in whose names the calls may have been written before; ""
// where it is not known who is linked.
func (c *Client) madeBy(all ...crm.Activity) string {
	users := []string{c.Status().UserID}
	if users[0] == "" {
		return ""
	}
	for _, a := range all {
		for _, user := range a.TriedBy {
			if recordID.MatchString(user) && !slices.Contains(users, user) {
				users = append(users, user)
			}
		}
	}
	for i, user := range users {
		users[i] = soqlString(user)
	}
	if len(users) == 1 {
		return "CreatedById = " + users[0]
	}
	return "CreatedById IN (" + strings.Join(users, ",") + ")"
}

// findDescriptions reads the newest with their descriptions, most of them at most. A description has up to 32,000 characters, so the
// answer may be too large to be read: one that may be split is asked for in parts then, half as large each time.
func (c *Client) findDescriptions(ctx context.Context, a crm.Activity, where string, most int, split bool) ([]foundTask, error) {
	var all []foundTask
	part := most
	for len(all) < most {
		found, err := c.findWhere(ctx, a, "Id, Subject, CreatedDate, Description", where, part, len(all))
		if codeOf(err) == answerTooLarge && split && part > 1 {
			part /= 2
			continue
		}
		if err != nil {
			return nil, err
		}
		if all = append(all, found...); len(found) < part {
			break
		}
	}
	return all, nil
}

// foundTask is a Task or Case that a query returned.
type foundTask struct {
	crm.Ref
	made time.Time
	row  row
}

// findWhere returns the newest, most of them at most, without the first of them.
func (c *Client) findWhere(ctx context.Context, a crm.Activity, fields, where string, most, without int) ([]foundTask, error) {
	soql := "SELECT " + fields + " FROM " + a.WrittenAs() + " WHERE " + where + " ORDER BY CreatedDate DESC, Id DESC LIMIT " + strconv.Itoa(most)
	if without > 0 {
		soql += " OFFSET " + strconv.Itoa(without)
	}
	q := c.get("/query", url.Values{"q": {soql}}, c.cfg.WriteTimeout)
	q.owner = ownerOf(a)
	rows, r, err := c.rows(ctx, q)
	if err != nil {
		return nil, err
	}
	found := make([]foundTask, len(rows))
	for i, rec := range rows {
		found[i] = foundTask{r.from.record(a.WrittenAs(), rec.text("Id"), rec.text("Subject")), rec.time("CreatedDate", time.UTC), rec}
	}
	return found, nil
}

// since limits a search to what was made since a week before a time of this computer's clock. The org's may differ by more than that: it is
// known how much, from its answers. A time that has not come yet by the org's clock was told by a clock that has been put right.
func (c *Client) since(at time.Time) string {
	ahead := time.Duration(c.clockAhead.Load())
	for _, other := range []time.Time{at.Add(-ahead), c.cfg.Now().Add(-ahead)} {
		if other.Before(at) {
			at = other
		}
	}
	return "CreatedDate >= " + soqlTime(at.Add(-clockSlack))
}

// noteClock keeps how far this computer's clock is ahead of the org's, by the time of an answer.
func (c *Client) noteClock(h http.Header) {
	if org := orgDate(h); !org.IsZero() {
		c.clockAhead.Store(int64(c.cfg.Now().Sub(org)))
	}
}

// oldestFirst sorts the results of several searches and removes duplicates. Ids made in the same second count upwards.
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
