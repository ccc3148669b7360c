package dialog

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// The transaction layer: RFC 3261 §17 and RFC 6026 by sipgo's state machines, matched and fed here, on the queue.
// sipgo's own layer starts a goroutine for every message, which loses their order (S8, S15).

// clientTx is a request of ours until nothing more can come back for it.
type clientTx struct {
	ua  *UA
	tx  *sip.ClientTx
	req *sip.Request
	to  hop
	on  func(*sip.Response, error)

	final    int // status of the final response, 0 before
	again    *sip.Response
	finished bool // on will not be called any more
}

// send starts a client transaction for a finished request. on is called, on the queue, with every response: each
// provisional one, the final one, and any further 2xx to an INVITE, repeated or from another fork. When there is no
// final response, because none came or the request could not be sent, on is called once with an error.
func (ua *UA) send(req *sip.Request, to hop, branch string, on func(*sip.Response, error)) *clientTx {
	t := &clientTx{ua: ua, req: req, to: to, on: on}
	if req.Method != sip.CANCEL { // which has the Via of what it cancels
		ua.stamp(req, to, branch)
	}
	if req.ContentLength() == nil {
		req.SetBody(req.Body())
	}
	key := clientKey(branch, req.Method)
	ua.connect(req, to, func(conn sip.Connection, err error) {
		if err == nil && ua.closing {
			err = errClosed
		}
		if err != nil {
			t.fail(fmt.Errorf("%w: %w", errUnreachable, err))
			return
		}
		if t.finished { // given up while connecting
			return
		}
		t.tx = sip.NewClientTx(key, req, conn, sip.DefaultLogger())
		t.tx.OnRetransmission(func(res *sip.Response) { t.again = res })
		t.tx.OnTerminate(func(_ string, cause error) { // by a timer's goroutine, or under receive
			ua.queue.Post(func() {
				if ua.clients[key] == t {
					delete(ua.clients, key)
				}
				t.fail(cause)
			})
		})
		ua.clients[key] = t
		if err := t.tx.Init(); err != nil {
			t.tx.Terminate()
			t.fail(fmt.Errorf("%w: %w", errUnreachable, err))
		}
	})
	return t
}

var (
	errClosed      = errors.New("user agent closed")
	errUnreachable = errors.New("cannot send")
	errNoAnswer    = errors.New("no answer")
	errGivenUp     = errors.New("given up")
)

func (t *clientTx) fail(cause error) {
	if t.finished || t.final != 0 {
		return
	}
	t.finished = true
	if errors.Is(cause, sip.ErrTransactionTimeout) {
		cause = fmt.Errorf("%w: %w", errNoAnswer, cause)
	}
	t.on(nil, cause)
}

// abandon stops caring for the transaction; on is not called any more.
func (t *clientTx) abandon() {
	t.finished = true
	if t.tx != nil {
		t.tx.Terminate()
	}
}

// receive lets the state machine judge a response. It hands up what it lets through on an unbuffered channel, from
// inside the call, so the call is made aside and waited for: order is kept, and nothing is left running.
func (t *clientTx) receive(res *sip.Response) {
	if t.req.IsInvite() && t.final >= 300 {
		if res.StatusCode >= 300 {
			t.acknowledge(res) // our ACK was lost. sipgo would wait four seconds, holding its lock, before it repeats it
		}
		return
	}
	t.again = nil
	returned := make(chan struct{})
	go func() {
		t.tx.Receive(res)
		close(returned)
	}()
	var up *sip.Response
	select {
	case up = <-t.tx.Responses():
		<-returned
	case <-returned:
		up = t.again
	}
	if up == nil || t.finished {
		return
	}
	if up.StatusCode >= 200 {
		t.final = up.StatusCode
	}
	if t.final != 0 && !t.req.IsInvite() {
		t.tx.Terminate() // Timer K only absorbs repeated answers, and those of no transaction are dropped anyway
	}
	t.on(up, nil)
}

func (t *clientTx) acknowledge(res *sip.Response) {
	ack := ackOf(t.req, res)
	t.ua.connect(ack, t.to, func(conn sip.Connection, err error) {
		if err == nil {
			err = conn.WriteMsg(ack)
			_, _ = conn.TryClose() // a reference given back
		}
		if err != nil {
			t.ua.log.Debug("ACK not sent", "error", err)
		}
	})
}

func clientKey(branch string, method sip.RequestMethod) string { return branch + "|" + string(method) }

func (ua *UA) receiveResponse(res *sip.Response) {
	via, seq := res.Via(), res.CSeq()
	if via == nil || seq == nil || res.From() == nil || res.To() == nil || !clean(res) {
		return
	}
	branch, _ := param(via.Params, "branch")
	t := ua.clients[clientKey(branch, seq.MethodName)]
	if t == nil || t.tx == nil {
		return // of no transaction of ours: dropped (RFC 3261 §18.1.2 has nobody to pass it to)
	}
	t.receive(res)
}

// serverTx is a request of somebody else's until its last retransmission can have come.
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

// reply answers with a status and nothing more to say.
func (t *serverTx) reply(code int, headers ...sip.Header) {
	res := newResponse(t.req, code, "", "")
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
		ua.queue.Post(func() {
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
	if req.Transport() == "UDP" {
		ua.udpConn.Ref(1)
		return ua.udpConn
	}
	return ua.aside(ua.tp.Pool(sip.NetworkToLower(req.Transport())).Get(req.Source()))
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
// remembered, or the call would ring on with nobody behind it (S8).
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
	res := newResponse(req, sip.StatusOK, "", "")
	if call != nil { // §9.2: the same To tag as in the answer to the INVITE
		res = newResponse(req, sip.StatusOK, "", call.localTag)
	}
	st.respond(ua.signed(res))
	if call != nil && invite.status < 200 {
		call.remoteCancel(req)
	}
}

// earlyCancelLife is how long a CANCEL without INVITE is remembered: reordering on a path is a matter of milliseconds.
const earlyCancelLife = 2 * time.Second

func (ua *UA) remember(key string) {
	now := time.Now()
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
	return ok && time.Now().Before(until)
}
