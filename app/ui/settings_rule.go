package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm"
)

// ruleEditor edits one row of the rules. What is typed is checked while it is typed, and can be tried on past calls before
// it is saved.
type ruleEditor struct {
	w       *Window
	root    *fyne.Container
	text    typedText
	heading *text
	name    *field
	fields  map[string]*field // lists and times, by the name of the condition
	choices map[string]*ruleChoice
	wrong   *paragraph
	tell    *button    // tries the hook
	told    *paragraph // what came of that
	trial   *trialView
	org     fyne.CanvasObject // which org, where there are several
	save    *button
	try     *button
	drop    *button
	ask     *question
	rule    crm.Rule   // as it is saved
	rules   []crm.Rule // all, as they are saved
	layouts []string   // names of all layouts
	offers  orgOffers
	locked  bool
	parts   []fyne.CanvasObject // what the administrator may have fixed
	filling bool
}

// orgOffers are the orgs that a rule may choose.
type orgOffers struct {
	ids, names []string
	meant      func(name string) string // id of the org that a rule means by a name or an id; "" for none
}

// ruleChoice is a drop-down list of values with words.
type ruleChoice struct {
	*choice
	values []string
}

func (c *ruleChoice) value() string { return c.values[index(c.Options, c.Selected)] }
func (c *ruleChoice) set(value string) {
	c.SetSelected(c.Options[index(c.values, value)])
}

func newRuleEditor(w *Window, save func(about string, r crm.Rule), close func(), remove func(about string, beside []crm.Rule) error) *ruleEditor {
	e := &ruleEditor{w: w, heading: newText("", body.strong().elided()), name: newField(""), fields: map[string]*field{}, choices: map[string]*ruleChoice{}, wrong: newParagraph("", caption.in(colorMissed), 4), told: newParagraph("", caption, 4), trial: newTrialView(w)}
	hints := map[string]string{
		"caller": phrase("ui.rule-caller-hint"), "called": phrase("ui.rule-called-hint"), "accounts": phrase("ui.rule-every"), "objects": phrase("ui.rule-objects-hint"),
		"from": "22:00", "to": "6:00", "owner": phrase("ui.rule-owner-hint"),
		"statuses": phrase("ui.rule-statuses-hint"), "days": phrase("ui.rule-days-hint"), "variables": phrase("ui.rule-variables-hint"),
		"hook": "https://hooks.example.com/calls",
	}
	for id, hint := range hints {
		e.fields[id] = newField(hint)
		e.fields[id].OnChanged = func(string) { e.changed() }
	}
	e.name.OnChanged = func(string) { e.changed() }
	pick := func(id string, values, words []string) fyne.CanvasObject {
		e.choices[id] = &ruleChoice{newChoice(words, func(string) { e.changed() }), values}
		return bordered(e.choices[id].choice)
	}
	nothing := phrase("ui.rule-says-nothing")
	direction := pick("direction", []string{"", "inbound", "outbound"}, []string{phrase("ui.rule-any-direction"), phrase("ui.rule-inbound"), phrase("ui.rule-outbound")})
	log := pick("log", []string{"", "yes", "no", "ask"}, []string{nothing, sentenceCase(app.LogWord(crm.LogYes)), sentenceCase(app.LogWord(crm.LogNo)), sentenceCase(app.LogWord(crm.LogAsk))})
	pop := pick("pop", append([]string{""}, popValues...), append([]string{nothing}, popWords()...))
	popIn := pick("pop_in", append([]string{""}, whereValues...), append([]string{phrase("ui.rule-pop-in-usual")}, whereWords()...))
	moments, moment := []string{"", "ring", "answer", "hangup"}, []string{phrase("ui.rule-at-its-end"), phrase("ui.pop-ring"), phrase("ui.pop-answer"), phrase("ui.pop-hangup")}
	create := pick("create", append([]string{""}, crm.Creatable()...), []string{nothing, phrase("ui.rule-create-lead"), phrase("ui.rule-create-contact"), phrase("ui.rule-create-account"), phrase("ui.rule-create-case")})
	createAt, hookAt := pick("create_at", moments, moment), pick("hook_at", moments, moment)
	e.tell = newButton(phrase("ui.send-a-test"), "", widget.MediumImportance, func() {
		r := e.read()
		tryNotice(w, e.told, func() error { return w.cfg.Admin.TestHook(r.Hook, r.Name) })
	})
	e.told.Hide()
	lay := pick("layout", []string{""}, []string{nothing})
	stop := pick("stop", []string{"", "stop"}, []string{phrase("ui.rule-goes-on"), phrase("ui.rule-stops")})
	entry := func(id, label string) fyne.CanvasObject { return entryRow(label, oneLine(e.fields[id])) }
	e.org = entryRow(phrase("ui.rule-org"), pick("org", []string{""}, []string{phrase("ui.rule-org-hint")}))

	e.save = newButton(phrase("ui.save"), "done", widget.HighImportance, func() { save(e.text.about, e.read()) })
	e.try = newButton(phrase("ui.try-on-past-calls"), "history", widget.MediumImportance, e.tryIt)
	cancel := newButton(phrase("ui.cancel"), "", widget.LowImportance, close)
	e.drop = newButton(phrase("ui.remove-rule"), "", widget.DangerImportance, func() {
		about, beside := e.text.about, e.rules
		e.tryWithout(about, func() {
			e.ask.ask(phrase("ui.remove-rule-question", "name", about), phrase("ui.remove-rule"), func() error { return remove(about, beside) })
		})
	})
	buttons := hbox(8, e.save, e.try, cancel, e.drop)
	e.ask = newQuestion(w, buttons, func() {})
	e.root = vbox(20,
		group(phrase("ui.rule-itself"), e.heading, entryRow(phrase("ui.rule-called-what"), oneLine(e.name))),
		group(phrase("ui.rule-when"), newParagraph(phrase("ui.rule-when-detail"), caption, 4),
			pair(entryRow(phrase("ui.rule-direction"), direction), entry("statuses", phrase("ui.rule-statuses"))),
			entry("caller", phrase("ui.rule-caller")), entry("called", phrase("ui.rule-called")),
			pair(entry("objects", phrase("ui.rule-objects")), entry("accounts", phrase("ui.rule-accounts"))),
			entry("days", phrase("ui.rule-days")),
			entry("variables", phrase("ui.rule-variables")),
			pair(entry("from", phrase("ui.rule-from")), entry("to", phrase("ui.rule-to")))),
		group(phrase("ui.rule-then"), entryRow(phrase("ui.rule-log"), log),
			pair(entryRow(phrase("ui.rule-pop"), pop), entryRow(phrase("ui.rule-pop-in"), popIn)),
			pair(entryRow(phrase("ui.rule-layout"), lay), entry("owner", phrase("ui.rule-owner"))), e.org,
			pair(entryRow(phrase("ui.rule-create"), create), entryRow(phrase("ui.rule-when-at"), createAt)),
			pair(entry("hook", phrase("ui.rule-hook")), entryRow(phrase("ui.rule-when-at"), hookAt)),
			newParagraph(phrase("ui.rule-hook-detail"), caption, 4), e.told, hbox(8, e.tell),
			entryRow(phrase("ui.rule-below"), stop)),
		e.wrong, e.trial.root, e.ask.root, buttons)
	e.parts = append(slices.Clone(e.root.Objects[:3]), e.drop)
	e.text.read = e.texts
	e.text.write = e.put
	return e
}

