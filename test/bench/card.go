package main

import (
	"context"
	"fmt"
	"time"
)

const (
	cardCalls  = 20
	orgLatency = 100 * time.Millisecond
)

// card measures when the caller's card is shown: from the org, whose search takes 100 ms, and from memory, when the
// same person calls again.
func (b *bench) card(ctx context.Context) ([]*row, error) {
	looked := &row{name: "INVITE → looked-up card (the org takes 100 ms), p50", unit: "ms", most: millis(orgLatency) + 20}
	after := &row{name: "the org's answer → card, p50", unit: "ms", most: 20}
	afterMost := &row{name: "the org's answer → card, most", unit: "ms"}
	known := &row{name: "INVITE → known card, p50", unit: "ms"}
	knownMost := &row{name: "INVITE → known card, most", unit: "ms"}
	err := b.each(ctx, "card", func(ctx context.Context) error {
		o, err := startOrg(orgLatency)
		if err != nil {
			return err
		}
		defer o.close()
		c := b.headless()
		c.org = o
		d, err := b.open(ctx, c)
		if err != nil {
			return err
		}
		defer d.close()
		var lookedMs, afterMs, knownMs []float64
		for i, person := range o.People()[:cardCalls] {
			first, err := d.cardOnce(ctx, person.Number)
			if err != nil {
				return fmt.Errorf("caller %d: %w", i+1, err)
			}
			lookedMs = append(lookedMs, millis(first.looked.Sub(first.sent)))
			afterMs = append(afterMs, millis(first.looked.Sub(o.lastSearch())))
			if !first.one {
				continue // a number that several records share is not remembered
			}
			again, err := d.cardOnce(ctx, person.Number)
			if err != nil {
				return fmt.Errorf("caller %d again: %w", i+1, err)
			}
			if again.known.IsZero() {
				return fmt.Errorf("caller %d called again and was not known", i+1)
			}
			knownMs = append(knownMs, millis(again.known.Sub(again.sent)))
			d.forget()
		}
		looked.add(percentile(lookedMs, 0.5))
		after.add(percentile(afterMs, 0.5))
		afterMost.add(percentile(afterMs, 1))
		known.add(percentile(knownMs, 0.5))
		knownMost.add(percentile(knownMs, 1))
		return nil
	})
	return []*row{looked, after, afterMost, known, knownMost}, err
}

// cards holds the times when the caller's card was shown.
type cards struct {
	sent   time.Time // when the INVITE was sent
	known  time.Time // when the card from memory was shown; zero for none
	looked time.Time // when the card from the org was shown
	one    bool      // the org found exactly one record
}

// cardOnce calls until the org has answered who the caller is.
func (d *desk) cardOnce(ctx context.Context, number string) (cards, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, 10*time.Second, fmt.Errorf("not within 10 s"))
	defer cancel()
	c := d.peer.ring(number, "", d.far.sock.addr())
	got := cards{sent: c.sent}
	if _, err := c.until(ctx, "INVITE", 180); err != nil {
		return got, err
	}
	e, err := d.wait(ctx, c.sent, func(e event) bool {
		if e.Event == "known" && got.known.IsZero() {
			got.known = e.read
		}
		return e.Event == "looked-up"
	})
	if err != nil {
		return got, err
	}
	if e.State != "one" && e.State != "many" {
		return got, fmt.Errorf("looked up: %s %s", e.State, e.Reason)
	}
	got.looked, got.one = e.read, e.State == "one"
	if err := c.cancel(ctx); err != nil {
		return got, err
	}
	_, err = d.wait(ctx, c.sent, func(e event) bool { return e.Event == "ended" })
	return got, err
}
