package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/crm"
	"linecard/sip"
	"linecard/sip/demopbx"
)

func newSelftest(o *options) *cobra.Command {
	var window bool
	cmd := &cobra.Command{
		Use: "selftest", Short: "Play the demo: one line a step", Args: noArgs,
		Long: "Starts the demo's phone system and org and plays a day's scenes through the real phone, link, lookup and log.\n" +
			"Run this and send what it prints when something does not work.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if window && !display(cmd.Context()) {
				return errNoDisplay
			}
			log := newLog(o)
			d, err := startDemo(cmd.Context(), o.data, log)
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
		},
	}
	cmd.Flags().BoolVar(&window, "window", false, "play it in a real window")
	return cmd
}

// stepTime is how long a step may take before the self-test gives up: far beyond what it takes on a slow computer.
const stepTime = 20 * time.Second

// selftestRun is one run of the self-test: steps, each of which waits for what a user would see.
type selftestRun struct {
	*running
	desk  *app.Desk
	demo  *demo
	out   io.Writer
	views chan struct{} // a token when the View has changed
	title func() string // of the window; nil without one
}

func newSelftestRun(out io.Writer, r *running, d *demo) *selftestRun {
	return &selftestRun{running: r, desk: r.program.Desk(), demo: d, out: out, views: make(chan struct{}, 1)}
}

// play plays every step; the first that fails ends it.
func (p *selftestRun) play(ctx context.Context) error {
	defer p.desk.Subscribe(func(app.View) {
		select {
		case p.views <- struct{}{}:
		default:
		}
	})()
	var id string
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"the phone registers with its password, and the org is linked through OAuth", func(ctx context.Context) error {
			p.open(noFace{func() {}})
			if err := p.demo.enter(ctx, p.program); err != nil {
				return err
			}
			return p.see(ctx, func(v app.View) bool { return v.Phone.State == sip.Registered && v.Org.State == crm.Linked })
		}},
		{"a customer calls and the phone rings", func(ctx context.Context) error {
			p.demo.ring(p.demo.dana())
			return p.see(ctx, func(v app.View) bool { return has(v, app.Ringing) })
		}},
		{"the caller's record is found", func(ctx context.Context) error {
			return p.see(ctx, func(v app.View) bool {
				return has(v, app.Ringing) && v.Calls[0].Lookup.State == app.LookupOne && v.Calls[0].Name == p.demo.people[0].Name
			})
		}},
		{"the call is answered", func(ctx context.Context) error {
			id = p.desk.View().Calls[0].ID
			return errors.Join(p.desk.Answer(id), p.see(ctx, func(v app.View) bool { return has(v, app.Talking) }))
		}},
		{"sound goes both ways", func(ctx context.Context) error {
			return p.poll(ctx, func() bool {
				s, err := p.program.CallStats(id)
				return err == nil && s.PacketsReceived > 25 && s.PacketsSent > 25
			})
		}},
		{"the call is held and taken back", func(ctx context.Context) error {
			return errors.Join(p.desk.Hold(id), p.see(ctx, func(v app.View) bool { return has(v, app.Held) }),
				p.desk.Resume(id), p.see(ctx, func(v app.View) bool { return has(v, app.Talking) }))
		}},
		{"the call ends and its Task is in the org, on the caller's record", func(ctx context.Context) error {
			notes := "Self-test"
			err := errors.Join(p.desk.EditWrap(id, app.WrapEdit{Notes: &notes}), p.desk.Hangup(id))
			return errors.Join(err, p.see(ctx, func(v app.View) bool { return loggedAs(v, id, p.demo.people[0].ID) }), p.checkTask(id))
		}},
		{"a call to the echo number is answered and hears itself", func(ctx context.Context) error {
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
		{"a busy number is told as busy", func(ctx context.Context) error {
			var err error
			if id, err = p.desk.Dial("", "601"); err != nil {
				return err
			}
			err = p.see(ctx, func(v app.View) bool {
				return slices.ContainsFunc(v.Calls, func(c app.CallView) bool { return c.ID == id && c.EndReason == sip.EndBusy })
			})
			return errors.Join(err, p.desk.Dismiss(id))
		}},
		{"a caller who gives up is in the history as missed", func(ctx context.Context) error {
			c := p.demo.from(p.demo.people[1])
			c.GiveUpAfter = 300 * time.Millisecond
			p.demo.ring(c)
			return p.see(ctx, func(v app.View) bool {
				return len(v.History) > 0 && v.History[0].Outcome == crm.Missed && v.History[0].Log == app.LogDone
			})
		}},
		{"with Salesforce down the call waits, and is logged once it is back", func(ctx context.Context) error {
			p.demo.org.SetDown(true)
			p.demo.ring(demopbx.Caller{Name: p.demo.people[2].Name, Number: p.demo.people[2].Number, GiveUpAfter: 300 * time.Millisecond})
			err := p.see(ctx, func(v app.View) bool { return v.Outbox.Waiting > 0 && len(v.History) > 0 && v.History[0].Error != "" })
			p.demo.org.SetDown(false)
			if err != nil {
				return err
			}
			late := p.desk.View().History[0].ID
			return errors.Join(p.desk.RetryLog(late), p.see(ctx, func(v app.View) bool { return loggedAs(v, late, p.demo.people[2].ID) }))
		}},
	}
	if p.title != nil {
		steps = slices.Insert(steps, 2, struct {
			name string
			do   func(context.Context) error
		}{"the window shows it", p.shown})
	}
	for _, s := range steps {
		began := time.Now()
		stepCtx, cancel := context.WithTimeout(ctx, stepTime)
		err := s.do(stepCtx)
		cancel()
		if err != nil {
			fmt.Fprintf(p.out, "FAILED  %s: %v\n", s.name, err)
			return errors.New("the self-test failed")
		}
		fmt.Fprintf(p.out, "ok      %s (%d ms)\n", s.name, time.Since(began).Milliseconds())
	}
	fmt.Fprintf(p.out, "%d passed, 0 failed\n", len(steps))
	return nil
}

// see waits for a View that fits.
func (p *selftestRun) see(ctx context.Context, fits func(app.View) bool) error {
	for !fits(p.desk.View()) {
		select {
		case <-p.views:
		case <-ctx.Done():
			return fmt.Errorf("did not happen within %v", stepTime)
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
			return fmt.Errorf("did not happen within %v", stepTime)
		}
	}
	return nil
}

// checkTask looks into the org itself: one Task of the call, and what is in it.
func (p *selftestRun) checkTask(call string) error {
	tasks := p.demo.org.TasksFor(call)
	if len(tasks) != 1 {
		return fmt.Errorf("the org has %d Tasks of the call", len(tasks))
	}
	if t := tasks[0]; t.CallType != "Inbound" || t.WhoID != p.demo.people[0].ID || !t.Closed {
		return fmt.Errorf("the Task says CallType %q, WhoId %s, Status %s", t.CallType, t.WhoID, t.Status)
	}
	return nil
}

func has(v app.View, phase app.Phase) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == phase }

func loggedAs(v app.View, id, who string) bool {
	return slices.ContainsFunc(v.History, func(r app.HistoryRow) bool { return r.ID == id && r.Log == app.LogDone && r.Who.ID == who })
}