// ruleLists are the conditions that are typed with commas between.
var ruleLists = []string{"caller", "called", "accounts", "objects", "statuses", "days", "variables"}

// ruleTexts are what is typed as one text.
var ruleTexts = []string{"from", "to", "owner", "hook"}

// ruleChosen are what is chosen.
var ruleChosen = []string{"direction", "log", "pop", "pop_in", "layout", "org", "create", "create_at", "hook_at", "stop"}

// texts is all that is typed and chosen, in a fixed order.
func (e *ruleEditor) texts() []string {
	out := []string{e.name.Text}
	for _, id := range slices.Concat(ruleLists, ruleTexts) {
		out = append(out, e.fields[id].Text)
	}
	for _, id := range ruleChosen {
		out = append(out, e.choices[id].value())
	}
	return out
}

func (e *ruleEditor) put(typed []string) {
	e.filling = true
	e.name.SetText(typed[0])
	at := 1
	for _, id := range slices.Concat(ruleLists, ruleTexts) {
		e.fields[id].SetText(typed[at])
		at++
	}
	for _, id := range ruleChosen {
		switch id {
		case "layout":
			e.offerLayouts(typed[at])
		case "org":
			e.offerOrgs(typed[at])
		}
		e.choices[id].set(typed[at])
		at++
	}
	e.filling = false
	e.check()
}

// offerLayouts lists the layouts. One that the rule names and that is not there stays, by its name.
func (e *ruleEditor) offerLayouts(named string) {
	c := e.choices["layout"]
	c.values = append([]string{""}, e.layouts...)
	if i := slices.IndexFunc(c.values, func(name string) bool { return strings.EqualFold(name, named) }); i >= 0 {
		c.values[i] = named // a name is the same in capitals
	} else {
		c.values = append(c.values, named)
	}
	c.Options = append([]string{phrase("ui.rule-says-nothing")}, c.values[1:]...)
	c.Refresh()
}

