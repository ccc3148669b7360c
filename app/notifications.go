package app

import (
	"strings"

	"linecard/app/catalogue"
	"linecard/app/notify"
	"linecard/fault"
)

// Notifier shows system notifications; see app/notify.
type Notifier interface {
	Show(n notify.Notification) error
	Withdraw(id string)
	Activations() <-chan notify.Activation
}

// What the agent may press on a notification.
const (
	actAnswer  = "answer"
	actDecline = "decline"
	actOpen    = "open"
	actCall    = "call-back"
	actShow    = "default" // the body was clicked
)

// notify carries out an effect on the desktop, off the desk's own goroutine: a slow server delays nothing.
func (d *Desk) notify(f noteEffect) {
	if err := f.notify(d); err != nil {
		d.cfg.Log.Warn("the notification could not be shown", "err", err)
	}
}

func (f notifyRinging) notify(d *Desk) error { return d.cfg.Notifier.Show(ringingNotice(f.call)) }
func (f notifyMissed) notify(d *Desk) error  { return d.cfg.Notifier.Show(missedNotice(f.call)) }
func (f notifyParked) notify(d *Desk) error  { return d.cfg.Notifier.Show(parkedNotice(f)) }
func (f popRecord) notify(d *Desk) error     { return d.cfg.OpenURL(f.url) }

func (f raiseWindow) notify(d *Desk) error {
	d.raise()
	return nil
}

func (f withdraw) notify(d *Desk) error {
	d.cfg.Notifier.Withdraw("ringing:" + f.id)
	return nil
}

// action is a button of a notification.
func action(key, label string) notify.Action {
	return notify.Action{Key: key, Label: catalogue.Text(label)}
}

func ringingNotice(c call) notify.Notification {
	n := notify.Notification{
		ID: "ringing:" + c.id, Title: c.shownName(), Body: noticeBody(c), Urgent: true,
		Actions: []notify.Action{action(actAnswer, "desk.press-answer"), action(actDecline, "desk.press-decline")},
	}
	if m, ok := c.who(); ok && m.URL != "" {
		n.Actions = append(n.Actions, action(actOpen, "desk.press-open-record"))
	}
	return n
}

func missedNotice(c call) notify.Notification {
	n := notify.Notification{ID: "missed:" + c.id, Title: catalogue.Text("desk.missed-call-from", "name", c.shownName()), Body: noticeBody(c)}
	if why := catalogue.Say(c.end.Text); why != "" { // nobody could have taken it
		n.Body = strings.TrimPrefix(n.Body+"\n"+why, "\n")
	}
	if !c.number.Withheld {
		n.Actions = []notify.Action{action(actCall, "desk.press-call-back")}
	}
	return n
}

func parkedNotice(f notifyParked) notify.Notification {
	title := catalogue.Text("desk.call-not-logged")
	if f.name != "" {
		title = catalogue.Text("desk.call-with-not-logged", "name", notify.Name(f.name))
	}
	return notify.Notification{ID: "parked:" + f.call, Title: title, Body: catalogue.Say(f.reason)}
}

// noticeBody is what stands under the name: object, title and company, then the number.
func noticeBody(c call) string {
	var lines []string
	if m, ok := c.who(); ok {
		lines = append(lines, catalogue.Text("desk.line", "facts", []string{ObjectWord(m.Object), m.Title, m.Company}))
	} else if c.lookup.State == LookupMany {
		lines = append(lines, catalogue.Text("desk.several-people"))
	}
	if shown := c.shownNumber(); shown != c.shownName() {
		lines = append(lines, shown)
	}
	return strings.Join(lines, "\n")
}

// shownName is the name as the agent reads it, the number where there is none.
func (c *call) shownName() string {
	if n := c.name(); n != "" && !c.number.Withheld {
		return notify.Name(n)
	}
	return c.shownNumber()
}

// activations does what the agent pressed on a notification.
func (d *Desk) activations() {
	for {
		select {
		case a, ok := <-d.cfg.Notifier.Activations():
			if !ok {
				return
			}
			d.activated(a)
		case <-d.ctx.Done():
			return
		}
	}
}

func (d *Desk) activated(a notify.Activation) {
	kind, id, _ := strings.Cut(a.ID, ":")
	var err error
	switch {
	case a.Action == actAnswer:
		err = d.Answer(id)
	case a.Action == actDecline:
		err = d.Decline(id)
	case a.Action == actOpen:
		err = d.OpenRecord(id)
	case kind == "missed" && a.Action == actCall:
		err = d.callBack(id)
	default:
		d.raise()
	}
	if err != nil { // the caller gave up a moment before: nothing to tell
		d.cfg.Log.Info("notification action ignored", "action", a.Action, "err", err)
	}
}

// OpenRecord opens the call's record in the browser.
func (d *Desk) OpenRecord(id string) error {
	c, ok := d.View().call(id)
	if !ok || c.Lookup.Record == nil || c.Lookup.Record.URL == "" {
		return ErrNoCall
	}
	return d.cfg.OpenURL(c.Lookup.Record.URL)
}

// callBack dials the number of a missed call.
func (d *Desk) callBack(id string) error {
	r, err := d.cfg.Journal.Call(d.ctx, id)
	if err != nil {
		return err
	}
	d.raise()
	_, err = d.Dial(d.now.Load().account(r.Account).ID, r.Dial) // from the first account where that one is gone
	if AsksFirst(err) {                                         // the window is there to say so; the history can call anyway
		d.Notice(fault.Of(err))
	}
	return err
}

func (d *Desk) raise() {
	if d.cfg.Raise != nil {
		d.cfg.Raise()
	}
}
