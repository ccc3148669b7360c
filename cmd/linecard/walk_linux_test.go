package main

import (
	"bytes"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"linecard/app/settings"
	"linecard/test/rig"
)

// A walk is what an admin does in the real window, on a screen: what is pressed is found by its words, and must be in sight with
// nothing over it. The demo's org and PBX are the other side, and nothing is linked at the beginning.
//
// A walk needs a process of its own, since a window belongs to the main thread: the test runs itself once more; see inWindow.
type walk struct {
	*testing.T
	face   *windowFace
	run    *running
	demo   *demo
	images string   // folder for pictures; "" for none
	at     []string // the points that are walked now, of a page of another product
	walked []string // all points so far

	pressed   string // what was pressed last
	pressedAt time.Time

	browser struct {
		sync.Mutex
		user string // who is logged in there; "" is the org's first user
		page string // what it shows
	}
}

// newWalk opens the window. In the process of the tests it runs the walk in another, and returns nil.
func newWalk(t *testing.T) *walk {
	t.Helper()
	if os.Getenv(inWindow) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=5m")
		cmd.Env = append(os.Environ(), inWindow+"=1", "LANG=C.UTF-8", "HOME="+t.TempDir())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return nil
	}
	w := &walk{T: t, images: os.Getenv("LINECARD_PICTURES")}
	screen := rig.StartBus(t)
	screen.StartScreen()
	for _, e := range screen.Env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	log := slog.New(slog.DiscardHandler)
	var err error
	if w.demo, err = startDemo(t.Context(), &options{data: t.TempDir()}, log); err != nil {
		t.Fatal(err)
	}
	s := w.demo.setup(log)
	s.past, s.begin = nil, nil
	s.config.NoSound, s.config.Listen, s.config.OpenURL = true, "127.0.0.1", w.browse
	s.config.AlertAfter = time.Millisecond
	w.must(s.config.Settings.Change(func(set *settings.Settings) { set.Orgs = nil }))
	opened, closed := make(chan error, 1), make(chan struct{})
	mainThread <- func() {
		defer close(closed)
		err := w.open(s)
		opened <- err
		if err == nil {
			w.face.app.Run()
			w.face.undraw()
		}
	}
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.face.quit()
		<-closed
		w.run.shut()
	})
	w.run.open(w.face)
	return w
}

func (w *walk) open(s setup) (err error) {
	if w.face, err = openWindow(s.appID); err != nil {
		return err
	}
	if w.run, err = s.run(w.Context()); err != nil {
		return err
	}
	return w.face.draw(w.run)
}

func (w *walk) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// until waits for what the window, or the org, comes to be; what is said where it does not.
func (w *walk) until(what string, fits func() bool) {
	w.Helper()
	came := false
	defer func() {
		if !came {
			w.picture("failed-" + w.Name())
			w.Logf("at %q the window has: %s", w.at, w.words())
		}
	}()
	rig.Until(w.T, what, fits) // a window has no event for having been drawn
	came = true
}

// sees waits until all of the words can be read in the window.
func (w *walk) sees(words ...string) {
	w.Helper()
	w.until("the window has "+strings.Join(words, " | "), func() bool {
		all := w.words()
		for _, word := range words {
			if !strings.Contains(all, word) {
				return false
			}
		}
		return true
	})
}

// misses waits until a word is not in the window any more.
func (w *walk) misses(word string) {
	w.Helper()
	w.until("the window is without "+word, func() bool { return !strings.Contains(w.words(), word) })
}

// press presses what has the word in it.
func (w *walk) press(word string) {
	w.Helper()
	if word == w.pressed { // the answer to a question that the first press has asked: no double click
		w.until("press "+word+" again", func() bool { return time.Since(w.pressedAt) > pressTime })
	}
	defer func() { w.pressed, w.pressedAt = word, time.Now() }()
	w.click("something to press says "+word, func(p *onScreen) *place { return p.pressable(word) })
}

// pressSeen presses a button of a call, which comes by itself, once it has stood there for as long as a person takes.
func (w *walk) pressSeen(word string) {
	w.Helper()
	var since time.Time
	w.until("press "+word, func() bool {
		there := false
		w.inLoop(func() { there = w.look().pressable(word) != nil })
		switch {
		case !there:
			since = time.Time{}
		case since.IsZero():
			since = time.Now()
		}
		return there && time.Since(since) > pressTime
	})
	w.press(word)
}

// pressTime is how long a person takes to press what has come by itself: the window takes no click within the first second.
const pressTime = 1200 * time.Millisecond

// pressBelow presses the first thing below a heading that has the word in it.
func (w *walk) pressBelow(heading, word string) {
	w.Helper()
	w.click("something to press below "+heading+" says "+word, func(p *onScreen) *place { return p.first(heading, word) })
}

