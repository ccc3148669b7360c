package settings_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"linecard/app/settings"
	"linecard/sip/dialog"
)

// The settings file takes the transports that the phone has, and no others: "tls" gets a notice, not a silent other choice.
func TestTransportsAreThePhones(t *testing.T) {
	field, ok := reflect.TypeFor[settings.Account]().FieldByName("Transport")
	if !ok {
		t.Fatal("an account has no transport")
	}
	if taken := strings.Fields(field.Tag.Get("of")); !slices.Equal(taken, dialog.Transports) {
		t.Errorf("the file takes %v, the phone has %v", taken, dialog.Transports)
	}
	if def := settings.DefaultAccount().Transport; def != dialog.Transports[0] {
		t.Errorf("the default is %s, the phone's %s", def, dialog.Transports[0])
	}
}
