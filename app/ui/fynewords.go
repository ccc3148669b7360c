package ui

import (
	"encoding/json"

	"fyne.io/fyne/v2/lang"
)

// fynesWords are the words that Fyne's own menu of a field has, in the catalogue's language. Fyne knows the system's language only,
// so they are given to it as that language's.
func fynesWords() map[string]string {
	return map[string]string{
		"Undo": phrase("ui.undo"), "Redo": phrase("ui.redo"), "Cut": phrase("ui.cut"), "Copy": phrase("ui.copy"),
		"Paste": phrase("ui.paste"), "Select all": phrase("ui.select-all"),
	}
}

// wordFyne has Fyne's menus say what the rest of the window does.
func wordFyne() {
	all, said := fynesWords(), true
	for english, word := range all {
		said = said && lang.L(english) == word
	}
	if said {
		return
	}
	words, err := json.Marshal(all)
	if err == nil {
		_ = lang.AddTranslationsForLocale(words, lang.SystemLocale()) // without it the menus stay in the system's language
	}
}
