package main

import (
	"io"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/instance"
	"linecard/app/settings"
)

// queueActions are what the running app is asked about queues.
var queueActions = map[string]func(c control, r request) error{
	"queue":        control.queues,
	"queue-ask":    control.askQueue,
	"queue-set":    control.setQueue,
	"queue-remove": control.removeQueue,
}

func (c control) queues(r request) error {
	all := []app.QueueView{}
	for _, q := range c.desk().View().Queues {
		if account := r.args["account"]; account == "" || account == q.Account {
			all = append(all, q)
		}
	}
	return r.reply(all)
}

// askQueue has the phone system log the agent in, or out, pause or go on. It answers once the phone system has.
func (c control) askQueue(r request) error {
	if err := instance.Lasting(r.ctx); err != nil { // a phone system takes its time with a code
		return err
	}
	asked, err := c.desk().AskQueue(r.ctx, app.QueueAsk{
		Action: app.QueueAction(r.args["action"]), Queue: r.args["queue"], Account: r.args["account"], Reason: r.args["reason"],
	})
	if err != nil {
		return err
	}
	return r.reply(asked)
}

// queueFields are the settings of a queue that have a flag, by its name.
var queueFields = []struct {
	flag, usage string
	of          func(*settings.Queue) *string
}{
	{"login", "cmd.flag.queue-login", func(q *settings.Queue) *string { return &q.Login }},
	{"logout", "cmd.flag.queue-logout", func(q *settings.Queue) *string { return &q.Logout }},
	{"pause", "cmd.flag.queue-pause", func(q *settings.Queue) *string { return &q.Pause }},
	{"resume", "cmd.flag.queue-resume", func(q *settings.Queue) *string { return &q.Resume }},
	{"hint", "cmd.flag.queue-hint", func(q *settings.Queue) *string { return &q.Hint }},
	{"pause-hint", "cmd.flag.queue-pause-hint", func(q *settings.Queue) *string { return &q.PauseHint }},
}

// setQueue adds a queue, or changes what is named of one.
func (c control) setQueue(r request) error {
	var unfit error
	err := c.program.Settings().Change(func(s *settings.Settings) {
		q := s.QueueNamed(r.args["queue"], r.args["account"])
		for _, f := range queueFields {
			if text, named := r.args[f.flag]; named {
				*f.of(&q) = text
			}
		}
		if text, named := r.args["reasons"]; named {
			if unfit = q.SetReasons(text); unfit != nil {
				return
			}
		}
		s.SetQueue(q.Name, q)
	})
	if unfit != nil {
		err = unfit
	}
	return misused(err)
}

func (c control) removeQueue(r request) error {
	none := false
	err := c.program.Settings().Change(func(s *settings.Settings) {
		before := len(s.Queues)
		s.RemoveQueue(r.args["queue"], r.args["account"])
		none = len(s.Queues) == before
	})
	if err == nil && none {
		return misuse("cmd.queue-unknown", "queue", r.args["queue"])
	}
	return misused(err)
}

var showQueues = shows(func(w io.Writer, all []app.QueueView) {
	t := newTable(w)
	defer t.end()
	for _, q := range all {
		said := ""
		if q.State != app.QueueUnknown || q.Asked == "" {
			said = wordFor(queueWords, q.State)
		}
		asked := ""
		if q.Asked != "" {
			asked = wordFor(askedWords, q.Asked)
		}
		t.row(q.Name, facts(said, asked, q.Reason), q.OnLine)
	}
	if len(all) == 0 {
		t.row(catalogue.Text("cmd.queue.none"))
	}
})

// queueWords are the states of an agent in a queue, and askedWords what the phone system was asked for, as people read them.
var (
	queueWords = map[app.QueueState]string{
		app.QueueUnknown: "cmd.queue.unknown", app.QueueOut: "cmd.queue.out", app.QueueIn: "cmd.queue.in", app.QueuePaused: "cmd.queue.paused",
	}
	askedWords = map[app.QueueAction]string{
		app.QueueLogin: "cmd.queue.asked-login", app.QueueLogout: "cmd.queue.asked-logout", app.QueuePause: "cmd.queue.asked-pause", app.QueueResume: "cmd.queue.asked-resume",
	}
)

// newQueue shows the queues, and logs in to them and out of them.
func newQueue(o *options) *cobra.Command {
	list := newVerb(o, verb{name: "queue", short: "cmd.verb.queue", show: showQueues, flags: []flag{ofAccount}})
	for action, short := range map[app.QueueAction]string{
		app.QueueLogin: "cmd.verb.queue-login", app.QueueLogout: "cmd.verb.queue-logout", app.QueuePause: "cmd.verb.queue-pause", app.QueueResume: "cmd.verb.queue-resume",
	} {
		ask := newCommand(string(action), short, "cmd.operand.queue-optional")
		ask.Args = atMostOne
		account, reason := ask.Flags().String("account", "", "cmd.flag.queue-account"), new(string)
		if action == app.QueuePause {
			ask.Flags().StringVar(reason, "reason", "", "cmd.flag.queue-reason")
		}
		ask.RunE = func(cmd *cobra.Command, args []string) error {
			req := map[string]string{"action": string(action), "account": *account, "reason": *reason}
			if len(args) > 0 {
				req["queue"] = args[0]
			}
			return o.ask(cmd, "queue-ask", req, o.printed(showQueues))
		}
		list.AddCommand(ask)
	}
	set := newCommand("set", "cmd.verb.queue-set", "cmd.operand.queue")
	set.Args = oneArg
	given := map[string]*string{"account": set.Flags().String("account", "", "cmd.flag.queue-account-set"), "reasons": set.Flags().String("reasons", "", "cmd.flag.queue-reasons")}
	for _, f := range queueFields {
		given[f.flag] = set.Flags().String(f.flag, "", f.usage)
	}
	set.RunE = func(cmd *cobra.Command, args []string) error {
		req := map[string]string{"queue": args[0]}
		for name, text := range given {
			if cmd.Flags().Changed(name) {
				req[name] = *text
			}
		}
		return o.ask(cmd, "queue-set", req, o.raw)
	}
	remove := newCommand("remove", "cmd.verb.queue-remove", "cmd.operand.queue")
	remove.Args = oneArg
	account := remove.Flags().String("account", "", "cmd.flag.queue-account-set")
	remove.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "queue-remove", map[string]string{"queue": args[0], "account": *account}, o.raw)
	}
	list.AddCommand(set, remove)
	return list
}
