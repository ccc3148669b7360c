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

// CheckLink names the check of the link itself.
const CheckLink fault.Code = "salesforce.check-link"

// Doctor checks everything a link needs, and says what to do where something is missing. It needs no record in the org
// and writes nothing. It fetches every description again, since permissions change without notice.
func (c *Client) Doctor(ctx context.Context) []crm.Finding {
	s := c.Status()
	found := []crm.Finding{c.checkLink(s)}
	if s.InstanceURL != "" {
		found = append(found, environment(s))
	}
	found = append(found, c.checkPorts(ctx))
	if s.State == crm.Linked {
		found = append(found, c.checkOrg(ctx)...)
	}
	for i, f := range found {
		found[i].Setup = c.setupPage(f.Setup)
	}
	return found
}

func (c *Client) checkLink(s crm.LinkStatus) crm.Finding {
	f := crm.Finding{Check: CheckLink, OK: s.State == crm.Linked, Detail: plain(s.OrgName, s.OrgID), Remedy: s.Reason}
	switch s.State {
	case crm.Linked:
		f.Setup = pageOAuthUsage
	case crm.Unlinked:
		f.Remedy = fault.New("salesforce.link-your-org")
	case crm.Linking:
		f.Remedy = fault.New("salesforce.finish-the-link")
	case crm.Inactive:
		f.Setup = linkPage(s.Reason)
	}
	return f
}

// environment tells where the link goes and how old it is. It is no check: whether the link works is told above.
func environment(s crm.LinkStatus) crm.Finding {
	address := strings.TrimPrefix(s.InstanceURL, "https://")
	f := crm.Finding{Check: "salesforce.check-environment", OK: true, Setup: pageCompany, Detail: fault.New("salesforce.environment-production", "address", address, "linked", s.LinkedAt.Local(), "renewed", s.TokenAt.Local())}
	switch {
	case s.LinkedAt.IsZero() || s.TokenAt.IsZero(): // an earlier version did not keep them
		f.Detail = plain(address)
	case s.Sandbox:
		f.Detail.Code = "salesforce.environment-sandbox"
	}
	return f
}

// checkOrg asks the linked org.
func (c *Client) checkOrg(ctx context.Context) []crm.Finding {
	const access = "salesforce.check-access"
	if err := c.Refresh(ctx); err != nil {
		return []crm.Finding{pointing(finding(access, fault.Fault{}, err), pagePermissionSets)}
	}
	s := c.Status()
	found := []crm.Finding{
		{Check: access, OK: true, Detail: fault.New("salesforce.access-granted", "version", s.APIVersion, "user", s.Username), Setup: pagePermissionSets},
		scopesFound(s.Scopes), quotaFound(s.APIUsed, s.APILimit),
	}
	found = append(found, c.checkOrganization(ctx)...)
	found = append(found, c.checkApprovals(ctx)...)
	for _, o := range []struct {
		name  string
		check fault.Code
	}{
		{crm.Contact, "salesforce.check-contacts"}, {crm.Account, "salesforce.check-accounts"}, {crm.Lead, "salesforce.check-leads"},
	} {
		if slices.Contains(c.order(), o.name) {
			found = append(found, c.checkSearchable(ctx, o.name, o.check))
		}
	}
	found = append(found, c.checkTask(ctx)...)
	found = append(found, c.checkLayouts(ctx)...)
	found = append(found, c.checkMade(ctx)...)
	found = append(found, c.checkObjects(ctx)...)
	return append(found, c.checkCallAs(ctx)...)
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

// pointing adds the page of Setup where the finding is mended.
func pointing(f crm.Finding, page string) crm.Finding {
	f.Setup = page
	return f
}

// tryingPorts is held while ports are tried, so that the doctors of several links do not find each other's.
var tryingPorts sync.Mutex

// checkPorts tries the callback ports: Link needs one of them and no other, since the redirect is compared exactly. A link that stands
// needs none.
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
	return crm.Finding{Check: CheckPort, Minor: c.Status().State == crm.Linked, Remedy: fault.New("salesforce.ports-held", "callbacks", c.CallbackURLs())}
}
