package settings

import "testing"

// A conference room is a number or a name, with the place of the extension or without; an address is none.
func TestConferenceRoom(t *testing.T) {
	for _, room := range []string{"", "3041", "*3", "+14155550100", "3{user}", "{user}", "conf-{user}.1"} {
		a := DefaultAccount()
		if err := a.Set("conference", " "+room); err != nil || a.Conference != room {
			t.Errorf("%q is %q, %v", room, a.Conference, err)
		}
	}
	for _, room := range []string{"sip:3041", "3041@elsewhere", "3041,5", "3{exten}", "{user}{user}", "3 0 4 1", "3041\r\nX: y"} {
		a := DefaultAccount()
		if err := a.Set("conference", room); err == nil {
			t.Errorf("%q is taken for a room", room)
		}
	}
}
