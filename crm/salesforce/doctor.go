package salesforce

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"linecard/crm"
	"linecard/fault"
)

// CheckPort names the one check that concerns this computer and not the org.
const CheckPort fault.Code = "salesforce.check-port"

// Doctor checks everything a link needs, and says what to do where something is missing. It needs no record in the org
// and writes nothing. It fetches every description again, since permissions change without notice.
func (c *Client) Doctor(ctx context.Context) []crm.Finding {
	s := c.Status()
	found := []crm.Finding{{
		Check: "salesforce.check-link", OK: s.State == crm.Linked, Detail: plain(s.OrgName, s.OrgID), Remedy: s.Reason,
	}}
	switch s.State {
	case crm.Unlinked:
		found[0].Remedy = fault.New("salesforce.link-your-org")
	case crm.Linking:
		found[0].Remedy = fault.New("salesforce.finish-the-link")
	}
	found = append(found, c.checkPorts(ctx))
	if s.State != crm.Linked {
		return found
	}
	const access = "salesforce.check-access"
	if err := c.Refresh(ctx); err != nil {
		return append(found, finding(access, fault.Fault{}, err))
	}
	s = c.Status()
	found = append(found,
		crm.Finding{Check: access, OK: true, Detail: fault.New("salesforce.access-granted", "version", s.APIVersion, "user", s.Username)},
		scopesFound(s.Scopes), quotaFound(s.APIUsed, s.APILimit))
	found = append(found, c.checkApprovals(ctx)...)
	for _, o := range []struct {
		name  string
		check fault.Code
	}{
		{crm.Contact, "salesforce.check-contacts"}, {crm.Account, "salesforce.check-accounts"}, {crm.Lead, "salesforce.check-leads"},
	} {
		found = append(found, c.checkSearchable(ctx, o.name, o.check))
	}
	return append(found, c.checkTask(ctx)...)
}

// plain makes a fault of names that are the same in every language; it is zero without names.
func plain(names ...string) fault.Fault {
	text := strings.TrimSpace(strings.Join(names, " "))
	if text == "" {
		return fault.Fault{}
	}
	return fault.New(fault.Plain, "text", text)
}

// finding makes the finding of a check that may have ended in an error.
func finding(check fault.Code, detail fault.Fault, err error) crm.Finding {
	if err == nil {
		return crm.Finding{Check: check, OK: true, Detail: detail}
	}
	return crm.Finding{Check: check, Detail: detail, Remedy: faultOf(err)}
}

// tryingPorts is held while ports are tried, so that the doctors of several links do not find each other's.
var tryingPorts sync.Mutex

// checkPorts tries the callback ports: Link needs one of them and no other, since the redirect is compared exactly.
func (c *Client) checkPorts(ctx context.Context) crm.Finding {
	tryingPorts.Lock()
	defer tryingPorts.Unlock()
	for _, port := range c.cfg.Ports {
		listeners, err := listenLoopback(ctx, port)
		if err != nil {
			continue
		}
		for _, l := range listeners {
			_ = l.Close()
		}
		return crm.Finding{Check: CheckPort, OK: true, Detail: fault.New("salesforce.port-free", "port", strconv.Itoa(port))}
	}
	return crm.Finding{Check: CheckPort, Remedy: fault.New("salesforce.ports-held", "callbacks", c.CallbackURLs())}
}

func scopesFound(scopes []string) crm.Finding {
	f := crm.Finding{Check: "salesforce.check-scopes", OK: true, Detail: plain(scopes...)}
	for _, need := range []string{"api", "refresh_token"} {
		if !slices.Contains(scopes, need) && !slices.Contains(scopes, "full") {
			f.OK, f.Remedy = false, fault.New("salesforce.add-scope", "scope", need)
		}
	}
	return f
}

func quotaFound(used, limit int) crm.Finding {
	f := crm.Finding{
		Check: "salesforce.check-quota", OK: limit == 0 || used < limit*9/10,
		Detail: fault.New("salesforce.quota", "used", used, "limit", limit),
	}
	if !f.OK {
		f.Remedy = fault.New("salesforce.quota-nearly-used-up")
	}
	return f
}

// checkSearchable reports whether callers can be found among the records of an object, and by which fields.
func (c *Client) checkSearchable(ctx context.Context, name string, check fault.Code) crm.Finding {
	o, err := c.describe(ctx, name)
	switch {
	case err != nil:
		return finding(check, fault.Fault{}, err)
	case o == nil || !o.Searchable:
		return crm.Finding{Check: check, Remedy: fault.New("salesforce.let-read", "object", name)}
	}
	var fields []string
	for _, f := range o.phones() {
		fields = append(fields, f.Name)
	}
	if len(fields) == 0 {
		return crm.Finding{Check: check, Remedy: fault.New("salesforce.show-phone-fields", "object", name)}
	}
	found := crm.Finding{Check: check, OK: true, Detail: fault.New("salesforce.fields", "fields", fields)}
	hidden := c.hiddenPhones(o)
	if len(hidden) > 0 {
		found.Detail = fault.New("salesforce.fields-and-hidden", "fields", fields, "hidden", hidden)
	}
	if slices.ContainsFunc(hidden, func(f string) bool { return slices.Contains(callersField, f) }) {
		found.OK, found.Remedy = false, fault.New("salesforce.show-fields", "object", name, "fields", hidden)
	}
	return found
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
		Check: "salesforce.check-approvals", OK: count < maxApprovals,
		Detail: fault.New("salesforce.approvals", "used", count, "most", maxApprovals, "app", app),
	}
	if !f.OK {
		f.Remedy = fault.New(lastApproval, "app", app)
	}
	return []crm.Finding{f}
}

// checkTask reports whether calls can be logged, and which of their fields the org takes.
func (c *Client) checkTask(ctx context.Context) []crm.Finding {
	o, err := c.describe(ctx, crm.Task)
	const check = "salesforce.check-log"
	if err != nil {
		return []crm.Finding{finding(check, fault.Fault{}, err)}
	}
	if o == nil || !o.Createable {
		return []crm.Finding{{Check: check, Remedy: fault.New("salesforce.let-edit-tasks")}}
	}
	var missing []string
	for _, name := range []string{"WhoId", "WhatId", "CallType", "CallDurationInSeconds", "CallDisposition", "CallObject"} {
		if f, ok := o.field(name); !ok || !f.Createable {
			missing = append(missing, name)
		}
	}
	log := crm.Finding{Check: check, OK: true, Detail: fault.New("salesforce.all-fields")}
	if len(missing) > 0 {
		log.Detail = fault.New("salesforce.fields-in-description", "fields", missing)
	}
	if held := c.heldWrites(); held != nil && !toldBySchema(held) {
		log.OK, log.Remedy = false, held.Fault
	}
	status, err := c.closedStatus(ctx)
	closed := finding("salesforce.check-status", plain(status), err)
	switch {
	case closed.Remedy.Is("salesforce.no-closed-status"):
		closed.Remedy = fault.New("salesforce.close-a-status")
	case err == nil && status == "":
		closed.Detail = fault.New("salesforce.default-closes")
	}
	return []crm.Finding{log, closed}
}
