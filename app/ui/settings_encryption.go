package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"linecard/app/settings"
)

// encryptionField is the choice of an account's encryption, with what it means for calls.
type encryptionField struct {
	root   *fyne.Container
	choice *choice
	means  *paragraph
}

// encryptionNames and encryptionMeanings go by the values of the setting.
var encryptionNames = map[string]string{
	"never": "ui.encryption-never", "offered": "ui.encryption-offered", "preferred": "ui.encryption-preferred", "required": "ui.encryption-required",
}

var encryptionMeanings = map[string]string{
	"never": "ui.encryption-never-means", "offered": "ui.encryption-offered-means", "preferred": "ui.encryption-preferred-means",
	"required": "ui.encryption-required-means",
}

func newEncryptionField(changed func()) *encryptionField {
	f := &encryptionField{means: newParagraph("", caption, 3)}
	var names []string
	for _, value := range settings.Encryptions() {
		names = append(names, phrase(encryptionNames[value]))
	}
	f.choice = newChoice(names, func(string) {
		f.explain()
		changed()
	})
	f.root = vbox(4, entryRow(phrase("ui.encryption"), bordered(f.choice)), f.means)
	return f
}

// value is what is chosen, as the setting has it.
func (f *encryptionField) value() string {
	if i := f.choice.SelectedIndex(); i >= 0 {
		return settings.Encryptions()[i]
	}
	return settings.DefaultAccount().Encryption
}

func (f *encryptionField) set(value string) {
	i := max(slices.Index(settings.Encryptions(), value), 0)
	f.choice.SetSelected(f.choice.Options[i])
	f.explain()
}

// explain says what is chosen; that calls may fail for it is said louder.
func (f *encryptionField) explain() {
	f.means.color = theme.ColorNameForeground
	if f.value() != "required" {
		f.means.color = colorMuted
	}
	f.means.say(phrase(encryptionMeanings[f.value()]))
}
