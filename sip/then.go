package sip

import (
	"cmp"
	"strings"
	"time"

	"linecard/fault"
)

// How long the pauses of [Dialed.Then] are. A comma is the pause of modems and mobile phones. A semicolon stands for "wait", which
// mobile phones do until they are told to go on, and modems until a tone; here it is the time that most announcements take to listen.
var ( // variables for tests only
	commaPause = 2 * time.Second
	waitPause  = 4 * time.Second
)

// planned is what is sent for a number: spelled, or with "" what the dial plan says.
func (p *Phone) planned(l *line, to Dialed, spelled string) string {
	number := cmp.Or(spelled, to.Number)
	if spelled == "" && p.cfg.DialPlan != nil {
		number = p.cfg.DialPlan(l.account.ID(), number)
	}
	if to.Secure {
		return "sips:" + number
	}
	return number
}

// pressThen presses the keys that were dialed with the number, each group after its pause. On hold it waits, whichever side
// holds, since nobody would hear them.
func (c *call) pressThen() {
	rest := strings.TrimLeft(c.then, pauses)
	if rest == "" {
		return
	}
	pause := time.Duration(0)
	for _, p := range c.then[:len(c.then)-len(rest)] {
		if p == ';' {
			pause += waitPause
		} else {
			pause += commaPause
		}
	}
	c.p.after(pause, func() { c.d.Guard(c.pressNext) })
}

func (c *call) pressNext() {
	if c.phase != talking || c.audio == nil {
		return
	}
	if c.held || c.hold || c.remoteHold {
		c.p.after(commaPause, func() { c.d.Guard(c.pressNext) })
		return
	}
	rest := strings.TrimLeft(c.then, pauses)
	keys := rest
	if i := strings.IndexAny(rest, pauses); i >= 0 {
		keys = rest[:i]
	}
	c.then = rest[len(keys):]
	if err := c.keysDown(press{digits: keys, dialed: true}); err != nil {
		c.p.log.Info("keys not sent", "call", c.id, "error", err)
		c.thenFailed(keys, cmp.Or(fault.Of(err).Code, "sip.keys-not-sent")) // where it is known why, the keypad may be of no use
	}
}

// keysStay gives up keys that were dialed with a number, where another one has taken the call: a PIN is for whoever was dialed.
func (c *call) keysStay() {
	if c.then != "" {
		c.thenFailed("", "sip.keys-sent-on")
	}
}

// thenFailed tells that keys could not be sent, and gives up those behind them.
func (c *call) thenFailed(keys string, why fault.Code) {
	keys = Dialed{Then: keys + c.then}.Keys()
	c.then = ""
	c.tellKeys(keys, fault.New(why, "keys", keys))
}
