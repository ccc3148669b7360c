package ui

import (
	"cmp"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"linecard/app"
	"linecard/crm"
)

const (
	tallFace    = 68
	compactFace = 44
)

// hero is who the call is with and how it stands: large and centred while it rings, one row above the form of a call. The row is
// the same for every call, so that what is under it keeps its place.
type hero struct {
	root    *fyne.Container
	pill    *pill
	face    *avatar
	name    *text
	line2   *text // title and company
	number  *text
	clock   *clock
	status  *text // "to 2041 · ringing 0:07"
	summary *text // line2 and number in the compact row
	lock    *lockMark
	compact bool
	call    app.CallView // shown last
}

func newHero(compact bool) *hero {
	h := &hero{
		compact: compact, pill: newPill(), face: newAvatar(tallFace), clock: newClock(),
		name:    newText("", style{size: sizeName, color: theme.ColorNameForeground, bold: true}.centred()),
		line2:   newText("", body.centred()),
		number:  newText("", caption.centred()),
		status:  newText("", body.centred().in(colorMuted)),
		summary: newText("", caption.elided()),
	}
	h.lock = newLockMark(h.say)
	h.root = container.New(heroLayout{h}, h.pill.root, h.face, h.name, h.line2, h.number, h.clock, h.status, h.summary, h.lock)
	return h
}

// show draws whom the call is with. What it says of the time is tick's.
func (h *hero) show(c app.CallView) {
	h.face.set(faceOf(c))
	h.name.set(callName(c))
	h.line2.set(line2(c))
	h.number.set(callNumber(c))
	h.call = c
	if encrypted := c.Encryption != "" && live(c); encrypted != h.lock.Visible() {
		show(h.lock, encrypted)
		relayout(h.root)
	}
}

// say has the line of the status say what the call's lock means while it is pointed at.
func (h *hero) say() {
	if h.lock.pointed && h.lock.Visible() {
		h.status.set(phrase("ui.encrypted-with", "kind", h.call.Encryption))
		h.status.paint(colorMuted)
	}
}

func (h *hero) tick(c app.CallView, now time.Time) {
	word, ink, tint := stateWord(c)
	h.pill.set(word, ink, tint)
	h.status.set(statusLine(c, now))
	h.status.paint(colorMuted)
	switch {
	case longHeld(c, now):
		h.status.paint(colorMissed)
	case c.Phase == app.Talking && c.Transfer == "" && c.Quality.Level == app.PoorQuality:
		h.status.paint(colorMissed)
	case c.Muted && connected(c), c.Phase == app.Held, c.Phase == app.Talking && c.Transfer == "" && c.Quality.Words != "":
		h.status.paint(colorHeld)
	}
	h.summary.set(joined(line2(c), callNumber(c)))
	if connected(c) {
		ink := theme.ColorNameForeground
		if c.Phase != app.Talking {
			ink = colorMuted
		}
		h.clock.set(running(now.Sub(c.Answered)), ink)
	} else {
		h.clock.set("", theme.ColorNameForeground)
	}
	h.call = c
	h.say()
}

// faceOf is what the avatar shows of a party: a company's and a stranger's have an icon.
func faceOf(c app.CallView) (name, iconName string) {
	switch {
	case c.Withheld:
		return "", "person_off"
	case c.Lookup.Record != nil && c.Lookup.Record.Object != crm.Contact && c.Lookup.Record.Object != crm.Lead:
		return "", objectIcon(c.Lookup.Record.Object)
	case c.Extension && initials(c.Name) == "":
		return "", "headset_mic"
	}
	return c.Name, "person"
}

func line2(c app.CallView) string {
	switch {
	case unpicked(c): // the name the caller gives is not that of a record yet
		return phrase("ui.records-with-number", "count", len(c.Lookup.Matches))
	case c.Line2 != "":
		return c.Line2
	case c.Lookup.State == app.LookupPending && !c.Extension:
		return phrase("ui.looking-up")
	case c.Lookup.State == app.LookupNoMatch:
		return phrase("ui.not-in-salesforce")
	case c.Extension:
		return phrase("ui.an-extension")
	}
	return ""
}

