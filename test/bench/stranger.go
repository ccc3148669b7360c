package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// strangerPace is the pause between two INVITEs of the stranger: 300 a second.
const strangerPace = time.Second / 300

// stranger measures the time from an INVITE of the server's to the phone's 180 while somebody who is not the server sends 300
// INVITEs a second for the same extension.
func (b *bench) stranger(ctx context.Context) ([]*row, error) {
	p50 := &row{name: "INVITE in → 180 out, 300 INVITE/s of a stranger, p50", unit: "ms"}
	worst := &row{name: "INVITE in → 180 out, 300 INVITE/s of a stranger, worst", unit: "ms", most: 10}
	err := b.each(ctx, "stranger", func(ctx context.Context) error {
		d, err := b.open(ctx, b.headless())
		if err != nil {
			return err
		}
		defer d.close()
		stop, err := d.stranger()
		if err != nil {
			return err
		}
		defer stop()
		took, err := d.rings(ctx)
		if err != nil {
			return err
		}
		p50.add(percentile(took, 0.5))
		worst.add(percentile(took, 1))
		return nil
	})
	return []*row{p50, worst}, err
}

// stranger begins to call the phone from an address that is not the peer's. stop ends it.
func (d *desk) stranger() (stop func(), err error) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 66)})
	if err != nil {
		return nil, err
	}
	phone, uri := d.peer.phoneAt()
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(strangerPace)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-over:
				return
			case <-tick.C:
			}
			_, _ = conn.WriteToUDPAddrPort(fmt.Appendf(nil, "INVITE %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKs%d;rport\r\nMax-Forwards: 70\r\n"+
				"From: <sip:eve@example.com>;tag=%d\r\nTo: <%s>\r\nCall-ID: stranger-%d\r\nCSeq: 1 INVITE\r\nContact: <sip:eve@%s>\r\n"+
				"Content-Length: 0\r\n\r\n", uri, conn.LocalAddr(), i, i, uri, i, conn.LocalAddr()), phone)
		}
	}()
	return func() {
		close(over)
		<-done
		_ = conn.Close()
	}, nil
}

// phoneAt is where the phone is reached, and the URI it has registered.
func (p *peer) phoneAt() (netip.AddrPort, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.phone, p.contact
}
