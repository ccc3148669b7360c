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
	by     *choice // how keys are come to, where there are some
	row    fyne.CanvasObject
}

// encryptionNames and encryptionMeanings go by the values of the setting.
var encryptionNames = map[string]string{
	"never": "ui.encryption-never", "offered": "ui.encryption-offered", "preferred": "ui.encryption-preferred", "required": "ui.encryption-required",
}

var encryptionMeanings = map[string]string{
	"never": "ui.encryption-never-means", "offered": "ui.encryption-offered-means", "preferred": "ui.encryption-preferred-means",
	"required": "ui.encryption-required-means",
}

// encryptionWays go by the values of encryption_by.
var encryptionWays = map[string]string{"both": "ui.encryption-by-both", "sdes": "ui.encryption-by-sdes", "dtls": "ui.encryption-by-dtls"}

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
	var ways []string
	for _, value := range settings.EncryptionWays() {
		ways = append(ways, phrase(encryptionWays[value]))
	}
	f.by = newChoice(ways, func(string) { changed() })
	f.row = entryRow(phrase("ui.encryption-by"), bordered(f.by))
	f.root = vbox(4, entryRow(phrase("ui.encryption"), bordered(f.choice)), f.means, f.row)
	return f
}

// value is what is chosen, as the setting has it.
func (f *encryptionField) value() string {
	if i := f.choice.SelectedIndex(); i >= 0 {
		return settings.Encryptions()[i]
	}
	return settings.DefaultAccount().Encryption
}

// keys is how keys are come to, as the setting has it.
func (f *encryptionField) keys() string {
	return settings.EncryptionWays()[max(f.by.SelectedIndex(), 0)]
}

func (f *encryptionField) set(value, keys string) {
	i := max(slices.Index(settings.Encryptions(), value), 0)
	f.choice.SetSelected(f.choice.Options[i])
	f.by.SetSelected(f.by.Options[max(slices.Index(settings.EncryptionWays(), keys), 0)])
	f.explain()
}

// explain says what is chosen; that calls may fail for it is said louder.
func (f *encryptionField) explain() {
	f.means.color = theme.ColorNameForeground
	if f.value() != "required" {
		f.means.color = colorMuted
	}
	show(f.row, f.value() != "never")
	f.means.say(phrase(encryptionMeanings[f.value()]))
}
