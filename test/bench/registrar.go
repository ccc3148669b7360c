package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	bindingLife = 60 * time.Second // as the account requests, and as for the other phones
	away        = 90 * time.Second // how long the registrar is unreachable
)

// registrar measures how long it takes from a registrar's return until the phone is registered again, after the
// registrar was silent, or refused packets, for 90 seconds. The runs wait in parallel: each has its own phone and
// registrar.
func (b *bench) registrar(ctx context.Context) ([]*row, error) {
	silent := &row{name: "registrar silent for 90 s, back → registered", unit: "s", most: 3, peers: "Linphone 2.4, Twinkle 23.8, baresip 38.9"}
	refuse := &row{name: "registrar refusing for 90 s, back → registered", unit: "s", most: 3, peers: "Linphone 2.3, Twinkle 21.6, baresip 48.7"}
	fmt.Fprintf(b.say, "  registrar: %d runs side by side, load %s\n", 2*b.runs, load())
	var mu sync.Mutex
	var errs []error
	var all sync.WaitGroup
	for range b.runs {
		for _, k := range []struct {
			row   *row
			leave func(*desk) (comeBack func() error)
		}{{silent, (*desk).fallSilent}, {refuse, (*desk).refuse}} {
			all.Go(func() {
				took, err := b.away(ctx, k.leave)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					errs = append(errs, err)
					return
				}
				k.row.add(took.Seconds())
			})
		}
	}
	all.Wait()
	return []*row{silent, refuse}, errors.Join(errs...)
}

func (b *bench) away(ctx context.Context, leave func(*desk) (comeBack func() error)) (time.Duration, error) {
	c := b.headless()
	c.account = map[string]string{"expires": fmt.Sprint(int(bindingLife.Seconds()))}
	d, err := b.open(ctx, c)
	if err != nil {
		return 0, err
	}
	defer d.close()
	comeBack := leave(d)
	if err := pause(ctx, away); err != nil {
		return 0, err
	}
	if err := comeBack(); err != nil {
		return 0, err
	}
	back := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, 2*time.Minute, fmt.Errorf("not within two minutes"))
	defer cancel()
	m, err := d.peer.registered(ctx, back)
	if err != nil {
		return 0, err
	}
	return m.at.Sub(back), nil
}

// fallSilent makes the registrar drop all packets.
func (d *desk) fallSilent() func() error {
	d.peer.silent.Store(true)
	return func() error {
		d.peer.silent.Store(false)
		return nil
	}
}

// refuse closes the registrar's port, so that the kernel refuses all packets.
func (d *desk) refuse() func() error {
	port := int(d.peer.sock.addr().Port())
	d.peer.close()
	return func() error {
		p, err := listenPeer(port)
		if err == nil {
			d.peer = p
		}
		return err
	}
}
