package settings_test

import (
	"strings"
	"testing"

	"linecard/app/catalogue"
	"linecard/app/settings"
	"linecard/sip/transport"
)

// An account takes the transports that the phone has, and no others: "wss" is refused with those that there are, not silently
// taken for another.
func TestTransportsAreThePhones(t *testing.T) {
	a := settings.DefaultAccount()
	if a.Transport != transport.All()[0] {
		t.Errorf("the default is %s", a.Transport)
	}
	for _, name := range transport.All() {
		if err := a.Set("transport", strings.ToUpper(name)); err != nil || a.Transport != name {
			t.Errorf("%s: %v, the account has %s", name, err, a.Transport)
		}
	}
	if err := a.Set("transport", "wss"); err == nil || !strings.Contains(catalogue.Error(err), strings.Join(transport.All(), ", ")) {
		t.Errorf("wss: %v", err)
	}
	for _, f := range settings.AccountFields() {
		if help := catalogue.Say(f.Help); f.Key == "transport" && !strings.Contains(help, strings.Join(transport.All(), ", ")) {
			t.Errorf("the help says %q", help)
		}
	}
}
