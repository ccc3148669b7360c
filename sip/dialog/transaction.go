package dialog

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/emiago/sipgo/sip"
)

// The transaction layer: RFC 3261 §17 and RFC 6026 by sipgo's state machines, matched and fed here, on the queue.
// sipgo's own layer starts a goroutine for every message, which loses their order (S8, S15).

// clientTx is a request we sent, until no further response to it can come.
type clientTx struct {
	ua  *UA
	tx  *sip.ClientTx
	req *sip.Request
	to  hop
	own netip.AddrPort // our end of the TCP or TLS connection that it went by, once it is there
	on  func(*sip.Response, error)

	final    int // status of the final response, 0 before
	again    *sip.Response
	finished bool   // on will not be called any more
	stopWait func() // of the timer that runs until an answer has come
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
	ua.connect(req, to, func(conn sip.Connection, err error) {
		ua.guard(callIDOf(req), func() { t.begin(clientKey(branch, req.Method), conn, err) })
	})
	return t
}

// begin hands the request to its state machine once there is a connection, or none.
func (t *clientTx) begin(key string, conn sip.Connection, err error) {
	ua := t.ua
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
	if t.to.network.streamed() {
		t.own, _ = endOf(conn)
	}
	t.tx = sip.NewClientTx(key, t.req, conn, sip.DefaultLogger())
	t.tx.OnRetransmission(func(res *sip.Response) { t.again = res })
	t.tx.OnTerminate(func(_ string, cause error) { // by a timer's goroutine, or under receive
		ua.queue.Put(func() {
			if ua.clients[key] == t {
				delete(ua.clients, key)
			}
			ua.guard(callIDOf(t.req), func() { t.fail(cause) })
		})
	})
	ua.clients[key] = t
	if err := t.tx.Init(); err != nil {
		t.tx.Terminate()
		t.fail(fmt.Errorf("%w: %w", errUnreachable, err))
		return
	}
	t.stopWait = ua.after(64*sip.T1, func() { // Timers B and F; sipgo's know no clock but the system's
		ua.guard(callIDOf(t.req), func() {
			t.tx.Terminate()
			t.fail(errNoAnswer)
		})
	})
}

// answered stops the wait for an answer, which a provisional one to an INVITE ends too.
func (t *clientTx) answered(status int) {
	if t.stopWait != nil && (status >= 200 || t.req.IsInvite()) {
		t.stopWait()
		t.stopWait = nil
	}
}

// resend sends a request that waits for an answer once more where the connection that it went by is gone, as UDP's is sent again by whatever way there is.
func (t *clientTx) resend() {
	if t.finished || t.final != 0 || t.tx == nil || !t.own.IsValid() {
		return
	}
	if own, up := t.ua.flowTo(t.to); up && own == t.own {
		return
	}
	t.ua.connect(t.req, t.to, func(conn sip.Connection, err error) {
		if err == nil {
			t.own, _ = endOf(conn)
			if !t.finished && t.final == 0 {
				err = conn.WriteMsg(t.req)
			}
			_, _ = conn.TryClose() // a reference given back
		}
		if err != nil {
			t.ua.log.Debug("request not sent again", "method", t.req.Method, "error", err)
		}
	})
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
	t.answered(sip.StatusRequestTimeout)
	if errors.Is(cause, sip.ErrTransactionTimeout) {
		cause = fmt.Errorf("%w: %w", errNoAnswer, cause)
	}
	t.on(nil, cause)
}

// abandon drops the transaction; on is not called any more.
func (t *clientTx) abandon() {
	t.finished = true
	t.answered(sip.StatusRequestTimeout)
	if t.tx != nil {
		t.tx.Terminate()
	}
}

// receive lets the state machine judge a response. It hands up what it lets through on an unbuffered channel, from
// inside the call, so the call is made by another goroutine, which is waited for: order is kept, and nothing is left running.
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
	t.answered(up.StatusCode)
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
		return // it belongs to no transaction: dropped (RFC 3261 §18.1.2)
	}
	t.receive(res)
}
