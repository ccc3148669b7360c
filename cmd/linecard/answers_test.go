package main

import (
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/settings"
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

// Where there are several accounts, the lists say which one a call was on; with one they do not.
func TestListsNameTheAccount(t *testing.T) {
	for line, want := range map[string]bool{"": false, "Sales": true} {
		var calls, history strings.Builder
		printCalls(&calls, answerCalls(app.View{Calls: []app.CallView{{ID: "a", Account: "7@other", OnLine: line, Number: "600"}}}, ""))
		printHistory(&history, answerHistory([]app.HistoryRow{{ID: "a", Account: "7@other", OnLine: line, Number: "600"}}))
		for _, text := range []string{calls.String(), history.String()} {
			if strings.Contains(text, "Sales") != want {
				t.Errorf("an account called %q: %q", line, text)
			}
		}
	}
}

// A person reads in the list of calls what a program does: the encryption, the consultation from both sides, what can be connected, a transfer, and which orgs are silent.
func TestCallsAreListedWithWhatBecomesOfThem(t *testing.T) {
	both := []app.CallView{
		{ID: "a", Phase: app.Held, Number: "600", Encryption: "SDES AES-128", Consult: app.ConsultView{With: "b", Name: "Reception", Phase: app.Talking, First: true}},
		{ID: "b", Phase: app.Talking, Number: "2050", Consult: app.ConsultView{With: "a", Name: "Dana", Phase: app.Held}, Lookup: app.LookupView{Waits: "Sales has not answered yet."}},
		{ID: "c", Phase: app.Talking, Number: "2051", Transfer: "Line busy.", Referred: app.ReferredView{Target: "2060", By: "Priya", Asks: true}},
	}
	var out strings.Builder
	printCalls(&out, answerCalls(app.View{Calls: both}, ""))
	lines := strings.Split(out.String(), "\n")
	for i, want := range []string{
		"SDES AES-128", "Reception is consulted about it: call b, talking.",
		"2050", "It is about the call with Dana: call a, held.", "Sales has not answered yet.",
		"2051", "Line busy.", "Priya wants to transfer you to 2060.", "",
	} {
		if i >= len(lines) || !strings.Contains(lines[i], want) {
			t.Fatalf("line %d lacks %q of\n%s", i, want, out.String())
		}
	}
	out.Reset()
	for i := range both[:2] {
		both[i].Consult, both[i].Connect = app.ConsultView{}, both[i].Consult
	}
	both[1].Connect.Joining = true
	printCalls(&out, answerCalls(app.View{Calls: both[:2]}, ""))
	if text := out.String(); !strings.Contains(text, "It can be connected with Reception: call b, talking.") || strings.Contains(text, "Dana") {
		t.Errorf("two that can be connected, and one that is being:\n%s", text)
	}
	both[2].Transfer = "Priya wants to transfer you to 2060."
	out.Reset()
	if printCalls(&out, answerCalls(app.View{Calls: both[2:]}, "")); strings.Count(out.String(), "2060") != 1 {
		t.Errorf("said twice:\n%s", out.String())
	}
}

// An account is shown with its own registration, also where the phone has heard of fewer accounts than the settings have, or of others.
func TestStandingOfEachAccount(t *testing.T) {
	set := settings.Default()
	set.Accounts = []settings.Account{{Server: "b", User: "2"}, {Server: "c", User: "3"}}
	v := app.View{Phones: []app.PhoneView{{Account: "1@a", State: app.Refused}, {Account: "2@b", State: app.Registered}}} // 1@a was just removed
	edge := app.Uninvited{Count: 1}
	got := answerAccounts(&set, v, func(account string) []app.Uninvited { return map[string][]app.Uninvited{"2@b": {edge}}[account] })
	if len(got) != 2 || len(got[0].Uninvited) != 1 || len(got[1].Uninvited) != 0 || got[0].Account != "2@b" || got[0].State != app.Registered || got[1].State != "" {
		t.Errorf("%+v", got)
	}
}
