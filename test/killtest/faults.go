package main

import (
	"time"

	"linecard/crm/demoorg"
)

// settle is how long the org may continue to work on a request whose answer was lost: logging.settle_seconds.
const settle = 2 * time.Second

// orgFaults are those of the org that an org really has. Each is for the next request that it fits.
var orgFaults = func() (all []demoorg.Fault) {
	for _, f := range []demoorg.Fault{
		{Kind: demoorg.Reset},
		{Kind: demoorg.ResetAfterCommit},
		{Kind: demoorg.Unavailable},
		{Kind: demoorg.Unavailable, Times: 3},
		{Kind: demoorg.Refusal, Status: 503, Code: "SERVER_UNAVAILABLE", Message: "The server is currently unavailable."},
		{Kind: demoorg.ServerError},
		{Kind: demoorg.RowLocked},
		{Kind: demoorg.RowLocked, Times: 2},
		{Kind: demoorg.SessionExpired},
		{Kind: demoorg.QuotaUsedUp},
		{Kind: demoorg.CommitsLate, Delay: settle / 2},
		{Kind: demoorg.CommitsLate, Delay: settle * 3 / 4, Status: 504},
		{Kind: demoorg.CommitsLate, Delay: settle / 4, Times: 2},
		{Kind: demoorg.CommitsLate, Delay: settle / 2, Status: demoorg.Silence},
		{Kind: demoorg.NeverCommits},
		{Kind: demoorg.NeverCommits, Status: 502},
		{Kind: demoorg.AnswersLate, Delay: time.Second},
		{Kind: demoorg.Slow, Delay: 300 * time.Millisecond},
		{Kind: demoorg.SlowBody, Delay: 300 * time.Millisecond},
		{Kind: demoorg.Torn},
		{Kind: demoorg.Torn, Times: 2},
		{Kind: demoorg.CutShort},
		{Kind: demoorg.CutShort, Times: 2},
		{Kind: demoorg.Answer, Body: signIn},
		{Kind: demoorg.Answer, Body: "{}"},
		{Kind: demoorg.SessionUnusable},
		{Kind: demoorg.SessionUnusable, Times: 2},
	} {
		f.Method, f.Path = "POST", "/sobjects"
		all = append(all, f)
	}
	for _, f := range []demoorg.Fault{ // to what is asked in the course of a call, and to what looks for a Task that may have been written
		{Kind: demoorg.Torn},
		{Kind: demoorg.CutShort},
		{Kind: demoorg.Answer, Body: signIn},
		{Kind: demoorg.SessionUnusable},
	} {
		for _, path := range []string{"/composite", "/query", "/search"} {
			f.Path = path
			all = append(all, f)
		}
	}
	for _, f := range []demoorg.Fault{ // to what changes a Task that is there
		{Kind: demoorg.ResetAfterCommit},
		{Kind: demoorg.Torn},
		{Kind: demoorg.CutShort},
		{Kind: demoorg.Answer, Body: signIn},
	} {
		f.Method, f.Path = "PATCH", "/sobjects"
		all = append(all, f)
	}
	return append(all,
		demoorg.Fault{Kind: demoorg.Slow, Path: "/search", Delay: 200 * time.Millisecond},
		demoorg.Fault{Kind: demoorg.Unavailable, Path: "/search"},
		demoorg.Fault{Kind: demoorg.Reset, Path: "/query"},
		demoorg.Fault{Kind: demoorg.SessionExpired},
		demoorg.Fault{Kind: demoorg.SlowBody, Delay: 100 * time.Millisecond, Path: "/oauth2/token"},
		demoorg.Fault{Kind: demoorg.Unavailable, Path: "/oauth2/token"},
		demoorg.Fault{Kind: demoorg.Answer, Path: "/oauth2/token", Body: signIn},
		demoorg.Fault{Kind: demoorg.OAuthRefusal, Code: "unknown_error", Message: "retry your request"},
		demoorg.Fault{Kind: demoorg.OAuthRefusal, Code: "invalid_grant", Message: "inactive user"},
	)
}()

// signIn is what the network of a hotel answers in the org's place.
const signIn = "<!DOCTYPE html><html><body>Sign in to use this network.</body></html>"

// stops reports whether a fault makes the org refuse the link for a while, which the app may say of it.
func stops(f demoorg.Fault) bool {
	return f.Kind == demoorg.SessionUnusable || f.Kind == demoorg.OAuthRefusal
}
