package ui

import (
	"fyne.io/fyne/v2"

	"linecard/app/catalogue"
	"linecard/crm/layout"
)

// shares places objects side by side, each with its share of the width.
type shares []float32

const sharesGap = 8

func (s shares) MinSize(o []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, c := range o {
		m := c.MinSize()
		size.Width += m.Width + sharesGap
		size.Height = max(size.Height, m.Height)
	}
	return size
}

func (s shares) Layout(o []fyne.CanvasObject, size fyne.Size) {
	var all float32
	for _, share := range s {
		all += share
	}
	room, x := size.Width-sharesGap*float32(len(o)-1), float32(0)
	for i, c := range o {
		width := room * s[i] / all
		h := min(size.Height, c.MinSize().Height)
		c.Move(fyne.NewPos(x, (size.Height-h)/2))
		c.Resize(fyne.NewSize(width, h))
		x += width + sharesGap
	}
}

// describe asks the org what the chosen object may hold, for the lists of fields, entries and record types.
func (s *layoutsSheet) describe() {
	if s.filling {
		return
	}
	l := s.read()
	s.w.ask(func() func() {
		o, err := s.w.cfg.Layouts.Object(l.Org, l.Object)
		return func() {
			if now := s.read(); now.Org != l.Org || now.Object != l.Object {
				return
			}
			if err != nil {
				o = nil
				s.preview.fail(catalogue.Error(err))
			}
			s.described = o
			s.filling = true
			for _, r := range s.fields.rows {
				s.offerFields(r.data.(*fieldRow))
			}
			s.offerTypes(l.RecordType)
			s.offerLead(l.LeadName)
			s.filling = false
			s.hold()
			if o != nil { // the preview has the labels of the fields from here
				s.preview.said = ""
				s.preview.follow()
			}
			s.w.relayout()
		}
	})
}

// fieldWords is a field in a list.
func fieldWords(f layout.ObjectField) string {
	words := phrase("ui.layout-field", "label", f.Label, "name", f.Name)
	if f.Required {
		words += " *"
	}
	return words
}

// fieldNamed is the API name of a field in a list.
func (s *layoutsSheet) fieldNamed(words string) (string, bool) {
	if s.described != nil {
		for _, f := range s.described.Writable() {
			if fieldWords(f) == words {
				return f.Name, true
			}
		}
	}
	return "", false
}

// offerFields lists the fields that a layout may fill; one that the org does not have stays, by its name.
func (s *layoutsSheet) offerFields(r *fieldRow) {
	var options []string
	chosen := r.name
	if s.described != nil {
		for _, f := range s.described.Writable() {
			options = append(options, fieldWords(f))
			if f.Name == r.name {
				chosen = fieldWords(f)
			}
		}
	}
	choose(r.field, options, chosen)
	r.field.Enable()
	s.offerEntries(r)
}

// offerEntries lists what the chosen field takes.
func (s *layoutsSheet) offerEntries(r *fieldRow) {
	var entries []string
	if s.described != nil {
		if f, ok := s.described.Field(r.name); ok {
			for _, e := range f.Entries {
				entries = append(entries, string(layout.Text(e.Value)))
			}
			if f.Type == "boolean" {
				entries = []string{"true", "false"}
			}
		}
	}
	r.value.entries = entries
}

// offerTypes lists the record types that this user may make.
func (s *layoutsSheet) offerTypes(chosen string) {
	options := []string{phrase("ui.layout-usual-type")}
	if s.described != nil {
		for _, t := range s.described.RecordTypes {
			if t.Available {
				options = append(options, t.Name)
			}
			if chosen == t.APIName || chosen == t.ID {
				chosen = t.Name
			}
		}
	}
	if chosen == "" {
		chosen = options[0]
	}
	choose(s.typeOf, options, chosen)
}

// chosenType is the API name of the record type, which is the same in every org that has it.
func (s *layoutsSheet) chosenType() string {
	name := s.typeOf.Selected
	if name == phrase("ui.layout-usual-type") {
		return ""
	}
	if s.described != nil {
		if t, ok := s.described.RecordType(name); ok {
			return t.APIName
		}
	}
	return name
}

// offerLead lists the fields that can take the name of a Lead.
func (s *layoutsSheet) offerLead(chosen string) {
	options := []string{phrase("ui.layout-no-field")}
	words := chosen
	if chosen == "" {
		words = options[0]
	}
	if s.described != nil {
		for _, f := range s.described.Writable() {
			if f.Type == "string" || f.Type == "textarea" {
				options = append(options, fieldWords(f))
				if f.Name == chosen {
					words = fieldWords(f)
				}
			}
		}
	}
	choose(s.lead, options, words)
}

func (s *layoutsSheet) chosenLead() string {
	if s.lead.Selected == phrase("ui.layout-no-field") {
		return ""
	}
	if name, ok := s.fieldNamed(s.lead.Selected); ok {
		return name
	}
	return s.lead.Selected
}