// unpicked says whether several records have the number and nobody has said which one calls.
func unpicked(c app.CallView) bool {
	return c.Lookup.State == app.LookupMany && c.Lookup.Record == nil
}

// stateWord is the pill: exactly one word for where a call stands.
func stateWord(c app.CallView) (word string, ink, tint fyne.ThemeColorName) {
	switch c.Phase {
	case app.Ringing:
		return phrase("ui.pill-incoming"), colorRinging, colorRingTint
	case app.Dialing:
		return phrase("ui.pill-dialing"), colorRinging, colorRingTint
	case app.Talking:
		if inRoom(c) {
			return phrase("ui.pill-conference"), colorTalking, colorTalkTint
		}
		return phrase("ui.pill-in-call"), colorTalking, colorTalkTint
	case app.Held, app.RemHeld:
		return phrase("ui.pill-on-hold"), colorHeld, colorHeldTint
	case app.WrapUp:
		return phrase("ui.pill-wrap-up"), colorHeld, colorHeldTint
	}
	return phrase("ui.pill-ended"), colorMissed, colorMissedTint
}

// onLine says on which account a call is, where it could be another.
func onLine(c app.CallView) string {
	if c.OnLine == "" {
		return ""
	}
	return phrase("ui.on-account", "account", c.OnLine)
}

// statusLine is what there is to say of where the call stands, and whom it was with before.
func statusLine(c app.CallView, now time.Time) string {
	return joined(stands(c, now), c.Earlier)
}

func stands(c app.CallView, now time.Time) string {
	waited := now.Sub(c.Started)
	switch c.Phase {
	case app.Ringing:
		if c.Called != "" {
			return phrase("ui.ringing-to", "number", c.Called, "waited", waited)
		}
		if c.OnLine != "" {
			return phrase("ui.ringing-on", "account", c.OnLine, "waited", waited)
		}
		return phrase("ui.ringing", "waited", waited)
	case app.Dialing:
		switch {
		case c.FarRings:
			return phrase("ui.ringing", "waited", waited)
		case c.EarlyMed:
			return phrase("ui.connecting-for", "waited", waited)
		}
		return phrase("ui.calling")
	case app.Held:
		if longHeld(c, now) {
			return joined(phrase("ui.on-hold-long", "waited", now.Sub(c.HeldSince)), c.OnLine, c.Transfer)
		}
		return joined(phrase("ui.on-hold-for", "waited", now.Sub(c.HeldSince)), c.OnLine, c.Transfer)
	case app.RemHeld:
		return joined(phrase("ui.on-hold-by-other"), c.OnLine, c.Transfer)
	case app.Talking:
		if c.Muted { // whatever else there is to say: the others do not hear the agent
			return joined(phrase("ui.microphone-off"), cmp.Or(c.Transfer, c.Quality.Words), c.OnLine)
		}
		if c.Transfer == "" && c.Quality.Words != "" {
			return joined(sentence(c.Quality.Words), c.OnLine)
		}
		if c.Transfer == "" && c.Itself {
			return joined(phrase("ui.answered-itself"), c.OnLine)
		}
		return cmp.Or(c.Transfer, onLine(c))
	case app.WrapUp:
		return joined(phrase("ui.call-ended-after", "talked", c.Ended.Sub(c.Answered)), c.OnLine)
	}
	return ""
}

type heroLayout struct{ *hero }

// MinSize implements fyne.Layout: the compact row's, or the tall stack's.
func (h heroLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	h.fit()
	if h.compact {
		return fyne.NewSize(240, h.rowHeight())
	}
	return fyne.NewSize(240, h.tall())
}

