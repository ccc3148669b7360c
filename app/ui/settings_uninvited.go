package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// uninvitedList shows from where calls came that were not answered, because they did not come from the account's server. It
// is not there while there are none.
type uninvitedList struct {
	s    *phoneSheet
	root fyne.CanvasObject
	rows *fyne.Container
	said []app.Uninvited // that the rows show
}

func newUninvitedList(s *phoneSheet) *uninvitedList {
	l := &uninvitedList{s: s, rows: vbox(8)}
	l.root = group(phrase("ui.group-uninvited"), newParagraph(phrase("ui.uninvited-detail"), caption, 3), l.rows)
	l.root.Hide()
	return l
}

// show lists the addresses, less those that are trusted by now.
func (l *uninvitedList) show(p app.PhoneView) {
	all := slices.DeleteFunc(slices.Clone(p.Uninvited), func(u app.Uninvited) bool { return l.s.account.Trusts(u.From) })
	show(l.root, len(all) > 0 && !l.s.list.adding)
	if slices.Equal(all, l.said) {
		return
	}
	l.said = all
	l.rows.RemoveAll()
	for _, u := range all {
		l.rows.Add(l.row(u))
	}
	l.rows.Refresh()
}

func (l *uninvitedList) row(u app.Uninvited) fyne.CanvasObject {
	w := l.s.w
	accept := newButton(phrase("ui.accept-calls-from"), "", widget.LowImportance, func() {
		account := l.s.account.ID() // the row may be older than what the page is filled with
		w.ask(func() func() {
			err := w.cfg.Settings.TrustCaller(account, u.From.String())
			return func() {
				w.complain(aboutCommand, err)
				w.settings.refill()
			}
		})
	})
	if l.s.form.isLocked("accounts") {
		accept.enable(false)
	}
	words := newParagraph(phrase("ui.uninvited", "count", u.Count, "from", u.From.String(), "at", u.Last.In(w.cfg.Now().Location())), body, 2)
	return container.NewBorder(nil, nil, nil, accept, container.New(midHeight{}, words))
}
