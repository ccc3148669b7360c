package ui

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"linecard/app"
	"linecard/app/settings"
)

// callAs is the choice of the number that others see, below the number field. It is there only where the account that is called from has
// several, and stays chosen: it is the account's caller ID. Only where the record of whoever is called names a number is the choice for that one call.
type callAs struct {
	w       *Window
	root    *fyne.Container
	choice  *choice
	account string   // of the phone whose numbers are listed
	numbers []string // as they are listed
	words   []string
	chosen  string
	filling bool

	from     string // account that the number is called from, as [callFrom] has it
	about    string // the number that is typed
	record   string // that its record says others see; "" where none does
	thisCall string // what the agent chose in the place of that, for this call; "" for nothing
	once     func() // called when that was chosen
}

func newCallAs(w *Window) *callAs {
	a := &callAs{w: w}
	a.choice = newChoice(nil, func(string) {
		switch i := a.choice.SelectedIndex(); {
		case i < 0 || a.filling:
		case a.record != "":
			a.thisCall, a.chosen = a.numbers[i], a.numbers[i]
			a.once()
		default:
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
	if a.from = account; phone.Account != a.account {
		a.account, a.thisCall = phone.Account, "" // that was a number of the other account's
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
	if !slices.Contains(numbers, a.thisCall) && a.thisCall != phone.CallerID {
		a.thisCall = "" // the list is another by now
	}
	chosen := cmp.Or(a.thisCall, a.record, phone.CallerID)
	if phone.CallerID != "" || a.record == "" { // for one call it cannot be left to the server
		add(phone.CallerID, "")
	}
	if !slices.Equal(numbers, a.numbers) || !slices.Equal(words, a.words) || chosen != a.chosen {
		a.numbers, a.words, a.chosen = numbers, words, chosen
		a.filling = true
		a.choice.SetOptions(words)
		a.choice.SetSelectedIndex(max(slices.Index(numbers, chosen), 0))
		a.filling = false
	}
	show(a.root, len(phone.CallerIDs) > 0 && len(numbers) > 1)
}

// forNumber tells which number is typed, from which account it is called, and what its record says that others see. A choice for a call is for the number and the account
// that it was made about.
func (a *callAs) forNumber(account, number, record string) {
	if account == a.from && number == a.about && record == a.record {
		return
	}
	if number != a.about || record != a.record {
		a.about, a.record, a.thisCall = number, record, ""
	}
	a.show(a.w.view, account)
}

// again takes up what the agent chose for a call that was not made, as long as it is still a choice for the call alone.
func (a *callAs) again(number string) {
	if number != "" && a.record != "" && slices.Contains(a.numbers, number) {
		a.choice.SetSelectedIndex(slices.Index(a.numbers, number))
	}
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
