package ui

import (
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/fault"
)

// What is wrong with an account stands in a sentence; the field that the sentence is about is marked, and has the keyboard when the
// page opens.

// errWrong makes a field's border red. What is wrong is said elsewhere on the page.
var errWrong = errors.New("wrong")

// labelled is a field with its label.
type labelled struct {
	root  fyne.CanvasObject
	label *text
	field *field
}

func newLabelled(label string, f *field) *labelled {
	l := &labelled{label: newText(label, caption), field: f}
	l.field.AlwaysShowValidationError = true
	l.root = vbox(4, l.label, f)
	return l
}

func (l *labelled) mark(wrong bool) {
	if wrong {
		l.label.paint(colorMissed)
		l.field.SetValidationError(errWrong)
	} else {
		l.label.paint(colorMuted)
		l.field.SetValidationError(nil)
	}
}

// wrongField is the field of the page that a fault of the account is about, nil for none.
func (s *phoneSheet) wrongField(why fault.Fault) *labelled {
	switch fault.Code(strings.TrimSuffix(string(why.Code), ".later")) {
	case "sip.registration.name", "sip.registration.silent", "sip.registration.no-connection", "sip.account.server",
		"sip.account.server-characters", "sip.account.port",
		"sip.tls.none", "sip.tls.other-name":
		return s.rows[0]
	case "sip.account.no-user", "sip.registration.unknown-user":
		return s.rows[1]
	case "sip.registration.password", "program.no-password":
		return s.rows[2]
	case "sip.account.proxy":
		return s.rows[3]
	case "sip.tls.unknown-issuer", "sip.tls.self-signed", "sip.tls.ca-file":
		return s.secure.caRow
	case "sip.tls.client-wanted", "sip.tls.client-refused", "sip.tls.client-file", "sip.account.tls-key":
		return s.secure.certRow
	}
	return nil
}

// markWrong marks the field that the account's standing is about, as long as it has what is saved.
func (s *phoneSheet) markWrong(p app.PhoneView) {
	s.wrong = nil
	if !s.list.adding && p.State != app.Registered && p.State != app.Registering {
		s.wrong = s.wrongField(p.Why)
	}
	for _, r := range s.rows {
		r.mark(r == s.wrong && !s.text.any())
	}
}

// first is the field that has the keyboard when the page opens: the one that is wrong, or the first that must be filled in.
func (s *phoneSheet) first() fyne.Focusable {
	switch {
	case s.wrong != nil && !s.wrong.field.Disabled():
		return s.wrong.field
	case s.server.Text == "" && !s.server.Disabled():
		return s.server
	}
	return nil
}

// first is the field that has the keyboard when the page opens, as long as no org is linked.
func (s *salesforceSheet) first() fyne.Focusable {
	switch {
	case !s.setUp.Visible():
		return nil
	case s.host.text() == "" && !s.host.domain.Disabled():
		return s.host.domain
	case s.clientID.Text == "" && !s.clientID.Disabled():
		return s.clientID
	}
	return nil
}

// begin puts the keyboard where the open page begins, unless it is somewhere already.
func (s *settingsPage) begin() {
	page, ok := s.sheets[s.open].(interface{ first() fyne.Focusable })
	if !ok || !s.w.inSettings() || s.w.cfg.Window.Canvas().Focused() != nil || s.w.lost() {
		return
	}
	if f := page.first(); f != nil {
		s.w.focus(f)
	}
}
