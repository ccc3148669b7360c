package ui

import (
	"fyne.io/fyne/v2"

	"linecard/app/settings"
)

// popChoices says when and where a record opens where no rule does, for each direction. A choice counts at once.
type popChoices struct {
	w       *Window
	root    fyne.CanvasObject
	when    [2]*ruleChoice // inbound, outbound
	where   [2]*ruleChoice
	filling bool
}

var (
	popValues   = []string{"never", "ring", "answer", "hangup"}
	whereValues = []string{"browser", "app", "both"}
)

func popWords() []string {
	return []string{phrase("ui.pop-never"), phrase("ui.pop-ring"), phrase("ui.pop-answer"), phrase("ui.pop-hangup")}
}

func whereWords() []string {
	return []string{phrase("ui.pop-in-browser"), phrase("ui.pop-in-app"), phrase("ui.pop-in-both")}
}

func newPopChoices(w *Window) *popChoices {
	p := &popChoices{w: w}
	for i := range p.when {
		p.when[i] = &ruleChoice{newChoice(popWords(), func(string) { p.save() }), popValues}
		p.where[i] = &ruleChoice{newChoice(whereWords(), func(string) { p.save() }), whereValues}
	}
	p.root = group(phrase("ui.pops"), newParagraph(phrase("ui.pops-detail"), caption, 4),
		pair(entryRow(phrase("ui.pop-inbound"), bordered(p.when[0].choice)), entryRow(phrase("ui.pop-where"), bordered(p.where[0].choice))),
		pair(entryRow(phrase("ui.pop-outbound"), bordered(p.when[1].choice)), entryRow(phrase("ui.pop-where"), bordered(p.where[1].choice))))
	return p
}

func (p *popChoices) fill(f Form) {
	p.filling = true
	defer func() { p.filling = false }()
	r := f.Records
	p.when[0].set(r.Pop)
	p.where[0].set(r.PopIn)
	p.when[1].set(r.PopOutbound)
	p.where[1].set(r.PopOutboundIn)
	f.lock("records.pop", p.when[0])
	f.lock("records.pop_in", p.where[0])
	f.lock("records.pop_outbound", p.when[1])
	f.lock("records.pop_outbound_in", p.where[1])
}

func (p *popChoices) save() {
	if p.filling {
		return
	}
	in, inWhere, out, outWhere := p.when[0].value(), p.where[0].value(), p.when[1].value(), p.where[1].value()
	p.w.do(func() error {
		return p.w.cfg.Settings.Change(func(s *settings.Settings) {
			r := &s.Records
			r.Pop, r.PopIn, r.PopOutbound, r.PopOutboundIn = in, inWhere, out, outWhere
		})
	})
}
