package program_test

import (
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/catalogue/cataloguetest"
	"linecard/app/settings"
)

// The language is one more setting: it applies to what the program says at once, and at the next start from the first word on.
func TestTheLanguageAppliesAtOnce(t *testing.T) {
	t.Setenv("LANG", "C.UTF-8")
	t.Setenv("LC_ALL", "C.UTF-8")
	cataloguetest.Speak(t)
	r := newRig(t)
	if err := settings.Open(r.dir).Change(func(s *settings.Settings) { s.SetAccount(r.account()) }); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.see("the notice in English", func(v app.View) bool { return strings.HasPrefix(v.Notice, "The password of 2041") })
	r.set("language", cataloguetest.Tag)
	said := func(v app.View) bool {
		return cataloguetest.IsMarked(v.Notice) && cataloguetest.IsMarked(v.Phone.Reason)
	}
	r.see("the notice in the other language", said)
	for _, f := range r.p.Doctor(t.Context())[:2] {
		if !cataloguetest.IsMarked(f.Check) {
			t.Errorf("the doctor checks %q", f.Check)
		}
	}
	r.stop()
	catalogue.UseSetting("")
	r.start()
	r.see("the notice in the other language, after a start", said)
	r.set("language", "")
	r.see("the notice in the system's language", func(v app.View) bool { return v.Notice != "" && !cataloguetest.IsMarked(v.Notice) })
}
