package dialog

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// serverTx is a request we received, until its last retransmission can have come.
type serverTx struct {
	ua     *UA
	tx     *sip.ServerTx
	req    *sip.Request
	key    string
	status int // of the last response sent, 0 before
	acked  bool
	onACK  func(*sip.Request) // ACK that matches this transaction although its answer is 2xx (RFC 2543 clients)
}

// respond sends a response through the transaction, which repeats it as the protocol needs.
func (t *serverTx) respond(res *sip.Response) {
	t.status = res.StatusCode
	if err := t.tx.Respond(res); err != nil {
		t.ua.log.Debug("response not sent", "status", res.StatusCode, "error", err)
	}
}

// reply answers with a status and headers, without a body.
func (t *serverTx) reply(code int, headers ...sip.Header) {
	res := newResponse(t.req, code, "")
	for _, h := range headers {
		res.AppendHeader(h)
	}
	t.respond(t.ua.signed(res))
}

// signed adds the Server header.
func (ua *UA) signed(res *sip.Response) *sip.Response {
	if ua.cfg.UserAgent != "" {
		res.AppendHeader(sip.NewHeader("Server", ua.cfg.UserAgent))
	}
	return res
}

// serverKey tells transactions apart by RFC 3261 §17.2.3; an ACK and a CANCEL belong to their INVITE.
func serverKey(req *sip.Request, method sip.RequestMethod) string {
	via := req.Via()
	branch, _ := param(via.Params, "branch")
	var b strings.Builder
	if rest, ok := strings.CutPrefix(branch, sip.RFC3261BranchMagicCookie); ok && rest != "" {
		for _, s := range []string{branch, via.Host, strconv.Itoa(via.Port), string(method)} {
			b.WriteString(s)
			b.WriteByte('|')
		}
		return b.String()
	}
	// RFC 2543 client: no branch, or one that promises nothing.
	for _, s := range []string{
		req.Recipient.String(), tagOf(req.From().Params), req.CallID().Value(),
		strconv.FormatUint(uint64(req.CSeq().SeqNo), 10), via.Value(), string(method),
	} {
		b.WriteString(s)
		b.WriteByte('|')
	}
	return b.String()
}

// open starts a server transaction. It returns nil when there is no way back to the sender.
func (ua *UA) open(req *sip.Request, key string) *serverTx {
	conn := ua.wayBack(req)
	if conn == nil {
		return nil
	}
	t := &serverTx{ua: ua, req: req, key: key}
	t.tx = sip.NewServerTx(key, req, conn, sip.DefaultLogger())
	t.tx.OnTerminate(func(string, error) {
		ua.queue.Put(func() {
			if ua.servers[key] == t {
				delete(ua.servers, key)
			}
		})
	})
	if err := t.tx.Init(); err != nil {
		return nil
	}
	ua.servers[key] = t
	return t
}

// wayBack is the connection responses to the request leave by: the one it came in on.
func (ua *UA) wayBack(req *sip.Request) sip.Connection {
	if !networkOf(req).streamed() {
		ua.udpConn.Ref(1)
		return ua.datagramsOf(ua.udpConn)
	}
	over := networkOf(req)
	return ua.queued(ua.tp.Pool(over.String()).Get(req.Source()), over)
}

// retransmitted gives a request that belongs to a known transaction to it, and reports whether there was one.
func (ua *UA) retransmitted(req *sip.Request) bool {
	if req.IsAck() {
		t := ua.servers[serverKey(req, sip.INVITE)]
		switch {
		case t == nil:
			return false
		case t.status >= 200 && t.status < 300:
			if t.onACK == nil {
				return false
			}
			t.onACK(req)
		case t.status >= 300 && !t.acked:
			t.acked = true
			_ = t.tx.Receive(req) // fails only for other methods
			select {              // the state machine hands the ACK up; take it, or it keeps a goroutine until it ends
			case <-t.tx.Acks():
			case <-t.tx.Done():
			}
		}
		return true
	}
	t := ua.servers[serverKey(req, req.Method)]
	if t == nil {
		return false
	}
	_ = t.tx.Receive(req) // the method matched: it is in the key
	return true
}

// cancelled answers a CANCEL and applies it to its INVITE (RFC 3261 §9.2). One that overtook its INVITE on the way is
// remembered, or the call would ring on although the caller has hung up (S8).
func (ua *UA) cancelled(req *sip.Request) {
	st := ua.open(req, serverKey(req, sip.CANCEL))
	if st == nil {
		return
	}
	key := serverKey(req, sip.INVITE)
	invite := ua.servers[key]
	if invite == nil {
		ua.remember(key)
		st.reply(sip.StatusCallTransactionDoesNotExists)
		return
	}
	call := ua.callOf(invite)
	res := newResponse(req, sip.StatusOK, "")
	if call != nil { // §9.2: the same To tag as in the answer to the INVITE
		res = newResponse(req, sip.StatusOK, call.localTag)
	}
	st.respond(ua.signed(res))
	if call != nil && invite.status < 200 {
		call.remoteCancel(req)
	}
}

// earlyCancelLife is how long a CANCEL without INVITE is remembered: reordering on a path is a matter of milliseconds.
const earlyCancelLife = 2 * time.Second

func (ua *UA) remember(key string) {
	now := ua.now()
	for k, until := range ua.early {
		if now.After(until) {
			delete(ua.early, k)
		}
	}
	if len(ua.early) < 1000 { // CANCELs are cheap to forge
		ua.early[key] = now.Add(earlyCancelLife)
	}
}

// overtaken reports, once, whether the CANCEL of this INVITE was here before it.
func (ua *UA) overtaken(key string) bool {
	until, ok := ua.early[key]
	delete(ua.early, key)
	return ok && ua.now().Before(until)
}
