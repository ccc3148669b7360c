package ui

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/inorder"
	"linecard/resources"
)

// Window is Linecard's one window.
type Window struct {
	cfg    Config
	view   app.View
	middle middleCall
	shift  shift
	seats  seats

	root       *fyne.Container
	demo       *demoBar
	notice     *strip  // the View's
	log        *button // in the notice: what is held
	drop       *button
	trouble    *strip // what went wrong, until forgotten
	asking     *strip // a number handed over by a link, or one that must not be called
	quitting   *strip
	leaving    *strip // the settings, where something is not saved
	forwarding *forwardStrip
	leave      *button // of quitting
	panes      *fyne.Container
	fold       fold
	sizes      Sizes
	narrow     bool          // it is wider for the settings alone
	settings   *settingsPage // nil until first opened
	pageAsks   []*question   // those that the settings' pages may put
	left       *leftPane
	centre     *centre
	record     *recordPane
	status     *statusBar
	menu       *mainMenu
	strips     *fyne.Container
	rewording  bool   // the content is being built again
	from       string // account that the agent chose to call from, "" while none was chosen
	asked      string // number the strip asks about
	askedFrom  string // account it is called from, "" for the one that is chosen
	askedAs    string // see dialQuestion.as
	askedWhy   error  // why it must not be called; nil where a link asks
	askedOn    handOn // see dialQuestion.on
	askedBack  func() // see dialQuestion.back
	unsaid     unsaidReason
	questions  []dialQuestion // that wait behind it
	askedAgain time.Time      // when one last took the place of another
	dialAsked  *button
	reason     *field // why somebody is called who must not be called
	reasonBox  fyne.CanvasObject
	askedAt    time.Time // the strip asks since then
	struck     time.Time // a key was pressed last with nothing focused
	popped     time.Time // a menu popped up by itself
	link       linking

	checked checked
	setup   setupState

	complaint   subject        // of what trouble says
	cause       complaintCause // what it is about
	saying      int            // counts what was said and kept
	complaining atomic.Bool
	forget      *time.Timer // of the one that is shown

	mu      sync.Mutex
	next    *app.View // given and not yet drawn
	closed  atomic.Bool
	ticker  *time.Timer
	running sync.WaitGroup         // commands
	typing  *inorder.Queue[func()] // forms and keys, in order
}

// New puts Linecard into cfg.Window and draws an empty View. Show the window yourself.
func New(cfg Config) *Window {
	w := &Window{cfg: cfg.withDefaults()}
	w.typing = inorder.Functions(func(err error) { w.report(aboutTyping, err) })
	wear(cfg.App, cfg.Appearance)
	cfg.App.SetIcon(resources.AppIcon)

	cfg.Window.SetPadded(false)
	cfg.Window.SetIcon(resources.AppIcon)
	w.fold.page = paneCall
	w.build()
	w.sizes = cfg.Sizes.sane()
	cfg.Window.Resize(w.sizes.now())
	cfg.Window.SetCloseIntercept(w.RequestQuit)
	cfg.Window.Canvas().SetOnTypedRune(w.typedRune)
	cfg.Window.Canvas().SetOnTypedKey(w.typedKey)
	w.left.load()
	w.apply(app.View{Demo: len(cfg.DemoScenes) > 0})
	return w
}

// build makes everything in the window, with the words of the language that is spoken now.
func (w *Window) build() {
	wordFyne()
	w.seats = seats{}
	w.buildStrips()
	w.left = newLeftPane(w)
	w.centre = newCentre(w)
	w.record = newRecordPane(w)
	w.status = newStatusBar(w)
	w.buildFold()
	w.panes = container.NewStack(newBox(theme.ColorNameSeparator, 0), container.New(columns{w}, w.left.root, w.centre.root, w.record.root, w.fold.bar))
	w.strips = vbox(0, w.quitting.root, w.leaving.root, w.asking.root, w.trouble.root, w.notice.root, w.forwarding.root)
	w.root = container.New(frame{}, w.demo.root, w.panes, w.status.root, w.strips)
	w.guard(w.strips)
	w.menu = newMainMenu(w)
	w.cfg.Window.SetMainMenu(w.menu.menu)
	w.cfg.Window.SetContent(sized(leastWidth, leastHeight, w.root))
}

