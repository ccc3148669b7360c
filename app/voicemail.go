package app

import (
	"cmp"
	"slices"

	"linecard/fault"
	"linecard/sip"
)

// ErrNoVoicemail says that nobody has told which number the messages are fetched from.
var ErrNoVoicemail = fault.Err(nil, "desk.no-voicemail")

// messagesChanged notes how many voice messages wait for an account. Nothing rings for them: the faces show the count.
func messagesChanged(s state, e sip.MessagesChanged, at stamp) (state, []effect) {
	i := s.phone(e.Account)
	if i < 0 {
		return s, nil
	}
	s.phones = slices.Clone(s.phones)
	s.phones[i].Messages = e.Messages
	return s, []effect{say{Event{Event: "messages", At: at.at(), Account: e.Account, State: onOff(e.Waiting), Count: e.New}}}
}

// CallVoicemail calls the number that an account's messages are fetched from: the one of the settings, else the one that the phone server
// tells. "" is the first account for which messages wait that has such a number, else the first for which they wait, else the first with a number. It
// returns the new call's id.
func (d *Desk) CallVoicemail(account string) (string, error) {
	phones := d.View().Phones
	fits := []func(PhoneView) bool{func(p PhoneView) bool { return p.Account == account }}
	if account == "" {
		waits := func(p PhoneView) bool { return p.Messages.Waiting }
		called := func(p PhoneView) bool { return p.Voicemail != "" }
		fits = []func(PhoneView) bool{func(p PhoneView) bool { return waits(p) && called(p) }, waits, called}
	}
	i := -1
	for k := 0; k < len(fits) && i < 0; k++ {
		i = slices.IndexFunc(phones, fits[k])
	}
	if i < 0 || phones[i].Voicemail == "" {
		return "", ErrNoVoicemail
	}
	return d.Dial(phones[i].Account, phones[i].Voicemail)
}

// voicemail is what is dialed to hear the messages of an account; "" where nobody has told.
func (s *state) voicemail(p PhoneView) string {
	return cmp.Or(s.account(p.Account).Voicemail, p.Messages.Number)
}