// choose opens the list under a label and presses one of its entries.
func (w *walk) choose(label, entry string) {
	w.Helper()
	w.click("there is a list under "+label, func(p *onScreen) *place { return p.under(label, isList) })
	w.sees(entry)
	w.press(entry)
}

// write clicks into the field under a label and types over what is in it.
func (w *walk) write(label, text string) {
	w.Helper()
	w.fill("there is a field under "+label, func(p *onScreen) *place { return p.under(label, isField) }, text)
}

// into writes into the last field that has a hint.
func (w *walk) into(hint, text string) {
	w.Helper()
	w.fill("there is a field that says "+hint, func(p *onScreen) *place { return p.hinted(hint) }, text)
}

// fill types over what is in a field.
func (w *walk) fill(what string, find func(*onScreen) *place, text string) {
	w.Helper()
	w.click(what, find)
	w.inLoop(func() {
		at := w.face.win.Canvas().Focused()
		at.(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
		at.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
		for _, r := range text {
			at.TypedRune(r)
		}
	})
}

// entryOf opens the list of the last value that has a hint, and presses one of its entries.
func (w *walk) entryOf(hint, entry string) {
	w.Helper()
	w.click("there is a list at the value that says "+hint, func(p *onScreen) *place { return p.opener(hint) })
	w.press(entry)
}

// tick presses the check box in the row of a text.
func (w *walk) tick(word string) {
	w.Helper()
	w.click("there is a check box beside "+word, func(p *onScreen) *place { return p.beside(word, isCheck) })
}

// menu opens the menu of what has the word in it, and presses one of its entries. A menu goes when what it is of is drawn again.
func (w *walk) menu(word, entry string) {
	w.Helper()
	w.until("the menu of "+word+" has "+entry, func() (done bool) {
		w.inLoop(func() {
			if at := w.look().pressable(entry); at != nil {
				done = true
				at.object.(fyne.Tappable).Tapped(&fyne.PointEvent{})
				return
			}
			for _, o := range w.face.win.Canvas().Overlays().List() {
				w.face.win.Canvas().Overlays().Remove(o)
			}
			at := w.look().having(word, func(o fyne.CanvasObject) bool { _, ok := o.(fyne.SecondaryTappable); return ok })
			if at != nil && w.face.app.Driver().CanvasForObject(at.object) != nil {
				at.object.(fyne.SecondaryTappable).TappedSecondary(&fyne.PointEvent{AbsolutePosition: at.middle(), Position: at.middle().Subtract(at.at)})
			}
		})
		return done
	})
}

// key presses a key where the focus is.
func (w *walk) key(name fyne.KeyName) {
	w.Helper()
	w.inLoop(func() { w.face.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: name}) })
}

// clipboard is what was copied last.
func (w *walk) clipboard() (text string) {
	w.inLoop(func() { text = w.face.app.Clipboard().Content() })
	return text
}

// click finds a thing, brings it into sight, and clicks on it, unless something covers it. It is one step of the window's loop: nothing moves
// in between.
func (w *walk) click(what string, find func(*onScreen) *place) {
	w.Helper()
	w.until(what, func() (done bool) {
		w.inLoop(func() {
			at := find(w.look())
			if at != nil && at.reveal() {
				at = find(w.look())
			}
			if at == nil || !w.look().open(at) || w.face.app.Driver().CanvasForObject(at.object) == nil { // what was never painted belongs to no window yet
				return
			}
			done = true
			if f, ok := at.object.(fyne.Focusable); ok && isField(at.object) {
				w.face.win.Canvas().Focus(f)
				return
			}
			at.object.(fyne.Tappable).Tapped(&fyne.PointEvent{AbsolutePosition: at.middle(), Position: at.middle().Subtract(at.at)})
		})
		return done
	})
}

// picture keeps what the screen looks like, for somebody to look at, where LINECARD_PICTURES names a folder.
func (w *walk) picture(name string) {
	if w.images == "" {
		return
	}
	path := filepath.Join(w.images, name+".png")
	var before []byte
	for range 10 { // the screen is drawn after the window's loop: until two pictures are the same; a clock may keep them from it
		if out, err := exec.CommandContext(w.Context(), "import", "-window", "root", "-strip", path).CombinedOutput(); err != nil {
			w.Errorf("%v\n%s", err, out)
			return
		}
		now, err := os.ReadFile(path)
		w.must(err)
		if bytes.Equal(now, before) {
			return
		}
		before = now
	}
}

func (w *walk) words() (all string) {
	w.inLoop(func() { all = strings.Join(w.look().words(), " ") })
	return all
}

// look is what is on the screen. It must run in the window's loop.
func (w *walk) look() *onScreen { return lookAt(w.face.win.Canvas()) }

func (w *walk) inLoop(do func()) { fyne.DoAndWait(do) }
