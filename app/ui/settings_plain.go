package ui

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app/settings"
)

// plainSettings are values of the settings that need no more than a place and a word of help each. A switch and a choice count at once;
// what is typed counts with Save, and stays typed until then.
type plainSettings struct {
	w       *Window
	rows    []*plainRow
	save    *button
	filling bool
	after   func() // what follows each change; may be nil
}

// plainRow is one of them.
type plainRow struct {
	key   string
	label string // code of its name
	help  string // code of what it means; "" for a name that says it
	words []explained
	lines int // how many lines of a list are in sight; 0 for no list

	root  fyne.CanvasObject
	check *widget.Check
	pick  *explainedChoice
	field *field
	text  typedText // of the field: what is typed in one says nothing about another
}

// newPlainSettings makes the rows of a page. Which kind of row each is follows from the value that its key has.
func newPlainSettings(w *Window, rows ...*plainRow) *plainSettings {
	p := &plainSettings{w: w, rows: rows}
	p.save = newButton(phrase("ui.save"), "done", widget.HighImportance, p.keep)
	def := settings.Default()
	for _, r := range rows {
		o := p.input(r, def.Value(r.key))
		if r.help != "" {
			o = vbox(4, o, newParagraph(phrase(r.help), caption, 5))
		}
		r.root = o
	}
	var last *typedText
	for _, r := range rows {
		if r.field == nil {
			continue
		}
		r.text.read = func() []string { return []string{r.field.Text} }
		r.text.write = func(typed []string) { r.field.SetText(typed[0]) }
		if last != nil {
			last.beside = &r.text
		}
		last = &r.text
	}
	p.save.enable(false)
	return p
}

// typed is what is typed in the first field, with the others beside it; nil where there is no field.
func (p *plainSettings) typed() *typedText {
	for _, r := range p.rows {
		if r.field != nil {
			return &r.text
		}
	}
	return nil
}

// input is what a row is changed with.
func (p *plainSettings) input(r *plainRow, value any) fyne.CanvasObject {
	switch value.(type) {
	case bool:
		r.check = widget.NewCheck(phrase(r.label), func(on bool) { p.put(r.key, on) })
		return r.check
	case string:
		if r.words != nil {
			r.pick = newExplainedChoice(phrase(r.label), r.words, func() { p.put(r.key, r.pick.value()) })
			return r.pick.root
		}
	}
	r.field = newField("")
	r.field.OnChanged = func(string) { p.changed() }
	if r.lines == 0 {
		r.field.OnSubmitted = func(string) { p.keep() }
		return entryRow(phrase(r.label), oneLine(r.field))
	}
	r.field.MultiLine = true
	r.field.SetMinRowsVisible(r.lines)
	return entryRow(phrase(r.label), r.field)
}

// objects are all rows, one below the other.
func (p *plainSettings) objects() (all []fyne.CanvasObject) {
	for _, r := range p.rows {
		all = append(all, r.root)
	}
	return all
}

// object is the row of a key.
func (p *plainSettings) object(key string) fyne.CanvasObject {
	for _, r := range p.rows {
		if r.key == key {
			return r.root
		}
	}
	return nil
}

func (p *plainSettings) fill(f Form) {
	p.filling = true
	for _, r := range p.rows {
		if r.field != nil {
			r.text.fill("", func() { r.set(f) })
		} else {
			r.set(f)
		}
	}
	p.filling = false
	p.changed()
}

func (r *plainRow) set(f Form) {
	switch value := f.Settings.Value(r.key).(type) {
	case bool:
		r.check.SetChecked(value)
	case []string:
		r.field.SetText(strings.Join(value, "\n"))
	case string:
		if r.pick != nil {
			r.pick.set(value)
		} else {
			r.field.SetText(value)
		}
	default:
		r.field.SetText(fmt.Sprint(value))
	}
	switch {
	case r.check != nil:
		f.lock(r.key, r.check)
	case r.pick != nil:
		f.lock(r.key, r.pick.choice)
	default:
		f.lock(r.key, r.field)
	}
}

// changed has the button go with what is typed.
func (p *plainSettings) changed() {
	if p.filling {
		return
	}
	p.save.enable(p.typed() != nil && p.typed().any())
	p.w.settings.mark()
}

// put changes one value. Where that is refused, the page shows what is in force again.
func (p *plainSettings) put(key string, value any) {
	if !p.filling {
		p.change(map[string]any{key: value}, func() {})
	}
}

// keep saves what is typed.
func (p *plainSettings) keep() {
	if p.save.Disabled() {
		return
	}
	sent, values := map[*plainRow][]string{}, map[string]any{}
	for _, r := range p.rows {
		if r.field != nil && r.text.has("") {
			sent[r], values[r.key] = r.text.read(), r.typed()
		}
	}
	p.change(values, func() {
		for r, typed := range sent {
			r.text.settle("", typed)
		}
	})
}

// typed is what stands in the field: lines are the elements of a list.
func (r *plainRow) typed() any {
	if r.lines == 0 {
		return strings.TrimSpace(r.field.Text)
	}
	return append([]string{}, typedLines(r.field.Text)...) // an empty list is one, too
}

func (p *plainSettings) change(values map[string]any, done func()) {
	p.w.say(aboutCommand, "")
	p.w.ask(func() func() {
		var unfit error
		err := p.w.cfg.Settings.Change(func(s *settings.Settings) {
			before := *s
			for key, value := range values {
				if unfit = s.Put(key, value); unfit != nil {
					*s = before
					return
				}
			}
		})
		if unfit != nil {
			err = unfit
		}
		return func() {
			p.w.complain(aboutCommand, err)
			if err == nil {
				done()
			}
			if p.after != nil {
				p.after()
			}
			if p.w.settings != nil { // what is typed stays
				p.fill(p.w.settings.now())
			}
		}
	})
}
