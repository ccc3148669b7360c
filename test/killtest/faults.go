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
	} {
		f.Method, f.Path = "POST", "/sobjects"
		all = append(all, f)
	}
	return append(all,
		demoorg.Fault{Kind: demoorg.Slow, Path: "/search", Delay: 200 * time.Millisecond},
		demoorg.Fault{Kind: demoorg.Unavailable, Path: "/search"},
		demoorg.Fault{Kind: demoorg.Reset, Path: "/query"},
		demoorg.Fault{Kind: demoorg.SessionExpired},
		demoorg.Fault{Kind: demoorg.SlowBody, Delay: 100 * time.Millisecond, Path: "/oauth2/token"},
		demoorg.Fault{Kind: demoorg.Unavailable, Path: "/oauth2/token"},
	)
}()
