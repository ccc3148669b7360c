package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"linecard/app/directory"
	"linecard/crm/demoorg"
)

const (
	million      = 1_000_000
	millionCalls = 200 // in each run: of fewer, p99 is the worst one
	deltaPeople  = 1000
	millionPause = 3 * orgLatency // between the calls: the org has told by then all that was asked about the last one
)

// million measures how an org of a million people is copied, and the first card of callers whom only the copy knows. The
// app was started some seconds before, and the org has not answered yet. The file is cold in the process, as after the start of an app that was in
// use a moment ago; and cold in the system too, as after the start of the machine, when each caller's pages come from the disk.
func (b *bench) million(ctx context.Context) ([]*row, error) {
	of := "a million people"
	if b.people != million {
		of = fmt.Sprintf("%d people", b.people)
	}
	whole := &row{name: of + " copied from the org", unit: "s"}
	delta := &row{name: "a thousand changes taken over, of " + of, unit: "s", most: 10}
	peak := &row{name: of + ": private memory while they are copied, headless", unit: "MiB"}
	disk := &row{name: of + ": the file", unit: "MiB"}
	first := "INVITE → first card, of " + of
	colds := []*coldness{
		{p50: &row{name: first + ", p50", unit: "ms"}, p99: &row{name: first + ", p99", unit: "ms", most: 5}},
		{dropped: true, p50: &row{name: first + " that the disk alone has, p50", unit: "ms"}, p99: &row{name: first + " that the disk alone has, p99", unit: "ms", most: 5}},
	}
	memory := &row{name: of + ": private memory after the calls, headless", unit: "MiB"}
	rows := []*row{whole, delta, peak, disk, colds[0].p50, colds[0].p99, colds[1].p50, colds[1].p99, memory}
	o, err := startOrgOf(b.people, orgLatency)
	if err != nil {
		return rows, err
	}
	defer o.close()
	started, cancel := context.WithTimeoutCause(ctx, 20*time.Second, fmt.Errorf("not within 20 s"))
	ring, err := startKeyring(started)
	cancel()
	if err != nil {
		return rows, err
	}
	defer ring.close()
	c := b.headless()
	c.env, c.org = append(c.env, ring.env...), o
	fmt.Fprintf(b.say, "  copying %s\n", of)
	file, err := b.copied(ctx, c, whole, delta, peak, disk)
	if err != nil {
		return rows, err
	}
	defer os.RemoveAll(filepath.Dir(file))
	err = b.each(ctx, "million", func(ctx context.Context) error {
		d, err := b.open(ctx, c)
		if err != nil {
			return err
		}
		defer d.close()
		for _, cold := range colds {
			if err := d.restartWith(ctx, c.env, file, cold.dropped); err != nil {
				return err
			}
			if err := pause(ctx, settleTime); err != nil { // the start is over: until then its memory is not collected, and then all at once
				return err
			}
			var took []float64
			for i := range millionCalls {
				at, err := d.firstCard(ctx, demoorg.VolumePhone(i*997%b.people))
				if err != nil {
					return fmt.Errorf("call %d: %w", i+1, err)
				}
				took = append(took, millis(at))
				d.forget()
			}
			cold.p50.add(percentile(took, 0.5))
			cold.p99.add(percentile(took, 0.99))
		}
		after, err := measure(d.cmd.Process.Pid)
		memory.add(after.anon)
		return err
	})
	return rows, err
}

// coldness is how cold the file is when the calls come, and what was measured.
type coldness struct {
	dropped  bool // from the system's memory, too
	p50, p99 *row
}

// copied has an app copy the org's people and then a thousand changes, and returns the file.
func (b *bench) copied(ctx context.Context, c deskConfig, whole, delta, peak, disk *row) (string, error) {
	d, err := b.open(ctx, c)
	if err != nil {
		return "", err
	}
	defer d.close()
	began := time.Now()
	if err := d.ask(ctx, "settings-set", map[string]string{"key": "directory.sync_people", "value": "true"}, nil); err != nil {
		return "", err
	}
	most := 0.0
	for {
		var all []struct {
			State string
			Bytes int64
			Error string `json:"reason"`
		}
		if err := d.ask(ctx, "directory-status", nil, &all); err != nil {
			return "", err
		}
		if u, err := measure(d.cmd.Process.Pid); err == nil {
			most = max(most, u.anon)
		}
		if len(all) == 1 && all[0].State == "up to date" {
			disk.add(float64(all[0].Bytes) / (1 << 20))
			break
		}
		if len(all) == 1 && all[0].Error != "" {
			return "", errors.New(all[0].Error)
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	whole.add(time.Since(began).Seconds())
	peak.add(most)
	c.org.ChangeVolume(0, deltaPeople, "Changed")
	began = time.Now()
	if err := d.ask(ctx, "directory-sync", map[string]string{"wait": "true"}, nil); err != nil {
		return "", err
	}
	delta.add(time.Since(began).Seconds())
	dir, err := os.MkdirTemp("", "lcb-million-")
	if err != nil {
		return "", err
	}
	from := filepath.Join(d.dir, directory.FileName)
	d.end() // with it the log of writes goes into the file
	file := filepath.Join(dir, directory.FileName)
	if err := os.Rename(from, file); err != nil {
		doc, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(file, doc, 0o600)
		}
		return file, err
	}
	return file, nil
}

// firstCard calls until the directory has told who the caller is, and cancels some time later: a call that came in the moment of that would
// share the processors with all that follows a call.
func (d *desk) firstCard(ctx context.Context, number string) (time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, 10*time.Second, fmt.Errorf("not within 10 s"))
	defer cancel()
	c := d.peer.ring(number, "", d.far.sock.addr())
	if _, err := c.until(ctx, "INVITE", 180); err != nil {
		return 0, err
	}
	e, err := d.wait(ctx, c.sent, func(e event) bool { return e.Event == "known" })
	if err != nil {
		return 0, err
	}
	if err := pause(ctx, besideRings); err != nil {
		return 0, err
	}
	if err := c.cancel(ctx); err != nil {
		return 0, err
	}
	if _, err = d.wait(ctx, c.sent, func(e event) bool { return e.Event == "ended" }); err != nil {
		return 0, err
	}
	return e.read.Sub(c.sent), pause(ctx, millionPause)
}

// restartWith ends the app, gives it the directory file, which is dropped from the system's memory where that is wanted, and waits until it is
// registered again.
func (d *desk) restartWith(ctx context.Context, env []string, file string, dropped bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, fmt.Errorf("not within a minute"))
	defer cancel()
	d.end()
	into := filepath.Join(d.dir, directory.FileName)
	for _, old := range []string{into, into + "-wal", into + "-shm"} {
		if err := os.Remove(old); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	doc, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := os.WriteFile(into, doc, 0o600); err != nil {
		return err
	}
	if dropped {
		if err := cold(into); err != nil {
			return err
		}
	}
	if err := d.run(env, "--headless"); err != nil {
		return err
	}
	if _, err := d.peer.registered(ctx, d.began); err != nil {
		return err
	}
	return d.ready(ctx)
}

// cold drops what the system has of a file in memory, so that it is read from the disk again.
func cold(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return err
	}
	return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
}
