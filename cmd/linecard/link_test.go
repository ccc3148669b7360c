package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// The address of a link stands alone on a line, whether a browser opens or a person opens it by hand.
func TestTheAddressOfALinkIsPrinted(t *testing.T) {
	const address = "https://login.salesforce.com/services/oauth2/authorize?x=1"
	for name, tt := range map[string]struct {
		byHand, noBrowser bool
		says              string
	}{
		"a browser opens": {false, false, "Go on in your browser"},
		"none can be":     {true, false, "No browser could be opened"},
		"none is wished":  {true, true, ""},
	} {
		answer, err := json.Marshal(linkAnswer{AuthorizeURL: address, ByHand: tt.byHand})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := showLink(&out, answer, tt.noBrowser); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if lines[len(lines)-1] != address || tt.says == "" && len(lines) != 1 || !strings.Contains(lines[0], tt.says) {
			t.Errorf("%s: %q", name, lines)
		}
	}
}
