package instance

import (
	"context"

	"linecard/fault"
)

// seat is the place that a request takes among those under way.
type seat struct {
	taken  chan struct{} // one of the server's two
	server *Server
}

type seatKey struct{}

func (s *seat) leave() { <-s.taken }

// Lasting says, in a [Handler], that the request goes on until its client leaves, as one for events does. It then no longer
// takes the place of a request that is answered at once. Its error means that too many go on already; return it.
func Lasting(ctx context.Context) error {
	s, ok := ctx.Value(seatKey{}).(*seat)
	if !ok || s.taken == s.server.lasts {
		return nil
	}
	select {
	case s.server.lasts <- struct{}{}:
		s.leave()
		s.taken = s.server.lasts
		return nil
	default:
		return fault.Err(nil, "instance.too-many-listeners", "number", maxLasting)
	}
}
