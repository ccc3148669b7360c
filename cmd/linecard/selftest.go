package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
	"linecard/sip/demopbx"
)

func newSelftest(o *options) *cobra.Command {
	var window bool
	cmd := newCommand("selftest", "cmd.verb.selftest")
	cmd.Long = "cmd.verb.selftest.long"
	cmd.Args = noArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if window && !display(cmd.Context()) {
			return errNoDisplay
		}
		log := newLog(o)
		d, err := startDemo(cmd.Context(), o, log)
		if err != nil {
			return err
		}
		s := d.setup(log)
		s.config.OpenURL = func(string) error { return nil }
		if window {
			return selftestInWindow(cmd.Context(), o, s, d)
		}
		r, err := s.run(cmd.Context())
		if err != nil {
			return err
		}
		defer r.shut()
		return newSelftestRun(o.out, r, d).play(cmd.Context())
	}
	cmd.Flags().BoolVar(&window, "window", false, "cmd.flag.window")
	return cmd
}

// stepTime is how long a step may take before the self-test gives up: far longer than it takes on a slow computer.
const stepTime = 20 * time.Second

// selftestRun is one run of the self-test. Each step waits for what a user would see.
type selftestRun struct {
	*running
	desk  *app.Desk
	demo  *demo
	out   io.Writer
	views chan struct{} // gets a token when the View has changed
	title func() string // of the window; nil without one
}

func newSelftestRun(out io.Writer, r *running, d *demo) *selftestRun {
	return &selftestRun{running: r, desk: r.program.Desk(), demo: d, out: out, views: make(chan struct{}, 1)}
}

// play plays all steps. It stops at the first that fails.
func (p *selftestRun) play(ctx context.Context) error {
	defer p.desk.Subscribe(func(app.View) {
		select {
		case p.views <- struct{}{}:
		default:
		}
	})()
	var id string
	steps := []struct {
		name string // id of the message
		do   func(context.Context) error
	}{
		{"cmd.selftest.register", func(ctx context.Context) error {
			p.open(noFace{func() {}})
			if err := p.demo.enter(ctx, p.program); err != nil {
				return err
			}
			return p.see(ctx, func(v app.View) bool { return v.Phone.State == sip.Registered && v.Org.State == crm.Linked })
		}},
		{"cmd.selftest.ring", func(ctx context.Context) error {
			p.demo.ring(p.demo.dana())
			return p.see(ctx, func(v app.View) bool { return has(v, app.Ringing) })
		}},
		{"cmd.selftest.record", func(ctx context.Context) error {
			return p.see(ctx, func(v app.View) bool {
				return has(v, app.Ringing) && v.Calls[0].Lookup.State == app.LookupOne && v.Calls[0].Name == p.demo.people[0].Name
			})
		}},
		{"cmd.selftest.answer", func(ctx context.Context) error {
			id = p.desk.View().Calls[0].ID
			return errors.Join(p.desk.Answer(id), p.see(ctx, func(v app.View) bool { return has(v, app.Talking) }))
		}},
		{"cmd.selftest.sound", func(ctx context.Context) error {
			return p.poll(ctx, func() bool {
				s, err := p.program.CallStats(id)
				return err == nil && s.PacketsReceived > 25 && s.PacketsSent > 25
			})
		}},
		{"cmd.selftest.hold", func(ctx context.Context) error {
			return errors.Join(p.desk.Hold(id), p.see(ctx, func(v app.View) bool { return has(v, app.Held) }),
				p.desk.Resume(id), p.see(ctx, func(v app.View) bool { return has(v, app.Talking) }))
		}},
		{"cmd.selftest.task", func(ctx context.Context) error {
			notes := catalogue.Text("cmd.selftest.notes")
			err := errors.Join(p.desk.EditWrap(id, app.WrapEdit{Notes: &notes}), p.desk.Hangup(id))
			return errors.Join(err, p.see(ctx, func(v app.View) bool { return loggedAs(v, id, p.demo.people[0].ID) }), p.checkTask(id))
		}},
		{"cmd.selftest.echo", func(ctx context.Context) error {
			if err := p.desk.SaveWrap(id); err != nil {
				return err
			}
			var err error
			if id, err = p.desk.Dial("", "600"); err != nil {
				return err
			}
			err = p.see(ctx, func(v app.View) bool { return has(v, app.Talking) })
			return errors.Join(err, p.desk.SendDTMF(id, "1"), p.poll(ctx, func() bool {
				s, err := p.program.CallStats(id)
				return err == nil && s.PacketsReceived > 25
			}), p.desk.Hangup(id))
		}},
		{"cmd.selftest.busy", func(ctx context.Context) error {
			var err error
			if id, err = p.desk.Dial("", "601"); err != nil {
				return err
			}
			err = p.see(ctx, func(v app.View) bool {
				return slices.ContainsFunc(v.Calls, func(c app.CallView) bool { return c.ID == id && c.EndReason == sip.EndBusy })
			})
			return errors.Join(err, p.desk.Dismiss(id))
		}},
		{"cmd.selftest.missed", func(ctx context.Context) error {
			c := p.demo.from(p.demo.people[1])
			c.GiveUpAfter = 300 * time.Millisecond
			p.demo.ring(c)
			return p.see(ctx, func(v app.View) bool {
				return len(v.History) > 0 && v.History[0].Outcome == crm.Missed && v.History[0].Log == app.LogDone
			})
		}},
		{"cmd.selftest.salesforce-down", func(ctx context.Context) error {
			caller := p.demo.people[15] // whose number nobody else has, and who has not called yet
			p.demo.org.SetDown(true)
			p.demo.ring(demopbx.Caller{Name: caller.Name, Number: caller.Number, GiveUpAfter: 300 * time.Millisecond})
			err := p.see(ctx, func(v app.View) bool { return v.Outbox.Waiting > 0 && len(v.History) > 0 && v.History[0].Error != "" })
			p.demo.org.SetDown(false)
			if err != nil {
				return err
			}
			late := p.desk.View().History[0].ID
			return errors.Join(p.desk.RetryLog(late), p.see(ctx, func(v app.View) bool { return loggedAs(v, late, caller.ID) }))
		}},
	}
	if p.title != nil {
		steps = slices.Insert(steps, 2, struct {
			name string // id of the message
			do   func(context.Context) error
		}{"cmd.selftest.window", p.shown})
	}
	for _, s := range steps {
		began := time.Now()
		stepCtx, cancel := context.WithTimeout(ctx, stepTime)
		err := s.do(stepCtx)
		cancel()
		if err != nil {
			slog.Error("self-test", "step", s.name, "err", err)
			fmt.Fprintln(p.out, catalogue.Text("cmd.selftest.failed", "step", words(s.name), "why", err))
			return fault.Err(nil, "cmd.selftest.not-passed")
		}
		fmt.Fprintln(p.out, catalogue.Text("cmd.selftest.ok", "step", words(s.name), "milliseconds", time.Since(began).Milliseconds()))
	}
	fmt.Fprintln(p.out, catalogue.Text("cmd.selftest.passed", "passed", len(steps)))
	return nil
}

