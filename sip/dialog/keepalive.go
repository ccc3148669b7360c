package dialog

// A router on the way forgets a flow on which nothing was sent for a while, often after 30 seconds for UDP, and then no
// call gets through until the next REGISTER. Account.Keepalive sends something in between.
//
// On TCP it is the ping of RFC 5626 §4.4.1, two CRLFs, which RFC 3261 §7.5 has every receiver skip. On UDP it is the same
// bytes: STUN, which §4.4.2 asks for, is understood by few registrars, while Asterisk, Kamailio and FreeSWITCH drop a
// datagram of line ends in silence. No answer is waited for: REGISTER finds out about a dead flow.

// keepaliveBytes is what is sent.
const keepaliveBytes = "\r\n\r\n"

// keepAlive sends a keepalive to where the registration stands, and again after each pause, until the registration is
// renewed, fails or ends.
func (r *registration) keepAlive() {
	r.stopKeep()
	pause := r.ua.cfg.Account.Keepalive
	if pause <= 0 || r.status.State != Registered {
		return
	}
	r.stopKeep = r.ua.after(pause, func() {
		r.ping()
		r.keepAlive()
	})
}

// ping sends one keepalive on the flow that the last REGISTER took.
func (r *registration) ping() {
	ua := r.ua
	switch {
	case !r.reached.addr.IsValid():
	case r.reached.network == "udp":
		if _, err := ua.udp.WriteToUDPAddrPort([]byte(keepaliveBytes), r.reached.addr); err != nil {
			ua.log.Debug("keepalive not sent", "error", err)
		}
	default:
		ua.pingStream(r.reached)
	}
}

// pingStream sends a keepalive on a TCP connection that is up; one that is not is the next REGISTER's to open.
func (ua *UA) pingStream(to hop) {
	for conn, s := range ua.streams {
		if conn.RemoteAddr().String() == to.addr.String() {
			if err := s.put(outgoing{data: []byte(keepaliveBytes)}); err != nil {
				ua.log.Debug("keepalive not sent", "error", err)
			}
			return
		}
	}
}
