// Package notify shows system notifications that can be answered: an incoming call with Answer and Decline, a missed one
// with Call back.
//
//	n := notify.New(ctx, "Linecard", log)
//	defer n.Close()
//	n.Show(notify.Notification{ID: "ringing:1", Title: "Dana Whitfield", Urgent: true,
//		Actions: []notify.Action{{Key: "answer", Label: "Answer"}}})
//	a := <-n.Activations() // {ringing:1 answer}
//	n.Withdraw("ringing:1")
//
// # Rules
//
//   - A notification is a courtesy: whatever is wrong with the desktop's server, no method here waits for it, and the
//     desk works without. What cannot be shown with actions is shown plain; what cannot be shown at all is logged once.
//   - Titles and bodies come from callers and are hostile. They are shown as text, wherever the system would take them
//     for markup, an option or a script. [Clean] is for the parts a title is made of.
//   - One notification for one ID: showing the same ID again replaces it where the system can, and an activation names it.
//   - Names and numbers are never logged.
//
// # Systems
//
// On Linux the notifications go over D-Bus (Desktop Notifications Specification 1.2), on a connection of their own: the
// keyring library takes any signal on the shared one for its own. On Windows they are toasts, which cannot be withdrawn.
// Elsewhere, and when those fail, beeep shows them without actions.
package notify

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"linecard/clean"
	"linecard/inorder"
)

// DefaultAction is the key of a click on the notification itself.
const DefaultAction = "default"

// Notification is what is shown.
type Notification struct {
	ID      string // the desk's own; showing it again replaces the first
	Title   string // one line
	Body    string // a few lines
	Urgent  bool   // an incoming call: stays until withdrawn, also over full-screen windows
	Actions []Action
}

// Action is a button of a notification. [DefaultAction] need not be among them.
type Action struct{ Key, Label string }

// Activation is what the agent pressed.
type Activation struct {
	ID     string // of the notification
	Action string // key of the action; DefaultAction for the notification itself
}

// Notifier shows notifications. Its methods return at once and may be called from any goroutine.
type Notifier interface {
	// Show shows n, or replaces the one with the same ID. It fails only after Close.
	Show(n Notification) error
	// Withdraw takes a notification back, if it is still there.
	Withdraw(id string)
	// Activations receives what the agent pressed. It is closed by Close.
	Activations() <-chan Activation
	// Close withdraws the urgent ones and ends everything.
	Close() error
}

// ErrClosed means that the Notifier was closed.
var ErrClosed = errors.New("notifier closed")

// errNoDesktop: there is nothing that could show a notification, so the fallback is not tried either.
var errNoDesktop = errors.New("no desktop to show notifications on")

// patience is how long the system may take to take one notification, and so how long Close may take when it hangs.
const patience = 2 * time.Second

// backend is the system. Its methods are called by one goroutine.
type backend interface {
	show(ctx context.Context, n Notification) error
	withdraw(ctx context.Context, id string) error
	renew(ctx context.Context) // show again what a restarted server has forgotten
	close() error
}

// New returns the Notifier of this system. It works until Close, or until ctx ends.
func New(ctx context.Context, appName string, log *slog.Logger) Notifier {
	c := newCenter(ctx, log)
	c.fallback = func(n Notification) error { return plain(appName, n) }
	c.start(newBackend(appName, c.activated, c.renew))
	return c
}

// center carries the desk's wishes to the backend, in order.
type center struct {
	log         *slog.Logger
	ctx         context.Context
	cancel      context.CancelFunc
	activations chan Activation
	done        chan struct{} // closed when everything has ended
	patience    time.Duration // a field for tests only
	fallback    func(Notification) error

	wishes     *inorder.Queue[wish]
	backend    backend         // this and what follows belong to the queue
	urgent     map[string]bool // shown and neither withdrawn nor replaced
	complained bool

	mu     sync.Mutex // of activations
	closed bool
}

// wish is one thing to do: show, withdraw, or renew.
type wish struct {
	kind wishKind
	id   string
	n    Notification
}

type wishKind int

const (
	wishShow wishKind = iota
	wishWithdraw
	wishRenew
)

func newCenter(ctx context.Context, log *slog.Logger) *center {
	c := &center{log: log, activations: make(chan Activation, 16), done: make(chan struct{}), patience: patience, urgent: map[string]bool{}}
	c.ctx, c.cancel = context.WithCancel(ctx)
	c.wishes = inorder.Held(c.carryOut, func(err error) { log.Error("notifications", "err", err) })
	return c
}

func (c *center) start(b backend) {
	c.backend = b
	c.wishes.Start()
	context.AfterFunc(c.ctx, c.end)
}

func (c *center) carryOut(w wish) {
	if c.ctx.Err() != nil {
		return // it is over; end withdraws what matters
	}
	// Not ended by Close: a notification given up half-way might be on the screen, and could not be withdrawn.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), c.patience)
	defer cancel()
	switch w.kind {
	case wishShow:
		c.show(ctx, w.n)
	case wishWithdraw:
		delete(c.urgent, w.id)
		if err := c.backend.withdraw(ctx, w.id); err != nil {
			c.log.Debug("notification not withdrawn", "id", w.id, "err", err)
		}
	case wishRenew:
		c.backend.renew(ctx)
	}
}

func (c *center) show(ctx context.Context, n Notification) {
	err := c.backend.show(ctx, n)
	if err != nil && !errors.Is(err, errNoDesktop) {
		if fallbackErr := c.fallback(n); fallbackErr == nil {
			err = nil
		} else {
			err = errors.Join(err, fallbackErr)
		}
	}
	if err != nil && !c.complained {
		c.complained = true
		c.log.Warn("notifications can't be shown", "err", err)
	}
	delete(c.urgent, n.ID)
	if n.Urgent {
		c.urgent[n.ID] = true
	}
}

// end takes the urgent notifications back: a call that rings on the screen of an application that is gone would ring
// without end.
func (c *center) end() {
	defer close(c.done)
	c.wishes.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), c.patience)
	defer cancel()
	for id := range c.urgent {
		_ = c.backend.withdraw(ctx, id)
	}
	if err := c.backend.close(); err != nil {
		c.log.Debug("notifications", "err", err)
	}
	c.mu.Lock()
	c.closed = true
	close(c.activations)
	c.mu.Unlock()
}

// add queues a wish. Wishes for the same notification that were not begun yet are overtaken by it.
func (c *center) add(w wish) error {
	overtaken := func(old wish) bool {
		if w.kind == wishRenew || old.kind == wishRenew {
			return w.kind == old.kind
		}
		return old.id == w.id
	}
	if c.ctx.Err() != nil || !c.wishes.Replace(w, overtaken) {
		return ErrClosed
	}
	return nil
}

// Show implements [Notifier].
func (c *center) Show(n Notification) error {
	n.Title, n.Body = clean.Short(n.Title, maxTitle), cleanBody(n.Body)
	return c.add(wish{kind: wishShow, id: n.ID, n: n})
}

// Withdraw implements [Notifier].
func (c *center) Withdraw(id string) { _ = c.add(wish{kind: wishWithdraw, id: id}) }

func (c *center) renew() { _ = c.add(wish{kind: wishRenew}) }

// Activations implements [Notifier].
func (c *center) Activations() <-chan Activation { return c.activations }

// activated is called by the backend.
func (c *center) activated(a Activation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	select {
	case c.activations <- a:
	default: // sixteen clicks that nobody took: the desk is gone
		c.log.Warn("notification action was not taken", "action", a.Action)
	}
}

// Close implements [Notifier].
func (c *center) Close() error {
	c.cancel()
	<-c.done
	return nil
}
