package program_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/sip"
	"linecard/sip/demopbx"
	"linecard/test/interop"
)

// stubborn is a rig whose phone server knows numbers as they are written there alone.
func stubborn(t *testing.T, numbers ...string) *rig {
	t.Helper()
	r := newRig(t)
	_ = r.pbx.Close()
	var people []demopbx.Person
	for _, n := range numbers {
		people = append(people, demopbx.Person{Name: "Somebody", Number: n})
	}
	var err error
	if r.pbx, err = demopbx.Start(context.Background(), demopbx.Config{Users: map[string]string{"2041": "geheim"}, Directory: people, Exact: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.pbx.Close() })
	r.start()
	password := "geheim"
	if err := r.p.SetAccount(t.Context(), "", r.account(), &password); err != nil {
		t.Fatal(err)
	}
	r.see("registered", func(v app.View) bool { return v.Phone.State == sip.Registered })
	return r
}

// unknown dials a number and waits until the phone server has not known it.
func (r *rig) unknown(dial func() (string, error)) (id string) {
	r.t.Helper()
	id, err := dial()
	if err != nil {
		r.t.Fatal(err)
	}
	r.see("not known", func(v app.View) bool {
		return len(v.Calls) > 0 && v.Calls[0].ID == id && v.Calls[0].EndReason == sip.EndNotFound
	})
	return id
}

// A phone server that takes 00 and no + refuses the number as it was typed. The agent tries the other ways, one click each; the one that rings may be kept, and
// from then on every number of the account goes out so. What was refused is not offered again, and nothing is dialed or changed without a click.
func TestTheSpellingThatThePhoneServerTakesIsLearned(t *testing.T) {
	interop.Proves(t, "S7.4")
	r := stubborn(t, "00442079460018", "00442079460019")
	r.set("numbers.country", "GB")
	account := r.account().ID()
	id := r.unknown(func() (string, error) { return r.desk.Dial("", "+44 20 7946 0018") })
	var offered []string
	for _, s := range r.desk.Spellings(id) {
		offered = append(offered, s.Sent)
	}
	if strings.Join(offered, " ") != "00442079460018 02079460018" {
		t.Errorf("offered: %q", offered)
	}
	if _, err := r.desk.TrySpelling(id, "00999", ""); !errors.Is(err, app.ErrNoSpelling) {
		t.Errorf("what was not offered is called: %v", err)
	}
	wrong := r.unknown(func() (string, error) { return r.desk.TrySpelling(id, "02079460018", "") })
	if left := r.desk.Spellings(wrong); len(left) != 1 || left[0].Sent != "00442079460018" {
		t.Errorf("what was refused is offered again: %+v", left)
	}
	if err := r.desk.KeepSpelling(wrong); !errors.Is(err, app.ErrNotKept) {
		t.Errorf("what did not ring is kept: %v", err)
	}
	right, err := r.desk.TrySpelling(wrong, "", "")
	if err != nil {
		t.Fatal(err)
	}
	v := r.see("it rings, and may be kept", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Spelled == "00442079460018" })
	if v.Calls[0].ID != right || v.Calls[0].E164 != "+442079460018" {
		t.Errorf("%+v", v.Calls[0])
	}
	if a, _ := r.p.Settings().Get().Account(account); a.Numbers.DialAs != "" {
		t.Errorf("it was kept by itself: %+v", a.Numbers)
	}
	if err := r.desk.KeepSpelling(right); err != nil {
		t.Fatal(err)
	}
	r.see("it is not asked any more", func(v app.View) bool { return v.Calls[0].Spelled == "" })
	if a, _ := r.p.Settings().Get().Account(account); a.Numbers.DialAs != string(crm.DialExit) {
		t.Errorf("kept: %+v", a.Numbers)
	}
	if w, err := r.desk.WillDial("", "+442079460019"); err != nil || w.Sent != "00442079460019" {
		t.Errorf("the next number is sent as %q, %v", w.Sent, err)
	}
	if err := r.desk.Hangup(right); err != nil {
		t.Fatal(err)
	}
}

