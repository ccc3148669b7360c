package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"linecard/app"
	"linecard/app/settings"
)

// someQueues are one whose state is told, with reasons for a pause, and one of which only is known what was asked for.
func someQueues() []app.QueueView {
	return []app.QueueView{
		{Name: "Support", Account: "2041@pbx.example.com", State: app.QueueIn, Actions: []app.QueueAction{app.QueueLogout, app.QueuePause}, Reasons: []string{"Lunch", "Training"}},
		{Name: "Sales", Account: "2041@pbx.example.com", State: app.QueueUnknown, Asked: app.QueuePause, Actions: []app.QueueAction{app.QueueLogin, app.QueueResume}, Reasons: []string{}},
		{Name: "Billing", Account: "2041@pbx.example.com", State: app.QueuePaused, Reason: "Lunch", Actions: []app.QueueAction{}, Reasons: []string{}},
	}
}

// A queue shows what the phone system tells, and what was only asked for as that; its menu asks. Without queues there is nothing.
func TestQueuesInTheStatusBar(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	b.draw(v)
	if b.status.queues.button.Visible() {
		t.Error("something is shown without queues")
	}
	v.Queues = someQueues()
	b.draw(v)
	if got := b.status.queues.word.value; !b.status.queues.button.Visible() || !strings.Contains(got, "1 of 3") {
		t.Errorf("shows %q", got)
	}
	for i, want := range []string{"Logged in", "Pause asked for", "Paused · Lunch"} {
		if got := queueStands(v.Queues[i]); got != want {
			t.Errorf("%d shows %q, want %q", i, got, want)
		}
	}
	items := b.status.queueItems(v.Queues[0])
	var words []string
	for _, item := range items {
		words = append(words, item.Label)
	}
	if strings.Join(words, ", ") != "Log out, Pause: Lunch, Pause: Training" {
		t.Errorf("offers %v", words)
	}
	items[1].Action()
	b.settle()
	if said := b.desk.said(); len(said) != 1 || said[0] != "queue pause Support at 2041@pbx.example.com Lunch" {
		t.Errorf("asked %q", said)
	}
	if none := b.status.queueItems(v.Queues[2]); len(none) != 1 || !none[0].Disabled {
		t.Errorf("offers %+v", none)
	}
}

// A queue is added, changed and removed on the page of its account. What cannot be is said, and stays typed.
func TestQueuesOnThePage(t *testing.T) {
	b, _ := adminBench(t)
	b.openSettings(pagePhone)
	b.settle()
	s := b.Window.settings.sheets[pagePhone].(*phoneSheet)
	q := s.queues
	all := func() []settings.Queue { return b.settings.form.Queues }
	q.name.SetText("Support")
	q.codes[0].SetText("*45")
	b.settings.fails = errors.New("the disk is full")
	test.Tap(q.save)
	b.settle()
	if len(all()) != 0 || b.trouble.words.value == "" || q.codes[0].Text != "*45" {
		t.Errorf("saved %+v, told %q", all(), b.trouble.words.value)
	}
	b.settings.fails = nil
	q.codes[2].SetText("*47{reason}")
	q.reasons.SetText("Lunch=1\n\nTraining = 2")
	test.Tap(q.save)
	b.settle()
	if len(all()) != 1 || all()[0].Login != "*45" || !slices.Contains(all()[0].Reasons, "Lunch=1") || all()[0].Account != s.account.ID() || q.text.any() {
		t.Fatalf("saved %+v, typed %v", all(), q.text.any())
	}
	q.name.SetText("Help desk")
	test.Tap(q.save)
	b.settle()
	if len(all()) != 1 || all()[0].Name != "Help desk" {
		t.Errorf("renamed to %+v", all())
	}
	q.codes[1].SetText("*46")
	if !b.Window.settings.unsaved() {
		t.Error("what is typed about a queue is no reason to ask")
	}
	test.Tap(q.remove)
	b.settle()
	if len(all()) != 0 || q.name.Text != "" || b.Window.settings.unsaved() {
		t.Errorf("left %+v with %q typed", all(), q.name.Text)
	}
}
