package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
)

// rulesSheet is the page of the table of rules: when records open, the rows in their order, and one row to be edited.
type rulesSheet struct {
	w       *Window
	page    *fyne.Container
	pops    *popChoices
	rows    *fyne.Container
	ask     *question
	trial   *trialView // of a row that will be switched on
	add     *button
	table   fyne.CanvasObject
	editor  *ruleEditor
	rules   []crm.Rule
	missing []fault.Fault // layouts that rules name and an org does not have, and orgs that are not here
	order   []*ruleRow    // as they are drawn, also while one is dragged
	gripped string        // name of the rule whose grip is to have the focus once the table is drawn again
	locked  bool
	said    string
}

// ruleRow is a rule as it is drawn.
type ruleRow struct {
	name string
	root fyne.CanvasObject
	grip *grip // nil in a table that is fixed
}

func newRulesSheet(w *Window) *rulesSheet {
	s := &rulesSheet{w: w, rows: vbox(10), pops: newPopChoices(w), trial: newTrialView(w)}
	s.add = newButton(phrase("ui.new-rule"), "", widget.MediumImportance, func() { s.edit("") })
	s.ask = newQuestion(w, s.add, func() { s.trial.hide() })
	s.table = group(phrase("ui.rules-table"), newParagraph(phrase("ui.rules-detail"), caption, 5), s.rows, s.trial.root, s.ask.root, hbox(8, s.add))
	s.editor = newRuleEditor(w, s.save, func() { s.close() }, s.remove)
	s.page = vbox(20, newText(phrase("ui.page-rules"), title), s.table, s.editor.root, s.pops.root)
	show(s.editor.root, false)
	s.draw()
	return s
}

func (s *rulesSheet) typed() *typedText  { return &s.editor.text }
func (s *rulesSheet) retype(t typedText) { s.editor.text.takeOver(t) }

func (s *rulesSheet) object() fyne.CanvasObject { return s.page }
func (s *rulesSheet) show(app.View)             {}

func (s *rulesSheet) fill(f Form) {
	s.pops.fill(f)
	s.locked = f.isLocked("rules")
	s.rules, s.missing = f.Rules, append(f.Settings.MissingLayouts(), f.Settings.StrangeOrgs(s.w.ownNames())...)
	s.editor.offers = s.offeredOrgs(f)
	s.editor.layouts = nil
	for _, l := range f.Settings.Layouts.WithBuiltIn() {
		if !slices.Contains(s.editor.layouts, l.Name) { // orgs may have layouts of the same name
			s.editor.layouts = append(s.editor.layouts, l.Name)
		}
	}
	s.add.enable(!s.locked)
	if s.editor.root.Visible() {
		if i := s.find(s.editor.text.about); i >= 0 || s.editor.text.about == "" {
			s.editor.fill(s.editor.text.about, s.rule(s.editor.text.about), s.rules, s.locked)
		} else { // it was removed elsewhere
			s.close()
		}
	}
	s.draw()
	s.w.settings.mark()
}

// offeredOrgs are the orgs that a rule may choose: nothing, and each by its id.
func (s *rulesSheet) offeredOrgs(f Form) (o orgOffers) {
	for _, org := range s.w.knownOrgs(f) {
		if org.OrgID != "" {
			o.ids, o.names = append(o.ids, org.OrgID), append(o.names, orgTitle(org))
		}
	}
	o.names = apartOrgs(o.names, o.ids)
	own := s.w.ownNames()
	o.meant = func(name string) string { return f.Settings.OrgNamed(name, own).OrgID }
	return o
}

// find is the place of a rule by its name, -1 for none.
func (s *rulesSheet) find(name string) int {
	return slices.IndexFunc(s.rules, func(r crm.Rule) bool { return r.Name == name })
}

// rule is the row with a name; a new one when there is none. A new row is off until it was tried.
func (s *rulesSheet) rule(name string) crm.Rule {
	if i := s.find(name); i >= 0 {
		return s.rules[i]
	}
	return crm.Rule{}
}

func (s *rulesSheet) draw() {
	said := fmt.Sprint(s.rules, s.locked, s.missing)
	if said == s.said {
		return
	}
	s.said = said
	s.order = nil
	for i, r := range s.rules {
		s.order = append(s.order, s.row(i, r))
	}
	s.arrange()
	for _, r := range s.order {
		if r.name == s.gripped && r.grip != nil {
			s.w.focus(r.grip)
		}
	}
	s.gripped = ""
}

// arrange draws the rows in their order.
func (s *rulesSheet) arrange() {
	s.rows.RemoveAll()
	for i, r := range s.order {
		if i > 0 {
			s.rows.Add(rule())
		}
		s.rows.Add(r.root)
	}
	if len(s.order) == 0 {
		s.rows.Add(newParagraph(phrase("ui.no-rules"), body, 3))
	}
	for _, c := range crm.Conflicts(s.rules) {
		s.rows.Add(warning(app.ConflictWords(c, s.rules)))
	}
	for _, f := range s.missing {
		s.rows.Add(warning(catalogue.Say(f)))
	}
	s.rows.Refresh()
	s.w.relayout()
}

// warning is a sentence about something that may not be meant.
func warning(words string) fyne.CanvasObject {
	return container.NewBorder(nil, nil, container.NewVBox(inset(2, 0, 0, 8, newGlyph("warning_amber", colorHeld, 16))), nil, newParagraph(words, caption, 5))
}

