// Package salesforce links to Salesforce orgs, finds callers in them and logs calls to them.
//
// # The link
//
// Link opens the login page in the agent's own browser and receives the answer on a loopback port: authorization code
// with PKCE (RFC 7636, RFC 8252), a public client, without a secret or a password. Salesforce compares the redirect
// character for character, so the org's External Client App must list the CallbackURLs unchanged.
//
// The results are kept in separate places: the tokens in Secrets, the description of the link in Store. A start uses the
// access token of the run before it. Salesforce gives no lifetime for an access token; only a 401 INVALID_SESSION_ID tells that it
// has expired. Then one refresh is made for all requests that failed, and each request is sent once more. An org may
// issue a new refresh token each time and revoke all of them when an old one is used again. So the new one is stored
// before the access token is used, processes that share Config.Lock take turns, and the exchange is made by a process that
// outlives this one (Config.Apart). While Secrets are locked no exchange is made unless the org is known to give the same token
// again, and a link that is replaced ends last, once Secrets and Store have its successor.
//
// The link is Unlinked, Waiting, Linked or Inactive. Waiting means that Secrets have not given its tokens. A temporary failure, such as a timeout or an HTML page from a gateway,
// never makes it Inactive. Only an answer does that says that the link will not work again, or not until a person acts.
//
// Links holds a client for each link of a data directory, behind a crm.Orgs.
//
// # Finding the caller
//
// Lookup sends one SOSL search over Contact, Account and Lead, in all fields of type phone that the user may see,
// custom ones included. The org's search ignores how a number is formatted, but it knows no country codes, so a Number
// has several spellings. Each result is compared number by number before it counts (crm.Compare) and ranked (crm.Rank).
// Answers are remembered in app/directory, not here; lookups of one number at the same time share one request.
//
// # Writing the call
//
// Log makes one Task of one Activity, with the fields that this org lets this user write. A value without a field
// becomes a line of the description. The call's id goes into CallObject: when an attempt ended without an answer, Log
// with check looks for that id before it writes again. Where Activity has the field Linecard_Call_Id__c as External ID,
// Log is an upsert by it (Upserts). A call of an org and a user is written through their link only.
//
// # Errors
//
// Every failure is a *crm.Error: its Class says what to do, and its Fault says what happened, for the sentence that the
// agent reads. Requests are logged at debug level without their query, which holds numbers and names. Tokens are never
// logged.
//
// Facts from Salesforce's documentation are cited where they are used. Facts marked "believed" could not be verified
// without a real org.
package salesforce
