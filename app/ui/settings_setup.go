package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"linecard/app/catalogue"
	"linecard/app/settings"
	"linecard/crm/salesforce/setup"
)

// setupGuide leads an admin through the External Client App: steps to be ticked off, what is pasted beside a button, and the
// folder that does the same by a deployment. It is closed until it is asked for, since an agent never needs it.
type setupGuide struct {
	w       *Window
	root    *fyne.Container
	steps   []setup.Step
	done    []string // ids of the steps that are ticked off
	locked  bool
	list    *fyne.Container
	open    *button
	copyAll *button
	save    *button
	written *paragraph
}

// setupState is what stays while the window is open: the page may be built again in the meantime. What is ticked is in the settings: an
// admin goes on tomorrow.
type setupState struct{ open bool }

func newSetupGuide(w *Window) *setupGuide {
	g := &setupGuide{w: w, list: vbox(16), written: newParagraph("", caption, 4)}
	g.open = newButton(phrase("ui.setup-show"), "", widget.MediumImportance, func() {
		w.setup.open = !w.setup.open
		g.draw()
		w.relayout()
	})
	g.copyAll = newButton(phrase("ui.setup-copy-all"), "", widget.MediumImportance, func() { g.copy(guideText(g.steps)) })
	g.save = newButton(phrase("ui.setup-save-folder"), "", widget.MediumImportance, func() { w.cfg.ChooseFolder(phrase("ui.setup-where"), g.export) })
	g.written.Hide()
	g.root = vbox(0, group(phrase("ui.setup-org"), newParagraph(phrase("ui.setup-org-detail"), caption, 4), g.list,
		hbox(8, g.open, g.copyAll, g.save), g.written))
	return g
}

func (g *setupGuide) fill(f Form) {
	g.steps, g.done, g.locked = f.Setup, f.Settings.Salesforce.SetupDone, f.isLocked("salesforce.setup_done")
	show(g.root, len(g.steps) > 0)
	g.draw()
}

// draw makes the steps again, as they are ticked.
func (g *setupGuide) draw() {
	open := g.w.setup.open
	g.open.label(phrase("ui.setup-show"))
	if open {
		g.open.label(phrase("ui.setup-hide"))
	}
	show(g.copyAll, open)
	show(g.list, open)
	g.list.RemoveAll()
	if open {
		for i, s := range g.steps {
			g.list.Add(g.step(i+1, s))
		}
	}
	g.list.Refresh()
}

// step is one step. One that is done shows its title only.
func (g *setupGuide) step(number int, s setup.Step) fyne.CanvasObject {
	done := slices.Contains(g.done, s.ID)
	tick := widget.NewCheck(phrase("ui.setup-step", "step", number, "title", catalogue.Say(s.Title)), nil)
	tick.SetChecked(done)
	tick.OnChanged = func(on bool) { g.tick(s.ID, on) }
	if g.locked {
		tick.Disable()
	}
	if done {
		return tick
	}
	rows := vbox(8, newParagraph(catalogue.Say(s.Path), caption, 2))
	for _, r := range s.Rows {
		rows.Add(g.row(r))
	}
	if !s.Note.IsZero() {
		rows.Add(newParagraph(catalogue.Say(s.Note), caption, 4))
	}
	return vbox(6, tick, inset(0, 0, 34, 0, rows))
}

// tick keeps that a step is done, or is to be done again.
func (g *setupGuide) tick(id string, on bool) {
	ticked := func(done []string) []string {
		done = slices.DeleteFunc(slices.Clone(done), func(s string) bool { return s == id })
		if on {
			done = append(done, id)
		}
		return done
	}
	was := g.done
	g.done = ticked(g.done)
	g.draw()
	g.w.relayout()
	g.w.ask(func() func() {
		err := g.w.cfg.Settings.Change(func(s *settings.Settings) { s.Salesforce.SetupDone = ticked(s.Salesforce.SetupDone) })
		return func() {
			g.w.complain(aboutCommand, err)
			if err != nil {
				g.done = was
				g.draw()
				g.w.relayout()
			}
		}
	})
}

// row is one field of the page in Setup, with a button where there is something to paste.
func (g *setupGuide) row(r setup.Row) fyne.CanvasObject {
	lines := vbox(1, newText(catalogue.Say(r.Field), caption.elided()))
	for line := range strings.SplitSeq(rowValue(r), "\n") {
		lines.Add(newText(line, body.elided()))
	}
	if r.Copy == "" {
		return lines
	}
	return container.NewBorder(nil, nil, nil, newButton(phrase("ui.copy"), "", widget.LowImportance, func() { g.copy(r.Copy) }), lines)
}

func rowValue(r setup.Row) string {
	if r.Copy != "" {
		return r.Copy
	}
	return catalogue.Say(r.Value)
}

func (g *setupGuide) copy(text string) { g.w.cfg.App.Clipboard().SetContent(text) }

// guideText is the guide as text, to be sent to whoever administers the org.
func guideText(steps []setup.Step) string {
	var b strings.Builder
	for i, s := range steps {
		b.WriteString(phrase("ui.setup-step", "step", i+1, "title", catalogue.Say(s.Title)) + "\n" + catalogue.Say(s.Path) + "\n")
		for _, r := range s.Rows {
			separator := " "
			if strings.Contains(rowValue(r), "\n") {
				separator = "\n"
			}
			b.WriteString(phrase("ui.setup-field", "field", catalogue.Say(r.Field)) + separator + rowValue(r) + "\n")
		}
		if !s.Note.IsZero() {
			b.WriteString(catalogue.Say(s.Note) + "\n")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// export writes the folder below the one that was chosen.
func (g *setupGuide) export(dir string) {
	g.w.say(aboutCommand, "")
	g.w.ask(func() func() {
		folder, files, err := g.w.cfg.Settings.ExportSetup(dir)
		return func() {
			g.w.complain(aboutCommand, err)
			if err == nil {
				g.written.say(phrase("ui.setup-written", "folder", folder, "count", files))
			}
			show(g.written, err == nil)
			g.w.relayout()
		}
	})
}

// chooseFile asks for a file, and calls then with its path.
func chooseFile(w fyne.Window, then func(path string)) {
	d := dialog.NewFileOpen(func(chosen fyne.URIReadCloser, err error) {
		if err == nil && chosen != nil {
			_ = chosen.Close()
			then(chosen.URI().Path())
		}
	}, w)
	d.Show()
}

// chooseFolder asks for a folder under a title that says what for, and calls then with its path.
func chooseFolder(w fyne.Window, title string, then func(dir string)) {
	d := dialog.NewFolderOpen(func(chosen fyne.ListableURI, err error) {
		if err == nil && chosen != nil {
			then(chosen.Path())
		}
	}, w)
	d.SetTitleText(title)
	d.SetConfirmText(phrase("ui.setup-save-here"))
	d.Show()
}
