package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"linecard/app/instance"
	"linecard/app/ui"
	"linecard/crm"
)

// appID is what FyneApp.toml says too; a test holds the two together. The demo has its own, so that nothing it keeps mixes
// with real accounts.
const (
	appID     = "app.linecard.Linecard"
	demoAppID = appID + ".Demo"
)

// newFyneApp opens the display. Metadata is set here because an installed binary finds no FyneApp.toml.
func newFyneApp(demo bool) fyne.App {
	id := appID
	if demo {
		id = demoAppID
	}
	fyneapp.SetMetadata(fyne.AppMetadata{
		ID: id, Name: "Linecard", Version: version, Build: 1, Migrations: map[string]bool{"fyneDo": true},
	})
	return fyneapp.NewWithID(id)
}

// runWindow is the app with its window. The window is up before anything goes out to the network.
func runWindow(ctx context.Context, o *options, log *slog.Logger, link string) error {
	if !display(ctx) {
		return errNoDisplay
	}
	small(ctx)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	a := newFyneApp(o.demo)
	win := a.NewWindow("Linecard")
	f := &windowFace{app: a, win: win}
	w, err := newWorld(ctx, o, log, engineConfig{opener: openInBrowser, raise: f.show})
	if err != nil {
		return err
	}
	defer w.shut()

	f.ui = ui.New(w.windowConfig(f))
	unsubscribe := w.desk.Subscribe(f.ui.SetView)
	defer unsubscribe()
	win.SetMaster()
	win.Show()
	failed := make(chan error, 1)
	go func() {
		err := w.begin(ctx, f)
		if err != nil {
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
	a.Run()
	unsubscribe()
	f.ui.Close()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// errNoDisplay is what the user reads where no window can be.
var errNoDisplay = errors.New("there is no display here; run it without a window: linecard --headless")

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
	if name != "" && name != "unix" { // another computer's
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

// begin opens the control socket, goes out to the network, and in the demo lets the first call ring.
func (w *world) begin(ctx context.Context, f face) error {
	w.open(ctx, f)
	if w.demo == nil {
		return nil
	}
	go w.demo.seed(ctx, w.engine)
	if err := w.demo.enter(ctx, w.engine); err != nil {
		return fmt.Errorf("the demo could not start: %w", err)
	}
	w.demo.ring(w.demo.dana())
	return nil
}

// windowConfig is what the window is built with.
func (w *world) windowConfig(f *windowFace) ui.Config {
	set := w.engine.settings()
	c := ui.Config{
		App: f.app, Window: f.win, Desk: w.desk, Settings: uiSettings{w.engine}, Version: version,
		Appearance: look(set.Appearance),
		OpenURL:    w.opener,
		Format:     func(number string) string { return w.parseRaw(number).Show() },
	}
	if w.demo != nil {
		for _, s := range w.demo.scenes {
			c.DemoScenes = append(c.DemoScenes, ui.Scene{Label: s.label, Run: s.run, Mend: s.mend, On: s.on})
		}
	} else {
		c.TryDemo = tryDemo
	}
	return c
}

// parseRaw reads a number typed or stored.
func (e *engine) parseRaw(number string) crm.Number { return e.parse(numberOnly(number)) }

// windowFace is the window as the control socket sees it.
type windowFace struct {
	app fyne.App
	win fyne.Window
	ui  *ui.Window
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

func (f *windowFace) quit() { fyne.Do(f.app.Quit) }
