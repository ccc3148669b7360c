package ui

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app/settings"
)

// accountAdvanced is the part of an account's page that few need: how often the server is asked, how many calls there may be, and from where they
// may come. A number that stands empty is the usual one.
type accountAdvanced struct {
	root     fyne.CanvasObject
	numbers  []*advancedNumber
	reliable *widget.Check
	trusted  *field // an address or network a line
}

// advancedNumber is a number in a field of its own.
type advancedNumber struct {
	key   string
	label string // code of its name, with the bounds
	hint  string // code of what an empty field stands for; "" is the usual number itself
	help  string // code of what it means
	at    func(a *settings.Account) *int
	field *field
}

// empty is the value that an empty field stands for.
func (n *advancedNumber) empty() int {
	if n.hint != "" {
		return 0
	}
	usual := settings.DefaultAccount()
	return *n.at(&usual)
}

func newAccountAdvanced(changed func()) *accountAdvanced {
	c := &accountAdvanced{numbers: []*advancedNumber{
		{key: "lines", label: "ui.account-lines", help: "ui.account-lines-detail", at: func(a *settings.Account) *int { return &a.Lines }},
		{key: "local_port", label: "ui.account-port", hint: "ui.account-port-hint", help: "ui.account-port-detail", at: func(a *settings.Account) *int { return &a.LocalPort }},
		{key: "expires", label: "ui.account-expires", help: "ui.account-expires-detail", at: func(a *settings.Account) *int { return &a.Expires }},
		{key: "register_interval", label: "ui.account-keepalive", hint: "ui.account-keepalive-hint", help: "ui.account-keepalive-detail", at: func(a *settings.Account) *int { return &a.RegisterInterval }},
		{key: "session_timer", label: "ui.account-session", hint: "ui.account-session-hint", help: "ui.account-session-detail", at: func(a *settings.Account) *int { return &a.SessionTimer }},
	}}
	rows := []fyne.CanvasObject{}
	for _, n := range c.numbers {
		low, high := settings.AccountBounds(n.key)
		n.field = newField(strconv.Itoa(n.empty()))
		if n.hint != "" {
			n.field.SetPlaceHolder(phrase(n.hint))
			low = max(low, 1) // 0 is an empty field
		}
		n.field.OnChanged = func(string) { changed() }
		rows = append(rows, vbox(4, entryRow(phrase(n.label, "low", strconv.Itoa(low), "high", strconv.Itoa(high)), oneLine(n.field)), newParagraph(phrase(n.help), caption, 4)))
	}
	c.reliable = widget.NewCheck(phrase("ui.account-reliable"), func(bool) { changed() })
	c.trusted = newField(phrase("ui.account-trusted-hint"))
	c.trusted.MultiLine = true
	c.trusted.SetMinRowsVisible(2)
	c.trusted.OnChanged = func(string) { changed() }
	rows = append(rows, vbox(4, c.reliable, newParagraph(phrase("ui.account-reliable-detail"), caption, 4)),
		vbox(4, entryRow(phrase("ui.account-trusted"), c.trusted), newParagraph(phrase("ui.account-trusted-detail"), caption, 4)))
	c.root = group(phrase("ui.group-advanced"), rows...)
	return c
}

// values are what is in the fields; write puts such values back.
func (c *accountAdvanced) values() (all []string) {
	for _, n := range c.numbers {
		all = append(all, n.field.Text)
	}
	return append(all, strconv.FormatBool(c.reliable.Checked), c.trusted.Text)
}

func (c *accountAdvanced) write(typed []string) {
	for i, n := range c.numbers {
		n.field.SetText(typed[i])
	}
	c.reliable.SetChecked(typed[len(c.numbers)] == "true")
	c.trusted.SetText(typed[len(c.numbers)+1])
}

// set puts what is saved into the fields.
func (c *accountAdvanced) set(a settings.Account) {
	for _, n := range c.numbers {
		text := ""
		if value := *n.at(&a); value != n.empty() {
			text = strconv.Itoa(value)
		}
		n.field.SetText(text)
	}
	c.reliable.SetChecked(a.ReliableRinging)
	c.trusted.SetText(strings.Join(a.Trusted, "\n"))
}

// into puts what is in the fields into an account. The error says which of them cannot be.
func (c *accountAdvanced) into(a *settings.Account) error {
	for _, n := range c.numbers {
		text := strings.TrimSpace(n.field.Text)
		if text == "" {
			text = strconv.Itoa(n.empty())
		}
		if err := a.Set(n.key, text); err != nil {
			return err
		}
	}
	a.ReliableRinging = c.reliable.Checked
	networks := typedLines(c.trusted.Text)
	if slices.Equal(networks, a.Trusted) {
		return nil
	}
	return a.Set("trusted", strings.Join(networks, ","))
}

// typedLines are the lines of a text that have something in them.
func typedLines(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// lockable are the fields that a profile may lock.
func (c *accountAdvanced) lockable() []disableable {
	all := []disableable{c.reliable, c.trusted}
	for _, n := range c.numbers {
		all = append(all, n.field)
	}
	return all
}
