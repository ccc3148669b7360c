package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

func importanceOf(urgent bool) widget.Importance {
	if urgent {
		return widget.HighImportance
	}
	return widget.MediumImportance
}

// linkAgain links an org whose link is broken at once, as it was. One whose link stands may be linked to another user, or be another org:
// the page asks first where to log in.
func (s *salesforceSheet) linkAgain() {
	if s.list.org(s.w.view).State == crm.Inactive {
		s.begin()
		return
	}
	s.w.link.relinking = true
	s.show(s.w.view)
	s.w.relayout()
}

// askToUnlink says what ends with the link, and how many calls are not logged yet.
func (s *salesforceSheet) askToUnlink() {
	o, w := s.list.org(s.w.view), s.w
	w.ask(func() func() {
		waiting, err := w.cfg.Settings.Waiting(o.OrgID)
		return func() {
			w.complain(aboutSettings, err)
			words := phrase("ui.unlink-question", "org", orgName(o))
			if waiting > 0 {
				words = phrase("ui.unlink-waiting", "org", orgName(o), "count", waiting)
			}
			s.parting.ask(words, phrase("ui.unlink"), func() error { return w.cfg.Settings.Unlink(context.Background(), o.OrgID, "") })
		}
	})
}

// tokenAge says when the link was made and when its token was renewed.
func (s *salesforceSheet) tokenAge(o app.OrgView) string {
	if o.TokenAt.IsZero() || o.LinkedAt.IsZero() {
		return ""
	}
	now := s.w.cfg.Now()
	return phrase("ui.token-age", "count", int(now.Sub(o.LinkedAt)/(24*time.Hour)), "renewed", moment(o.TokenAt, now))
}

// nextRisk says when the link may end.
func (s *salesforceSheet) nextRisk(o app.OrgView) string {
	if o.AtRisk.IsZero() || o.State != crm.Linked {
		return ""
	}
	return phrase("ui.token-risk", "at", o.AtRisk)
}

// importLegacy takes note of an older integration from its file of settings.
func (s *salesforceSheet) importLegacy(path string) {
	s.w.ask(func() func() {
		err := s.w.cfg.Settings.ImportLegacy(path)
		return func() {
			s.w.complain(aboutSettings, err)
			s.list.reload()
		}
	})
}

// meant asks, after a link was made, whether it is the one that was meant: the browser may have been logged in as another user, or in
// another org, and then everything is found and logged as that user.
type meant struct {
	s     *salesforceSheet
	root  *fyne.Container
	words *paragraph
}

func newMeant(s *salesforceSheet) *meant {
	m := &meant{s: s, words: newParagraph("", body, 5)}
	yes := newButton(phrase("ui.meant-yes"), "done", widget.HighImportance, func() { m.answer(false) })
	no := newButton(phrase("ui.meant-no"), "link_off", widget.MediumImportance, func() { m.answer(true) })
	m.root = vbox(0, group(phrase("ui.meant"), m.words, hbox(8, yes, no)))
	m.root.Hide()
	return m
}

func (m *meant) show(o app.OrgView) {
	l := m.s.w.link
	if l.madeUser != "" && o.OrgID == l.made && o.UserID != l.madeUser { // the page shows another link of the org
		for _, linked := range m.s.w.view.Orgs {
			if linked.OrgID == l.made && linked.UserID == l.madeUser {
				o = linked
			}
		}
	}
	asks := l.made != "" && l.made == o.OrgID && (l.madeUser == "" || l.madeUser == o.UserID) && o.State == crm.Linked && o.Username != ""
	show(m.root, asks)
	if !asks {
		return
	}
	words := phrase("ui.meant-user", "user", joined(o.DisplayName, o.Username), "org", orgName(o))
	if l.before != "" && l.before != o.Username {
		words = phrase("ui.meant-other-user", "user", joined(o.DisplayName, o.Username), "org", orgName(o), "before", l.before)
	}
	m.words.say(words)
}

// answer ends the question. Who was not meant is unlinked, and the page shows how to link another.
func (m *meant) answer(unlink bool) {
	w := m.s.w
	org, user := w.link.made, w.link.madeUser
	w.link.made, w.link.madeUser, w.link.before = "", "", ""
	m.show(app.OrgView{})
	w.relayout()
	if unlink {
		w.ask(func() func() {
			err := w.cfg.Settings.Unlink(context.Background(), org, user)
			return func() {
				w.complain(aboutCommand, err)
				m.s.list.reload()
			}
		})
	}
}
