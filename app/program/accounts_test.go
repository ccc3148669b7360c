package program_test

import (
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/sip"
	"linecard/test/wait"
)

// A keyring that is locked at the start keeps the phone from signing on with a wrong password, and is asked again when it opens.
func TestWaitsForTheKeyring(t *testing.T) {
	r := ready(t)
	r.stop()
	r.secrets.lock(true)
	r.start()
	v := r.see("waiting for the keyring", func(v app.View) bool {
		return strings.Contains(v.Phone.Reason, "keyring") && strings.Contains(v.Notice, "Unlock it")
	})
	if v.Phone.State != sip.Unregistered || !v.Phone.Configured || v.Phone.Extension != "2041" {
		t.Errorf("the phone: %+v", v.Phone)
	}
	if f := r.p.Doctor(t.Context())[0]; f.OK || !strings.Contains(f.Remedy, "Unlock") {
		t.Errorf("the doctor: %+v", f)
	}
	if r.was(sip.Registering) {
		t.Error("the phone tried to register without its password")
	}
	r.secrets.lock(false)
	r.see("registered and linked", func(v app.View) bool {
		return v.Phone.State == sip.Registered && v.Org.State == crm.Linked && v.Notice == ""
	})
	if r.was(sip.Refused) {
		t.Error("the PBX refused a password")
	}
}

// A keyring may tell of its start a moment before it can be asked, and of nothing more: it is looked at again soon.
func TestTheKeyringOpensAfterItHasTold(t *testing.T) {
	r := ready(t)
	r.stop()
	r.secrets.lock(true)
	r.secrets.tells, r.secrets.looked = make(chan func(), 1), make(chan struct{}, 64)
	r.start()
	r.see("waiting for the keyring", func(v app.View) bool { return strings.Contains(v.Notice, "Unlock it") })
	changed := wait.For(t, r.secrets.tells)
	for len(r.secrets.looked) > 0 {
		<-r.secrets.looked
	}
	changed()
	for range 3 { // for a changed password, for one that is missing, and for the link
		wait.For(t, r.secrets.looked)
	}
	r.secrets.lock(false)
	r.see("registered and linked", func(v app.View) bool {
		return v.Phone.State == sip.Registered && v.Org.State == crm.Linked && v.Notice == ""
	})
}

// One account in the file that cannot be used keeps no other one off. The agent reads why it
// is off.
func TestAnAccountThatIsWrongKeepsNoOtherOff(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(*settings.Account)
		want  string
	}{
		"a scheme":   {func(a *settings.Account) { a.Server = "sip:pbx2.example.com" }, "is not an address"},
		"a port":     {func(a *settings.Account) { a.Server = "pbx2.example.com:70000" }, "is not an address"},
		"a proxy":    {func(a *settings.Account) { a.User, a.Proxy = "7001", "sip:proxy.example.com" }, "is not an address"},
		"a line end": {func(a *settings.Account) { a.User, a.DisplayName = "7001", "Ada\nLovelace" }, "cannot be used"},
	} {
		t.Run(name, func(t *testing.T) {
			r := ready(t)
			r.stop()
			wrong := r.account()
			tc.spoil(&wrong)
			if err := settings.Open(r.dir).Change(func(s *settings.Settings) { s.Accounts = append([]settings.Account{wrong}, s.Accounts...) }); err != nil {
				t.Fatal(err)
			}
			r.start()
			r.see("the good one registered, the other one told", func(v app.View) bool {
				registered, told := false, false
				for _, p := range v.Phones {
					registered = registered || p.State == sip.Registered && p.Extension == "2041"
					told = told || strings.Contains(p.Reason, tc.want)
				}
				return registered && told && strings.Contains(v.Notice, tc.want)
			})
		})
	}
}

