// Package setup holds what an admin does in an org before agents link it: the External Client App step by step ([Guide]), and
// the same as an SFDX project to deploy ([Export]), with the field, permission set, quick action, reports and dashboard that
// go with it.
//
// The project is in the folder project, as the files that are written, with a few values filled in. Their shapes are those of
// the Metadata API; each file names the page that describes its type. The comment stands inside the root element, because the
// Salesforce CLI takes a field whose root is not the first node for one without a parent (seen with CLI 2.150.6).
//
// The package knows no org and makes no request. What the app must allow, the callback URLs and scopes, is given by the caller:
// package salesforce, which listens there and asks for them, knows it.
package setup

// The API names of the app and of the permission set that its policies name. The app's settings and policies are called
// Linecard_oauth, Linecard_glbloauth, Linecard_oauth_defaultPolicy and Linecard_defaultPolicy, as an org itself calls these parts of
// an app, so that retrieving the app after a deployment finds the same files.
const (
	App           = "Linecard"
	PermissionSet = "Linecard_Agent"
)

// CallField is the text field on Activity, External ID and Unique, by which the Task of a call is found and written. The
// Metadata API calls it Activity.Linecard_Call_Id__c; Task has it by the same name.
//
// Unique is permitted on Activity: RingCentral's managed package has such a field (CALL_UNIQUE_ID__c, as retrieved from an
// org with it).
const CallField = "Linecard_Call_Id__c"
