package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"linecard/app/settings"
)

// encryptionFields are the files of an account that is reached by TLS. They are there only for such an account: what is in them
// stays for when it is one again.
type encryptionFields struct {
	root           fyne.CanvasObject
	ca, cert, key  *field
	caRow, certRow *labelled
}

func newEncryptionFields(entry func(hint string) *field) *encryptionFields {
	e := &encryptionFields{ca: entry(phrase("ui.ca-file-hint")), cert: entry(phrase("ui.none")), key: entry(phrase("ui.client-key-hint"))}
	e.caRow, e.certRow = newLabelled(phrase("ui.ca-file"), e.ca), newLabelled(phrase("ui.client-certificate"), e.cert)
	e.root = vbox(12, e.caRow.root, pair(e.certRow.root, entryRow(phrase("ui.client-key"), e.key)),
		newParagraph(phrase("ui.encryption-detail"), caption, 3))
	e.root.Hide()
	return e
}

func (e *encryptionFields) fields() []*field { return []*field{e.ca, e.cert, e.key} }

func (e *encryptionFields) set(a settings.Account) {
	e.ca.SetText(a.TLSCA)
	e.cert.SetText(a.TLSCert)
	e.key.SetText(a.TLSKey)
}

func (e *encryptionFields) read(a *settings.Account) {
	a.TLSCA, a.TLSCert, a.TLSKey = strings.TrimSpace(e.ca.Text), strings.TrimSpace(e.cert.Text), strings.TrimSpace(e.key.Text)
}

// show shows them where the server, or the transport, as they are on the page, mean TLS.
func (e *encryptionFields) show(server, transport string) {
	show(e.root, settings.Account{Server: strings.TrimSpace(server), Transport: strings.ToLower(transport)}.Encrypted())
}
