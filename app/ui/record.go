package ui

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// skeletonAfter is how long a lookup may take before the pane says that it is looking: an answer that is quicker than
// that would only make it flicker.
const skeletonAfter = 150 * time.Millisecond

// recordPane is who the org says the other party is. A page is built again when what it shows has changed, and only then.
type recordPane struct {
	root     *fyne.Container
	w        *Window
	page     *fyne.Container
	scroll   *container.Scroll
	now      recordKey
	built    bool
	listed   []string    // the call and the records that can be picked, as they are shown
	since    time.Time   // they are shown; the zero time where they came with the call
	replaced time.Time   // they took the place of something else about the call
	late     *time.Timer // of the skeleton
	coming   *paragraph  // when the org is asked again, nil without that
	next     time.Time
	card     *recordCard
}

// recordKey is everything a page depends on.
type recordKey struct {
	call     string
	number   string
	lookup   app.LookupView
	linked   bool
	broken   bool   // the link
	reason   string // why the org is not asked
	instance string
	orgs     string // names of several
	skeleton bool
	card     bool
	day      int // "Yesterday" ages
}

func newRecordPane(w *Window) *recordPane {
	p := &recordPane{w: w, page: container.NewStack(), card: newRecordCard(w)}
	p.scroll = container.NewVScroll(p.page)
	p.root = container.NewStack(newBox(colorSurface, 0), p.scroll)
	return p
}

func (p *recordPane) show(v app.View, c app.CallView) {
	key := recordKey{
		call: c.ID, number: c.Number, lookup: c.Lookup, linked: linked(v), broken: orgOf(v, c.Org).State == crm.Inactive, reason: orgOf(v, c.Org).Reason, instance: orgOf(v, c.Org).InstanceURL, orgs: orgNames(v),
		day: p.w.cfg.Now().YearDay(),
	}
	key.card = p.card.show(c)
	if listed := pickable(c); !slices.Equal(listed, p.listed) {
		p.since, p.replaced = time.Time{}, time.Time{} // they come with the call
		if len(p.listed) > 0 && p.listed[0] == c.ID {
			p.since = p.w.cfg.Now()
			if p.now.lookup.State != app.LookupPending { // there was something to click on
				p.replaced = p.since
			}
		}
		p.listed = listed
	}
	if c.Lookup.State == app.LookupPending {
		key.skeleton = p.waited(c.ID)
	} else {
		p.stop()
	}
	if p.built && reflect.DeepEqual(key, p.now) {
		return
	}
	scrolled := p.now.call == key.call
	p.now, p.built = key, true
	p.coming, p.next = nil, c.Lookup.NextTry
	p.page.Objects = []fyne.CanvasObject{p.build(v, c, key.skeleton)}
	p.tick(p.w.cfg.Now())
	if !scrolled {
		p.scroll.ScrollToTop()
	}
	p.page.Refresh()
}

// pickable are a call and the records that it can be said to be with, in their order.
func pickable(c app.CallView) []string {
	ids := []string{c.ID}
	for _, m := range otherMatches(c.Lookup) {
		ids = append(ids, m.Org+m.ID)
	}
	return ids
}

// waited says whether the lookup of a call has gone on long enough to be shown, and sees to it that it will be.
func (p *recordPane) waited(call string) bool {
	if p.built && p.now.call == call && p.now.lookup.State == app.LookupPending {
		return p.now.skeleton
	}
	p.stop()
	p.late = p.w.after(skeletonAfter, func() { p.showSkeleton(call) })
	return false
}

func (p *recordPane) showSkeleton(call string) {
	if p.now.call != call || p.now.lookup.State != app.LookupPending {
		return
	}
	p.now.skeleton = true
	p.page.Objects = []fyne.CanvasObject{skeleton()}
	p.page.Refresh()
	relayout(p.root)
}

func (p *recordPane) stop() {
	if p.late != nil {
		p.late.Stop()
		p.late = nil
	}
}

