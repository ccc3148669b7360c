package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// connectRow has the button that connects two calls with each other, without the agent, and says where the other one stands. It is there where the call
// is one of two that can be connected and none of them is a consultation about the other: those have a panel.
type connectRow struct {
	root    *fyne.Container
	state   *text
	connect *button
	call    app.CallView
	came    time.Time // when the other one last changed
}

// newConnectRow makes one that does connect with a call.
func newConnectRow(w *Window, connect func(app.CallView)) *connectRow {
	r := &connectRow{state: newText("", caption.elided())}
	r.connect = newButton(phrase("ui.connect-two"), "phone_forwarded", widget.MediumImportance, func() {
		if !w.startled(r.came) {
			connect(r.call)
		}
	})
	r.root = container.NewBorder(nil, nil, nil, r.connect, r.state)
	return r
}

func (r *connectRow) show(c app.CallView, now time.Time) {
	if c.ID == r.call.ID && c.Connect.With != r.call.Connect.With {
		r.came = now
	}
	r.call = c
	r.state.set(otherStands(c, c.Connect))
	show(r.root, connectable(c))
}

// connectable says whether the call can be connected with another that is no consultation.
func connectable(c app.CallView) bool { return c.Connect.With != "" && !c.Connect.Joining }

// completeWords are on what completes a transfer: of a call and the consultation about it, or of any two.
func completeWords(c app.CallView) string {
	if connectable(c) {
		return phrase("ui.connect-two")
	}
	return phrase("ui.menu-complete")
}

// connect connects the call with the other one that the agent saw. It is refused while the agent types, whose keys would go to another call.
func (w *Window) connect(c app.CallView) {
	if !connectable(c) || w.taken() {
		return
	}
	first, second := c.ID, c.Connect.With
	if !c.Connect.First {
		first, second = second, first
	}
	w.do(func() error { return w.cfg.Desk.Connect(first, second) })
}
