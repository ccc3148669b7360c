package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"linecard/app"
	"linecard/app/instance"
)

// control answers the command line: one request, one or more replies. It runs in the app.
type control struct {
	*engine
	face face
	hush func() // takes no more requests
}

// face is what can be asked of the window, or of its absence.
type face interface {
	show()                       // bring it forward
	askDial(number string) error // pre-fill the number and ask: a link never dials by itself
	quit()
}

// handle carries out one request.
func (c control) handle(ctx context.Context, r instance.Request, reply func(any) error) error {
	d, id := c.desk, r.Args["call"]
	switch r.Verb {
	case "show":
		c.face.show()
	case "open":
		link, err := instance.ParseLink(r.Args["link"])
		if err != nil {
			return err
		}
		return c.face.askDial(asked(link))
	case "quit":
		if lost := d.Unsaved(); lost != "" && r.Args["force"] != "true" {
			return errors.New(lost + " To quit all the same: linecard quit --force")
		}
		c.hush()
		c.face.quit()
	case "dial":
		id, err := d.Dial(r.Args["number"])
		if err != nil {
			return err
		}
		return reply(dialAnswer{id})
	case "answer":
		return d.Answer(id)
	case "decline":
		return d.Decline(id)
	case "hangup":
		return d.Hangup(id)
	case "hold":
		return d.Hold(id)
	case "resume":
		return d.Resume(id)
	case "mute", "unmute":
		return d.SetMute(id, r.Verb == "mute")
	case "dtmf":
		return d.SendDTMF(id, r.Args["digits"])
	case "transfer":
		return d.Transfer(id, r.Args["target"])
	case "pick":
		return d.Pick(id, r.Args["record"])
	case "note":
		return d.EditWrap(id, edit(r.Args))
	case "save":
		return d.SaveWrap(id)
	case "dont-log":
		return d.DontLog(id)
	case "dnd":
		on, err := onOff(r.Args["state"])
		if err != nil {
			return err
		}
		d.SetDND(on)
	case "status":
		return reply(answerStatus(d.View(), os.Getpid()))
	case "calls":
		return reply(answerCalls(d.View()))
	case "history":
		return c.history(r.Args, reply)
	case "outbox":
		entries, err := d.Outbox()
		if err != nil {
			return err
		}
		return reply(answerOutbox(entries))
	case "outbox-retry":
		return d.RetryLog(r.Args["id"])
	case "outbox-discard":
		return d.DiscardLog(r.Args["id"])
	case "events":
		return c.events(ctx, reply)
	case "lookup":
		found, err := d.LookupNumber(ctx, r.Args["number"])
		if err != nil {
			return err
		}
		return reply(found)
	case "link":
		return c.linkOrg(ctx, r.Args, reply)
	case "unlink":
		return c.unlink(ctx)
	case "doctor":
		return reply(c.doctor(ctx))
	case "demo-scene":
		return c.playScene(r.Args["scene"])
	case "account-set":
		return c.setAccount(r.Args)
	default:
		return instance.Misuse(fmt.Errorf("the running Linecard does not know %q: it may be older than this command", r.Verb))
	}
	return nil
}

// asked is what a link wants to be called, with the host where it names one: that may not be our server's, and then the
// number means somebody else.
func asked(l instance.Link) string {
	if _, address, ok := strings.Cut(l.URI, ":"); ok && strings.Contains(address, "@") {
		return address
	}
	return l.Number
}

// edit reads what `note` writes into the form.
func edit(args map[string]string) (e app.WrapEdit) {
	set := func(name string, to **string) {
		if v, ok := args[name]; ok {
			*to = &v
		}
	}
	set("notes", &e.Notes)
	set("outcome", &e.Disposition)
	set("subject", &e.Subject)
	return e
}

func onOff(s string) (bool, error) {
	switch s {
	case "on":
		return true, nil
	case "off":
		return false, nil
	}
	return false, instance.Misuse(errors.New("say on or off"))
}

func (c control) history(args map[string]string, reply func(any) error) error {
	f := app.HistoryFilter{Text: args["search"], Missed: args["missed"] == "true", NotLogged: args["not-logged"] == "true"}
	if s := args["limit"]; s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return instance.Misuse(errors.New("--limit takes a number from 1"))
		}
		f.Limit = n
	}
	rows, err := c.desk.History(f)
	if err != nil {
		return err
	}
	return reply(answerHistory(rows))
}

// events streams until the reader leaves or the app ends.
func (c control) events(ctx context.Context, reply func(any) error) error {
	events := c.desk.Events(ctx)
	if err := reply(app.Event{Event: "listening", At: time.Now()}); err != nil {
		return nil
	}
	for e := range events {
		if err := reply(e); err != nil {
			return nil // the reader left
		}
	}
	return nil
}
