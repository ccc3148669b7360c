package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/instance"
	"linecard/app/program"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
)

// control answers the command line: one request, one or more replies. It runs in the app.
type control struct {
	*running
	face face
}

// face is what the running app is asked of its window; headless.go has one without a window.
type face interface {
	show()                       // bring it forward
	askDial(number string) error // pre-fill the number and ask: a link never dials by itself
	quit()
}

// request is what a verb needs of one request.
type request struct {
	ctx   context.Context // of the request
	args  map[string]string
	reply func(any) error
}

// actions are the verbs the running app knows.
var actions = map[string]func(c control, r request) error{
	"show":       func(c control, _ request) error { c.face.show(); return nil },
	"open":       control.openLink,
	"quit":       control.quit,
	"demo-scene": func(c control, r request) error { return playScene(c.scenes, r.args["scene"]) },

	"dial":       control.dial,
	"answer":     onCall((*app.Desk).Answer),
	"decline":    onCall((*app.Desk).Decline),
	"hangup":     onCall((*app.Desk).Hangup),
	"hold":       onCall((*app.Desk).Hold),
	"resume":     onCall((*app.Desk).Resume),
	"mute":       onCall(func(d *app.Desk, id string) error { return d.SetMute(id, true) }),
	"unmute":     onCall(func(d *app.Desk, id string) error { return d.SetMute(id, false) }),
	"dtmf":       onCallWith("digits", (*app.Desk).SendDTMF),
	"transfer":   control.transfer,
	"swap":       onCall((*app.Desk).Swap),
	"conference": control.conference,
	"pick":       kept(control.pick),
	"note":       kept(func(c control, r request) error { return c.desk().EditWrap(r.args["call"], edit(r.args)) }),
	"save":       kept(onCall((*app.Desk).SaveWrap)),
	"dont-log":   kept(onCall((*app.Desk).DontLog)),
	"dnd":        control.dnd,

	"voicemail":      control.voicemail,
	"voicemail-call": control.callVoicemail,
	"echo":           control.callEcho,

	"status":         control.status,
	"calls":          func(c control, r request) error { return r.reply(answerCalls(c.desk().View(), r.args["account"])) },
	"history":        control.history,
	"owed":           control.owed,
	"show-call":      control.showCall,
	"history-who":    control.whoElse,
	"history-point":  control.point,
	"outbox":         control.outbox,
	"outbox-retry":   control.retry,
	"outbox-send":    control.sendAll,
	"outbox-discard": control.discard,
	"events":         control.events,
	"lookup":         control.lookup,
	"look-up-again":  kept(onCall((*app.Desk).LookupAgain)),

	"link":   control.linkOrg,
	"unlink": control.unlinkOrg,
	"meter":  func(c control, r request) error { return r.reply(answerMeter(c.program.Requests(), c.program.Orgs())) },

	"account-set": control.setAccount,
	"account-list": func(c control, r request) error {
		return r.reply(answerAccounts(c.program.Settings().Get(), c.desk().View(), c.program.Uninvited))
	},
	"account-trust": func(c control, r request) error {
		return misused(c.program.TrustCaller(r.args["account"], r.args["address"]))
	},
	"account-remove": func(c control, r request) error { return misused(c.program.RemoveAccount(r.ctx, r.args["account"])) },
	"settings":       func(c control, r request) error { return r.reply(c.program.Settings().List()) },
	"settings-set": func(c control, r request) error {
		return c.changeSetting(r, func(s *settings.Store) error { return s.Set(r.args["key"], r.args["value"]) })
	},
	"settings-unset": func(c control, r request) error {
		return c.changeSetting(r, func(s *settings.Store) error { return s.Unset(r.args["key"]) })
	},
}

// outlivesAccount are the verbs that may name a removed account by its id: its calls stay in the history, and its colleagues and queues in the settings.
var outlivesAccount = map[string]bool{"history": true, "colleagues-remove": true, "queue-remove": true}

