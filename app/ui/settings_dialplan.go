package ui

import (
	"cmp"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"linecard/app/settings"
	"linecard/crm"
)

// dialPlan is the part of an account's page about numbers: how they are dialled, and what its server puts before those of callers.
type dialPlan struct {
	root    fyne.CanvasObject
	form    *choice
	fields  []*field // prefix, exit code, area code, strip, add
	rewrite *field   // one a line
	country *field   // where it is another one than of all accounts
	short   *field   // what a colleague's number looks like
	own     *field   // the company's numbers at this server, one a line
}

// dialForms are the forms that an account may have, in the order in which they are listed: first that of all accounts.
func dialForms() []string {
	forms := []string{""}
	for _, f := range crm.DialForms() {
		forms = append(forms, string(f))
	}
	return forms
}

func newDialPlan(changed func()) *dialPlan {
	d := &dialPlan{}
	words := []string{phrase("ui.dial-general"), phrase("ui.dial-typed"), phrase("ui.dial-e164"), phrase("ui.dial-exit"), phrase("ui.dial-national")}
	d.form = newChoice(words, func(string) { changed() })
	var rows []fyne.CanvasObject
	for _, name := range []string{phrase("ui.outside-prefix"), phrase("ui.exit-code"), phrase("ui.area-code"), phrase("ui.strip"), phrase("ui.add")} {
		f := newField(phrase("ui.none"))
		f.OnChanged = func(string) { changed() }
		d.fields, rows = append(d.fields, f), append(rows, entryRow(name, f))
	}
	d.rewrite = newField(phrase("ui.rewrite-hint"))
	d.rewrite.MultiLine = true
	d.rewrite.SetMinRowsVisible(2)
	d.rewrite.OnChanged = func(string) { changed() }
	d.country, d.short, d.own = newField(""), newField(phrase("ui.extension-digits")), newField(phrase("ui.none"))
	d.own.MultiLine = true
	d.own.SetMinRowsVisible(2)
	for _, f := range []*field{d.country, d.short, d.own} {
		f.OnChanged = func(string) { changed() }
	}
	d.root = group(phrase("ui.group-numbers"),
		pair(entryRow(phrase("ui.dial-as"), bordered(d.form)), rows[0]),
		pair(rows[1], rows[2]), pair(rows[3], rows[4]),
		entryRow(phrase("ui.rewrite"), d.rewrite),
		pair(entryRow(phrase("ui.numbers-country"), d.country), entryRow(phrase("ui.numbers-extension"), d.short)),
		entryRow(phrase("ui.numbers-own"), d.own))
	return d
}

// values are what is typed.
func (d *dialPlan) values() []string {
	all := []string{d.form.Selected}
	for _, f := range d.fields {
		all = append(all, f.Text)
	}
	return append(all, d.country.Text, d.short.Text, d.own.Text, d.rewrite.Text)
}

func (d *dialPlan) write(typed []string) {
	d.form.SetSelected(typed[0])
	for i, f := range d.fields {
		f.SetText(typed[i+1])
	}
	for i, f := range []*field{d.country, d.short, d.own, d.rewrite} {
		f.SetText(typed[1+len(d.fields)+i])
	}
}

// set puts what is saved into the fields. An empty field shows what is general.
func (d *dialPlan) set(n, general settings.Numbers) {
	for i, has := range []string{general.OutsidePrefix, general.ExitCode, general.AreaCode, general.Strip, general.Add} {
		d.fields[i].SetPlaceHolder(cmp.Or(has, phrase("ui.none")))
	}
	form := d.form.Options[max(0, slices.Index(dialForms(), n.DialAs))]
	d.country.SetPlaceHolder(general.Country)
	d.short.SetPlaceHolder(cmp.Or(general.Extension, phrase("ui.extension-digits")))
	d.write([]string{form, n.OutsidePrefix, n.ExitCode, n.AreaCode, n.Strip, n.Add, n.Country, n.Extension, strings.Join(n.Own, "\n"), strings.Join(n.Rewrite, "\n")})
}

// into puts what is in the fields into the settings of an account.
func (d *dialPlan) into(n *settings.Numbers) {
	n.DialAs = dialForms()[max(0, d.form.SelectedIndex())]
	for i, to := range []*string{&n.OutsidePrefix, &n.ExitCode, &n.AreaCode, &n.Strip, &n.Add} {
		*to = strings.TrimSpace(d.fields[i].Text)
	}
	n.Country, n.Extension = strings.TrimSpace(d.country.Text), strings.TrimSpace(d.short.Text)
	n.Own, n.Rewrite = typedLines(d.own.Text), typedLines(d.rewrite.Text)
}

// lockable are the fields that a profile may lock.
func (d *dialPlan) lockable() []disableable {
	all := []disableable{d.form, d.rewrite, d.country, d.short, d.own}
	for _, f := range d.fields {
		all = append(all, f)
	}
	return all
}
