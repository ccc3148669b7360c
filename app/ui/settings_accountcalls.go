package ui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app/settings"
)

// accountCalls is the part of an account's page about what its calls do.
type accountCalls struct {
	root         fyne.CanvasObject
	keys         *explainedChoice
	auto, direct *widget.Check
	transfers    *explainedChoice
	redirects    *explainedChoice
	callerIn     *explainedChoice
	callers      *field   // a line each
	recorded     *field   // field of records with the caller ID
	headers      *field   // with commas between
	echo         *field   // number of the echo test
	music        *field   // file that is heard on hold
	find         *button  // chooses it
	forward      []*field // always, busy, no answer, seconds
	by           *explainedChoice
	codes        []*field // on and off for each way
	coded        fyne.CanvasObject
}

func newAccountCalls(w *Window, changed func()) *accountCalls {
	c := &accountCalls{keys: newExplainedChoice(phrase("ui.keys-sent"), []explained{
		{value: "auto", name: "ui.keys-auto", means: "ui.keys-auto-means"},
		{value: "rfc4733", name: "ui.keys-events", means: "ui.keys-events-means", loud: true},
		{value: "info", name: "ui.keys-info", means: "ui.keys-info-means", loud: true},
		{value: "inband", name: "ui.keys-tones", means: "ui.keys-tones-means", loud: true},
	}, changed)}
	c.transfers = newExplainedChoice(phrase("ui.transfers-in"), []explained{
		{value: "ask", name: "ui.transfers-ask", means: "ui.transfers-ask-means"},
		{value: "server", name: "ui.transfers-server", means: "ui.transfers-server-means"},
		{value: "never", name: "ui.transfers-never", means: "ui.transfers-never-means", loud: true},
	}, changed)
	c.redirects = newExplainedChoice(phrase("ui.redirects-in"), []explained{
		{value: "server", name: "ui.redirects-server", means: "ui.redirects-server-means"},
		{value: "ask", name: "ui.redirects-ask", means: "ui.redirects-ask-means"},
		{value: "never", name: "ui.redirects-never", means: "ui.redirects-never-means", loud: true},
	}, changed)
	c.callerIn = newExplainedChoice(phrase("ui.caller-id-in"), []explained{
		{value: "ppi", name: "ui.caller-in-preferred", means: "ui.caller-in-preferred-means"},
		{value: "from", name: "ui.caller-in-from", means: "ui.caller-in-from-means"},
		{value: "pai", name: "ui.caller-in-asserted", means: "ui.caller-in-asserted-means"},
	}, changed)
	c.callers = newField(phrase("ui.caller-ids-hint"))
	c.callers.MultiLine = true
	c.callers.SetMinRowsVisible(2)
	c.callers.OnChanged = func(string) { changed() }
	c.recorded = newField(phrase("ui.record-caller-id-hint"))
	c.recorded.OnChanged = func(string) { changed() }
	c.headers = newField(phrase("ui.headers-hint"))
	c.headers.OnChanged = func(string) { changed() }
	c.music = newField(phrase("ui.hold-music-none"))
	c.music.OnChanged = func(string) { changed() }
	c.echo = newField(phrase("ui.none"))
	c.echo.OnChanged = func(string) { changed() }
	c.find = newButton(phrase("ui.choose-file"), "", widget.LowImportance, func() { w.cfg.ChooseFile(c.music.SetText) })
	c.direct = widget.NewCheck(phrase("ui.accept-direct"), func(bool) { changed() })
	c.auto = widget.NewCheck(phrase("ui.auto-answer"), func(bool) { changed() })
	var rows []fyne.CanvasObject
	for _, name := range []string{phrase("ui.forward-always"), phrase("ui.forward-busy"), phrase("ui.forward-no-answer"), phrase("ui.forward-after")} {
		f := newField(phrase("ui.none"))
		f.OnChanged = func(string) { changed() }
		c.forward, rows = append(c.forward, f), append(rows, entryRow(name, f))
	}
	c.by = newExplainedChoice(phrase("ui.forward-by"), []explained{
		{value: settings.ForwardByLinecard, name: "ui.forward-by-linecard", means: "ui.forward-by-linecard-means"},
		{value: settings.ForwardByPBX, name: "ui.forward-by-pbx", means: "ui.forward-by-pbx-means"},
	}, func() {
		c.showCodes()
		changed()
	})
	codes := vbox(12)
	for _, way := range []struct{ on, off string }{
		{phrase("ui.forward-code-always"), phrase("ui.forward-code-always-off")},
		{phrase("ui.forward-code-busy"), phrase("ui.forward-code-busy-off")},
		{phrase("ui.forward-code-no-answer"), phrase("ui.forward-code-no-answer-off")},
	} {
		on, off := newField("*72{number}"), newField("*73")
		for _, f := range []*field{on, off} {
			f.OnChanged = func(string) { changed() }
		}
		c.codes = append(c.codes, on, off)
		codes.Add(pair(entryRow(way.on, on), entryRow(way.off, off)))
	}
	c.coded = codes
	c.root = group(phrase("ui.group-account-calls"), c.keys.root,
		pair(rows[0], rows[1]), pair(rows[2], rows[3]), newParagraph(phrase("ui.forward-detail"), caption, 3), c.by.root, c.coded,
		entryRow(phrase("ui.caller-ids"), c.callers), entryRow(phrase("ui.record-caller-id"), c.recorded), c.callerIn.root,
		entryRow(phrase("ui.headers"), c.headers), entryRow(phrase("ui.echo-test"), c.echo),
		vbox(4, entryRow(phrase("ui.hold-music"), container.NewBorder(nil, nil, nil, c.find, c.music)), newParagraph(phrase("ui.hold-music-detail"), caption, 3)),
		c.transfers.root, c.redirects.root, vbox(4, c.direct, newParagraph(phrase("ui.accept-direct-detail"), caption, 3)),
		vbox(4, c.auto, newParagraph(phrase("ui.auto-answer-detail"), caption, 3)))
	return c
}

