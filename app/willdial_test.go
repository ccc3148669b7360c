package app

import (
	"errors"
	"testing"

	"linecard/crm"
	"linecard/sip"
)

// Whether a sips: address can be dialed is a matter of the account's transport, and known before the account is registered. Without an account
// there is nothing to refuse yet.
func TestWhatASIPSAddressWouldDial(t *testing.T) {
	r := newRig(t)
	r.cfg.Plan = func(account string) crm.NumberPlan {
		if account == "" {
			return crm.NumberPlan{}
		}
		return crm.NumberPlan{Region: "US", Domain: "pbx.example"}
	}
	r.cfg.ByTLS = func(account string) bool { return account == "2041@tls" }
	if w, err := r.WillDial("2041@tls", "sips:2050@pbx.example:5061"); err != nil || w.Sent != "sips:2050" {
		t.Errorf("by TLS: %+v, %v", w, err)
	}
	if _, err := r.WillDial("2041@clear", "sips:2050"); !errors.Is(err, sip.ErrSecureCall) {
		t.Errorf("in the clear: %v", err)
	}
}
