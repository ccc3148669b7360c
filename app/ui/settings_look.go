package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/settings"
)

// appearanceSheet changes how the window looks; a choice is seen at once.
type appearanceSheet struct {
	w       *Window
	page    *fyne.Container
	mode    *widget.RadioGroup
	size    *widget.RadioGroup
	notify  *plainSettings
	speech  *widget.RadioGroup // nil while there is one language only
	tags    []string           // of its choices; the first is the system's
	filling bool
}

var (
	modes = []Mode{FollowSystem, Light, Dark}
	sizes = []TextSize{TextNormal, TextLarge}
)

func modeWords() []string {
	return []string{phrase("ui.theme-system"), phrase("ui.theme-light"), phrase("ui.theme-dark")}
}

func sizeWords() []string { return []string{phrase("ui.text-normal"), phrase("ui.text-large")} }

func newAppearanceSheet(w *Window) *appearanceSheet {
	s := &appearanceSheet{w: w}
	s.mode = widget.NewRadioGroup(modeWords(), func(string) { s.save() })
	s.size = widget.NewRadioGroup(sizeWords(), func(string) { s.save() })
	s.mode.Required, s.size.Required = true, true
	s.notify = newPlainSettings(w,
		&plainRow{key: "notifications.incoming", label: "ui.notify-incoming"},
		&plainRow{key: "notifications.missed", label: "ui.notify-missed"},
		&plainRow{key: "notifications.log_failed", label: "ui.notify-log-failed"},
		&plainRow{key: "notifications.raise_window", label: "ui.notify-raise", help: "ui.notify-raise-detail"},
	)
	s.page = vbox(20, newText(phrase("ui.page-appearance"), title), group(phrase("ui.colours"), s.mode), group(phrase("ui.text-size"), s.size),
		group(phrase("ui.notifications"), s.notify.objects()...))
	if all := catalogue.Languages(); len(all) > 1 {
		s.offer(all)
	}
	s.choose(w.cfg.Appearance)
	return s
}

// offer adds the languages there are.
func (s *appearanceSheet) offer(all []catalogue.Language) {
	names := []string{phrase("ui.language-system")}
	s.tags = []string{""}
	for _, l := range all {
		names, s.tags = append(names, l.Name), append(s.tags, l.Tag)
	}
	s.speech = widget.NewRadioGroup(names, func(string) { s.speak() })
	s.speech.Required = true
	s.page.Add(group(phrase("ui.language"), s.speech))
}

// speak saves the language. The window is told by who follows the settings: see Reword.
func (s *appearanceSheet) speak() {
	if s.filling {
		return
	}
	tag := s.tags[index(s.speech.Options, s.speech.Selected)]
	s.w.do(func() error {
		return s.w.cfg.Settings.Change(func(set *settings.Settings) { set.Language = tag })
	})
}

func (s *appearanceSheet) object() fyne.CanvasObject { return s.page }

func (s *appearanceSheet) fill(f Form) {
	s.choose(Look(f.Appearance))
	f.lock("appearance.theme", s.mode)
	f.lock("appearance.text_size", s.size)
	s.notify.fill(f)
	if s.speech != nil {
		s.filling = true
		s.speech.SetSelected(s.speech.Options[index(s.tags, f.Language)])
		s.filling = false
		f.lock("language", s.speech)
	}
}

// choose shows an appearance without saving it.
func (s *appearanceSheet) choose(look Appearance) {
	s.filling = true
	defer func() { s.filling = false }()
	s.mode.SetSelected(modeWords()[index(modes, look.Mode)])
	s.size.SetSelected(sizeWords()[index(sizes, look.TextSize)])
}

// largeText is what the settings have for large text; a size written by hand that is more than halfway there counts as large too.
const largeText = 1.2

// Look is the appearance that the settings ask for.
func Look(a settings.Appearance) Appearance {
	size := TextNormal
	if a.TextSize > (1+largeText)/2 {
		size = TextLarge
	}
	return Appearance{Mode: Mode(a.Theme), TextSize: size}
}

// into puts the look into the settings. A size that looks the same stays as it was written.
func (look Appearance) into(a *settings.Appearance) {
	if Look(*a).TextSize != look.TextSize {
		a.TextSize = 1
		if look.TextSize == TextLarge {
			a.TextSize = largeText
		}
	}
	a.Theme = string(look.Mode)
}

// index finds a value among its choices; one that is not there means the first.
func index[T comparable](all []T, one T) int {
	for i, have := range all {
		if have == one {
			return i
		}
	}
	return 0
}

func (s *appearanceSheet) save() {
	if s.filling {
		return
	}
	look := Appearance{Mode: modes[index(modeWords(), s.mode.Selected)], TextSize: sizes[index(sizeWords(), s.size.Selected)]}
	s.w.SetAppearance(look)
	s.w.do(func() error {
		return s.w.cfg.Settings.Change(func(set *settings.Settings) { look.into(&set.Appearance) })
	})
}

func (s *appearanceSheet) show(app.View) {}

// SetAppearance changes the palette and the text size of the open window. UI goroutine only.
func (w *Window) SetAppearance(look Appearance) {
	w.cfg.Appearance = look
	wear(w.cfg.App, look)
	w.relayout()
}

// aboutSheet says what this is.
type aboutSheet struct{ page *fyne.Container }

func newAboutSheet(w *Window) *aboutSheet {
	heading := phrase("ui.about-version", "version", w.cfg.Version)
	if w.cfg.Version == "" {
		heading = phrase("ui.about-development")
	}
	page := vbox(20, newText(phrase("ui.page-about"), title), group(heading,
		newParagraph(phrase("ui.about-detail"), body, 4),
		newParagraph(phrase("ui.about-licences"), caption, 4)))
	if dir := w.cfg.Data; dir != "" {
		page.Add(group(phrase("ui.data-directory"), newParagraph(dir, body, 4), newParagraph(phrase("ui.data-directory-detail"), caption, 3),
			hbox(0, newButton(phrase("ui.copy"), "", widget.MediumImportance, func() { w.cfg.App.Clipboard().SetContent(dir) }))))
	}
	return &aboutSheet{page}
}

func (s *aboutSheet) object() fyne.CanvasObject { return s.page }
func (s *aboutSheet) fill(Form)                 {}
func (s *aboutSheet) show(app.View)             {}