// see waits until the View fits.
func (p *selftestRun) see(ctx context.Context, fits func(app.View) bool) error {
	for !fits(p.desk.View()) {
		select {
		case <-p.views:
		case <-ctx.Done():
			return fault.Err(ctx.Err(), "cmd.selftest.timed-out", "time", stepTime)
		}
	}
	return nil
}

// poll waits for what has no event: packet counts.
func (p *selftestRun) poll(ctx context.Context, fits func() bool) error {
	t := time.NewTicker(20 * time.Millisecond)
	defer t.Stop()
	for !fits() {
		select {
		case <-t.C:
		case <-ctx.Done():
			return fault.Err(ctx.Err(), "cmd.selftest.timed-out", "time", stepTime)
		}
	}
	return nil
}

// checkTask checks in the org itself that the call has one Task, and what that says.
func (p *selftestRun) checkTask(call string) error {
	tasks := p.demo.org.TasksFor(call)
	if len(tasks) != 1 {
		return fault.Err(nil, "cmd.selftest.wrong-tasks", "tasks", len(tasks))
	}
	if t := tasks[0]; t.CallType != string(crm.Inbound) || t.WhoID != p.demo.people[0].ID || !t.Closed {
		return fault.Err(nil, "cmd.selftest.wrong-task", "type", t.CallType, "who", t.WhoID, "status", t.Status)
	}
	return nil
}

func has(v app.View, phase app.Phase) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == phase }

func loggedAs(v app.View, id, who string) bool {
	return slices.ContainsFunc(v.History, func(r app.HistoryRow) bool { return r.ID == id && r.Log == app.LogDone && r.Who.ID == who })
}
