package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"linecard/app/settings"
)

// natFields are the part of an account's page about ways through routers.
type natFields struct {
	root fyne.CanvasObject
	stun *field
	ice  *explainedChoice
}

func newNATFields(entry func(hint string) *field, changed func()) *natFields {
	n := &natFields{stun: entry(phrase("ui.none")), ice: newExplainedChoice(phrase("ui.ice"), []explained{
		{value: "answer", name: "ui.ice-answer", means: "ui.ice-answer-means"},
		{value: "offer", name: "ui.ice-offer", means: "ui.ice-offer-means"},
		{value: "never", name: "ui.ice-never", means: "ui.ice-never-means"},
	}, changed)}
	n.root = vbox(12, entryRow(phrase("ui.stun"), n.stun), newParagraph(phrase("ui.stun-detail"), caption, 3), n.ice.root)
	return n
}

// values are what is in the fields; write puts such values back.
func (n *natFields) values() []string { return []string{n.stun.Text, n.ice.value()} }

func (n *natFields) write(typed []string) {
	n.stun.SetText(typed[0])
	n.ice.set(typed[1])
}

func (n *natFields) set(a settings.Account) { n.write([]string{a.STUN, a.ICE}) }

func (n *natFields) into(a *settings.Account) {
	a.STUN, a.ICE = strings.TrimSpace(n.stun.Text), n.ice.value()
}

func (n *natFields) lockable() []disableable { return []disableable{n.stun, n.ice.choice} }
