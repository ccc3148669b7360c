package main

import (
	"testing"

	"linecard/app"
)

func TestCallsOfOneAccount(t *testing.T) {
	v := app.View{Calls: []app.CallView{{ID: "a", Account: "2041@pbx"}, {ID: "b", Account: "7@other"}}}
	for account, want := range map[string]string{"": "ab", "2041@pbx": "a", "7@other": "b", "8@other": ""} {
		got := ""
		for _, c := range answerCalls(v, account) {
			got += c.ID
		}
		if got != want {
			t.Errorf("%q: calls %q, want %q", account, got, want)
		}
	}
}
