package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app/catalogue"
	"linecard/app/settings"
	"linecard/crm"
)

// orgCalls says which calls belong to which org. Who has one org sees nothing of it.
type orgCalls struct {
	s       *salesforceSheet
	root    *fyne.Container
	called  *field // of the chosen org
	save    *button
	wrong   *paragraph
	search  *widget.RadioGroup
	text    typedText
	saved   string
	filling bool
}

func newOrgCalls(s *salesforceSheet) *orgCalls {
	o := &orgCalls{s: s, called: newField(phrase("ui.org-called-hint")), wrong: newParagraph("", caption.in(colorMissed), 3)}
	o.save = newButton(phrase("ui.save"), "done", widget.MediumImportance, o.keep)
	o.called.OnChanged = func(string) {
		o.check()
		if !o.filling && s.w.settings != nil {
			s.w.settings.mark()
		}
	}
	o.text.read = func() []string { return []string{o.called.Text} }
	o.text.write = func(typed []string) { o.called.SetText(typed[0]) }
	o.search = widget.NewRadioGroup([]string{phrase("ui.org-search-own"), phrase("ui.org-search-all")}, func(string) {
		if !o.filling {
			value := settings.OrgSearches[index(o.search.Options, o.search.Selected)]
			s.w.do(func() error {
				return s.w.cfg.Settings.Change(func(set *settings.Settings) { set.Records.Orgs = value })
			})
		}
	})
	o.search.Required = true
	o.root = vbox(20, group(phrase("ui.org-calls"),
		entryRow(phrase("ui.org-called"), container.NewBorder(nil, nil, nil, inset(0, 0, 8, 0, o.save), oneLine(o.called))),
		o.wrong, newParagraph(phrase("ui.org-called-detail"), caption, 4)),
		group(phrase("ui.org-search"), o.search, newParagraph(phrase("ui.org-search-detail"), caption, 4)))
	return o
}

// fill takes what the settings have of the chosen org. What is typed about an org stays until it is saved.
func (o *orgCalls) fill(org settings.Org, f Form) {
	o.filling = true
	o.text.fill(org.OrgID, func() {
		o.saved = crm.Commas(org.Called, true)
		o.called.SetText(o.saved)
	})
	o.search.SetSelected(o.search.Options[index(settings.OrgSearches, f.Records.Orgs)])
	o.filling = false
	f.lock("orgs", o.called)
	f.lock("records.orgs", o.search)
	show(o.root, org.OrgID != "" && len(o.s.w.knownOrgs(f)) > 1)
	o.check()
}

// check says what is wrong with what is typed so far.
func (o *orgCalls) check() {
	words := ""
	for _, text := range crm.Apart(o.called.Text, true) {
		if why := crm.WrongCalled(text); !why.IsZero() {
			words = catalogue.Say(why)
			break
		}
	}
	o.wrong.say(words)
	show(o.wrong, words != "")
	o.save.enable(words == "" && o.called.Text != o.saved && !o.called.Disabled())
	if !o.filling {
		o.s.w.relayout()
	}
}

// keep saves the numbers of the chosen org.
func (o *orgCalls) keep() {
	id, w, typed := o.text.about, o.s.w, o.text.read()
	called := crm.Apart(typed[0], true)
	w.ask(func() func() {
		err := w.cfg.Settings.Change(func(s *settings.Settings) {
			if i := slices.IndexFunc(s.Orgs, func(e settings.Org) bool { return e.OrgID == id }); i >= 0 {
				s.Orgs[i].Called = called
			}
		})
		return func() {
			w.complain(aboutSettings, err)
			if err == nil {
				o.text.settle(id, typed)
				if w.settings != nil {
					w.settings.mark()
				}
			}
			o.s.list.reload()
		}
	})
}