// fit writes in the size that the arrangement has room for.
func (h *hero) fit() {
	if h.compact && h.name.align != fyne.TextAlignLeading {
		h.name.size, h.name.align = theme.SizeNameSubHeadingText, fyne.TextAlignLeading
		h.status.size, h.status.align = theme.SizeNameCaptionText, fyne.TextAlignLeading
		h.name.Refresh()
		h.status.Refresh()
	}
}

// rowHeight is the height of the compact row, which keeps a line for the status whether or not there is one.
func (h *hero) rowHeight() float32 {
	line := caption.measure("Á").Height
	return max(compactFace, h.name.MinSize().Height+2*line+4)
}

// tall is the height of the stack. A line that says nothing yet has its room too: while it rings the org answers, and what is under the stack
// keeps its place.
func (h *hero) tall() float32 {
	height := h.pill.root.MinSize().Height + 12 + tallFace + 10 + 7
	for _, line := range []*text{h.name, h.line2, h.number, h.status} {
		height += line.measure("Á").Height + 3
	}
	return height
}

// Layout implements fyne.Layout.
func (h heroLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	h.fit()
	if h.compact {
		h.layRow(size)
	} else {
		h.layStack(size)
	}
}

// lockGap is the space between the lock and the pill.
const lockGap = 6

// placeLock puts the lock to the left of the pill, which begins at x and y.
func (h *hero) placeLock(x, y, height float32) {
	h.lock.Move(fyne.NewPos(x-lockSize-lockGap, y+(height-lockSize)/2))
	h.lock.Resize(fyne.NewSquareSize(lockSize))
}

func (h *hero) layStack(size fyne.Size) {
	h.face.resize(tallFace)
	show(h.summary, false)
	y := float32(0)
	place := func(o fyne.CanvasObject, gap float32) {
		least := o.MinSize()
		if least.Width == 0 {
			least.Width = size.Width
		}
		o.Move(fyne.NewPos((size.Width-least.Width)/2, y))
		o.Resize(least)
		y += least.Height + gap
	}
	word := h.pill.root.MinSize()
	h.placeLock((size.Width-word.Width)/2, 0, word.Height)
	place(h.pill.root, 12)
	place(h.face, 10)
	for _, line := range []*text{h.name, h.line2, h.number} {
		show(line, line.value != "")
		if line.value != "" {
			place(line, 3)
		}
	}
	show(h.clock, false) // nobody talks yet
	show(h.status, h.status.value != "")
	if h.status.value != "" {
		y += 7
		place(h.status, 3)
	}
}

func (h *hero) layRow(size fyne.Size) {
	h.face.resize(compactFace)
	show(h.line2, false)
	show(h.number, false)
	show(h.status, true)
	show(h.summary, true)
	show(h.name, true)
	show(h.clock, h.clock.value != "")

	h.face.Move(fyne.NewPos(0, (size.Height-compactFace)/2))
	h.face.Resize(fyne.NewSquareSize(compactFace))
	word, time := h.pill.root.MinSize(), h.clock.MinSize()
	right := max(word.Width, time.Width)
	y := (size.Height - word.Height) / 2
	if h.clock.value != "" {
		y = (size.Height - word.Height - time.Height) / 2
		h.clock.Move(fyne.NewPos(size.Width-time.Width, y+word.Height))
		h.clock.Resize(time)
	}
	h.pill.root.Move(fyne.NewPos(size.Width-word.Width, y))
	h.pill.root.Resize(word)
	h.placeLock(size.Width-word.Width, h.pill.root.Position().Y, word.Height)
	if h.lock.Visible() {
		right = max(word.Width+lockSize+lockGap, time.Width)
	}

	x := float32(compactFace + 12)
	width := size.Width - x - right - 12
	top, below := h.name.MinSize().Height, h.summary.MinSize().Height
	y = 0
	for _, line := range []*text{h.name, h.summary, h.status} {
		height := below
		if line == h.name {
			height = top
		}
		line.Move(fyne.NewPos(x, y))
		line.Resize(fyne.NewSize(width, height))
		y += height + 2
	}
}