func (p *recordPane) build(v app.View, c app.CallView, looking bool) fyne.CanvasObject {
	l := c.Lookup
	switch {
	case c.ID == "":
		if p.w.cfg.Settings != nil && v.Phone.Configured && !linked(v) {
			return p.notLinked(v.Org)
		}
		return said("person", phrase("ui.no-record"), phrase("ui.no-record-detail"))
	case l.Record != nil:
		return p.recordPage(v, c)
	}
	switch l.State {
	case app.LookupPending:
		if looking {
			return skeleton()
		}
		return container.NewStack()
	case app.LookupMany:
		return newPickPage(p.w, c)
	case app.LookupNoMatch:
		create := newButton(phrase("ui.create-contact"), "person_add", widget.MediumImportance, func() {
			p.w.openURL(newContactURL(orgOf(v, c.Org).InstanceURL, c.E164))
		})
		show(create, newContactURL(orgOf(v, c.Org).InstanceURL, c.E164) != "")
		return said("person_search", phrase("ui.no-match"), phrase("ui.nobody-has", "number", c.Number), create, p.again(v, c))
	case app.LookupWithheld:
		return said("person_off", phrase("ui.number-withheld"), phrase("ui.withheld-detail"))
	case app.LookupNotLinked:
		return p.notLinked(orgOf(v, c.Org))
	case app.LookupFailed:
		why := phrase("ui.lookup-failed", "why", sentence(l.Error))
		if l.LeftOff { // the log does not wait for Salesforce
			why = sentence(l.Error)
		}
		return said("cloud_off", phrase("ui.not-looked-up"), why, p.comes(true), p.again(v, c))
	}
	if c.Extension {
		return said("headset_mic", phrase("ui.colleague"), phrase("ui.colleague-detail"))
	}
	return said("person", phrase("ui.no-record"), phrase("ui.no-record-detail"))
}

// comes is the line that says when the org is asked again by itself.
func (p *recordPane) comes(centred bool) *paragraph {
	look := caption
	if centred {
		look = caption.centred()
	}
	p.coming = newParagraph("", look, 2).narrow(sideWidth - 64)
	return p.coming
}

// tick counts down to the next time the org is asked.
func (p *recordPane) tick(now time.Time) {
	if p.coming == nil {
		return
	}
	words := ""
	if left := p.next.Sub(now); !p.next.IsZero() && left > 0 {
		words = phrase("ui.trying-again-in", "left", left+time.Second-1)
	} else if !p.next.IsZero() {
		words = phrase("ui.trying-again")
	}
	if p.coming.value != words {
		p.coming.say(words)
		relayout(p.root)
		p.w.laidOut()
	}
}

// again is the button that asks the org once more, such as after a contact was created for the caller. With the link broken it
// leads to where that is mended: asking again would not.
func (p *recordPane) again(v app.View, c app.CallView) *button {
	switch {
	case orgOf(v, c.Org).State == crm.Inactive && p.w.cfg.Settings != nil:
		return newButton(phrase("ui.link-again"), "cloud", widget.HighImportance, func() { p.w.openSettings(pageSalesforce) })
	case !c.Lookup.NextTry.IsZero():
		return newButton(phrase("ui.try-now"), "refresh", widget.MediumImportance, func() {
			p.w.do(func() error { return p.w.cfg.Desk.LookupAgain(c.ID) })
		})
	}
	return newButton(phrase("ui.look-up-again"), "refresh", widget.MediumImportance, func() {
		p.w.do(func() error { return p.w.cfg.Desk.LookupAgain(c.ID) })
	})
}

// notLinked says why an org is not asked.
func (p *recordPane) notLinked(o app.OrgView) fyne.CanvasObject {
	words, label := phrase("ui.link-to-see"), phrase("ui.link-org")
	switch {
	case o.State == crm.Inactive:
		words, label = cmp.Or(sentence(o.Reason), phrase("ui.link-broken-detail")), phrase("ui.link-again")
	case o.Reason != "":
		words, label = sentence(o.Reason), phrase("ui.open-salesforce-settings")
	}
	link := newButton(label, "cloud", widget.HighImportance, func() { p.w.openSettings(pageSalesforce) })
	return said("link_off", phrase("ui.no-org"), words, link)
}

// said is a page with nothing on it but why.
func said(iconName, heading, words string, below ...fyne.CanvasObject) fyne.CanvasObject {
	column := vbox(6, middle(newGlyph(iconName, colorMuted, 28)), inset(6, 0, 0, 0, newText(heading, body.strong().centred())),
		newParagraph(words, caption.centred(), 6).narrow(sideWidth-64))
	for _, b := range below {
		column.Add(inset(10, 0, 0, 0, middle(b)))
	}
	return container.New(upperThird{}, column)
}

// skeleton is the shape of a record that is on its way. It does not move: a shimmer would keep the machine busy for a
// pane that is there for half a second.
func skeleton() fyne.CanvasObject {
	bar := func(w, h float32) fyne.CanvasObject {
		b := newBox(colorSunken, h/2)
		b.least = fyne.NewSize(w, h)
		return hbox(0, b)
	}
	face := newBox(colorSunken, 18)
	face.least = fyne.NewSquareSize(36)
	return inset(18, 16, 16, 16, vbox(16,
		container.NewBorder(nil, nil, inset(0, 0, 0, 10, face), nil, vbox(6, bar(70, 10), bar(150, 14))),
		newText(phrase("ui.looking-up"), caption),
		bar(210, 12), bar(180, 12), bar(230, 12)))
}
