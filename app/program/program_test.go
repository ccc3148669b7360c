package program_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/journal"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/sip"
	"linecard/sip/demopbx"
)

// What was set and linked is there again at the next start.
func TestStartsWithWhatWasKept(t *testing.T) {
	r := ready(t)
	id := r.org.People()[0].ID
	r.stop()
	if f := r.file(); !strings.Contains(f, "user = '2041'") || !strings.Contains(f, "org_id = ") || strings.Contains(f, "geheim") {
		t.Errorf("the file:\n%s", f)
	}
	r.start()
	r.see("registered and linked again", func(v app.View) bool { return v.Phone.State == sip.Registered && v.Org.State == crm.Linked })
	who := r.org.People()[0]
	r.ring(demopbx.Caller{Name: who.Name, Number: who.Number, GiveUpAfter: patience})
	v := r.see("found", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Lookup.State == app.LookupOne })
	if v.Calls[0].Lookup.Record.ID != id {
		t.Errorf("found %+v", v.Calls[0].Lookup.Record)
	}
	for _, f := range r.p.Doctor(t.Context()) {
		if !f.OK && !f.Minor {
			t.Errorf("the doctor: %+v", f)
		}
	}
}

// Every group of settings applies to the running program.
func TestSettingsApplyAtOnce(t *testing.T) {
	r := ready(t)
	who := r.org.People()[0]

	// Numbers: the same digits mean another country's number.
	if n := r.p.Number("020 7946 0958"); n.E164 != "" && strings.HasPrefix(n.E164, "+44") {
		t.Fatalf("already %s", n.E164)
	}
	r.set("numbers.country", "GB")
	if n := r.p.Number("020 7946 0958"); n.E164 != "+442079460958" {
		t.Errorf("numbers.country: %+v", n)
	}
	r.set("numbers.extension", "8[0-9]{6}")
	if n := r.p.Number("8123456"); !n.Extension {
		t.Errorf("numbers.extension: %+v", n)
	}
	r.set("accounts[1].numbers.own", "+44 20 7946 0958")
	if n := r.p.Number("+442079460958"); !n.Extension || n.Public() {
		t.Errorf("numbers.own: %+v", n)
	}
	r.set("numbers.country", "US")

	// Outcomes, wrap-up and when a record opens, for the next call and for the one on the desk.
	r.set("records.pop", "answer")
	r.set("logging.wrap_up", "600")
	c := r.ring(demopbx.Caller{Name: who.Name, Number: who.Number, TalkFor: patience, GiveUpAfter: patience})
	r.see("found", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Lookup.State == app.LookupOne })
	r.set("logging.outcomes", "Sold, Not sold")
	r.see("new outcomes", func(v app.View) bool {
		return len(v.Calls) > 0 && strings.Join(v.Calls[0].Wrap.Outcomes, "+") == "Sold+Not sold"
	})
	if err := r.desk.Answer(c.ID); err != nil {
		t.Fatal(err)
	}
	select {
	case url := <-r.opened:
		if !strings.Contains(url, who.ID) {
			t.Errorf("opened %s", url)
		}
	case <-time.After(patience):
		t.Error("the record was not opened at the answer")
	}
	r.see("talking", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Talking })
	r.set("logging.mode", "ask")
	if err := r.desk.Hangup(c.ID); err != nil {
		t.Fatal(err)
	}
	v := r.see("wrap-up", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.WrapUp })
	if left := time.Until(v.Calls[0].Wrap.Until); left < 8*time.Minute {
		t.Errorf("wrap-up lasts %v", left)
	}

	// Rules: nothing is logged any more.
	r.set("logging.mode", "never")
	if err := r.desk.SaveWrap(c.ID); err != nil {
		t.Fatal(err)
	}
	r.see("an empty desk", func(v app.View) bool { return len(v.Calls) == 0 })
	if n := len(r.org.TasksFor(c.ID)); n != 0 {
		t.Errorf("%d Tasks of a call that was not to be logged", n)
	}
}

// The history is kept as long as the setting says.
func TestHistoryIsKeptAsLongAsSet(t *testing.T) {
	r := newRig(t)
	r.start()
	old := time.Now().AddDate(-1, 0, 0)
	err := r.p.Journal().Import(t.Context(), []journal.Past{{Call: journal.Call{
		ID: "old", Direction: crm.Inbound, Outcome: crm.Missed, Number: "600", Started: old, Ended: old.Add(time.Second),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	r.desk.Reread()
	r.see("the old call", func(v app.View) bool { return len(v.History) == 1 })
	r.set("journal.keep_days", "30")
	r.see("the old call gone", func(v app.View) bool { return len(v.History) == 0 })
}

// A change of an account registers it again, by itself.
func TestAChangedAccountRegisters(t *testing.T) {
	r := ready(t)
	r.set("accounts[1].display_name", "Ann")
	r.set("accounts[2041@"+r.pbx.Addr()+"].expires", "60")
	r.see("a shorter registration", func(v app.View) bool {
		return v.Phone.State == sip.Registered && time.Until(v.Phone.Expires) < 90*time.Second
	})
	if err := r.p.RemoveAccount(t.Context(), "2041"); err != nil {
		t.Fatal(err)
	}
	r.see("no account", func(v app.View) bool { return !v.Phone.Configured && v.Phone.Extension == "" && len(v.Phones) == 0 })
	if _, err := r.secrets.Get(t.Context(), settings.SIPKey("2041", r.pbx.Addr())); err == nil {
		t.Error("the password is still in the keyring")
	}
}

// A settings file that could not be read is told, and the program works.
func TestTornSettingsAreTold(t *testing.T) {
	r := newRig(t)
	if err := os.WriteFile(filepath.Join(r.dir, settings.FileName), []byte("[account\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.see("the notice", func(v app.View) bool { return strings.Contains(v.Notice, "settings could not be read") })
}

// A program that ends in the middle of a call hangs up, keeps the call, and frees the journal for the next.
func TestCloseInTheMiddleOfACall(t *testing.T) {
	r := ready(t)
	ended := make(chan error, 1)
	go func() {
		_, err := r.pbx.Call(context.Background(), demopbx.Caller{Number: "+14155550132", To: "2041", TalkFor: time.Hour, GiveUpAfter: time.Hour})
		ended <- err
	}()
	r.see("ringing", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Ringing })
	if err := r.desk.Answer(""); err != nil {
		t.Fatal(err)
	}
	r.see("talking", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Talking })
	r.stop()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Error("the caller was left on the line")
	}
	r.start()
	v := r.see("the call in the history", func(v app.View) bool { return len(v.History) == 1 })
	if v.History[0].Outcome != crm.Answered {
		t.Errorf("%+v", v.History[0])
	}
}
