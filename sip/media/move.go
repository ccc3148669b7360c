package media

import (
	"net"
	"net/netip"
)

// Move opens a pair on another address of this machine and closes the old one. The ports stay the same where they are free
// there; else they are any of the range.
func (s *Socket) Move(ip netip.Addr, portMin, portMax int) (*Socket, error) {
	moved, err := s.beside(ip, portMin, portMax)
	if err == nil {
		_ = s.Close()
	}
	return moved, err
}

func (s *Socket) beside(ip netip.Addr, portMin, portMax int) (*Socket, error) {
	if moved, err := listenPair(ip, int(s.Addr().Port())); err == nil {
		return moved, nil
	}
	return Listen(ip, portMin, portMax)
}

// Move has the session send from and receive at another address of this machine. The stream goes on: same source, same
// numbering. It returns the socket, for its addresses; the session still owns it.
func (s *Session) Move(ip netip.Addr, portMin, portMax int) (*Socket, error) {
	s.moving.Lock()
	defer s.moving.Unlock()
	if s.closed {
		return nil, net.ErrClosed
	}
	old := s.socket.Load()
	moved, err := old.beside(ip, portMin, portMax)
	if err != nil {
		return nil, err
	}
	s.socket.Store(moved) // before the old one is closed: its readers look here then
	s.send.move(moved.rtp)
	_ = old.Close()
	return moved, nil
}
