package ui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"linecard/app/settings"
	"linecard/crm"
)

// fakeSettings hands out a form and writes down what it is told.
type fakeSettings struct {
	saved settings.Account // the last one
	fakeDesk
	form  Form
	fails error  // what every change comes to, nil for well
	page  string // the page a link is allowed on

	changing sync.Mutex // held while form is read or changed

	waiting int           // calls that wait for an org
	locked  chan struct{} // where the keyring is locked: Load waits for it
	free    chan struct{}
	shown   []crm.ShownError // what the browser may show
	linked  [2]string        // org and user that a link comes to; "" is the org that was asked for
}

func (s *fakeSettings) Now() Form {
	s.changing.Lock()
	defer s.changing.Unlock()
	f := s.form
	f.Passwords, f.Microphones, f.Speakers = nil, nil, nil
	return f
}

func (s *fakeSettings) Load() (Form, error) {
	if s.locked != nil {
		<-s.locked
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	return s.form, nil
}

func (s *fakeSettings) Reconnect(account string) error { return s.note("reconnect %s", account) }
func (s *fakeSettings) TrustCaller(account, address string) error {
	s.form.Accounts[0].Trusted = append(s.form.Accounts[0].Trusted, address)
	return s.note("trust %s for %s", address, account)
}
func (s *fakeSettings) TellForwards() error           { return s.note("tell forwards") }
func (s *fakeSettings) RemoveAccount(id string) error { return s.note("remove account %s", id) }
func (s *fakeSettings) Unlink(_ context.Context, org, user string) error {
	if user != "" {
		return s.note("unlink %s of %s", user, org)
	}
	return s.note("unlink %s", org)
}
func (s *fakeSettings) Waiting(string) (int, error) { return s.waiting, nil }
func (s *fakeSettings) RemoveOrg(_ context.Context, org settings.Org) error {
	return s.note("remove org %s%s", org.OrgID, org.LoginHost)
}
func (s *fakeSettings) ImportLegacy(path string) error { return s.note("import %s", path) }

func (s *fakeSettings) RefreshLink(context.Context) error { return s.note("refresh") }
func (s *fakeSettings) TestTone() error                   { return s.note("tone") }
func (s *fakeSettings) ExportSetup(dir string) (string, int, error) {
	return dir + "/linecard-salesforce", 24, s.note("export setup %s", dir)
}

func (s *fakeSettings) SaveAccount(was, a settings.Account, password *string) error {
	replaces := was.ID()
	s.changing.Lock()
	if now, here := s.form.Settings.Account(replaces); here {
		a = a.Onto(now, was)
	}
	s.saved = a
	if i := slices.IndexFunc(s.form.Accounts, func(b settings.Account) bool { return b.ID() == replaces }); i >= 0 && s.fails == nil {
		s.form.Accounts = slices.Clone(s.form.Accounts)
		s.form.Accounts[i] = a
	}
	s.changing.Unlock()
	kept := "kept"
	if password != nil {
		kept = *password
	}
	more := ""
	if len(s.form.Accounts) > 1 || replaces == "" {
		more = fmt.Sprintf(" in place of %q label=%q org=%q", replaces, a.Label, a.Org)
	}
	if a.TLSCA+a.TLSCert+a.TLSKey != "" {
		more += fmt.Sprintf(" files=%q", []string{a.TLSCA, a.TLSCert, a.TLSKey})
	}
	return s.note("account %s name=%q transport=%s password=%s%s", a.ID(), a.DisplayName, a.Transport, kept, more)
}

func (s *fakeSettings) Change(f func(*settings.Settings)) error {
	if s.fails != nil {
		return s.fails
	}
	s.changing.Lock() // as the real one does: changes come from several goroutines
	before := s.form.Settings
	s.form.Orgs, s.form.Accounts = slices.Clone(before.Orgs), slices.Clone(before.Accounts)
	f(&s.form.Settings)
	after := s.form.Settings
	s.changing.Unlock()
	if l := after.Language; l != before.Language {
		return s.note("language %s", l)
	}
	if d := after.Devices; d != before.Devices {
		return s.note("audio %q %q %q", d.Microphone, d.Speaker, d.Ringer)
	}
	return s.note("look %s %v", after.Appearance.Theme, after.Appearance.TextSize)
}

func (s *fakeSettings) Link(ctx context.Context, to LinkTarget, open func(string) error) (string, string, error) {
	which := to.Org
	if to.Add {
		which = "one more"
	}
	if err := s.note("link %s %s %s", to.Host, to.ClientID, which); err != nil {
		return "", "", err
	}
	if err := open(s.page); err != nil {
		return "", "", err
	}
	if len(s.shown) > 0 && to.Silent != nil {
		to.Silent(s.shown)
	}
	select {
	case <-ctx.Done():
		return "", "", ctx.Err()
	case <-s.free:
		return cmp.Or(s.linked[0], to.Org), s.linked[1], nil
	}
}
