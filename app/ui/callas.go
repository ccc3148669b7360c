package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"linecard/app"
	"linecard/app/settings"
)

// callAs is the choice of the number that others see, below the number field. It is there only where the account that is called from has
// several, and stays chosen: it is the account's caller ID.
type callAs struct {
	w       *Window
	root    *fyne.Container
	choice  *choice
	account string
	numbers []string // as they are listed
	words   []string
	chosen  string
	filling bool
}

func newCallAs(w *Window) *callAs {
	a := &callAs{w: w}
	a.choice = newChoice(nil, func(string) {
		if i := a.choice.SelectedIndex(); i >= 0 && !a.filling {
			a.save(a.numbers[i])
		}
	})
	a.root = inset(6, 0, 0, 0, container.NewBorder(nil, nil, inset(0, 0, 2, 10, middle(newText(phrase("ui.call-as"), caption))), nil, a.choice))
	a.root.Hide()
	return a
}

// show lists the numbers of the account that is called from, "" for the only one.
func (a *callAs) show(v app.View, account string) {
	phone := v.Phone
	if i := slices.IndexFunc(v.Phones, func(p app.PhoneView) bool { return p.Account == account }); i >= 0 {
		phone = v.Phones[i]
	}
	var numbers, words []string
	add := func(number, name string) {
		if slices.Contains(numbers, number) {
			return
		}
		word := number
		switch {
		case number == "":
			word = phrase("ui.call-as-usual")
		case number == app.Withheld:
			word = phrase("ui.call-as-withheld")
		case name != "":
			word = joined(name, number)
		}
		numbers, words = append(numbers, number), append(words, word)
	}
	for _, entry := range phone.CallerIDs {
		add(app.ReadCallerID(entry))
	}
	add(phone.CallerID, "")
	a.account = phone.Account
	if !slices.Equal(numbers, a.numbers) || !slices.Equal(words, a.words) || phone.CallerID != a.chosen {
		a.numbers, a.words, a.chosen = numbers, words, phone.CallerID
		a.filling = true
		a.choice.SetOptions(words)
		a.choice.SetSelectedIndex(max(slices.Index(numbers, phone.CallerID), 0))
		a.filling = false
	}
	show(a.root, len(phone.CallerIDs) > 0 && len(numbers) > 1)
}

// save makes a number the account's choice. What cannot be saved is taken back.
func (a *callAs) save(number string) {
	id := a.account
	a.chosen = "?" // drawn again, whatever comes of it
	a.w.changeAccounts(func(account *settings.Account) {
		if id == "" || account.ID() == id {
			account.CallerID = number
		}
	}, nil, func() { a.w.apply(a.w.view) })
}
