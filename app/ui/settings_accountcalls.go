package ui

import (
	"fyne.io/fyne/v2"

	"linecard/app/settings"
)

// accountCalls is the part of an account's page about what its calls do.
type accountCalls struct {
	root fyne.CanvasObject
	keys *explainedChoice
}

func newAccountCalls(changed func()) *accountCalls {
	c := &accountCalls{keys: newExplainedChoice(phrase("ui.keys-sent"), []explained{
		{value: "auto", name: "ui.keys-auto", means: "ui.keys-auto-means"},
		{value: "rfc4733", name: "ui.keys-events", means: "ui.keys-events-means", loud: true},
		{value: "info", name: "ui.keys-info", means: "ui.keys-info-means", loud: true},
		{value: "inband", name: "ui.keys-tones", means: "ui.keys-tones-means", loud: true},
	}, changed)}
	c.root = group(phrase("ui.group-account-calls"), c.keys.root)
	return c
}

// values are what is in the fields; write puts such values back.
func (c *accountCalls) values() []string { return []string{c.keys.value()} }

func (c *accountCalls) write(typed []string) {
	c.keys.set(typed[0])
}

// set puts what is saved into the fields.
func (c *accountCalls) set(a settings.Account) {
	c.write([]string{a.DTMF})
}

// into puts what is in the fields into an account.
func (c *accountCalls) into(a *settings.Account) {
	a.DTMF = c.keys.value()
}

// lockable are the fields that a profile may lock.
func (c *accountCalls) lockable() []disableable { return []disableable{c.keys.choice} }
