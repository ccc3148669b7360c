package salesforce

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"linecard/crm"
	"linecard/fault"
)

// Limits are what a link works with and the agent should know of: callers that the user may not see, a field that is
// hidden, approvals that are used up. No request fails for them, so that nothing else would tell. They are found when the
// objects are described and after a link, kept with the link, and told once.

// The codes of limits.
const (
	hiddenFromUser fault.Code = "salesforce.hidden-from-user" // objects or phone fields by which callers would be found
	hiddenConsent  fault.Code = "salesforce.hidden-do-not-call"
	hiddenChosen   fault.Code = "salesforce.hidden-chosen" // objects and fields that the admin chose
	untracked      fault.Code = "salesforce.no-activities" // objects that take no Task
	lastApproval   fault.Code = "salesforce.last-approval"
)

// maxApprovals is how many approvals of one app a user may have. The next one revokes the oldest without a word.
// (help.salesforce.com 000205876)
const maxApprovals = 5

// usualPhones are the phone fields that every org has, by object. One that is not in the description is hidden from the
// user. Fax is left out: callers do not call from it.
var usualPhones = map[string][]string{
	crm.Contact: {"Phone", "MobilePhone", "HomePhone", "OtherPhone", "AssistantPhone"},
	crm.Account: {"Phone"},
	crm.Lead:    {"Phone", "MobilePhone"},
}

// callersField are those phone fields from which people call most: without them the doctor does not call an object well.
var callersField = []string{"Phone", "MobilePhone"}

// hiddenPhones are the usual phone fields of an object that the user does not see.
func (c *Client) hiddenPhones(o *object) (hidden []string) {
	for _, f := range usualPhones[o.Name] {
		if !c.sees(o, f) {
			hidden = append(hidden, f)
		}
	}
	return hidden
}

func (c *Client) sees(o *object, field string) bool {
	_, described := o.field(field)
	return described && !c.schema.isHidden(o.Name, field)
}

// noteHidden keeps what the user does not see, once all objects are described.
func (c *Client) noteHidden() {
	var hidden, consent, chosen, quiet []string
	for _, row := range c.objectRows() {
		name := row.Name
		d, described := c.schema.get(name)
		switch {
		case !row.Search && len(row.Card()) == 0:
			continue
		case !described:
			return
		case d.Object == nil || row.Search && !d.Object.Searchable || c.schema.isHidden(name, ""):
			if usualPhones[name] != nil {
				hidden = append(hidden, name)
			} else {
				chosen = append(chosen, name)
			}
			continue
		}
		chosen = append(chosen, c.lacking(row, d.Object)...)
		if !row.Search {
			continue
		}
		for _, f := range c.hiddenPhones(d.Object) {
			hidden = append(hidden, name+"."+f)
		}
		if slices.Contains(standardFields[name], "DoNotCall") && !c.sees(d.Object, "DoNotCall") {
			consent = append(consent, name)
		}
		if !c.takesTask(name) {
			quiet = append(quiet, name)
		}
	}
	chosen = append(chosen, c.unseenCallAs()...)
	var found []fault.Fault
	note := func(code fault.Code, key string, what []string) {
		if len(what) > 0 {
			found = append(found, fault.New(code, key, what))
		}
	}
	note(hiddenFromUser, "what", hidden)
	note(hiddenConsent, "objects", consent)
	note(hiddenChosen, "what", chosen)
	note(untracked, "objects", quiet)
	c.limit(found, hiddenFromUser, hiddenConsent, hiddenChosen, untracked)
}

// noteApprovals asks how often the user has approved this app, and keeps that the next time would end the oldest link. The
// app is the one whose token was used last, since this client has just used its own. (Object Reference, OauthToken: a user
// sees their own tokens. That the access token in use counts as used is believed.)
func (c *Client) noteApprovals(ctx context.Context) (app string, count int, err error) {
	s, err := c.current()
	if err != nil {
		return "", 0, err
	}
	soql := "SELECT AppName, LastUsedDate FROM OauthToken WHERE UserId = '" + s.user + "' ORDER BY LastUsedDate DESC NULLS LAST LIMIT 200"
	rows, _, err := c.rows(ctx, c.get("/query", url.Values{"q": {soql}}, c.cfg.WriteTimeout))
	if err != nil {
		return "", 0, err
	}
	for i, r := range rows {
		if i == 0 {
			app = r.text("AppName")
		}
		if r.text("AppName") == app {
			count++
		}
	}
	var found []fault.Fault
	if count >= maxApprovals {
		found = append(found, fault.New(lastApproval, "app", app))
	}
	c.limit(found, lastApproval)
	return app, count, nil
}

// limit puts found in the place of the limits with codes. Those that no earlier run has told are new.
func (c *Client) limit(found []fault.Fault, codes ...fault.Code) {
	c.mu.Lock()
	of := func(f fault.Fault) bool { return slices.Contains(codes, f.Code) }
	before := c.link.Limits
	now := append(slices.DeleteFunc(slices.Clone(before), of), found...)
	slices.SortStableFunc(now, func(a, b fault.Fault) int { return strings.Compare(string(a.Code), string(b.Code)) })
	fresh := slices.DeleteFunc(slices.Clone(c.status.NewLimits), of)
	for _, f := range found {
		if !hasFault(before, f) || hasFault(c.status.NewLimits, f) {
			fresh = append(fresh, f)
		}
	}
	same := slices.EqualFunc(before, now, sameFault) && slices.EqualFunc(fresh, c.status.NewLimits, sameFault)
	epoch := c.epoch
	c.mu.Unlock()
	if same {
		return
	}
	c.updateLink(func(l *savedLink) {
		if c.epoch == epoch {
			l.Limits, c.status.NewLimits = now, fresh
		}
	})
}

func hasFault(all []fault.Fault, f fault.Fault) bool {
	return slices.ContainsFunc(all, func(is fault.Fault) bool { return sameFault(is, f) })
}

// sameFault compares faults of which one may have been on disk.
func sameFault(a, b fault.Fault) bool { return a.Encode() == b.Encode() }
