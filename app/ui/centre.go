package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"linecard/app"
)

// scene is one way the centre pane can look. It is made when it is first needed and kept.
type scene interface {
	object() fyne.CanvasObject
	show(v app.View, c app.CallView)
	tick(now time.Time) // what changes by time alone
}

// centre shows one call, or that there is none.
type centre struct {
	root   *fyne.Container
	w      *Window
	page   *fyne.Container
	scroll *container.Scroll
	now    scene

	welcome *welcomeScene
	idle    *idleScene
	ring    *ringScene
	call    *callScene
	end     *endScene
}

func newCentre(w *Window) *centre {
	c := &centre{w: w, page: container.NewStack()}
	c.scroll = container.NewVScroll(c.page)
	c.root = container.NewStack(newBox(theme.ColorNameBackground, 0), c.scroll)
	return c
}

func (c *centre) show(v app.View, call app.CallView) {
	next := c.sceneFor(v, call)
	if next != c.now {
		c.now = next
		c.page.Objects = []fyne.CanvasObject{next.object()}
		c.scroll.ScrollToTop()
		c.page.Refresh()
	}
	c.now.show(v, call)
}

func (c *centre) sceneFor(v app.View, call app.CallView) scene {
	switch call.Phase {
	case app.Ringing:
		if c.ring == nil {
			c.ring = newRingScene(c.w)
		}
		return c.ring
	case app.Dialing, app.Talking, app.Held, app.RemHeld, app.WrapUp:
		if c.call == nil {
			c.call = newCallScene(c.w)
		}
		return c.call
	case app.Finished:
		if c.end == nil {
			c.end = newEndScene(c.w)
		}
		return c.end
	}
	if !v.Phone.Configured && c.w.cfg.Settings != nil {
		if c.welcome == nil {
			c.welcome = newWelcomeScene(c.w)
		}
		return c.welcome
	}
	if c.idle == nil {
		c.idle = newIdleScene(c.w)
	}
	return c.idle
}

func (c *centre) tick(now time.Time) {
	if c.now != nil {
		c.now.tick(now)
	}
}
