// Package salesforce is one org: linked in the browser, asked who is calling, told what was said.
//
// # The link
//
// Link opens the login page in the agent's own browser and takes the answer on a loopback port: authorization code
// with PKCE (RFC 7636, RFC 8252), a public client, no secret and no password anywhere. Salesforce compares the redirect
// character for character, so CallbackURLs must stand in the org's External Client App as they are.
//
// What it gets is kept apart: the refresh token goes to Secrets, who is linked to what goes to Store, the access token
// stays in memory. Salesforce states no life time for an access token; only a 401 INVALID_SESSION_ID tells that it has
// ended. Then one refresh is made, however many requests failed, and each request is sent once more. An org may hand
// out a new refresh token each time and kill all of them when an old one comes back, so the new one is stored before
// the access token is used, and processes sharing Config.Lock take turns.
//
// The link is Unlinked, Linked or Inactive. Trouble on the way, such as a timeout or an HTML page from a gateway, never
// makes it Inactive; only an answer saying that the link will not work again, or not before somebody acts, does.
//
// Links holds a client for each link of a data directory, behind a crm.Orgs.
//
// # Finding the caller
//
// Lookup asks one SOSL question over Contact, Account and Lead, in all fields of type phone that the user may see,
// custom ones included. The org's search ignores how a number is formatted but knows nothing of country codes, so a
// Number brings its spellings; what comes back is compared number by number before it counts (crm.Compare) and ranked
// (crm.Rank). An answer is remembered for Config.Memory; Known returns it at once, at any age.
//
// # Writing the call
//
// Log makes one Task of one Activity with the fields that this org lets this user write; what finds no field stands in
// the description, a line each. The call's id goes into CallObject: when an attempt ended without an answer, Log with
// check looks for it before writing again. Where Activity has the field Linecard_Call_Id__c as External ID, Log is an upsert by
// it (Upserts). What belongs to an org and a user goes by that link only.
//
// # Errors
//
// Every failure is a *crm.Error: its Class says what to do, its Message is for the agent. Requests are logged at debug
// level without their query, which holds numbers and names; tokens are never logged.
//
// Facts from Salesforce's documentation are cited where they are used. Those marked "believed" could not be proved
// without a real org.
package salesforce
