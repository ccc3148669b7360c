package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/crm/salesforce/hosts"
)

// hostChoice says where an org is logged in to: in production, in a sandbox, or at its own My Domain.
type hostChoice struct {
	root   *fyne.Container
	kind   *widget.RadioGroup
	domain *field
	named  fyne.CanvasObject // the field of My Domain
	done   func()            // after a change
}

func newHostChoice(w *Window, changed func()) *hostChoice {
	h := &hostChoice{domain: newField("acme.my.salesforce.com"), done: changed}
	h.kind = widget.NewRadioGroup([]string{phrase("ui.host-production"), phrase("ui.host-sandbox"), phrase("ui.host-my-domain")}, func(string) {
		h.show()
		h.done()
		w.relayout()
	})
	h.kind.Horizontal, h.kind.Required = true, true
	h.domain.OnChanged = func(string) { h.done() }
	h.named = oneLine(h.domain)
	h.root = vbox(6, h.kind, h.named)
	h.kind.SetSelected(h.kind.Options[0])
	return h
}

func (h *hostChoice) show() { show(h.named, h.kind.Selected == h.kind.Options[2]) }

// text is the login host: "" while My Domain is chosen and not typed.
func (h *hostChoice) text() string {
	switch h.kind.Selected {
	case h.kind.Options[0]:
		return hosts.Production
	case h.kind.Options[1]:
		return hosts.Sandbox
	}
	typed := strings.TrimSpace(h.domain.Text)
	if at, err := hosts.Login(typed); err == nil && typed != "" {
		return at
	}
	return typed // whoever is asked to log in there says what is wrong with it
}

// set chooses by a login host.
func (h *hostChoice) set(host string) {
	switch at, err := hosts.Login(host); {
	case err == nil && at == hosts.Production && host != "":
		h.kind.SetSelected(h.kind.Options[0])
	case err == nil && at == hosts.Sandbox:
		h.kind.SetSelected(h.kind.Options[1])
	default:
		h.kind.SetSelected(h.kind.Options[2])
		h.domain.SetText(strings.TrimPrefix(host, "https://"))
	}
	h.show()
}

func (h *hostChoice) Enable() {
	h.kind.Enable()
	h.domain.Enable()
}

func (h *hostChoice) Disable() {
	h.kind.Disable()
	h.domain.Disable()
}
