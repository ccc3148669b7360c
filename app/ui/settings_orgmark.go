package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
)

// orgColors are the colors that the settings have for orgs, in the order of the choices.
var orgColors = []orgColor{
	{settings.NoColor, "ui.color-none", colorNone},
	{"blue", "ui.color-blue", theme.ColorNamePrimary},
	{"green", "ui.color-green", colorTalking},
	{"amber", "ui.color-amber", colorHeld},
	{"red", "ui.color-red", colorMissed},
	{"purple", "ui.color-purple", colorPurple},
	{"gray", "ui.color-gray", colorMuted},
}

type orgColor struct {
	value string // in the settings
	word  string // message
	ink   fyne.ThemeColorName
}

// orgInk is the color that marks an org: the chosen one, amber for a sandbox, or none.
func orgInk(o app.OrgView) fyne.ThemeColorName {
	for _, c := range orgColors {
		if o.Color == c.value && o.Color != "" {
			return c.ink
		}
	}
	if o.Sandbox {
		return colorHeld
	}
	return colorNone
}

// orgPill names the org of a record in its color. nil is for the only org of an agent, where it is no sandbox.
func orgPill(v app.View, r crm.Ref) fyne.CanvasObject {
	o := orgOf(v, r.Org)
	ink := orgInk(o)
	if o.OrgID == "" || ink == colorNone || len(v.Orgs) < 2 && !o.Sandbox {
		return nil
	}
	mark, tint := newPill(), colorSunken
	if ink == colorHeld {
		tint = colorHeldTint
	}
	mark.set(strings.ToUpper(orgName(o)), ink, tint)
	return mark.root
}

// orgMark says how people here call the chosen org, and in which color it is marked.
type orgMark struct {
	s       *salesforceSheet
	root    fyne.CanvasObject
	label   *field
	about   *field // what the org is for
	color   *choice
	save    *button
	text    typedText
	filling bool
}

func newOrgMark(s *salesforceSheet) *orgMark {
	m := &orgMark{s: s, label: newField(""), about: newField(phrase("ui.none"))}
	var words []string
	for _, c := range orgColors {
		words = append(words, phrase(c.word))
	}
	m.color = newChoice(words, func(string) { m.paint() })
	m.save = newButton(phrase("ui.save"), "done", widget.MediumImportance, m.name)
	for _, f := range []*field{m.label, m.about} {
		f.OnChanged = func(string) {
			if !m.filling && s.w.settings != nil {
				m.ready()
				s.w.settings.mark()
			}
		}
		f.OnSubmitted = func(string) { m.name() }
	}
	m.text.read = func() []string { return []string{m.label.Text, m.about.Text} }
	m.text.write = func(typed []string) {
		m.label.SetText(typed[0])
		m.about.SetText(typed[1])
	}
	m.root = group(phrase("ui.org-marked"),
		entryRow(phrase("ui.org-label"), oneLine(m.label)),
		entryRow(phrase("ui.org-description"), container.NewBorder(nil, nil, nil, inset(0, 0, 8, 0, m.save), oneLine(m.about))),
		entryRow(phrase("ui.org-color"), bordered(m.color)), newParagraph(phrase("ui.org-marked-detail"), caption, 3))
	return m
}

func (m *orgMark) ready() { m.save.enable(m.text.has(m.text.about) && !m.label.Disabled()) }

// fill takes what the settings have of the chosen org. What is typed about an org stays until it is saved.
func (m *orgMark) fill(org settings.Org, f Form) {
	m.filling = true
	m.text.fill(org.OrgID, func() {
		m.label.SetText(org.Label)
		m.about.SetText(org.Description)
	})
	i := slices.IndexFunc(orgColors, func(c orgColor) bool { return c.value == org.Color })
	m.color.SetSelected(m.color.Options[max(i, 0)])
	m.filling = false
	f.lock("orgs", m.label, m.about, m.color)
	m.ready()
	show(m.root, org.OrgID != "")
}

func (m *orgMark) name() {
	if m.save.Disabled() {
		return
	}
	id, typed, before := m.text.about, m.text.read(), m.text.saved
	m.change(id, func(o *settings.Org) { // what was not typed may have been changed elsewhere
		now := typedOver([]string{o.Label, o.Description}, before, typed)
		o.Label, o.Description = now[0], now[1]
	}, func() {
		m.text.settle(id, typed)
		if m.s.w.settings != nil {
			m.s.w.settings.mark()
		}
	})
}

func (m *orgMark) paint() {
	if !m.filling {
		color := orgColors[max(slices.Index(m.color.Options, m.color.Selected), 0)].value
		m.change(m.text.about, func(o *settings.Org) { o.Color = color }, func() {})
	}
}

// change saves a change of an org.
func (m *orgMark) change(id string, f func(*settings.Org), saved func()) {
	w := m.s.w
	w.ask(func() func() {
		err := w.cfg.Settings.Change(func(s *settings.Settings) {
			for i := range s.Orgs {
				if s.Orgs[i].OrgID == id {
					f(&s.Orgs[i])
				}
			}
		})
		return func() {
			w.complain(aboutSettings, err)
			if err == nil {
				saved()
			}
			m.s.list.reload()
		}
	})
}
