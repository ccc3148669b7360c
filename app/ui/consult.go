package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// consultPanel is where a call and the consultation about it stand, and what can become of the two. It is the same in either call.
type consultPanel struct {
	root     *fyne.Container
	w        *Window
	title    *text
	state    *text
	swap     *button
	complete *button
	join     *joinRow
	call     app.CallView
}

// startled says whether the panel has just come by itself, and tells the agent so.
func newConsultPanel(w *Window, startled func() bool) *consultPanel {
	p := &consultPanel{w: w, title: newText("", heading.elided()), state: newText("", body.elided())}
	do := func(f func(Desk, string) error) func() {
		return func() {
			if !startled() {
				w.onPair(p.call, f)
			}
		}
	}
	back := newButton(phrase("ui.consult-back"), "", widget.LowImportance, do(Desk.CancelConsult))
	p.swap = newButton(phrase("ui.transfer-swap"), "refresh", widget.MediumImportance, do(Desk.Swap))
	p.complete = newButton(phrase("ui.transfer-complete"), "phone_forwarded", widget.HighImportance, do(Desk.Complete))
	p.join = newJoinRow(func(c app.CallView) {
		if !startled() {
			w.join(c)
		}
	})
	p.root = vbox(10, p.title, p.state, flowing(6, back, p.swap, p.complete), p.join.root)
	return p
}

func (p *consultPanel) show(c app.CallView) {
	p.call = c
	if c.Consult.With == "" {
		return
	}
	consulted, about := c.Name, c.Consult.Name
	if c.Consult.First {
		consulted, about = about, consulted
	}
	p.title.set(phrase("ui.consulting", "name", consulted, "about", about))
	p.state.set(pairStands(c))
	p.swap.enable(swappable(c))
	p.complete.enable(completable(c))
	p.join.show(c)
}

// pairStands says where a call and the consultation about it stand.
func pairStands(c app.CallView) string { return otherStands(c, c.Consult) }

// otherStands says where a call and another one stand.
func otherStands(c app.CallView, other app.ConsultView) string {
	switch {
	case other.Joining:
		return phrase("ui.consult-joins")
	case c.Phase == app.Dialing && c.FarRings:
		return phrase("ui.consult-rings", "name", c.Name)
	case other.Phase == app.Dialing && other.Rings:
		return phrase("ui.consult-rings", "name", other.Name)
	case c.Phase == app.Dialing:
		return phrase("ui.consult-dials", "name", c.Name)
	case other.Phase == app.Dialing:
		return phrase("ui.consult-dials", "name", other.Name)
	case other.Phase == app.Held:
		return phrase("ui.consult-holds", "name", other.Name)
	case other.Phase == app.RemHeld:
		return phrase("ui.consult-held", "name", other.Name)
	case other.Phase == app.Talking:
		return phrase("ui.consult-talks", "name", other.Name)
	}
	return ""
}

// swappable says whether the agent can talk to the other one of the two.
func swappable(c app.CallView) bool {
	return completable(c) && c.Phase != app.Dialing && c.Consult.Phase != app.Dialing
}

// completable says whether the two can be joined: also while the one consulted still rings.
func completable(c app.CallView) bool {
	return c.Consult.With != "" && !c.Consult.Joining && !c.Conference.Waits
}

// onPair does something to a call and the consultation about it. It is refused while the agent types, whose keys would go to another call.
func (w *Window) onPair(c app.CallView, do func(Desk, string) error) {
	if c.Consult.With == "" || w.taken() {
		return
	}
	w.do(func() error { return do(w.cfg.Desk, c.ID) })
}

// referredPanel asks whether the agent goes where the other side wants to transfer the call, or whoever was called sends it on to.
type referredPanel struct {
	root   *fyne.Container
	title  *text
	detail *text
	follow *button
	refuse *button
	call   app.CallView
}

// startled says whether the panel has just come by itself, and tells the agent so.
func newReferredPanel(w *Window, startled func() bool) *referredPanel {
	p := &referredPanel{title: newText("", heading.elided()), detail: newText("", caption)}
	do := func(f func(id string)) func() {
		return func() {
			if id := p.call.ID; !startled() {
				f(id)
			}
		}
	}
	p.refuse = newButton(phrase("ui.referred-refuse"), "", widget.LowImportance, do(func(id string) {
		w.do(func() error { return w.cfg.Desk.Refuse(id) })
	}))
	p.follow = newButton(phrase("ui.referred-follow"), "phone_forwarded", widget.HighImportance, do(func(id string) {
		w.handOn(handOn{call: id, follow: true}, p.call.Referred.Target)
	}))
	p.root = vbox(10, p.title, p.detail, flowing(6, p.refuse, p.follow))
	return p
}

func (p *referredPanel) show(c app.CallView) {
	p.call = c
	if c.Referred.Redirect {
		p.title.set(phrase("ui.redirected", "by", c.Referred.By, "target", c.Referred.Target))
		p.detail.set(phrase("ui.redirected-detail"))
		p.follow.SetText(phrase("ui.redirected-follow"))
		p.refuse.SetText(phrase("ui.redirected-refuse"))
		return
	}
	p.title.set(phrase("ui.referred", "by", c.Referred.By, "target", c.Referred.Target))
	p.detail.set(phrase("ui.referred-detail"))
	p.follow.SetText(phrase("ui.referred-follow"))
	p.refuse.SetText(phrase("ui.referred-refuse"))
}
