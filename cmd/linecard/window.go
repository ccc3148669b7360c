package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver"

	"linecard/app/instance"
	"linecard/app/settings"
	"linecard/app/ui"
	"linecard/fault"
)

// appID stands in FyneApp.toml too; a test compares the two. The demo has an id of its own, so that nothing it keeps mixes
// with real accounts.
const (
	appID     = "app.linecard.Linecard"
	demoAppID = appID + ".Demo"
)

// newFyneApp opens the display. Metadata is set here because an installed binary finds no FyneApp.toml.
func newFyneApp(id string) fyne.App {
	fyneapp.SetMetadata(fyne.AppMetadata{
		ID: id, Name: "Linecard", Version: version, Build: 1, Migrations: map[string]bool{"fyneDo": true},
	})
	a := fyneapp.NewWithID(id)
	dropStopHook(a)
	return a
}

// stopHook is what Fyne has its own hook by, which saves preferences. Linecard has none.
type stopHook interface{ SetOnStoppedHookExecuted(hook func()) }

// dropStopHook keeps Fyne from running its own hook when the loop has ended. Fyne 2.7.1 sends the hook from another goroutine back to the loop
// that ends, and waits for it: now and then, on a busy computer, the loop has already looked for the last time, and the program
// never ends.
func dropStopHook(a fyne.App) {
	if l, ok := a.Lifecycle().(stopHook); ok {
		l.SetOnStoppedHookExecuted(nil)
	}
}

// runWindow is the app with its window. The window is shown before anything connects to the network.
func runWindow(ctx context.Context, _ *options, s setup, link string) error {
	if !display(ctx) {
		return errors.Join(errNoDisplay, s.drop())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	f, err := openWindow(s.appID)
	if err != nil {
		return errors.Join(err, s.drop())
	}
	s.config.OpenURL, s.config.Raise = openInBrowser, f.show
	r, err := s.run(ctx)
	if err != nil {
		return err
	}
	defer r.shut()
	if err := step("draw", func() error { return f.draw(r) }); err != nil {
		return err
	}
	defer f.undraw()
	failed := make(chan error, 1)
	go func() {
		if err := r.begin(ctx, f); err != nil {
			failed <- err
			f.quit()
			return
		}
		if link != "" {
			if l, err := instance.ParseLink(link); err == nil {
				_ = f.askDial(asked(l)) // a window can always be asked
			}
		}
	}()
	context.AfterFunc(ctx, f.quit)
	f.app.Run()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// errNoDisplay is what the user reads where no window can be opened.
var errNoDisplay error = fault.Err(nil, "cmd.no-display")

// display reports whether there is a display to open a window on. Fyne panics without one.
func display(ctx context.Context) bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" || os.Getenv("WAYLAND_DISPLAY") != "" {
		return true
	}
	name, screen, ok := strings.Cut(os.Getenv("DISPLAY"), ":")
	if !ok {
		return false
	}
	number, _, _ := strings.Cut(screen, ".")
	if name != "" && name != "unix" { // a display of another computer
		return true
	}
	dialer := net.Dialer{Timeout: time.Second}
	for _, socket := range []string{"/tmp/.X11-unix/X", "@/tmp/.X11-unix/X"} { // the second is the abstract namespace
		if c, err := dialer.DialContext(ctx, "unix", socket+number); err == nil {
			_ = c.Close()
			return true
		}
	}
	return false
}

// begin opens the control socket, connects to the network, and begins what the setup has for the start.
func (r *running) begin(ctx context.Context, f face) error {
	if err := step("open", func() error { r.open(f); return nil }); err != nil {
		return err
	}
	if r.past != nil {
		go r.past(ctx, r.program)
	}
	if r.setup.begin == nil {
		return nil
	}
	return step("begin", func() error { return r.setup.begin(ctx, r.program) })
}

// windowFace is the window as the control socket sees it.
type windowFace struct {
	app fyne.App
	win fyne.Window
	ui  *ui.Window

	undraw func() // ends what draw has begun
}

// opened is what open opens. A display that answered a moment ago may be gone by now, and the library panics then.
func opened(open func() *windowFace) (f *windowFace, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fault.Err(fmt.Errorf("the window did not open: %v", v), "cmd.no-display")
		}
	}()
	return open(), nil
}

func newWindowFace(appID string) *windowFace {
	a := newFyneApp(appID)
	f := &windowFace{app: a, win: a.NewWindow("Linecard")} // the display is opened, and the window made when it is shown
	nameWindows()
	return f
}

// openWindow opens the display and makes the window, which is not shown yet.
func openWindow(appID string) (f *windowFace, err error) {
	err = step("window", func() (err error) {
		f, err = opened(func() *windowFace { return newWindowFace(appID) })
		return err
	})
	return f, err
}

// draw fills the window and shows it. The window follows the desk and the settings until undraw.
func (f *windowFace) draw(r *running) error {
	p := r.program
	c := ui.Config{
		App: f.app, Window: f.win, Desk: p.Desk(), Settings: uiSettings{p}, Version: version,
		Appearance: ui.Look(p.Settings().Get().Appearance), OpenURL: p.OpenURL, TryDemo: r.tryDemo, Title: r.title,
		Format: p.Shown, Admin: uiAdmin{p}, Layouts: uiLayouts{p}, Objects: uiObjects{p}, Data: r.config.Dir,
	}
	scenes := func() (all []ui.Scene) {
		for _, s := range r.scenes {
			all = append(all, ui.Scene{Label: words(s.label), Run: s.run, Mend: words(s.mend), On: s.on})
		}
		return all
	}
	c.DemoScenes = scenes()
	kept := loadSizes(r.config.Dir, r.config.Log)
	c.Sizes, c.Resized = kept.now, kept.resized
	f.ui = ui.New(c)
	unsubscribe := p.Desk().Subscribe(f.ui.SetView)
	unfollow := p.Settings().Follow(func(old, now *settings.Settings) {
		if old.Language != now.Language {
			fyne.Do(func() { f.ui.Reword(scenes()) })
		}
		if old.Appearance != now.Appearance {
			fyne.Do(func() { f.ui.SetAppearance(ui.Look(now.Appearance)) })
		}
	})
	f.win.SetMaster()
	f.undraw = func() {
		unfollow()
		unsubscribe()
		f.ui.Close()
		kept.saver.Close()
	}
	if err := shown(f.win); err != nil {
		f.undraw()
		return err
	}
	return nil
}

// shown shows a window. A display without OpenGL opens none: the library logs that, and the app would go on without anything to see.
func shown(w fyne.Window) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fault.Err(fmt.Errorf("the window is not shown: %v", v), "cmd.no-display")
		}
	}()
	w.Show()
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return nil
	}
	there := true
	native.RunNative(func(at any) {
		switch at := at.(type) {
		case driver.X11WindowContext:
			there = at.WindowHandle != 0
		case driver.WaylandWindowContext:
			there = at.WaylandSurface != 0
		case driver.WindowsWindowContext:
			there = at.HWND != 0
		case driver.MacWindowContext:
			there = at.NSWindow != 0
		}
	})
	if !there {
		return fault.Err(errors.New("no window was made, as where there is no OpenGL"), "cmd.no-display")
	}
	return nil
}

func (f *windowFace) show() {
	fyne.Do(func() {
		f.win.Show()
		f.win.RequestFocus()
	})
}

func (f *windowFace) askDial(number string) error {
	f.show()
	f.ui.AskDial(number)
	return nil
}

func (f *windowFace) quit() { fyne.Do(func() { ui.Quit(f.app) }) }
