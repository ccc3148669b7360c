package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	"linecard/app/directory"
	"linecard/crm"
)

const (
	millionRecords = 1_000_000
	millionCalls   = 50
)

// million measures the first card of callers whom only a directory of a million records knows, as a sync fills it. The
// app has just been started, so that its file is cold in the process, and the org has not answered yet.
func (b *bench) million(ctx context.Context) ([]*row, error) {
	p50 := &row{name: "INVITE → first card, of a million records, p50", unit: "ms"}
	p99 := &row{name: "INVITE → first card, of a million records, p99", unit: "ms", most: 5}
	memory := &row{name: "a million records: private memory after the calls, headless", unit: "MiB"}
	rows := []*row{p50, p99, memory}
	o, err := startOrg(orgLatency)
	if err != nil {
		return rows, err
	}
	defer o.close()
	file, err := millionFile(ctx, b.say, o.ID())
	if err != nil {
		return rows, err
	}
	started, cancel := context.WithTimeoutCause(ctx, 20*time.Second, fmt.Errorf("not within 20 s"))
	ring, err := startKeyring(started)
	cancel()
	if err != nil {
		return rows, err
	}
	defer ring.close()
	err = b.each(ctx, "million", func(ctx context.Context) error {
		c := b.headless()
		c.env, c.org = append(c.env, ring.env...), o
		d, err := b.open(ctx, c)
		if err != nil {
			return err
		}
		defer d.close()
		if err := d.restartWith(ctx, c.env, file); err != nil {
			return err
		}
		var took []float64
		for i := range millionCalls {
			at, err := d.firstCard(ctx, millionNumber(i*997))
			if err != nil {
				return fmt.Errorf("call %d: %w", i+1, err)
			}
			took = append(took, millis(at))
			d.forget()
		}
		p50.add(percentile(took, 0.5))
		p99.add(percentile(took, 0.99))
		after, err := measure(d.cmd.Process.Pid)
		memory.add(after.anon)
		return err
	})
	return rows, err
}

// firstCard calls until the directory has told who the caller is, and cancels then.
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
	if err := c.cancel(ctx); err != nil {
		return 0, err
	}
	_, err = d.wait(ctx, c.sent, func(e event) bool { return e.Event == "ended" })
	return e.read.Sub(c.sent), err
}

// restartWith ends the app, gives it the directory file, and waits until it is registered again.
func (d *desk) restartWith(ctx context.Context, env []string, file string) error {
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
	if err := d.run(env, "--headless"); err != nil {
		return err
	}
	if _, err := d.peer.registered(ctx, d.began); err != nil {
		return err
	}
	return d.ready(ctx)
}

// millionFile returns a directory of a million records of the org. It is made once on a machine, which takes a minute.
func millionFile(ctx context.Context, say io.Writer, org string) (string, error) {
	path := filepath.Join(os.TempDir(), "linecard-bench-million-1-"+org+".db")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	fmt.Fprintln(say, "  making a directory of a million records")
	dir, err := os.MkdirTemp("", "lcb-million-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	making := filepath.Join(dir, directory.FileName)
	d, err := directory.Open(making, directory.Options{})
	if err != nil {
		return "", err
	}
	if err := d.Put(ctx, org, millionPeople(org)); err != nil {
		return "", err
	}
	if err := d.Close(); err != nil {
		return "", err
	}
	return path, os.Rename(making, path)
}

// millionNumber is the number of the i-th record: a geographic number of the United States.
func millionNumber(i int) string { return fmt.Sprintf("+1%03d%07d", 201+i%700, 2000000+i*7%7999999) }

func millionPeople(org string) iter.Seq[crm.Record] {
	return func(yield func(crm.Record) bool) {
		for i := range millionRecords {
			r := crm.Record{
				Ref:   crm.Ref{Object: crm.Contact, ID: fmt.Sprintf("003%015d", i), Name: fmt.Sprintf("Person %d", i), Org: org},
				Title: "Head of Purchasing", Company: fmt.Sprintf("Company %d", i/7), Email: fmt.Sprintf("p%d@example.com", i), Owner: "Sam Rivers",
				Phones:       []crm.PhoneField{{Field: "Phone", Label: "Phone", Value: millionNumber(i)}},
				LastModified: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC),
			}
			if !yield(r) {
				return
			}
		}
	}
}