// offerOrgs lists the orgs by their ids. One that the rule names stays as it names it, also where it is not there.
func (e *ruleEditor) offerOrgs(named string) {
	c := e.choices["org"]
	c.values, c.Options = append([]string{""}, e.offers.ids...), append([]string{phrase("ui.rule-org-hint")}, e.offers.names...)
	if named != "" && !slices.Contains(c.values, named) {
		if i := slices.Index(c.values, e.offers.meant(named)); i > 0 {
			c.values[i] = named
		} else {
			c.values, c.Options = append(c.values, named), append(c.Options, phrase("ui.unknown-org", "org", named))
		}
	}
	c.Refresh()
}

// fill opens a rule; about is its name, "" for a new one.
func (e *ruleEditor) fill(about string, r crm.Rule, rules []crm.Rule, locked bool) {
	if e.locked && !locked {
		for _, part := range e.parts {
			lockTree(part, false)
		}
	}
	e.rule, e.rules, e.locked = r, rules, locked
	e.heading.set(phrase("ui.new-rule"))
	if about != "" {
		e.heading.set(about)
	}
	show(e.drop, about != "")
	show(e.org, r.Org != "" || len(e.offers.ids) > 1)
	if e.text.about != about {
		show(e.told, false)
	}
	e.trial.hide()
	e.text.fill(about, func() {
		stop := ""
		if r.Stop {
			stop = "stop"
		}
		e.put(slices.Concat([]string{r.Name}, joinAll(r.Caller, r.Called, r.Accounts, r.Objects, r.Statuses, r.Days, r.Variables),
			[]string{r.From, r.To, r.Owner, r.Hook, r.Direction, r.Log, r.Pop, r.PopIn, r.Layout, r.Org, r.Create, r.CreateAt, r.HookAt, stop}))
	})
	e.check()
}

// joinAll writes lists as they are typed.
func joinAll(lists ...[]string) (out []string) {
	for _, l := range lists {
		out = append(out, crm.Commas(l, true))
	}
	return out
}

// read is the rule as it is typed.
func (e *ruleEditor) read() crm.Rule {
	list := func(id string) []string { return crm.Apart(e.fields[id].Text, true) }
	text := func(id string) string { return strings.TrimSpace(e.fields[id].Text) }
	return crm.Rule{
		Name: strings.TrimSpace(e.name.Text), On: e.rule.On, Direction: e.choices["direction"].value(),
		Accounts: list("accounts"), Called: list("called"), Caller: list("caller"), Objects: list("objects"), Statuses: list("statuses"), Days: list("days"), Variables: list("variables"),
		From: text("from"), To: text("to"), Log: e.choices["log"].value(), Pop: e.choices["pop"].value(), PopIn: e.choices["pop_in"].value(),
		Layout: e.choices["layout"].value(), Owner: text("owner"), Org: e.choices["org"].value(), Stop: e.choices["stop"].value() != "",
		Create: e.choices["create"].value(), CreateAt: e.choices["create_at"].value(), Hook: text("hook"), HookAt: e.choices["hook_at"].value(),
	}
}

func (e *ruleEditor) changed() {
	if !e.filling {
		e.ask.takeBack() // it is about what was typed before
		e.check()
		e.w.settings.mark()
	}
}

// check says what is wrong with what is typed so far.
func (e *ruleEditor) check() {
	r := e.read()
	untouched := slices.Equal(e.texts(), e.text.saved)
	words := ""
	if why := r.Tidy(); !why.IsZero() {
		words = catalogue.Say(why)
	}
	e.save.enable(words == "" && !e.locked && !untouched)
	e.try.enable(words == "")
	e.tell.enable(words == "" && r.Hook != "")
	if untouched && e.text.about == "" { // nobody has typed anything yet
		words = ""
	}
	if e.locked {
		for _, part := range e.parts {
			lockTree(part, true)
		}
	}
	e.wrong.say(words)
	show(e.wrong, words != "")
	e.w.relayout()
}

// tryIt tries the table with the rule as it is typed, switched on.
func (e *ruleEditor) tryIt() {
	r := e.read()
	r.On = true
	e.trial.try(e.tried(r), nil)
}

// tried is the table with the rule that is edited, as it is typed.
func (e *ruleEditor) tried(r crm.Rule) []crm.Rule {
	tried := slices.Clone(e.rules)
	if i := slices.IndexFunc(tried, func(r crm.Rule) bool { return r.Name == e.text.about }); i >= 0 && e.text.about != "" {
		tried[i] = r
	} else {
		tried = append(tried, r)
	}
	return tried
}

// without is a table without one rule.
func without(rules []crm.Rule, name string) []crm.Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r crm.Rule) bool { return r.Name == name })
}

// tryWithout shows what past calls would have come to without a rule, where it is on, and then asks.
func (e *ruleEditor) tryWithout(about string, ask func()) {
	if !e.rule.On {
		ask()
		return
	}
	still := func() {
		if e.text.about == about && e.root.Visible() {
			ask()
		}
	}
	e.trial.ifChanged(without(e.rules, about), still, still, still)
}
