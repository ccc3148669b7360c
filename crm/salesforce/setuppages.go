package salesforce

import (
	"net/url"
	"strings"

	"linecard/fault"
)

// The pages of Setup that the doctor's lines are about, as paths below the org's own address.
const (
	pagePermissionSets = "/lightning/setup/PermSets/home"
	pageClientApps     = "/lightning/setup/ManageExternalClientApplication/home"
	pageUsage          = "/lightning/setup/SystemOverview/home"
	pageUsers          = "/lightning/setup/ManageUsers/home"
	pageOAuthUsage     = "/lightning/setup/ConnectedAppsOAuthUsage/home"
	pageCompany        = "/lightning/setup/CompanyProfileInfo/home"
)

// linkPage is the page where an admin sees, or mends, why a link is broken: the user, what the user may do, the app, or else which
// approvals of apps there are, with those that were revoked gone.
func linkPage(why fault.Fault) string {
	switch why.Code {
	case "salesforce.user-inactive", "salesforce.user-locked":
		return pageUsers
	case "salesforce.link-without-api", "salesforce.api-not-enabled":
		return pagePermissionSets
	case "salesforce.app-not-assigned", "salesforce.app-blocked", "salesforce.app-of-another-org", "salesforce.app-not-installed":
		return pageClientApps
	}
	return pageOAuthUsage
}

// pageFields is the page with the fields of an object.
func pageFields(object string) string {
	return "/lightning/setup/ObjectManager/" + object + "/FieldsAndRelationships/view"
}

// pageRecordTypes is the page with the record types of an object.
func pageRecordTypes(object string) string {
	return "/lightning/setup/ObjectManager/" + object + "/RecordTypes/view"
}

// setupPage is the address of a page of Setup in the linked org, "" while no org is linked. The org itself leads on to its host for Setup.
func (c *Client) setupPage(path string) string {
	instance := c.Status().InstanceURL
	if u, err := url.Parse(instance); path == "" || err != nil || u.Host == "" {
		return ""
	}
	return strings.TrimSuffix(instance, "/") + path
}