func (w *Window) buildStrips() {
	w.leaving, w.forwarding = newLeaving(w), newForwardStrip(w)
	w.demo = newDemoBar(w, w.cfg.DemoScenes)
	w.log = newButton(phrase("ui.log-held"), "", widget.MediumImportance, w.sendHeld)
	w.drop = newButton(phrase("ui.drop-held"), "", widget.MediumImportance, w.dropHeld)
	w.notice = newStrip("info", colorHeld, colorHeldTint, w.log, w.drop,
		newButton(phrase("ui.dismiss"), "", widget.LowImportance, func() { w.cfg.Desk.DismissNotice(w.view.Told) }))
	w.trouble = newStrip("error_outline", colorMissed, colorMissedTint,
		newButton(phrase("ui.dismiss"), "", widget.LowImportance, func() { w.say(aboutCommand, "") }))
	w.dialAsked = newButton(phrase("ui.call"), "call", widget.SuccessImportance, func() { w.answerLink(true) })
	w.reason = newField(phrase("ui.reason-for-the-task"))
	w.reason.OnChanged = func(s string) { w.dialAsked.enable(w.askedWhy == nil || strings.TrimSpace(s) != "") }
	w.reason.OnSubmitted = func(s string) {
		if strings.TrimSpace(s) != "" && w.askedWhy != nil && w.cfg.Now().Sub(w.askedAt) >= reactionTime {
			w.answerLink(true)
		}
	}
	w.reasonBox = sized(reasonWidth, 0, oneLine(w.reason))
	w.reasonBox.Hide()
	w.asking = newStrip("call", colorRinging, colorRingTint, w.reasonBox,
		newButton(phrase("ui.cancel"), "", widget.MediumImportance, func() { w.answerLink(false) }), w.dialAsked)
	w.leave = newButton(phrase("ui.hang-up-and-quit"), "call_end", widget.DangerImportance, w.cfg.Quit)
	w.quitting = newStrip("warning_amber", colorHeld, colorHeldTint,
		newButton(phrase("ui.stay"), "", widget.MediumImportance, func() { w.quitting.say(""); w.relayout() }), w.leave)
}

// SetView draws v, from whatever goroutine it comes. Views that come faster than they can be drawn are skipped.
func (w *Window) SetView(v app.View) {
	w.mu.Lock()
	idle := w.next == nil
	w.next = &v
	w.mu.Unlock()
	if idle {
		w.dispatch(func() {
			w.mu.Lock()
			v := *w.next
			w.next = nil
			w.mu.Unlock()
			w.apply(v)
		})
	}
}

// apply draws a View, on the UI goroutine.
func (w *Window) apply(v app.View) {
	if !sameLive(v.Calls, w.view.Calls) {
		w.say(aboutCommand, "")
	}
	if takesText(w.cfg.Window.Canvas().Focused()) { // by hand: nothing else takes the keyboard meanwhile
		w.middle.torn = false
	}
	before := w.view
	w.view = v
	w.heal()
	w.follow(before)
	c := w.shown()
	w.shift.follow(c, w.cfg.Now())
	w.shift.hears(v.Calls, w.cfg.Now())
	if title := windowTitle(w.cfg.Title(), v); title != w.cfg.Window.Title() {
		w.cfg.Window.SetTitle(title)
	}
	show(w.demo.root, v.Demo)
	w.demo.mark()
	show(w.log, v.Told.Is(app.HeldBack))
	show(w.drop, v.Told.Is(app.HeldBack))
	w.notice.say(sentence(v.Notice))
	w.forwarding.show(v)
	if w.inSettings() {
		w.settings.show(v)
	}
	w.turnPane(c)
	w.left.chips.show(v.Calls, w.inSight(c))
	if w.quitting.open {
		w.askQuit()
	}
	w.left.show(v)
	w.centre.show(v, c)
	w.record.show(v, c)
	w.status.show(v)
	w.menu.show(v, c)
	w.tick()
	w.relayout()
	w.leaveHidden()
}

