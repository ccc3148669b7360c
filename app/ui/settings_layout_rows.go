package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecard/clean"
	"linecard/crm"
	"linecard/crm/layout"
)

// valueField is a field for a value of a layout, with a list of what may be inserted: the org's entries for the value, and what
// a call knows. The page remembers the field that had the focus last: a click on a variable inserts it there.
type valueField struct {
	field
	s       *layoutsSheet
	entries []string // of the org, as values
}

func (s *layoutsSheet) newValue(hint string, v layout.Value) *valueField {
	f := &valueField{s: s}
	f.ExtendBaseWidget(f)
	open := widget.NewButtonWithIcon("", theme.MenuDropDownIcon(), f.list)
	open.Importance = widget.LowImportance
	f.ActionItem = open
	f.SetPlaceHolder(hint)
	f.SetText(string(v))
	f.OnChanged = func(string) { s.changed() }
	return f
}

func (f *valueField) value() layout.Value { return layout.Value(f.Text) }

// FocusGained implements fyne.Focusable.
func (f *valueField) FocusGained() {
	f.s.last = f
	f.field.FocusGained()
}

// list opens the list below the field. An entry takes the place of what is there; a variable is inserted.
func (f *valueField) list() {
	var items []*fyne.MenuItem
	for _, e := range f.entries {
		items = append(items, fyne.NewMenuItem(e, func() { f.SetText(e) }))
	}
	if len(items) > 0 {
		items = append(items, fyne.NewMenuItemSeparator())
	}
	own := f.s.read()
	for _, v := range own.Variables {
		if v.Name != "" {
			items = append(items, fyne.NewMenuItem("{"+v.Name+"}", func() { f.insert("{" + v.Name + "}") }))
		}
	}
	c := layout.Call{Activity: f.s.preview.chosen()}
	for _, name := range c.Known() {
		value, _ := c.Variable(name)
		items = append(items, fyne.NewMenuItem(joined("{"+name+"}", clean.Short(value, mostInMenu)), func() { f.insert("{" + name + "}") }))
	}
	below := fyne.NewPos(0, f.Size().Height)
	widget.ShowPopUpMenuAtRelativePosition(fyne.NewMenu("", items...), f.s.w.cfg.Window.Canvas(), below, f)
}

// mostInMenu is how much of a value stands in a menu.
const mostInMenu = 40

// insert puts a text where the cursor is.
func (f *valueField) insert(text string) {
	runes := []rune(f.Text)
	at := min(max(0, f.CursorColumn), len(runes))
	f.SetText(string(runes[:at]) + text + string(runes[at:]))
	f.CursorColumn = at + len([]rune(text))
	f.Refresh()
}

// The rows of the lists.
type (
	partRow struct{ value *valueField }
	lineRow struct {
		key   *field
		value *valueField
	}
	fieldRow struct {
		field *choice
		name  string // API name of what is chosen
		value *valueField
	}
	ownRow struct {
		name, choices *field
		standard      *valueField
		ask, required *widget.Check
	}
)

func (s *layoutsSheet) addPart(v layout.Value) {
	r := &partRow{s.newValue(phrase("ui.layout-part-hint"), v)}
	s.subject.add(oneLine(r.value), r)
}

func (s *layoutsSheet) addLine(l layout.Line) {
	r := &lineRow{newField(phrase("ui.layout-key-hint")), s.newValue(phrase("ui.layout-line-hint"), l.Value)}
	r.key.SetText(l.Key)
	r.key.OnChanged = func(string) { s.changed() }
	s.lines.add(container.New(shares{1, 2}, oneLine(r.key), oneLine(r.value)), r)
}

func (s *layoutsSheet) addField(f layout.Field) {
	r := &fieldRow{name: f.Field, value: s.newValue(phrase("ui.layout-value-hint"), f.Value)}
	r.field = newChoice(nil, func(words string) {
		if name, ok := s.fieldNamed(words); ok {
			r.name = name
		}
		s.offerEntries(r)
		s.changed()
	})
	r.field.PlaceHolder = phrase("ui.layout-choose-field")
	s.offerFields(r)
	s.fields.add(container.New(shares{1, 1}, bordered(r.field), oneLine(r.value)), r)
}

func (s *layoutsSheet) addOwn(v layout.Variable) {
	r := &ownRow{
		name: newField(phrase("ui.layout-own-name")), choices: newField(phrase("ui.layout-own-choices")), standard: s.newValue(phrase("ui.layout-own-default"), v.Default),
		ask: widget.NewCheck(phrase("ui.layout-own-ask"), nil), required: widget.NewCheck(phrase("ui.layout-own-required"), nil),
	}
	r.name.SetText(v.Name)
	r.choices.SetText(crm.Commas(v.Choices, false))
	r.ask.Checked, r.required.Checked = v.Ask, v.Required
	r.name.OnChanged, r.choices.OnChanged = func(string) { s.changed() }, func(string) { s.changed() }
	r.ask.OnChanged = func(on bool) {
		for _, d := range []disableable{r.required, r.choices} {
			if on {
				d.Enable()
			} else {
				d.Disable()
			}
		}
		s.changed()
	}
	r.required.OnChanged = func(bool) { s.changed() }
	s.own.add(vbox(4, container.New(shares{1, 1}, oneLine(r.name), oneLine(r.standard)), container.New(shares{2, 1}, oneLine(r.choices), hbox(4, r.ask, r.required))), r)
	r.ask.OnChanged(v.Ask)
}

// pour puts a layout into the page.
func (s *layoutsSheet) pour(l layout.Layout) {
	was := s.filling
	s.filling = true
	defer func() { s.filling = was }()
	s.last = nil
	s.name.SetText(l.Name)
	s.writes.SetSelected(l.Object)
	s.org.SetSelectedIndex(max(0, slices.Index(s.orgs, l.Org)))
	s.main.SetChecked(l.Default)
	s.offerTypes(l.RecordType)
	s.offerLead(l.LeadName)
	for _, list := range []*rowList{s.subject, s.lines, s.fields, s.own} {
		list.clear()
	}
	for _, v := range l.Subject {
		s.addPart(v)
	}
	for _, line := range l.Description {
		s.addLine(line)
	}
	for _, f := range l.Fields {
		s.addField(f)
	}
	for _, v := range l.Variables {
		s.addOwn(v)
	}
}

// read is the layout on the page.
func (s *layoutsSheet) read() layout.Layout {
	l := layout.Layout{
		Name: strings.TrimSpace(s.name.Text), Object: s.writes.Selected, Default: s.main.Checked, RecordType: s.chosenType(), LeadName: s.chosenLead(),
		Org: s.chosenOrg(),
	}
	for _, r := range s.subject.rows {
		l.Subject = append(l.Subject, r.data.(*partRow).value.value())
	}
	for _, r := range s.lines.rows {
		row := r.data.(*lineRow)
		l.Description = append(l.Description, layout.Line{Key: row.key.Text, Value: row.value.value()})
	}
	for _, r := range s.fields.rows {
		row := r.data.(*fieldRow)
		l.Fields = append(l.Fields, layout.Field{Field: row.name, Value: row.value.value()})
	}
	for _, r := range s.own.rows {
		row := r.data.(*ownRow)
		v := layout.Variable{Name: row.name.Text, Default: row.standard.value(), Ask: row.ask.Checked, Required: row.required.Checked}
		v.Choices = crm.Apart(row.choices.Text, false)
		l.Variables = append(l.Variables, v)
	}
	return l
}
