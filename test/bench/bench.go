package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// bench holds what all figures need.
type bench struct {
	bin    string
	source string // folder of its source; "" is the current one
	runs   int
	calls  int // number of consecutive calls for the endurance figure
	people int // number of people of the org that is copied
	sound  *sound
	say    io.Writer // progress messages
}

// figure is a measurement. It also returns the rows it made when it fails.
type figure struct {
	name string // the name for -only
	what string
	take func(*bench, context.Context) ([]*row, error)
}

// figures are in the order of the table.
var figures = []figure{
	{"ring", "INVITE → 180", (*bench).ring},
	{"beside", "INVITE → 180 of Linecard and of baresip, by turns", (*bench).beside},
	{"stranger", "INVITE → 180 while a stranger calls", (*bench).stranger},
	{"card", "INVITE → the caller's card", (*bench).card},
	{"million", "an org of a million people copied; INVITE → first card, from the cold copy", (*bench).million},
	{"drain", "ten thousand queued logs written; a table of 200 rules judged", (*bench).drain},
	{"render", "keystroke → View", (*bench).render},
	{"notes", "a key in notes of 32,000 characters", (*bench).notes},
	{"talk", "Answer → first RTP, hang-up → Task", (*bench).talk},
	{"start", "start → window, start → REGISTER", (*bench).start},
	{"idle", "idle processor time and memory", (*bench).idle},
	{"call", "processor time and packet times of a call", (*bench).call},
	{"encrypted", "what encryption adds to a call's processor time", (*bench).encrypted},
	{"registrar", "a registrar goes away and comes back", (*bench).registrar},
	{"secured", "TLS connection → registered", (*bench).secured},
	{"lines", "ten calls at once", (*bench).lines},
	{"endure", "calls in a row", (*bench).endure},
}

// desk is a running, registered app with the peer that it is registered at.
type desk struct {
	*linecard
	peer *peer
	far  *talker
}

// deskConfig is what a figure needs.
type deskConfig struct {
	flags   []string
	env     []string
	account map[string]string
	org     *org // the org it is linked to; nil for none
}

// open starts a desk; the caller closes it.
func (b *bench) open(ctx context.Context, c deskConfig) (_ *desk, err error) {
	d := &desk{}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if d.peer, err = listenPeer(0); err != nil {
		return nil, err
	}
	if d.far, err = listenTalker(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, fmt.Errorf("the app was not ready within a minute"))
	defer cancel()
	if d.linecard, err = launch(b.bin, c.env, c.flags...); err != nil {
		return nil, err
	}
	if err = d.ready(ctx); err != nil {
		return nil, err
	}
	if err = d.linecard.account(ctx, d.peer, c.account); err != nil {
		return nil, err
	}
	if c.org != nil {
		if err = d.link(ctx, c.org); err != nil {
			return nil, fmt.Errorf("link: %w", err)
		}
	}
	return d, nil
}

func (d *desk) close() {
	if d.linecard != nil {
		d.stop()
	}
	if d.peer != nil {
		d.peer.close()
	}
	if d.far != nil {
		d.far.close()
	}
}

// headless is the config of the app without a window, with the bench's sound server.
func (b *bench) headless() deskConfig {
	return deskConfig{flags: []string{"--headless"}, env: append([]string{"DISPLAY=", "DBUS_SESSION_BUS_ADDRESS="}, b.sound.env...)}
}

// answered is an established call.
type answered struct {
	*call
	ok message // the 200
}

// talking places a call, answers it through the control socket and acknowledges the 200.
func (d *desk) talking(ctx context.Context, number, name string) (_ answered, asked time.Time, err error) {
	return d.answer(ctx, d.peer.ring(number, name, d.far.sock.addr()))
}

// answer is talking for a call that was placed.
func (d *desk) answer(ctx context.Context, c *call) (_ answered, asked time.Time, err error) {
	if _, err := c.until(ctx, "INVITE", 180); err != nil {
		return answered{}, asked, err
	}
	if _, err := d.wait(ctx, c.sent, func(e event) bool { return e.Event == "ringing" }); err != nil {
		return answered{}, asked, err
	}
	asked = time.Now()
	if err := d.ask(ctx, "answer", nil, nil); err != nil {
		return answered{}, asked, fmt.Errorf("answer: %w", err)
	}
	ok, err := c.until(ctx, "INVITE", 200)
	if err != nil {
		return answered{}, asked, err
	}
	c.ack(ok)
	if ok.status() != 200 {
		return answered{}, asked, fmt.Errorf("the call was answered %s", ok.start)
	}
	return answered{c, ok}, asked, nil
}

// each runs a figure's measurement for every run, one after the other.
func (b *bench) each(ctx context.Context, what string, run func(context.Context) error) error {
	for i := range b.runs {
		busy := quiet(ctx)
		fmt.Fprintf(b.say, "  %s: run %d of %d, others use %.1f processors\n", what, i+1, b.runs, busy)
		if err := run(ctx); err != nil {
			return fmt.Errorf("%s, run %d: %w", what, i+1, err)
		}
	}
	return nil
}

// pause waits, where waiting is the measurement: an idle phone, a registrar that is unreachable.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// number returns the nth of a range of unused numbers.
func number(n int) string { return fmt.Sprintf("+1415555%04d", 2000+n%8000) }

func names() string {
	var all []string
	for _, f := range figures {
		all = append(all, f.name)
	}
	return strings.Join(all, ",")
}
