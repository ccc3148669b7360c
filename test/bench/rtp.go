package main

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"time"
)

// talker is the audio of the far end: it records when each RTP packet arrived and, after talk, sends a PCMU tone every
// 20 ms.
type talker struct {
	sock  stamped
	first chan time.Time // time of the first packet of a call
	ended chan struct{}
	quiet chan struct{} // closed by stopTalking
	done  sync.WaitGroup

	mu sync.Mutex
	at []time.Time
}

func listenTalker() (*talker, error) {
	sock, err := listenStamped(0)
	if err != nil {
		return nil, err
	}
	t := &talker{sock: sock, first: make(chan time.Time, 1), ended: make(chan struct{})}
	go t.read()
	return t, nil
}

func (t *talker) close() {
	t.stopTalking()
	t.sock.Close()
	<-t.ended
}

func (t *talker) read() {
	defer close(t.ended)
	buf, control := make([]byte, 2048), make([]byte, 256)
	for {
		n, at, _, err := t.sock.next(buf, control)
		if err != nil {
			return
		}
		if n < 12 || buf[0]>>6 != 2 {
			continue
		}
		t.mu.Lock()
		t.at = append(t.at, at)
		t.mu.Unlock()
		select {
		case t.first <- at:
		default:
		}
	}
}

// take returns the arrival times of the packets since the last take.
func (t *talker) take() []time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-t.first:
	default:
	}
	at := t.at
	t.at = nil
	return at
}

// talk sends to an address until stopTalking.
func (t *talker) talk(to netip.AddrPort) {
	t.quiet = make(chan struct{})
	t.done.Add(1)
	go func(quiet chan struct{}) {
		defer t.done.Done()
		packet := make([]byte, 12+160)
		packet[0] = 2 << 6
		binary.BigEndian.PutUint32(packet[8:], 0xbe7c4)
		for i := range packet[12:] { // 500 Hz in µ-law: four samples up, four down and so on, sixteen a period
			packet[12+i] = [16]byte{0xff, 0xb5, 0xa8, 0xa2, 0xa0, 0xa2, 0xa8, 0xb5, 0x7f, 0x35, 0x28, 0x22, 0x20, 0x22, 0x28, 0x35}[i%16]
		}
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for seq := uint16(1); ; seq++ {
			binary.BigEndian.PutUint16(packet[2:], seq)
			binary.BigEndian.PutUint32(packet[4:], uint32(seq)*160)
			if _, err := t.sock.WriteToUDPAddrPort(packet, to); err != nil {
				return
			}
			select {
			case <-quiet:
				return
			case <-tick.C:
			}
		}
	}(t.quiet)
}

func (t *talker) stopTalking() {
	if t.quiet != nil {
		close(t.quiet)
		t.done.Wait()
		t.quiet = nil
	}
}
