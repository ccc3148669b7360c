package salesforce

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"linecard/clean"
	"linecard/crm"
	"linecard/fault"
)

func scopesFound(scopes []string) crm.Finding {
	f := crm.Finding{Check: "salesforce.check-scopes", OK: true, Detail: plain(scopes...), Setup: pageClientApps}
	for _, need := range []string{"api", "refresh_token"} {
		if !slices.Contains(scopes, need) && !slices.Contains(scopes, "full") {
			f.OK, f.Remedy = false, fault.New("salesforce.add-scope", "scope", need)
		}
	}
	return f
}

// quotaFound is not OK when a tenth of the day's requests is left, and minor until none are.
func quotaFound(used, limit int) crm.Finding {
	f := crm.Finding{
		Check: "salesforce.check-quota", OK: limit == 0 || used < limit*9/10, Minor: limit > 0 && used >= limit*9/10 && used < limit,
		Detail: fault.New("salesforce.quota", "used", used, "limit", limit), Setup: pageUsage,
	}
	if !f.OK {
		f.Remedy = fault.New("salesforce.quota-nearly-used-up")
	}
	return f
}

// Bounds from which on the doctor warns.
const (
	trialEnds = 14 * 24 * time.Hour
	clockOff  = 2 * time.Minute
)

// checkOrganization tells the edition, and compares the clocks: the date of a Task is this computer's.
func (c *Client) checkOrganization(ctx context.Context) []crm.Finding {
	const edition = "salesforce.check-edition"
	var page struct {
		Records []struct {
			OrganizationType    string
			IsSandbox           bool
			TrialExpirationDate string
		} `json:"records"`
	}
	asked := c.cfg.Now()
	r, err := c.do(ctx, c.get("/query", url.Values{"q": {"SELECT OrganizationType, IsSandbox, TrialExpirationDate FROM Organization"}}, c.cfg.WriteTimeout), &page)
	if err != nil {
		f := finding(edition, fault.Fault{}, err)
		f.Minor = true // the calls do not need to know it
		return []crm.Finding{f}
	}
	found := []crm.Finding{c.clockFound(r.header, asked)}
	if len(page.Records) == 0 {
		return found
	}
	org := page.Records[0]
	f := crm.Finding{Check: edition, OK: true, Setup: pageCompany, Detail: fault.New("salesforce.edition", "edition", clean.Line(org.OrganizationType))}
	if org.IsSandbox {
		f.Detail = fault.New("salesforce.edition-sandbox", "edition", clean.Line(org.OrganizationType))
	}
	if ends, err := time.Parse("2006-01-02T15:04:05.000-0700", org.TrialExpirationDate); err == nil && ends.Sub(asked) < trialEnds {
		f.OK, f.Minor, f.Remedy = false, true, fault.New("salesforce.trial-ends", "at", ends)
	}
	return append([]crm.Finding{f}, found...)
}

// clockFound compares this computer's clock with the org's. The Date header has whole seconds (RFC 9110, section 6.6.1).
func (c *Client) clockFound(h http.Header, asked time.Time) crm.Finding {
	f := crm.Finding{Check: "salesforce.check-clock", OK: true}
	org, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		f.Detail = fault.New("salesforce.clock-unknown")
		return f
	}
	answered := c.cfg.Now()
	var off time.Duration // this computer is ahead where it is positive
	switch {
	case asked.After(org.Add(time.Second)):
		off = asked.Sub(org.Add(time.Second))
	case answered.Before(org):
		off = answered.Sub(org)
	}
	if off > -clockOff && off < clockOff {
		f.Detail = fault.New("salesforce.clock-right")
		return f
	}
	f.OK, f.Minor = false, true
	minutes := int(off.Abs().Round(time.Minute) / time.Minute)
	f.Remedy = fault.New("salesforce.clock-ahead", "count", minutes)
	if off < 0 {
		f.Remedy = fault.New("salesforce.clock-behind", "count", minutes)
	}
	return f
}

// checkApprovals reports how many of the approvals that a user may have of the app are used. It finds nothing where the org
// does not tell.
func (c *Client) checkApprovals(ctx context.Context) []crm.Finding {
	app, count, err := c.noteApprovals(ctx)
	if err != nil || count == 0 {
		c.cfg.Log.Debug("approvals of the user not known", "err", err)
		return nil
	}
	f := crm.Finding{
		Check: "salesforce.check-approvals", OK: count < maxApprovals, Setup: pageOAuthUsage,
		Detail: fault.New("salesforce.approvals", "used", count, "most", maxApprovals, "app", app),
	}
	if !f.OK {
		f.Minor, f.Remedy = true, fault.New(lastApproval, "app", app)
	}
	return []crm.Finding{f}
}
