package main

import (
	"context"
	"fmt"
	"time"
)

const (
	callSettle = 3 * time.Second  // the devices open and the jitter buffer adapts
	callTime   = 20 * time.Second // then the time that is measured
)

// call measures a PCMU call with sound in both directions: its processor time and how evenly its packets leave; once
// with a sound server, as on an agent's computer, and once with the null device, as on a server.
func (b *bench) call(ctx context.Context) ([]*row, error) {
	var rows []*row
	for _, k := range []struct {
		device string
		env    []string
		peers  [3]string
	}{
		{"PulseAudio", b.sound.env, [3]string{"Linphone 2.77, Twinkle 1.64, baresip 1.04", "20.2, 20.1, 20.1", "Linphone 29.4, Twinkle 28.5, baresip 20.3"}},
		{"null device", []string{"PULSE_SERVER=unix:/nonexistent"}, [3]string{"baresip 0.69 (sound from a file)", "baresip 20.5", "baresip 21.5"}},
	} {
		cpu := &row{name: "PCMU call, " + k.device + ": processor time a minute", unit: "s", most: 2.8, peers: k.peers[0]}
		p50 := &row{name: "PCMU call, " + k.device + ": RTP gap, p50", unit: "ms", peers: k.peers[1]}
		p99 := &row{name: "PCMU call, " + k.device + ": RTP gap, p99", unit: "ms", most: 25, peers: k.peers[2]}
		rows = append(rows, cpu, p50, p99)
		err := b.each(ctx, "call, "+k.device, func(ctx context.Context) error {
			c := b.headless()
			c.env = append([]string{"DISPLAY=", "DBUS_SESSION_BUS_ADDRESS="}, k.env...)
			d, err := b.open(ctx, c)
			if err != nil {
				return err
			}
			defer d.close()
			return d.measureCall(ctx, cpu, p50, p99)
		})
		if err != nil {
			return rows, err
		}
	}
	return rows, nil
}

func (d *desk) measureCall(ctx context.Context, cpu, p50, p99 *row) error {
	ctx, cancel := context.WithTimeoutCause(ctx, callSettle+callTime+15*time.Second, fmt.Errorf("the call took too long"))
	defer cancel()
	c, _, err := d.talking(ctx, number(0), "")
	if err != nil {
		return err
	}
	to, ok := c.ok.audioAddr()
	if !ok {
		return fmt.Errorf("the phone's answer has no audio")
	}
	d.far.talk(to)
	if err := pause(ctx, callSettle); err != nil {
		return err
	}
	d.far.take()
	before, err := cpuTime(d.cmd.Process.Pid)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := pause(ctx, callTime); err != nil {
		return err
	}
	after, err := cpuTime(d.cmd.Process.Pid)
	if err != nil {
		return err
	}
	took := time.Since(began)
	at := d.far.take()
	if _, err := c.bye(ctx); err != nil {
		return err
	}
	var gaps []float64
	for i := 1; i < len(at); i++ {
		gaps = append(gaps, millis(at[i].Sub(at[i-1])))
	}
	if due := int(took / (20 * time.Millisecond)); len(at) < due*95/100 {
		return fmt.Errorf("%d packets came of %d", len(at), due)
	}
	cpu.add((after - before).Seconds() / took.Minutes())
	p50.add(percentile(gaps, 0.5))
	p99.add(percentile(gaps, 0.99))
	return nil
}
