package ui

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"linecard/app"
)

// callFrom is the choice of the account to call from, below the number field. It is there only where there are several accounts. A number
// that comes from a call of the past is called from that call's account, until something else is typed.
type callFrom struct {
	w       *Window
	root    *fyne.Container
	choice  *choice
	ids     []string // of the accounts, as they are listed
	words   []string
	row     string // account of the call whose number stands in the field, "" for none
	filling bool
	changed func() // another account was chosen
}

func newCallFrom(w *Window) *callFrom {
	f := &callFrom{w: w}
	f.choice = newChoice(nil, func(string) {
		if i := f.choice.SelectedIndex(); i >= 0 && !f.filling {
			f.row, w.from = "", f.ids[i]
			f.changed()
		}
	})
	f.root = inset(6, 0, 0, 0, container.NewBorder(nil, nil, inset(0, 0, 2, 10, middle(newText(phrase("ui.call-from"), caption))), nil, f.choice))
	f.root.Hide()
	return f
}

// show lists the accounts there are.
func (f *callFrom) show(v app.View) {
	var ids, words []string
	for _, p := range v.Phones {
		name := cmp.Or(p.Label, p.Account)
		if slices.ContainsFunc(v.Phones, func(q app.PhoneView) bool { return q.Account != p.Account && q.Label == p.Label }) {
			name = p.Account // two of one name are told apart by their ids
		}
		if p.State != app.Registered {
			name = phrase("ui.account-not-registered", "account", name)
		}
		ids, words = append(ids, p.Account), append(words, name)
	}
	if !slices.Equal(ids, f.ids) || !slices.Equal(words, f.words) {
		f.ids, f.words = ids, words
		f.mark()
	}
	show(f.root, len(ids) > 1)
}

// from takes the account of the call whose number stands in the field; "" is for a number that was typed.
func (f *callFrom) from(row string) {
	if f.row != row {
		f.row = row
		f.mark()
	}
}

// mark shows the account that is called from.
func (f *callFrom) mark() {
	f.filling = true
	f.choice.SetOptions(f.words)
	f.choice.SetSelectedIndex(max(slices.Index(f.ids, f.account()), 0))
	f.filling = false
}

// account is what the number in the field is called from; "" is the only account.
func (f *callFrom) account() string { return f.of(f.row) }

// of is the account to call from where something belongs to an account: that one, or what the agent chose where it is none of today's.
func (f *callFrom) of(account string) string {
	switch {
	case account != "" && slices.Contains(f.ids, account):
		return account
	case len(f.ids) < 2:
		return ""
	case slices.Contains(f.ids, f.w.from):
		return f.w.from
	}
	return f.ids[0]
}
