package sip_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"math/rand"
	"net"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

var mutants = flag.Int("mutants", 20000, "how many broken messages TestMutants sends")

// errorCount is a log that counts the lines at error level.
type errorCount struct {
	slog.Handler
	n    atomic.Int64
	last atomic.Value
}

func (h *errorCount) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
func (h *errorCount) Handle(_ context.Context, r slog.Record) error {
	h.n.Add(1)
	var text string
	r.Attrs(func(a slog.Attr) bool { text += " " + a.String(); return true })
	h.last.Store(r.Message + text)
	return nil
}
func (h *errorCount) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h *errorCount) WithGroup(string) slog.Handler      { return h }

// TestMutants sends broken messages of all kinds from the server's address, a quarter of them over TCP, while a call is up and
// others go out and come in. Every good call rings, the call that is up stays and its sound goes on, nothing is logged as an error, and memory
// does not grow with their number.
func TestMutants(t *testing.T) {
	interop.Proves(t, "S8.2")
	p := siptest.NewPeer(t)
	errs := &errorCount{}
	ph := newPhone(t, p, func(c *setup) { c.Account.User, c.Account.Lines, c.Log = "user", 10000, slog.New(errs) })
	up, id := talk(ph, p)
	ph.must(ph.Hold(id)) // or each call that goes out puts it on hold again
	accept(p, p.Await("INVITE"), "recvonly")
	p.Await("ACK")
	phone, _ := p.Phone()
	from, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	go func() { // what it is answered tells nothing
		for buf := make([]byte, 65535); ; {
			if _, _, err := from.ReadFromUDP(buf); err != nil {
				return
			}
		}
	}()
	ringing := func(user string) (call string) { // hangs up on mutants that are good enough to ring
		deadline := time.After(patience)
		for {
			select {
			case e := <-ph.events:
				in, ok := e.(sip.CallIncoming)
				switch {
				case !ok:
				case in.Party.User == user:
					return in.ID
				default:
					_ = ph.Hangup(in.ID) // it may have ended by itself
				}
			case <-deadline:
				t.Fatalf("the call of %s does not ring", user)
			}
		}
	}
	var took []time.Duration
	good := func(i int) {
		c := p.Call(fmt.Sprintf("<sip:good-%d@example.com>", i))
		invite := c.Text("INVITE", "", siptest.SDP(4000, "sendrecv"))
		begin := time.Now()
		p.Send(c.To, invite)
		m, rings := p.Within(time.Second, "SIP/2.0 180")
		for !rings { // the system drops datagrams where the mutants before it are not read yet, and callers repeat theirs
			if time.Since(begin) > patience {
				t.Fatalf("call %d does not ring", i)
			}
			p.Send(c.To, invite)
			m, rings = p.Within(time.Second, "SIP/2.0 180")
		}
		took = append(took, m.At.Sub(begin))
		c.Learn(m)
		ringing(fmt.Sprintf("good-%d", i))
		c.Send("CANCEL", "", "")
		p.Await("SIP/2.0 487")
		c.Send("ACK", "", "")
		out, err := ph.Dial(fmt.Sprint(100 + i%10))
		ph.must(err)
		p.Reply(p.Await("INVITE sip:1"), "180 Ringing", "")
		ph.must(ph.Hangup(out))
		p.Await("CANCEL")
	}
	rng := rand.New(rand.NewSource(4242))
	seeds := siptest.Messages(t, "dialog/testdata/messages")
	memory := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var heap, sound []uint64
	for i := range *mutants {
		m := siptest.Mutate(rng, seeds[rng.Intn(len(seeds))].Data, seeds[rng.Intn(len(seeds))].Data)
		if len(m) == 0 || len(m) > 60000 {
			continue
		}
		if rng.Intn(4) == 0 {
			conn, err := net.Dial("tcp", phone.String())
			if err != nil {
				t.Fatal(err)
			}
			_, _ = conn.Write(m)
			_ = conn.Close()
		} else if _, err := from.WriteToUDPAddrPort(m, phone); err != nil {
			t.Fatal(err)
		}
		if i%50 == 49 {
			good(i)
		}
		if i%(*mutants/4) == *mutants/4-1 {
			heap = append(heap, memory())
			stats, err := ph.Stats(id)
			if err != nil {
				t.Fatalf("the call that was up: %v", err)
			}
			sound = append(sound, stats.PacketsSent)
		}
	}
	if slices.Sort(sound); len(slices.Compact(sound)) != 4 {
		t.Errorf("the sound of the call that is up stopped: packets by quarters %v", sound)
	}
	up.Bye()
	if n := errs.n.Load(); n > 0 {
		t.Errorf("%d lines at error level, the last: %v", n, errs.last.Load())
	}
	settled := uint64(0) // answers are kept for 64·T1, should they be asked for again
	if !soon(patience, func() bool { settled = memory(); return settled < heap[0]+2<<20 }) {
		t.Errorf("the heap has grown from %d KiB to %d KiB", heap[0]>>10, settled>>10)
	}
	slices.Sort(took)
	t.Logf("%d messages; %d good calls, INVITE to 180 median %v, worst %v; heap by quarters %v KiB, settled %d KiB; %d goroutines",
		*mutants, len(took), took[len(took)/2], took[len(took)-1], kib(heap), settled>>10, runtime.NumGoroutine())
}

func kib(bytes []uint64) []uint64 {
	list := make([]uint64, len(bytes))
	for i, b := range bytes {
		list[i] = b >> 10
	}
	return list
}