// row is one rule: its place and name, what it is about, what it does, and what can be done with it. A press edits it.
func (s *rulesSheet) row(i int, r crm.Rule) *ruleRow {
	when, then := app.RuleWords(r)
	name, state := body.strong().elided(), phrase("ui.rule-is-on")
	turn := phrase("ui.switch-off")
	if !r.On {
		name, state, turn = name.in(colorMuted), phrase("ui.rule-is-off"), phrase("ui.switch-on")
	}
	heading := container.NewBorder(nil, nil, nil, newText(state, caption), newText(phrase("ui.rule-name", "place", strconv.Itoa(i+1), "name", r.Name), name))
	words := vbox(2, heading,
		newParagraph(sentenceCase(when), caption, 3), newParagraph(phrase("ui.rule-does", "what", then), body, 3))
	act := func(label string, on bool, do func()) fyne.CanvasObject {
		b := newButton(label, "", widget.LowImportance, do)
		b.enable(on && !s.locked)
		return b
	}
	buttons := hbox(2, act(phrase("ui.rule-up"), i > 0, func() { s.move(i, i-1) }), act(phrase("ui.rule-down"), i < len(s.rules)-1, func() { s.move(i, i+1) }),
		act(turn, true, func() { s.turn(r) }))
	out := &ruleRow{name: r.Name}
	content := vbox(0, newClickable(inset(4, 4, 8, 8, words), 6, func() { s.edit(r.Name) }), container.NewBorder(nil, nil, nil, buttons))
	if s.locked {
		out.root = content
		return out
	}
	out.grip = newGrip(func(by int) bool { return s.shift(out, by) }, func() float32 { return out.root.Size().Height + 21 })
	out.grip.end = func() { s.letGo(out) }
	out.root = container.NewBorder(nil, nil, container.NewVBox(inset(6, 0, 0, 6, out.grip)), nil, content)
	return out
}

// putTried puts a table in force that was tried beside the one that was shown then. Where another is in force by now, nothing changes: what was agreed to is not what would come
// of it.
func (s *rulesSheet) putTried(tried, beside []crm.Rule) error {
	var wrong error
	err := s.w.cfg.Settings.Change(func(set *settings.Settings) { wrong = set.PutTried(slices.Clone(tried), beside) })
	return cmp.Or(wrong, err)
}

// change puts a table in the place of the one beside which it was tried.
func (s *rulesSheet) change(tried, beside []crm.Rule, then func()) {
	s.w.ask(func() func() {
		err := s.putTried(tried, beside)
		return func() {
			s.w.complain(aboutSettings, err)
			if err != nil {
				s.said = "" // a row that was dragged goes back
				s.draw()
				s.w.settings.refillSaying(err) // it may be another table by now
			}
			if err == nil {
				if then != nil {
					then()
				}
				s.w.settings.refill()
			}
		}
	})
}

// turn switches a row on or off. One that is off is tried first, and then asked for; one that is on is asked for where past calls would have gone
// another way without it.
func (s *rulesSheet) turn(r crm.Rule) {
	beside, tried := s.rules, slices.Clone(s.rules)
	set := func() error {
		err := s.putTried(tried, beside)
		s.w.dispatch(func() { s.w.settings.refillSaying(err) })
		return err
	}
	for i := range tried {
		if tried[i].Name == r.Name {
			tried[i].On = !r.On
		}
	}
	if r.On {
		ask := func() {
			s.ask.ask(phrase("ui.switch-off-question", "name", r.Name), phrase("ui.switch-off"), set)
		}
		s.trial.ifChanged(tried, func() { s.w.do(set) }, ask, ask) // a history in trouble keeps no rule on
		return
	}
	s.trial.try(tried, func() {
		s.ask.ask(phrase("ui.switch-on-question", "name", r.Name), phrase("ui.switch-on"), set)
	})
}

// edit opens a rule, or with "" a new one.
func (s *rulesSheet) edit(name string) {
	s.trial.hide()
	s.ask.takeBack()
	show(s.editor.root, true)
	s.editor.fill(name, s.rule(name), s.rules, s.locked)
	show(s.table, false)
	s.w.settings.scroll.ScrollToTop()
	s.w.settings.mark()
	s.w.relayout()
}

// close goes back to the table; what was typed is dropped.
func (s *rulesSheet) close() {
	s.editor.text.discard()
	s.editor.text.saved = nil
	show(s.editor.root, false)
	show(s.table, true)
	s.w.settings.mark()
	s.w.relayout()
}

// save puts what was typed in the place of the rule it was typed about, or at the end. A rule that is on is in force at once, so it is tried
// first, and then asked for, as one that is switched on.
func (s *rulesSheet) save(about string, r crm.Rule) {
	sent, tried, beside := s.editor.texts(), s.editor.tried(r), s.editor.rules
	if !r.On { // it decides nothing
		s.put(about, r, sent, tried, beside)
		return
	}
	s.editor.trial.try(tried, func() {
		if s.editor.text.about == about && slices.Equal(s.editor.texts(), sent) { // what was tried is what would be saved
			s.editor.ask.ask(phrase("ui.rule-save-question", "name", r.Name), phrase("ui.save"), func() error {
				s.w.dispatch(func() { s.put(about, r, sent, tried, beside) })
				return nil
			})
		}
	})
}

// put keeps a rule as it was typed.
func (s *rulesSheet) put(about string, r crm.Rule, sent []string, tried, beside []crm.Rule) {
	s.change(tried, beside, func() {
		if s.editor.text.about == about && slices.Equal(s.editor.texts(), sent) {
			s.close()
			return
		}
		s.editor.text.settle(about, sent) // typed on meanwhile: that is not saved
		s.editor.text.becomes(about, r.Name)
	})
}

func (s *rulesSheet) remove(about string, beside []crm.Rule) error {
	err := s.putTried(without(beside, about), beside)
	if err != nil {
		s.w.dispatch(func() { s.w.settings.refillSaying(err) })
	}
	if err == nil {
		s.w.dispatch(func() {
			s.close()
			s.w.settings.refill()
		})
	}
	return err
}
