// Package demoorg is a Salesforce org in the binary: it speaks the HTTP that Salesforce speaks, to the app's own demo,
// to the tests, and to any other client one wants to check against it (jsforce is one of them).
//
//	org := demoorg.New(demoorg.Config{AutoApprove: true})
//	url, err := org.Start("127.0.0.1:0")
//	defer org.Close()
//
// # What it has
//
// The OAuth pages and endpoints of a public client (authorization code with PKCE, refresh, revoke, identity), the REST
// API (versions, limits, describe, SOQL, SOSL, records, composite), and web pages for the records, so that "Open in
// Salesforce" shows something. About forty people with fictional numbers, their companies, opportunities, cases, and a
// month of logged calls; see [Org.People]. BEHAVIOUR.md says what it does, by whose word, and which test holds it.
//
// # What it is for
//
// It is strict where Salesforce is strict, so that a client that works here has met the traps: redirect addresses
// compared letter by letter, codes and rotated refresh tokens that work once, no expires_in, five approvals, hidden
// fields, restricted picklists, a search index that lags, numbers stored as people type them. It is also a bad day on
// request: [Org.Inject] makes it refuse, stall, answer in HTML or drop the connection after it has committed, and
// [Org.Control] offers the same to tests in other processes.
//
// # How it is built
//
// One lock guards the data; the handlers of the REST API run under it, each in a transaction that is
// rolled back when it fails. soql and sosl beside it read the two query languages. Nothing is written to disk and
// nothing leaves the process.
package demoorg
