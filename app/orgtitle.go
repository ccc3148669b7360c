package app

import (
	"cmp"

	"linecard/app/catalogue"
	"linecard/crm"
)

// OrgTitle is what every face calls an org: what people here call it, or else its own name, or else its id, and that it is a sandbox, where
// nothing that is done is real. It is "" for a link that was never made.
func OrgTitle(s crm.LinkStatus) string {
	name := cmp.Or(s.Called(), s.OrgID)
	if name != "" && s.Sandbox {
		return catalogue.Text("orgs.sandbox", "org", name)
	}
	return name
}

// OrgTitleAmong is the title of the org with an id, which is the title itself where no link tells another.
func OrgTitleAmong(all []crm.LinkStatus, id string) string {
	for _, s := range all {
		if s.OrgID == id {
			return OrgTitle(s)
		}
	}
	return id
}
