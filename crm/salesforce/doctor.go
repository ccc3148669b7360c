package salesforce

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"linecard/crm"
)

// CheckPort names the one check that is about this computer and not about the org.
const CheckPort = "Callback port"

// Doctor looks at everything a link needs, and says what to do where something is missing. It needs no record in the org,
// writes nothing, and asks for every description again: rights change without telling.
func (c *Client) Doctor(ctx context.Context) []crm.Finding {
	s := c.Status()
	found := []crm.Finding{{
		Check: "Org linked", OK: s.State == crm.Linked, Detail: strings.TrimSpace(s.OrgName + " " + s.OrgID), Remedy: s.Reason,
	}}
	switch s.State {
	case crm.Unlinked:
		found[0].Remedy = "Link your org in Settings > Salesforce, or with: linecard link"
	case crm.Linking:
		found[0].Remedy = "A link is under way. Finish it in the browser, then look again."
	}
	found = append(found, c.checkPorts(ctx))
	if s.State != crm.Linked {
		return found
	}
	if err := c.Refresh(ctx); err != nil {
		return append(found, finding("API access", "", err))
	}
	s = c.Status()
	found = append(found,
		crm.Finding{Check: "API access", OK: true, Detail: "version " + s.APIVersion + " as " + s.Username},
		scopesFound(s.Scopes), quotaFound(s.APIUsed, s.APILimit))
	for _, name := range []string{crm.Contact, crm.Account, crm.Lead} {
		found = append(found, c.checkSearchable(ctx, name))
	}
	return append(found, c.checkTask(ctx)...)
}

// finding is a check that ended in an error.
func finding(check, detail string, err error) crm.Finding {
	if err == nil {
		return crm.Finding{Check: check, OK: true, Detail: detail}
	}
	return crm.Finding{Check: check, Detail: detail, Remedy: err.Error()}
}

// checkPorts tries the callback ports: Link needs one of them, and only those, since the redirect is matched exactly.
func (c *Client) checkPorts(ctx context.Context) crm.Finding {
	f := crm.Finding{Check: CheckPort, Remedy: "Another program holds every callback port. End it before you link: " + strings.Join(c.CallbackURLs(), ", ")}
	for _, port := range c.cfg.Ports {
		listeners, err := listenLoopback(ctx, port)
		if err != nil {
			continue
		}
		for _, l := range listeners {
			_ = l.Close()
		}
		return crm.Finding{Check: f.Check, OK: true, Detail: strconv.Itoa(port) + " is free"}
	}
	return f
}

func scopesFound(scopes []string) crm.Finding {
	f := crm.Finding{Check: "Scopes", OK: true, Detail: strings.Join(scopes, " ")}
	for _, need := range []string{"api", "refresh_token"} {
		if !slices.Contains(scopes, need) && !slices.Contains(scopes, "full") {
			f.OK, f.Remedy = false, "Add the scope "+need+" in Setup > External Client App Manager > your app > Settings > OAuth Settings, then link again."
		}
	}
	return f
}

func quotaFound(used, limit int) crm.Finding {
	f := crm.Finding{Check: "Daily API requests", OK: limit == 0 || used < limit*9/10, Detail: fmt.Sprintf("%d of %d used by the whole org", used, limit)}
	if !f.OK {
		f.Remedy = "The org has nearly used up its requests. See Setup > System Overview for who uses them; callers are shown from memory until then."
	}
	return f
}

// checkSearchable tells whether callers can be found among an object's records, and by which fields.
func (c *Client) checkSearchable(ctx context.Context, name string) crm.Finding {
	o, err := c.describe(ctx, name)
	check := "Find callers among " + name + "s"
	switch {
	case err != nil:
		return finding(check, "", err)
	case o == nil || !o.Searchable:
		return crm.Finding{Check: check, Remedy: "Give the user Read on " + name + ": Setup > Permission Sets > Object Settings."}
	}
	var fields []string
	for _, f := range o.phones() {
		fields = append(fields, f.Name)
	}
	if len(fields) == 0 {
		return crm.Finding{Check: check, Remedy: "No phone field of " + name + " is visible. Setup > Object Manager > " + name + " > Fields: set field-level security."}
	}
	return crm.Finding{Check: check, OK: true, Detail: strings.Join(fields, ", ")}
}

// checkTask tells whether calls can be logged, and what of them the org takes.
func (c *Client) checkTask(ctx context.Context) []crm.Finding {
	o, err := c.describe(ctx, crm.Task)
	if err != nil {
		return []crm.Finding{finding("Log calls as Tasks", "", err)}
	}
	if o == nil || !o.Createable {
		return []crm.Finding{{Check: "Log calls as Tasks", Remedy: "Give the user Edit Tasks: Setup > Permission Sets > System Permissions."}}
	}
	var missing []string
	for _, name := range []string{"WhoId", "WhatId", "CallType", "CallDurationInSeconds", "CallDisposition", "CallObject"} {
		if f, ok := o.field(name); !ok || !f.Createable {
			missing = append(missing, name)
		}
	}
	log := crm.Finding{Check: "Log calls as Tasks", OK: true, Detail: "all call fields can be written"}
	if len(missing) > 0 {
		log.Detail = "written into the description instead: " + strings.Join(missing, ", ")
	}
	status, err := c.closedStatus(ctx)
	closed := finding("Closed Task status", status, err)
	if err == nil && status == "" {
		closed.OK, closed.Remedy = false, "Mark a Task status as closed: Setup > Object Manager > Task > Fields > Status."
	}
	return []crm.Finding{log, closed}
}
