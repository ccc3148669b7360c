package ui

import (
	"slices"
	"testing"
)

// "Send all now" is over the list of what is not logged, while there is anything.
func TestSendAllNow(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	v.Unlogged = 2
	b.draw(v)
	if b.left.sendAll.Visible() {
		t.Error("the button is over other lists as well")
	}
	b.left.openTab(tabNotLogged)
	b.settle()
	b.desk.said()
	b.press("Send all now")
	if got := b.desk.said(); !slices.Equal(got, []string{"send all"}) {
		t.Errorf("told %q", got)
	}
	v.Unlogged = 0
	b.draw(v)
	if b.left.sendAll.Visible() {
		t.Error("the button is there while nothing waits")
	}
}
