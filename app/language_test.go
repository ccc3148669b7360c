package app

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"

	"linecard/app/catalogue"
	"linecard/app/catalogue/cataloguetest"
	"linecard/app/notify"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// other speaks the other language, as a change of the setting does.
func (r *rig) other() {
	catalogue.Use(language.MustParse(cataloguetest.Tag))
	r.Reword()
}

// shown waits for a notification that fits.
func (r *rig) shown(fits func(notify.Notification) bool) notify.Notification {
	r.t.Helper()
	end := time.After(10 * time.Second)
	for {
		select {
		case n := <-r.bell.shown:
			if fits(n) {
				return n
			}
		case <-end:
			r.t.Fatal("the notification never came")
		}
	}
}

// called is the call that rings.
func called(v View) CallView {
	c, _ := v.call("c2")
	return c
}

// Whatever the desk has said is said again in the new language: notices, the sound, the registration, a call, the history.
func TestTheDeskSaysItAgainInAnotherLanguage(t *testing.T) {
	cataloguetest.Speak(t)
	r := newRig(t)
	r.org.fail(&crm.Error{Class: crm.ClassTransient, Fault: fault.New(unreachable)})
	r.NoticeAbout(AboutSecrets, fault.New("settings.no-keyring"))
	r.AudioChanged(AudioView{Null: true, Why: fault.New("sip.audio.no-device")})
	r.Heard(sip.RegistrationChanged{State: sip.Refused, Extension: "2041", Server: "pbx", Reason: fault.New("sip.no-account")})
	r.call(sip.EndRemote, true)
	r.Heard(sip.CallIncoming{ID: "c2", At: time.Now(), Party: sip.Party{Withheld: true}})
	texts := func(v View) []string {
		if len(v.History) == 0 || called(v).Number == "" {
			return nil
		}
		return []string{v.Notice, v.Audio.Problem, v.Phone.Reason, v.History[0].Error, v.Outbox.Reason, called(v).Number, called(v).Name}
	}
	all := func(is func(string) bool) func(View) bool {
		return func(v View) bool {
			said := texts(v)
			for _, s := range said {
				if !is(s) {
					return false
				}
			}
			return len(said) > 0
		}
	}
	r.wait("all said in English", all(func(s string) bool { return s != "" && !cataloguetest.IsMarked(s) }))
	r.other()
	r.wait("all said in the other language", all(cataloguetest.IsMarked))
}

// A notification is in the language of its moment, title, body and buttons.
func TestNotificationsAreInTheReadersLanguage(t *testing.T) {
	cataloguetest.Speak(t)
	r := newRig(t)
	r.other()
	r.org.matches = []crm.Match{dana}
	r.Heard(sip.CallIncoming{ID: "c1", At: time.Now(), Party: sip.Party{User: "+14155550132"}})
	n := r.shown(func(n notify.Notification) bool { return n.Title == dana.Name })
	for _, a := range n.Actions {
		if !cataloguetest.IsMarked(a.Label) {
			t.Errorf("a button says %q", a.Label)
		}
	}
	r.Heard(sip.CallEnded{ID: "c1", At: time.Now(), Reason: sip.EndCancelled})
	if n := r.shown(func(n notify.Notification) bool { return n.ID == "missed:c1" }); n.Title != cataloguetest.Marked("Missed call from "+dana.Name) {
		t.Errorf("a missed call is %q", n.Title)
	}
}

// What is on disk has no words: a withheld number is none, and is said in the language of whoever reads the history.
func TestAWithheldNumberIsNoWordsOnDisk(t *testing.T) {
	cataloguetest.Speak(t)
	r := newRig(t)
	at := time.Now().Add(-time.Minute)
	r.Heard(sip.CallIncoming{ID: "c1", At: at, Party: sip.Party{Withheld: true}})
	r.Heard(sip.CallEnded{ID: "c1", At: at.Add(time.Second), Reason: sip.EndCancelled})
	v := r.wait("the call in the history", func(v View) bool { return len(v.History) > 0 })
	if got := v.History[0].Number; got != "Number withheld" {
		t.Errorf("the history says %q", got)
	}
	kept, err := r.cfg.Journal.Call(t.Context(), "c1")
	if err != nil || kept.Number != "" || !kept.Withheld {
		t.Errorf("on disk: %q, %v", kept.Number, err)
	}
	r.other()
	r.wait("the history said again", func(v View) bool {
		return strings.HasPrefix(v.History[0].Number, "«")
	})
}
