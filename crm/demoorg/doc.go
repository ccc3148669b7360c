// Package demoorg is a Salesforce org in the binary. It speaks Salesforce's HTTP to the app's own demo, to the tests,
// and to any other client that should be checked against it, such as jsforce.
//
//	org := demoorg.New(demoorg.Config{AutoApprove: true})
//	url, err := org.Start("127.0.0.1:0")
//	defer org.Close()
//
// # What it has
//
// The OAuth pages and endpoints for a public client (authorization code with PKCE, refresh, revoke, identity), the REST
// API (versions, limits, describe, SOQL, SOSL, records, composite), and web pages for the records, so that "Open in
// Salesforce" shows a page. The data is about forty people with fictional numbers, their companies, opportunities and
// cases, and a month of logged calls; see [Org.People]. BEHAVIOUR.md lists what the org does, with the source and the
// test of each behaviour.
//
// # What it is for
//
// It is strict where Salesforce is strict, so that a client that works here handles the difficult cases: redirect
// addresses compared character for character, codes and rotated refresh tokens that work once, no expires_in, five
// approvals, hidden fields, restricted picklists, a search index that lags, numbers stored as people type them. It can
// also fail on request: [Org.Inject] makes it refuse, stall, answer in HTML or drop the connection after a commit, and
// [Org.Control] offers the same to tests in other processes.
//
// # How it is built
//
// One lock guards the data. The handlers of the REST API run under it, each in a transaction that is rolled back when
// it fails. The packages soql and sosl parse the two query languages. Nothing is written to disk or sent to another
// host.
package demoorg
