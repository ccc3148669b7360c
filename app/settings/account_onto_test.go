package settings

import (
	"reflect"
	"testing"
)

// Of an account that two change at once, what each of them changed is kept.
func TestTwoChangeAnAccount(t *testing.T) {
	was := Account{Server: "pbx", User: "2041", Lines: 2, Trusted: []string{}, Numbers: Numbers{Country: "US", AreaCode: "415"}}
	mine, now := was, was
	mine.Label, mine.Numbers.Country, mine.Trusted = "Support", "DE", nil
	now.Lines, now.Trusted, now.Numbers.AreaCode, now.Beyond = 4, []string{"203.0.113.7"}, "30", map[string]any{"room": "7"}
	want := Account{Server: "pbx", User: "2041", Label: "Support", Lines: 4, Trusted: []string{"203.0.113.7"}, Numbers: Numbers{Country: "DE", AreaCode: "30"}, Beyond: map[string]any{"room": "7"}}
	if got := mine.Onto(now, was); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	mine.Trusted = []string{"198.51.100.1"}
	if got := mine.Onto(now, was); !reflect.DeepEqual(got.Trusted, mine.Trusted) {
		t.Errorf("of one setting that both changed: %q", got.Trusted)
	}
}
