package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"linecard/app/settings"
)

// encryptionField is the choice of an account's encryption, with what it means for calls, and of how keys are come to, where there are some.
type encryptionField struct {
	*explainedChoice
	root *fyne.Container
	by   *choice
	row  fyne.CanvasObject
}

// encryptionWays go by the values of encryption_by.
var encryptionWays = map[string]string{"both": "ui.encryption-by-both", "sdes": "ui.encryption-by-sdes", "dtls": "ui.encryption-by-dtls"}

func newEncryptionField(changed func()) *encryptionField {
	f := &encryptionField{}
	f.explainedChoice = newExplainedChoice(phrase("ui.encryption"), []explained{
		{value: "never", name: "ui.encryption-never", means: "ui.encryption-never-means"},
		{value: "offered", name: "ui.encryption-offered", means: "ui.encryption-offered-means"},
		{value: "preferred", name: "ui.encryption-preferred", means: "ui.encryption-preferred-means"},
		{value: "required", name: "ui.encryption-required", means: "ui.encryption-required-means", loud: true},
	}, func() {
		f.offer()
		changed()
	})
	var ways []string
	for _, value := range settings.EncryptionWays() {
		ways = append(ways, phrase(encryptionWays[value]))
	}
	f.by = newChoice(ways, func(string) { changed() })
	f.row = entryRow(phrase("ui.encryption-by"), bordered(f.by))
	f.root = vbox(4, f.explainedChoice.root, f.row)
	f.set("offered", settings.EncryptionWays()[0])
	return f
}

// keys is how keys are come to, as the setting has it.
func (f *encryptionField) keys() string {
	return settings.EncryptionWays()[max(f.by.SelectedIndex(), 0)]
}

func (f *encryptionField) set(value, keys string) {
	f.explainedChoice.set(value)
	f.by.SetSelected(f.by.Options[max(slices.Index(settings.EncryptionWays(), keys), 0)])
	f.offer()
}

// offer shows how keys are come to where calls may have some.
func (f *encryptionField) offer() {
	if f.row != nil { // while it is made
		show(f.row, f.value() != "never")
	}
}
