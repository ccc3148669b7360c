package ui

import (
	"context"
	"slices"
	"time"
	"unicode"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/crm"
)

// peopleFound lists people whose name or company fits what is typed in the number field: those on this computer at once, and those
// of the org, in one request, once the agent has paused.
type peopleFound struct {
	w     *Window
	root  *fyne.Container
	asked int // counts what was typed, so that an answer that comes late is dropped
	fill  func(number string)
	drawn func(some bool)
}

// Bounds of the list.
const (
	peopleShown  = 5
	typingPause  = 350 * time.Millisecond
	shortestName = 2
)

// find looks for people while a name is typed.
func (p *peopleFound) find(typed string) {
	p.asked++
	asked := p.asked
	if !isName(typed) {
		p.draw(nil)
		return
	}
	p.w.ask(func() func() {
		here := p.w.cfg.Desk.Nearby(context.Background(), "", typed)
		return func() {
			if p.asked != asked {
				return
			}
			p.draw(here)
			if len(here) < peopleShown && p.w.view.Org.State == crm.Linked {
				time.AfterFunc(typingPause, func() { p.w.dispatch(func() { p.ask(typed, asked, here) }) })
			}
		}
	})
}

// isName reports whether what is typed is searched for as a name.
func isName(typed string) bool {
	letters := 0
	for _, r := range typed {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= shortestName && app.ReadTyped(typed).Call == ""
}

// ask asks the org, unless the agent has typed something else since.
func (p *peopleFound) ask(typed string, asked int, here []crm.Record) {
	if p.asked != asked {
		return
	}
	p.w.ask(func() func() {
		found, err := p.w.cfg.Desk.FindPeople(context.Background(), "", typed)
		return func() {
			if err != nil || p.asked != asked { // what is here stays
				return
			}
			for _, r := range found {
				if !slices.ContainsFunc(here, func(h crm.Record) bool { return h.Is(r.Ref) }) {
					here = append(here, r)
				}
			}
			p.draw(here)
		}
	})
}

func (p *peopleFound) draw(found []crm.Record) {
	found = slices.DeleteFunc(slices.Clone(found), func(r crm.Record) bool { return len(r.Phones) == 0 })
	if len(found)+len(p.root.Objects) == 0 {
		return
	}
	p.root.RemoveAll()
	for _, r := range found[:min(len(found), peopleShown)] {
		number := r.Phones[0].Value
		p.root.Add(newLine(objectIcon(r.Object), r.Name, joined(r.Company, number, orgAmong(p.w.view, found, refOfRecord, r)), func() { p.fill(number) }))
	}
	p.drawn(len(p.root.Objects) > 0)
}