// handle carries out one request.
func (c control) handle(ctx context.Context, r instance.Request, reply func(any) error) error {
	var do func(control, request) error
	for _, some := range []map[string]func(control, request) error{
		actions, errorActions, doctorActions, directoryActions, orgActions, profileActions, ruleActions, ownerActions, colleagueActions, spellingActions, layoutActions, objectActions, cardActions, traceActions, forwardActions, queueActions,
	} {
		if do == nil {
			do = some[r.Verb]
		}
	}
	if do == nil {
		return misuse("cmd.verb-unknown", "verb", r.Verb)
	}
	if name := r.Args["account"]; name != "" { // named as a person names it; the action gets the id
		a, err := c.program.Settings().Get().FindAccount(name)
		switch {
		case err == nil:
			r.Args["account"] = a.ID()
		case !outlivesAccount[r.Verb] || !strings.Contains(name, "@"):
			return misused(err)
		}
	}
	return do(c, request{ctx, r.Args, reply})
}

func (c control) desk() *app.Desk { return c.program.Desk() }

// kept is a verb that changes what is logged: it answers once the change is on disk.
func kept(do func(control, request) error) func(control, request) error {
	return func(c control, r request) error {
		if err := do(c, r); err != nil {
			return err
		}
		c.desk().Settle(r.ctx)
		return nil
	}
}

// onCall is a verb that does something to the call that the request names, or to the one that fits best.
func onCall(do func(d *app.Desk, id string) error) func(control, request) error {
	return func(c control, r request) error { return do(c.desk(), r.args["call"]) }
}

// onCallWith is onCall for a verb with an operand.
func onCallWith(operand string, do func(d *app.Desk, id, value string) error) func(control, request) error {
	return func(c control, r request) error { return do(c.desk(), r.args["call"], r.args[operand]) }
}

// misused marks an error as misuse where a setting cannot be as asked, or where it is not clear which org is meant.
func misused(err error) error {
	var wrong *settings.KeyError
	var unclear *program.OrgError
	if errors.As(err, &wrong) || errors.As(err, &unclear) {
		return instance.Misuse(err)
	}
	return err
}

func (c control) openLink(r request) error {
	link, err := instance.ParseLink(r.args["link"])
	if err != nil {
		return err
	}
	return c.face.askDial(asked(link))
}

func (c control) quit(r request) error {
	if lost := c.program.Journal().Unsaved().Fault(); !lost.IsZero() && r.args["force"] != "true" {
		return fault.Err(nil, "cmd.quit-would-lose", "unsaved", lost)
	}
	c.stopAccepting()
	c.face.quit()
	return nil
}

func (c control) dial(r request) error {
	if r.args["show"] == "true" {
		w, err := c.desk().WillDialAs(r.args["account"], r.args["number"], r.args["as"])
		if err != nil {
			return err
		}
		w.Asks = c.desk().WillAsk(w.Account, r.args["number"])
		return r.reply(dialAnswer{WillDial: &w})
	}
	dial := c.desk().Dial
	if reason := r.args["reason"]; reason != "" || r.args["force"] == "true" {
		dial = func(account, number string) (string, error) { return c.desk().DialAnyway(account, number, reason) }
	}
	if as := r.args["as"]; as != "" {
		if r.args["force"] == "true" && r.args["reason"] == "" {
			return misused(app.ErrNoReason)
		}
		dial = func(account, number string) (string, error) {
			return c.desk().DialAs(account, number, as, r.args["reason"])
		}
	}
	id, err := dial(r.args["account"], r.args["number"])
	if err != nil {
		return orAnyway(err)
	}
	return r.reply(dialed(c.desk().View(), id))
}

// orAnyway says how somebody about whom the agent is asked is called all the same, where that is what an error is about.
func orAnyway(err error) error {
	if app.AsksFirst(err) {
		return fault.Err(err, "cmd.do-not-call", "reason", catalogue.Error(err)) // said here: a time loses its zone on the way to the other process
	}
	return err
}

func (c control) dnd(r request) error {
	state := r.args["state"]
	if state != "on" && state != "off" {
		return misuse("cmd.on-or-off")
	}
	c.desk().SetDND(state == "on")
	return nil
}

func (c control) status(r request) error {
	a := answerStatus(c.program.Settings().Get(), c.desk().View(), c.program.Uninvited, c.program.Orgs(), os.Getpid())
	a.Requests = answerRequests(c.program.Requests())
	if id := r.args["account"]; id != "" {
		a.Accounts = slices.DeleteFunc(a.Accounts, func(p phoneAnswer) bool { return p.Account != id })
		a.Phone = a.Accounts[0]
	}
	return r.reply(a)
}

