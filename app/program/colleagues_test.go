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
