package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"linecard/crm/salesforce/setup"
)

var setupCallbacks = []string{"http://localhost:47117/oauth/callback", "http://localhost:47118/oauth/callback", "http://localhost:47119/oauth/callback"}

// openSetup opens the guide for an admin, with its first step done.
func (b *bench) openSetup() {
	b.settings.form.Setup = setup.Guide(setupCallbacks, []string{"api", "refresh_token", "openid"})
	b.openSettings(pageSalesforce)
	b.settle()
	b.press("Show the steps")
	b.tickOff("1. Make an External Client App")
	sheet := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet)
	b.Window.settings.scroll.ScrollToOffset(fyne.NewPos(0, b.absolute(sheet.guide.root).Y-b.absolute(sheet.page).Y))
}

func (b *bench) tickOff(step string) {
	b.t.Helper()
	box := b.check(step)
	if box == nil {
		b.t.Fatalf("no step %q in %q", step, words(b.root))
	}
	test.Tap(box)
	b.settle()
}

// check is the box beside a step.
func (b *bench) check(step string) *widget.Check {
	for _, o := range test.LaidOutObjects(b.root) {
		if c, ok := o.(*widget.Check); ok && c.Text == step {
			return c
		}
	}
	return nil
}

func (b *bench) clipboard() string { return b.cfg.App.Clipboard().Content() }

// An agent sees one group; an admin opens five steps in it, pastes from it and ticks them off, and finds them ticked again.
func TestSetupGuide(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSetup()
	if b.shows("External Client App Name") {
		t.Error("a step that is done shows more than its title")
	}
	for _, want := range []string{"http://localhost:47118/oauth/callback", "Require secret for Refresh Token Flow", "Admin approved users are pre-authorized"} {
		if !b.shows(want) {
			t.Errorf("the guide does not show %q", want)
		}
	}
	for _, step := range []string{"2. Switch OAuth on", "3. No secret, but PKCE", "4. Say who may use it", "5. Copy the Consumer Key"} {
		if b.check(step) == nil {
			t.Errorf("there is no step %q", step)
		}
	}
	b.press("Copy") // the first one is the callback URLs': the name of the app is done
	if got := b.clipboard(); got != strings.Join(setupCallbacks, "\n") {
		t.Errorf("copied %q", got)
	}
	b.press("Copy all")
	all := b.clipboard()
	for _, want := range []string{
		"1. Make an External Client App\nSetup > External Client App Manager > New External Client App\nExternal Client App Name: Linecard\n",
		"Callback URL:\n" + strings.Join(setupCallbacks, "\n") + "\n", "Require Proof Key for Code Exchange (PKCE): on\n", "Consumer Key: ",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the copied guide has no %q:\n%s", want, all)
		}
	}
	if done := b.settings.form.Settings.Salesforce.SetupDone; len(done) != 1 {
		t.Errorf("kept as done: %q", done)
	}
	b.closeSettings()
	b.Window.settings, b.Window.setup.open = nil, true // as after a restart
	b.openSettings(pageSalesforce)
	b.settle()
	if c := b.check("1. Make an External Client App"); c == nil || !c.Checked {
		t.Error("the step is not ticked any more")
	}
	b.tickOff("1. Make an External Client App")
	if !b.shows("External Client App Name") {
		t.Error("a step that is to be done again does not show how")
	}
	b.press("Hide the steps")
	if b.check("2. Switch OAuth on") != nil {
		t.Error("the steps are not hidden")
	}
}

// The folder goes below the one that was chosen, the page says where, and why it could not be written.
func TestSetupFolder(t *testing.T) {
	choose := func(func(string)) {}
	b := newBench(t, func(c *Config) { c.ChooseFolder = func(_ string, then func(string)) { choose(then) } })
	b.settings.form.Setup = setup.Guide(setupCallbacks, nil)
	b.draw(idle())
	b.openSettings(pageSalesforce)
	b.settle()
	b.press("Save the metadata folder…") // and closes the dialog
	if got := b.settings.said(); len(got) > 0 {
		t.Errorf("without a folder: %q", got)
	}
	choose = func(then func(string)) { then("/home/ann") }
	b.settings.refuses("export", errors.New("the folder has other things in it"))
	b.press("Save the metadata folder…")
	if !b.shows("The folder has other things in it.") {
		t.Errorf("the window says %q", words(b.root))
	}
	b.settings.said()
	b.settings.refuses("export", nil)
	b.press("Save the metadata folder…")
	if got := b.settings.said(); !slices.Equal(got, []string{"export setup /home/ann"}) {
		t.Errorf("told %q", got)
	}
	if !b.shows("24 files were written to /home/ann/linecard-salesforce. How to deploy them is in README.md.") {
		t.Errorf("the window says %q", words(b.root))
	}
}

// Without another way to choose, Fyne's own dialog asks for the folder, and closing it writes nothing.
func TestSetupFolderDialog(t *testing.T) {
	b := newBench(t, nil)
	b.settings.form.Setup = setup.Guide(setupCallbacks, nil)
	b.draw(idle())
	b.openSettings(pageSalesforce)
	b.settle()
	b.press("Save the metadata folder…")
	top := b.cfg.Window.Canvas().Overlays().Top()
	if top == nil {
		t.Fatal("no dialog opens")
	}
	for _, o := range test.LaidOutObjects(top) {
		if c, ok := o.(*widget.Button); ok && c.Text == "Cancel" {
			test.Tap(c)
		}
	}
	b.settle()
	if b.cfg.Window.Canvas().Overlays().Top() != nil || len(b.settings.said()) > 0 {
		t.Error("the dialog does not close, or a folder was written")
	}
}