// windowTitle names the caller while somebody rings, whom a call is with while there is one, and else the account: it is all a
// task bar shows. name is the program's.
func windowTitle(name string, v app.View) string {
	for _, c := range v.Calls {
		if c.Phase == app.Ringing {
			return phrase("ui.title-calling", "name", callName(c), "program", name)
		}
	}
	for _, c := range v.Calls {
		if live(c) && c.Phase != app.Held {
			return phrase("ui.title-call", "name", callName(c), "state", titleState(c), "program", name)
		}
	}
	if v.Phone.Extension != "" {
		name = phrase("ui.title-extension", "program", name, "extension", v.Phone.Extension)
	}
	if v.DND {
		name = phrase("ui.title-dnd", "title", name)
	}
	return name
}

func titleState(c app.CallView) string {
	switch c.Phase {
	case app.Dialing:
		return phrase("ui.chip-dialing")
	case app.RemHeld:
		return phrase("ui.chip-on-hold")
	}
	return phrase("ui.chip-in-call")
}

// tick draws what changes by time alone, and sees to the next one if anything still counts.
func (w *Window) tick() {
	now := w.cfg.Now()
	w.centre.tick(now)
	w.record.tick(now)
	w.left.chips.tick(now)
	if w.fold.rings.root.Visible() {
		w.fold.rings.tick(now)
	}
	if w.inSettings() {
		w.settings.chips.tick(now)
	}
	if w.ticker != nil {
		w.ticker.Stop()
	}
	if since, counts := counting(w.view, now); counts {
		wait := time.Second - now.Sub(since)%time.Second + 5*time.Millisecond // just after the full second
		w.ticker = w.after(wait, w.tick)
	}
}

// counting says whether the View holds anything that runs, and a moment from which its seconds are counted.
func counting(v app.View, now time.Time) (since time.Time, ok bool) {
	for _, c := range v.Calls {
		switch {
		case connected(c):
			return c.Answered, true
		case live(c):
			return c.Started, true
		case c.Phase == app.WrapUp && c.Wrap.Until.After(now):
			return c.Wrap.Until.Add(-24 * time.Hour), true
		}
	}
	return v.Phone.RetryAt.Add(-24 * time.Hour), v.Phone.Configured && v.Phone.RetryAt.After(now)
}

// after runs f on the UI goroutine in a while, unless the window is closed before.
func (w *Window) after(d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(d, func() { w.dispatch(f) })
}

// dispatch is the only way from another goroutine to the UI's. Fyne runs late functions on the caller once it has quit
// so nothing is passed on after Close.
func (w *Window) dispatch(f func()) {
	if w.closed.Load() {
		return
	}
	w.cfg.Dispatch(func() {
		if !w.closed.Load() {
			f()
		}
	})
}

// Close stops the clock and waits for the commands on their way. Call it on the UI goroutine or after that has ended.
func (w *Window) Close() {
	w.closed.Store(true)
	if w.ticker != nil {
		w.ticker.Stop()
	}
	if w.forget != nil {
		w.forget.Stop()
	}
	w.record.stop()
	w.link.cancel()
	w.typing.Close()
	w.running.Wait()
}

// turnStrips shows the strip whose turn it is. That a click was refused is said behind what another one says: it has a second to be read in,
// and takes no place from a button that the agent is about to press again.
func (w *Window) turnStrips() {
	turns, also := []*strip{w.quitting, w.leaving, w.asking, w.trouble, w.notice, w.forwarding.strip}, ""
	if w.refusing() {
		turns, also = []*strip{w.quitting, w.leaving, w.asking, w.notice, w.forwarding.strip, w.trouble}, w.trouble.said
	}
	for _, s := range turns {
		if s != w.trouble {
			s.add(also)
		}
	}
	takeTurns(turns...)
}

func (w *Window) relayout() {
	w.turnStrips()
	if !w.asking.root.Visible() {
		w.leaveReason()
	}
	for range 2 { // a paragraph knows its height when it has been given its width
		relayout(w.root)
	}
	w.laidOut()
}
