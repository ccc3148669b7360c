package media

import (
	"net/netip"
	"time"
)

// datagrams is what sending needs of a UDP socket.
type datagrams interface {
	SetWriteDeadline(time.Time) error
	WriteToUDPAddrPort(b []byte, addr netip.AddrPort) (int, error)
}

// A datagram is taken at once unless the system's buffer for it is full, which takes seconds of audio: a Wi-Fi that is gone
// but not yet declared gone. Then the audio clock, which other calls share, must not wait for every packet.
//
// The deadline has to leave room for a busy machine all the same: it is looked at before anything is sent, so one of a few
// milliseconds would drop packets whenever another program had the processor.
const (
	sendWithin = 200 * time.Millisecond
	jamPause   = 2 * time.Second // a full buffer is tried again after this
)

// writeWithin sends a datagram, or gives up when the system's buffer stays full.
func writeWithin(conn datagrams, data []byte, dst netip.AddrPort, now time.Time) error {
	_ = conn.SetWriteDeadline(now.Add(sendWithin)) // fails on a closed socket only, as the write then does
	_, err := conn.WriteToUDPAddrPort(data, dst)
	return err
}
