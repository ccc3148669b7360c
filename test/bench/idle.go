package main

import (
	"context"
	"fmt"
	"time"
)

const (
	settleTime = 8 * time.Second  // after registering, as for the other phones
	idleTime   = 20 * time.Second // then the time that is measured
)

// idle measures a registered phone that does nothing, with and without a window.
func (b *bench) idle(ctx context.Context) ([]*row, error) {
	windowCPU := &row{name: "idle processor time, window", unit: "%", most: 2, peers: "Linphone 0.70, Twinkle 0.003, empty Fyne window 1.27"}
	windowPSS := &row{name: "idle memory, window: PSS", unit: "MiB", most: 150, peers: "Linphone 179, Twinkle 73, empty Fyne window 107"}
	windowAnon := &row{name: "idle memory, window: private", unit: "MiB", peers: "Linphone 85, Twinkle 18, empty Fyne window 54"}
	headCPU := &row{name: "idle processor time, headless", unit: "%", most: 0.2, peers: "baresip 0.000, linphonec 0.84"}
	headPSS := &row{name: "idle memory, headless: PSS", unit: "MiB", most: 30, peers: "baresip 3.3, linphonec 52"}
	headAnon := &row{name: "idle memory, headless: private", unit: "MiB", peers: "baresip 1.1, linphonec 9.0"}
	rows := []*row{windowCPU, windowPSS, windowAnon, headCPU, headPSS, headAnon}
	screen, err := startDisplay(ctx)
	if err != nil {
		return rows, err
	}
	defer screen.close()
	window := deskConfig{env: append(screen.env, b.sound.env...)}
	for _, k := range []struct {
		what           string
		config         deskConfig
		cpu, pss, anon *row
	}{
		{"idle, window", window, windowCPU, windowPSS, windowAnon},
		{"idle, headless", b.headless(), headCPU, headPSS, headAnon},
	} {
		err := b.each(ctx, k.what, func(ctx context.Context) error {
			d, err := b.open(ctx, k.config)
			if err != nil {
				return err
			}
			defer d.close()
			share, after, err := d.idleUsage(ctx)
			if err != nil {
				return err
			}
			k.cpu.add(share)
			k.pss.add(after.pss)
			k.anon.add(after.anon)
			return nil
		})
		if err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// idleUsage returns what share of a processor, in percent, the app uses while it is idle, and the memory it holds then.
func (d *desk) idleUsage(ctx context.Context) (share float64, after usage, err error) {
	if err := pause(ctx, settleTime); err != nil {
		return 0, after, err
	}
	before, err := measure(d.cmd.Process.Pid)
	if err != nil {
		return 0, after, err
	}
	began := time.Now()
	if err := pause(ctx, idleTime); err != nil {
		return 0, after, err
	}
	after, err = measure(d.cmd.Process.Pid)
	if err != nil {
		return 0, after, err
	}
	if after.cpu < before.cpu {
		return 0, after, fmt.Errorf("a thread ended while the phone was idle")
	}
	return 100 * float64(after.cpu-before.cpu) / float64(time.Since(began)), after, nil
}
