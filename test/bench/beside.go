package main

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"linecard/test/rig"
)

const (
	besideCalls = 200 // to each phone in each run: of fewer, p99 is the worst one
	besideWarm  = 10  // calls to each before that
	besideRings = 100 * time.Millisecond
	besideAim   = 1.25
)

// beside measures the time from an INVITE to the 180 of Linecard and of baresip in one run: both phones are registered, and are called by
// turns, so that whatever else the machine does affects both alike. Linecard rings over a sound server; baresip has no sound, which is its
// best case.
func (b *bench) beside(ctx context.Context) ([]*row, error) {
	p50 := &row{name: "INVITE in → 180 out, called by turns with baresip, p50", unit: "ms"}
	p99 := &row{name: "INVITE in → 180 out, called by turns with baresip, p99", unit: "ms"}
	peer50, peer99 := &row{name: "baresip in that run: INVITE in → 180 out, p50", unit: "ms"}, &row{name: "baresip in that run: INVITE in → 180 out, p99", unit: "ms"}
	share := &row{name: "INVITE in → 180 out, p99 as a multiple of baresip's in the same run", unit: "×", most: besideAim, share: true}
	rows := []*row{p50, p99, peer50, peer99, share}
	err := b.each(ctx, "beside", func(ctx context.Context) error {
		d, err := b.open(ctx, b.headless())
		if err != nil {
			return err
		}
		defer d.close()
		return withBaresip(ctx, func(ctx context.Context, other *peer) error {
			ours, theirs, err := d.byTurns(ctx, other)
			if err != nil {
				return err
			}
			p50.add(percentile(ours, 0.5))
			p99.add(percentile(ours, 0.99))
			peer50.add(percentile(theirs, 0.5))
			peer99.add(percentile(theirs, 0.99))
			share.add(percentile(ours, 0.99) / percentile(theirs, 0.99))
			return nil
		})
	})
	return rows, err
}

// withBaresip runs f with the registrar of a baresip that is registered.
func withBaresip(ctx context.Context, f func(context.Context, *peer) error) error {
	other, err := listenPeer(0)
	if err != nil {
		return err
	}
	defer other.close()
	err = errors.New("baresip did not start")
	rig.Attended(func(t testing.TB) {
		began := time.Now()
		phone := rig.StartBaresip(t, rig.BaresipConfig{Account: fmt.Sprintf("<sip:2041@%s>;auth_pass=secret;regint=3600", other.sock.addr()), Session: true})
		raiseGroupPriority(phone.PID())
		registered, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("not within a minute"))
		defer cancel()
		if _, err = other.registered(registered, began); err == nil {
			err = f(ctx, other)
		}
	})
	return err
}

// byTurns calls Linecard and another phone by turns, each time the other one first, and returns the milliseconds until each 180.
func (d *desk) byTurns(ctx context.Context, other *peer) (ours, theirs []float64, err error) {
	one := func(i int) error {
		at, err := d.ringOnce(ctx, number(i), besideRings)
		if err == nil && i >= 0 {
			ours = append(ours, millis(at))
		}
		d.forget()
		return err
	}
	another := func(i int) error {
		ctx, cancel := context.WithTimeoutCause(ctx, 10*time.Second, errors.New("not within 10 s"))
		defer cancel()
		at, err := other.ring(number(i), "", d.far.sock.addr()).rung(ctx, besideRings)
		if err == nil && i >= 0 {
			theirs = append(theirs, millis(at))
		}
		return err
	}
	for i := -besideWarm; i < besideCalls; i++ {
		first, second := one, another
		if i%2 != 0 {
			first, second = another, one
		}
		if err := errors.Join(first(i), second(i)); err != nil {
			return nil, nil, fmt.Errorf("call %d: %w", i+1, err)
		}
	}
	return ours, theirs, nil
}
