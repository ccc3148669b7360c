package settings

import (
	"errors"
	"slices"
	"testing"
)

// The names of header fields are kept once each; what is none is refused.
func TestHeaderFieldsToKeep(t *testing.T) {
	a := DefaultAccount()
	if err := a.Set("headers", " X-Ticket,x-ticket,, X-Queue.2 "); err != nil {
		t.Fatal(err)
	}
	if want := []string{"X-Ticket", "X-Queue.2"}; !slices.Equal(a.Headers, want) {
		t.Errorf("kept %q, want %q", a.Headers, want)
	}
	for _, bad := range []string{"Subject", "X-", "X-a b", "X-a:b", "X-\u00e9"} {
		var fault *KeyError
		if err := a.Set("headers", bad); !errors.As(err, &fault) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
