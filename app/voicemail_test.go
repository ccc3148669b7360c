package app

import (
	"errors"
	"testing"

	"linecard/sip"
)

// The faces show how many messages wait for each account, and the voicemail is called by the number of the settings, else by that of the
// server.
func TestVoicemail(t *testing.T) {
	r := newRig(t)
	r.SetAccounts([]Account{{ID: "1@x"}, {ID: "2@x", Voicemail: "*98"}})
	r.wait("the accounts", func(v View) bool { return len(v.Phones) == 2 })
	if _, err := r.CallVoicemail("1@x"); !errors.Is(err, ErrNoVoicemail) {
		t.Errorf("with no number: %v", err)
	}
	if _, err := r.CallVoicemail("nobody@x"); !errors.Is(err, ErrNoVoicemail) {
		t.Errorf("of an account that is not there: %v", err)
	}
	call := func(account, want string) {
		t.Helper()
		if _, err := r.CallVoicemail(account); err != nil {
			t.Error(err)
		}
		r.phone.await(t, "dial "+want)
	}
	call("", "*98 from 2@x")
	r.Heard(sip.MessagesChanged{Account: "1@x", Messages: sip.Messages{Waiting: true, New: 3, Number: "*97"}})
	r.Heard(sip.MessagesChanged{Account: "gone@x", Messages: sip.Messages{Waiting: true, New: 9}})
	r.Heard(sip.RegistrationChanged{Account: "1@x", State: sip.Registered})
	v := r.wait("the messages", func(v View) bool {
		return len(v.Phones) == 2 && v.Phones[0].Messages.New == 3 && v.Phones[0].State == sip.Registered
	})
	if v.Phones[0].Voicemail != "*97" || v.Phones[1].Messages.Waiting {
		t.Errorf("the View has %+v", v.Phones)
	}
	call("", "*97 from 1@x")
	r.Heard(sip.MessagesChanged{Account: "1@x", Messages: sip.Messages{Waiting: true, New: 4}}) // a count without a number
	r.wait("no number", func(v View) bool { return v.Phones[0].Messages.New == 4 })
	if _, err := r.CallVoicemail(""); !errors.Is(err, ErrNoVoicemail) {
		t.Errorf("messages wait where nobody has told a number: %v", err)
	}
	r.Heard(sip.MessagesChanged{Account: "2@x", Messages: sip.Messages{Waiting: true, New: 1}})
	r.wait("the other's messages", func(v View) bool { return v.Phones[1].Messages.New == 1 })
	call("", "*98 from 2@x")
	r.SetAccounts([]Account{{ID: "1@x", Voicemail: "*99"}, {ID: "2@x", Voicemail: "*98"}})
	r.wait("the number of the settings", func(v View) bool { return v.Phones[0].Voicemail == "*99" })
	call("1@x", "*99 from 1@x")
}
