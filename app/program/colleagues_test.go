package program

import (
	"reflect"
	"testing"

	"linecard/app"
	"linecard/app/settings"
)

// Each phone is watched once, whether the first account is named or not, and nobody of an account that is not there.
func TestColleaguesAreWatchedOnce(t *testing.T) {
	s := &settings.Settings{
		Accounts: []settings.Account{{Server: "a", User: "1"}, {Server: "b", User: "2"}},
		Colleagues: []settings.Colleague{
			{Name: "Ana", Extension: "10"},
			{Name: "Anna", Extension: "10", Account: "1@a"},
			{Name: "Ben", Extension: "10", Account: "2@b"},
			{Name: "Cem", Extension: "11", Account: "gone@c"},
			{Name: "Ben again", Extension: "10", Account: "2@b"},
		},
	}
	want := []app.Colleague{{Name: "Ana", Extension: "10", Account: "1@a", Listed: true}, {Name: "Ben", Extension: "10", Account: "2@b", Listed: true}}
	if got := colleaguesOf(s); !reflect.DeepEqual(got, want) {
		t.Errorf("watched are %+v, want %+v", got, want)
	}
}

// The queues have the codes as their accounts call them, and none is of an account that is not there.
func TestQueuesOfTheSettings(t *testing.T) {
	s := &settings.Settings{
		Accounts: []settings.Account{{Server: "a", User: "1"}, {Server: "b", User: "2"}},
		Queues: []settings.Queue{
			{Name: "Support", Login: "*45*{extension}", Pause: "*46{reason}", Reasons: []string{"Lunch=1", "Lunch"}, Hint: "q{extension}"},
			{Name: "Night", Account: "3@c", Login: "*45"},
			{Name: "Sales", Account: "2@b", Logout: "*46{extension}"},
		},
	}
	got := queuesOf(s)
	if len(got) != 2 || got[0].Account != "1@a" || got[0].Codes[app.QueueLogin] != "*45*1" || got[0].Hint != "q1" || got[0].Codes[app.QueuePause] != "*46"+app.ReasonHere ||
		len(got[0].Reasons) != 1 || got[0].Reasons[0] != (app.QueueReason{Name: "Lunch", Code: "1"}) || got[1].Codes[app.QueueLogout] != "*462" {
		t.Errorf("%+v", got)
	}
}