func (c control) lookup(r request) error {
	org, err := c.org(r)
	if err != nil {
		return err
	}
	for _, s := range c.program.Orgs() {
		if org != "" && s.OrgID == org && s.State == crm.Unlinked {
			return fault.Err(nil, "cmd.org-not-linked", "org", org)
		}
	}
	found, err := c.desk().LookupNumber(r.ctx, org, r.args["number"])
	if err != nil {
		return err
	}
	return r.reply(answerLookup(found, c.program.Orgs()))
}

// record is a record that a request names, with its org where that is named.
func (c control) record(r request, id string) (crm.Ref, error) {
	org, err := c.org(r)
	return crm.Ref{Org: org, ID: id}, err
}

func (c control) pick(r request) error {
	record, err := c.record(r, r.args["record"])
	if err != nil {
		return err
	}
	return c.desk().Pick(r.args["call"], record)
}

// asked is the number or address that a link wants to call. It keeps the host where the link names one: at another server
// than ours the same number belongs to somebody else. It keeps sips:, which asks for TLS on the whole way.
func asked(l instance.Link) string {
	if l.Scheme == "sips" {
		return cmp.Or(l.URI, l.Number)
	}
	if _, address, ok := strings.Cut(l.URI, ":"); ok && strings.Contains(address, "@") {
		return address
	}
	return l.Number
}

// edit reads what the verb note changes in the form.
func edit(args map[string]string) (e app.WrapEdit) {
	set := func(name string, to **string) {
		if v, ok := args[name]; ok {
			*to = &v
		}
	}
	set("notes", &e.Notes)
	set("outcome", &e.Disposition)
	set("subject", &e.Subject)
	if name, answer, ok := strings.Cut(args["answer"], "="); ok {
		e.Answers = map[string]string{strings.TrimSpace(name): strings.TrimSpace(answer)}
	}
	return e
}

// events sends events until the reader leaves or the app ends.
func (c control) events(r request) error {
	if err := instance.Lasting(r.ctx); err != nil {
		return err
	}
	events := c.desk().Events(r.ctx)
	if r.reply(app.Event{Event: "listening", At: time.Now()}) != nil {
		return nil
	}
	for e := range events {
		if r.reply(e) != nil {
			return nil // the reader left
		}
	}
	return nil
}

// linkOrg links the org. It replies with the authorize URL first, then with the state of the link.
func (c control) linkOrg(r request) error {
	timeout, err := time.ParseDuration(r.args["timeout"])
	if err != nil || timeout <= 0 {
		return misuse("cmd.timeout-duration")
	}
	if err := instance.Lasting(r.ctx); err != nil { // the user takes their time in the browser
		return err
	}
	ctx, cancel := context.WithTimeout(r.ctx, timeout)
	defer cancel()
	open := func(url string) error {
		byHand := r.args["no-browser"] == "true"
		if !byHand {
			byHand = c.program.OpenURL(url) != nil
		}
		return r.reply(linkAnswer{AuthorizeURL: url, ByHand: byHand})
	}
	org, err := c.org(r)
	if err != nil {
		return err
	}
	status, err := c.program.Link(ctx, program.LinkRequest{
		Org: org, Add: r.args["add"] == "true", Host: r.args["login-host"], Key: r.args["client-id"],
		Silent: func(all []crm.ShownError) { _ = r.reply(linkAnswer{Silent: shownAnswers(all)}) }, // one that has gone away needs no question
	}, open)
	if err != nil {
		return err
	}
	view := app.OrgViewOf(status)
	return r.reply(linkAnswer{OrgView: &view})
}

// org is the id of the org that a request names; "" when it names none.
func (c control) org(r request) (string, error) {
	if r.args["org"] == "" {
		return "", nil
	}
	id, err := c.program.FindOrg(r.args["org"])
	return id, misused(err)
}

// unlinkOrg unlinks an org, and removes it from the settings where that is asked for; a request that names none means the
// only one.
func (c control) unlinkOrg(r request) error {
	remove, force := r.args["remove"] == "true", r.args["force"] == "true"
	if force && !remove {
		return misuse("orgs.force-alone")
	}
	org, err := c.org(r)
	if err != nil {
		return err
	}
	if remove {
		return misused(c.program.RemoveOrg(r.ctx, org, force))
	}
	return misused(c.program.Unlink(r.ctx, org))
}

// setAccount sets an account of the running phone.
func (c control) setAccount(r request) error {
	a, password, err := accountFrom(c.program.Settings().Get(), r.args)
	if err != nil {
		return err
	}
	return misused(c.program.SetAccount(r.ctx, "", a, password))
}