// values are what is in the fields; write puts such values back.
func (c *accountCalls) values() []string {
	all := []string{c.keys.value()}
	for _, f := range c.forward {
		all = append(all, f.Text)
	}
	all = append(all, strconv.FormatBool(c.auto.Checked), strconv.FormatBool(c.direct.Checked), c.transfers.value(), c.callerIn.value(), c.callers.Text, c.headers.Text, c.music.Text, c.echo.Text, c.recorded.Text, c.by.value(), c.redirects.value())
	for _, f := range c.codes {
		all = append(all, f.Text)
	}
	return all
}

func (c *accountCalls) write(typed []string) {
	c.keys.set(typed[0])
	for i, f := range c.forward {
		f.SetText(typed[1+i])
	}
	rest := typed[1+len(c.forward):]
	c.auto.SetChecked(rest[0] == "true")
	c.direct.SetChecked(rest[1] == "true")
	c.transfers.set(rest[2])
	c.callerIn.set(rest[3])
	c.callers.SetText(rest[4])
	c.headers.SetText(rest[5])
	c.music.SetText(rest[6])
	c.echo.SetText(rest[7])
	c.recorded.SetText(rest[8])
	c.by.set(rest[9])
	c.redirects.set(rest[10])
	for i, f := range c.codes {
		f.SetText(rest[11+i])
	}
	c.showCodes()
}

// set puts what is saved into the fields.
func (c *accountCalls) set(a settings.Account) {
	c.forward[3].SetPlaceHolder(strconv.Itoa(settings.Account{}.ForwardSeconds()))
	after := ""
	if a.ForwardAfter != 0 {
		after = strconv.Itoa(a.ForwardAfter)
	}
	values := []string{a.DTMF, a.ForwardAlways, a.ForwardBusy, a.ForwardNoAnswer, after, strconv.FormatBool(a.AutoAnswer), strconv.FormatBool(a.AcceptDirect), a.Transfers, a.CallerIDIn, strings.Join(a.CallerIDs, "\n"), strings.Join(a.Headers, ", "), a.HoldMusic, a.EchoTest, a.RecordCallerID, cmp.Or(a.ForwardBy, settings.ForwardByLinecard), a.Redirects}
	for _, way := range settings.Forwardings() {
		on, off := a.ForwardCodes.Of(way)
		values = append(values, on, off)
	}
	c.write(values)
}

// into puts what is in the fields into an account. The error says which of them cannot be.
func (c *accountCalls) into(a *settings.Account) error {
	a.DTMF, a.AutoAnswer, a.AcceptDirect, a.Transfers = c.keys.value(), c.auto.Checked, c.direct.Checked, c.transfers.value()
	a.CallerIDIn, a.Redirects = c.callerIn.value(), c.redirects.value()
	for key, f := range map[string]*field{"hold_music": c.music, "echo_test": c.echo, "record_caller_id": c.recorded} {
		if err := a.Set(key, f.Text); err != nil {
			return err
		}
	}
	if err := a.ListCallerIDs(strings.Split(c.callers.Text, "\n")); err != nil {
		return err
	}
	if err := a.Set("headers", c.headers.Text); err != nil {
		return err
	}
	a.StopForwarding()
	if a.ForwardBy = c.by.value(); a.ForwardBy == settings.ForwardByLinecard {
		a.ForwardBy = ""
	}
	for i, way := range settings.Forwardings() {
		if err := a.SetForwardCodes(way, c.codes[2*i].Text, c.codes[2*i+1].Text); err != nil {
			return err
		}
	}
	for i, way := range settings.Forwardings() {
		after := strings.TrimSpace(c.forward[3].Text)
		if after == "" {
			after = "0"
		}
		if err := a.Forward(way, c.forward[i].Text, after); err != nil {
			return err
		}
	}
	return nil
}

// lockable are the fields that a profile may lock.
func (c *accountCalls) lockable() []disableable {
	all := []disableable{c.keys.choice, c.auto, c.direct, c.transfers.choice, c.redirects.choice, c.callerIn.choice, c.callers, c.recorded, c.headers, c.music, c.echo, c.find}
	for _, f := range append(slices.Clone(c.forward), c.codes...) {
		all = append(all, f)
	}
	return append(all, c.by.choice)
}

// showCodes shows the codes where the phone system forwards calls.
func (c *accountCalls) showCodes() {
	if c.coded != nil {
		show(c.coded, c.by.value() == settings.ForwardByPBX)
	}
}