// Without a saved password nothing is sent, and the agent reads what to do. An empty password that was saved is one.
func TestAPasswordThatIsNotSaved(t *testing.T) {
	r := newRig(t)
	if err := settings.Open(r.dir).Change(func(s *settings.Settings) { s.SetAccount(r.account()) }); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.see("asked for the password", func(v app.View) bool { return strings.Contains(v.Phone.Reason, "Enter it in Settings > Phone") })
	if err := r.p.SetAccount(t.Context(), "", r.account(), nil); err == nil || !strings.Contains(catalogue.Error(err), "not saved") {
		t.Errorf("%v", err)
	}
	empty := ""
	if err := r.p.SetAccount(t.Context(), "", r.account(), &empty); err != nil {
		t.Fatal(err)
	}
	r.see("refused", func(v app.View) bool { return v.Phone.State == sip.Refused })
}

// A keyring that refuses leaves file and phone as they were; so does a file that cannot be written.
func TestAnAccountIsSetWholeOrNotAtAll(t *testing.T) {
	r := ready(t)
	before := r.file()
	other, password := r.account(), "zwei"
	other.User = "2042"
	same := func(what string, err error) {
		t.Helper()
		if err == nil {
			t.Errorf("%s: no error", what)
		}
		if r.file() != before {
			t.Errorf("%s: the file is now\n%s", what, r.file())
		}
		if got := r.p.Settings().Get().Accounts; len(got) != 1 || got[0].User != "2041" {
			t.Errorf("%s: accounts %+v", what, got)
		}
		if v := r.desk.View().Phone; v.State != sip.Registered || v.Extension != "2041" {
			t.Errorf("%s: the phone %+v", what, v)
		}
		if _, err := r.secrets.Memory.Get(t.Context(), settings.SIPKey("2042", r.pbx.Addr())); err == nil {
			t.Errorf("%s: the password is in the keyring", what)
		}
		if kept, err := r.secrets.Memory.Get(t.Context(), settings.SIPKey("2041", r.pbx.Addr())); kept != "geheim" {
			t.Errorf("%s: the earlier password is %q, %v", what, kept, err)
		}
	}
	id := r.account().ID()
	r.secrets.lock(true)
	same("keyring locked", r.p.SetAccount(t.Context(), id, other, &password))
	r.secrets.lock(false)
	if err := r.p.Settings().SetProfile([]byte(before), []string{"accounts"}, ""); err != nil {
		t.Fatal(err)
	}
	same("accounts locked", r.p.SetAccount(t.Context(), id, other, &password))
	wrong := "wrong"
	changed := r.account()
	changed.Lines = 7
	same("accounts locked, own id", r.p.SetAccount(t.Context(), "", changed, &wrong))
	if err := r.p.Settings().SetProfile(nil, nil, ""); err != nil {
		t.Fatal(err)
	}
	bad := other
	bad.Server = "bad host"
	same("a server that is none", r.p.SetAccount(t.Context(), id, bad, &password))

	if err := r.p.SetAccount(t.Context(), id, other, &password); err != nil {
		t.Fatal(err)
	}
	r.see("the other account", func(v app.View) bool { return v.Phone.State == sip.Registered && v.Phone.Extension == "2042" })
	if _, err := r.secrets.Get(t.Context(), settings.SIPKey("2041", r.pbx.Addr())); err == nil {
		t.Error("the password of the account that is gone is kept")
	}
}

// A colleague is told by the host too, whether or not the account's server has a port.
func TestAColleagueByName(t *testing.T) {
	r := newRig(t)
	r.start()
	for _, server := range []string{"pbx.example.com", "pbx.example.com:5080"} {
		a := settings.DefaultAccount()
		a.Server, a.User = server, "2041"
		if err := r.p.Settings().Change(func(s *settings.Settings) { s.Accounts = []settings.Account{a} }); err != nil {
			t.Fatal(err)
		}
		for party, colleague := range map[sip.Party]bool{
			{User: "alice", Host: "pbx.example.com"}:   true,
			{User: "alice", Host: "PBX.example.com"}:   true,
			{User: "alice", Host: "other.example.com"}: false,
			{User: "2042", Host: "pbx.example.com"}:    true,
		} {
			if n := r.p.ReadNumber(a.ID(), party); n.Extension != colleague || n.Public() {
				t.Errorf("%s, %v: %+v", server, party, n)
			}
		}
	}
}