// A dial plan that the administrator fixed is not changed, and the agent is told who fixed it.
func TestALockedDialPlanIsNotLearned(t *testing.T) {
	r := stubborn(t, "+14155550132")
	id := r.unknown(func() (string, error) { return r.desk.Dial("", "4155550132") })
	if err := r.p.Settings().SetProfile([]byte("[[accounts]]\nserver = '"+r.account().Server+"'\nuser = '2041'\n"), []string{"accounts"}, "Avery"); err != nil {
		t.Fatal(err)
	}
	right, err := r.desk.TrySpelling(id, "+14155550132", "")
	if err != nil {
		t.Fatal(err)
	}
	r.see("it rings", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Spelled != "" })
	var locked *settings.LockedError
	if err := r.desk.KeepSpelling(right); !errors.As(err, &locked) || locked.By != "Avery" {
		t.Errorf("kept: %v", err)
	}
	if err := r.desk.Hangup(right); err != nil {
		t.Fatal(err)
	}
}

// The form in which numbers are dialed that the administrator fixed for all accounts is not passed by through an account's own.
func TestALockedFormIsNotLearned(t *testing.T) {
	r := stubborn(t, "+14155550132")
	id := r.unknown(func() (string, error) { return r.desk.Dial("", "4155550132") })
	if err := r.p.Settings().SetProfile([]byte("[numbers]\ndial_as = 'typed'\n"), []string{"numbers.dial_as"}, "Avery"); err != nil {
		t.Fatal(err)
	}
	right, err := r.desk.TrySpelling(id, "+14155550132", "")
	if err != nil {
		t.Fatal(err)
	}
	r.see("it rings", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Spelled != "" })
	var locked *settings.LockedError
	if err := r.desk.KeepSpelling(right); !errors.As(err, &locked) || locked.By != "Avery" || locked.Key != "numbers.dial_as" {
		t.Errorf("kept: %v", err)
	}
	if a, _ := r.p.Settings().Get().Account(r.account().ID()); a.Numbers.DialAs != "" {
		t.Errorf("kept: %+v", a.Numbers)
	}
	if err := r.desk.Hangup(right); err != nil {
		t.Fatal(err)
	}
}

// A spelling without the digits for an outside line is for one call: numbers of callers are read by those digits too, so that it is not kept.
func TestASpellingWithoutTheOutsideDigitsIsNotKept(t *testing.T) {
	r := stubborn(t, "14155550132")
	r.set("numbers.outside_prefix", "9")
	id := r.unknown(func() (string, error) { return r.desk.Dial("", "4155550132") })
	right, err := r.desk.TrySpelling(id, "14155550132", "")
	if err != nil {
		t.Fatal(err)
	}
	v := r.see("it rings", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].ID == right && v.Calls[0].FarRings })
	if v.Calls[0].Spelled != "" {
		t.Errorf("offered: %q", v.Calls[0].Spelled)
	}
	if err := r.desk.KeepSpelling(right); !errors.Is(err, app.ErrNotKept) {
		t.Errorf("kept: %v", err)
	}
	if n := r.p.ReadNumber("", sip.Party{User: "94155550132"}); n.E164 != "+14155550132" {
		t.Errorf("a caller is read as %q", n.E164)
	}
	if err := r.desk.Hangup(right); err != nil {
		t.Fatal(err)
	}
}

// A spelling of an account of the profile is kept beside the accounts: they stay the administrator's.
func TestASpellingOfAnAccountOfTheProfile(t *testing.T) {
	r := stubborn(t, "+14155550132")
	profile := "[[accounts]]\nserver = '" + r.account().Server + "'\nuser = '2041'\n"
	if err := r.p.Settings().Change(func(s *settings.Settings) { s.Accounts = nil }); err != nil {
		t.Fatal(err)
	}
	if err := r.p.Settings().SetProfile([]byte(profile), nil, "Avery"); err != nil {
		t.Fatal(err)
	}
	account := r.account().ID()
	if err := r.p.DialLike(account, crm.DialSpelling{Sent: "+14155550132", DialAs: crm.DialE164}); err != nil {
		t.Fatal(err)
	}
	if w, err := r.desk.WillDial(account, "4155550132"); err != nil || w.Sent != "+14155550132" {
		t.Errorf("sent as %q, %v", w.Sent, err)
	}
	if from := r.p.Settings().Origin("accounts"); from != settings.FromProfile {
		t.Errorf("the accounts are the %s's", from)
	}
}
