package instance

import (
	"encoding/json"
	"errors"
	"net"
	"sync"
	"time"

	"linecard/app/catalogue"
	"linecard/fault"
)

// outlet writes an answer line by line from a goroutine of its own, so that the one who replies never waits for the one
// who reads.
type outlet struct {
	conn net.Conn
	wake chan struct{} // there is something to write, or finished was set
	done chan struct{} // closed when the writing goroutine has ended

	mu       sync.Mutex
	waiting  []byte // whole lines
	finished bool   // the last line is in waiting
	err      error  // why nothing more is taken
}

func newOutlet(conn net.Conn) *outlet {
	o := &outlet{conn: conn, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go o.write()
	return o
}

// reply queues one reply.
func (o *outlet) reply(v any) error {
	doc, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return o.put(line{Reply: doc}, false)
}

// finish queues the last line and waits until all lines are out or the client is dropped.
func (o *outlet) finish(err error) {
	last := line{OK: true}
	if err != nil {
		last = line{Error: catalogue.Error(err), Misuse: IsMisuse(err)}
		if f := fault.Of(err); !f.IsZero() {
			last.Fault = &f
		}
		if last.Error == "" {
			last.Error = catalogue.Error(errInternal)
		}
	}
	_ = o.put(last, true)
	<-o.done
}

// close ends the writing goroutine if finish has not.
func (o *outlet) close() {
	o.fail(net.ErrClosed)
	<-o.done
}

func (o *outlet) put(l line, last bool) error {
	doc, err := json.Marshal(l)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.err != nil:
		return o.err
	case o.finished:
		return net.ErrClosed
	case len(o.waiting)+len(doc) > maxBacklog && !last:
		o.err = ErrSlow
		_ = o.conn.Close() // also ends a Write that hangs
	default:
		o.waiting = append(append(o.waiting, doc...), '\n')
		o.finished = last
	}
	select {
	case o.wake <- struct{}{}:
	default:
	}
	return o.err
}

func (o *outlet) fail(err error) {
	o.mu.Lock()
	if o.err == nil {
		o.err = err
	}
	o.mu.Unlock()
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *outlet) write() {
	defer close(o.done)
	for range o.wake {
		for {
			o.mu.Lock()
			doc, finished, err := o.waiting, o.finished, o.err
			o.waiting = nil
			o.mu.Unlock()
			if err != nil || len(doc) == 0 && finished {
				return
			}
			if len(doc) == 0 {
				break
			}
			_ = o.conn.SetWriteDeadline(time.Now().Add(stalledTime))
			if _, err := o.conn.Write(doc); err != nil {
				o.fail(errors.Join(ErrSlow, err))
				return
			}
		}
	}
}
