package demopbx

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// dialogKey finds a dialog by what every request in it carries: Call-ID and the tag we gave (RFC 3261 §12.2.2).
type dialogKey struct{ callID, localTag string }

// side is who did something in a call.
type side string

const (
	phoneSide side = "phone"
	pbxSide   side = "pbx"
)

// dialog is one leg between the PBX and a phone, from the INVITE to the BYE.
type dialog struct {
	p         *PBX
	key       dialogKey
	local     sip.FromHeader // us, with our tag: From of our requests
	remote    sip.ToHeader   // the phone, with its tag once it is known
	contact   *sip.ContactHeader
	transport string
	addr      string // where the phone's messages come from
	audio     *stream
	ctx       context.Context // ends with the dialog
	cancel    context.CancelFunc

	mu       sync.Mutex
	target   sip.Uri // the phone's Contact
	seq      uint32  // of our last request
	acks     map[uint32]chan *sip.Request
	version  int       // of our SDP
	theirs   remoteSDP // last the phone said
	ours     direction // what we want: sendonly while we hold the phone
	holds    int       // how often the phone held us
	rigid    bool      // no change of the session is taken
	over     bool
	overBy   side
	transfer func(target string) transferResult // what a REFER from the phone does
	moved    string                             // where the phone transferred us

	transferring <-chan struct{} // a transfer is under way until it closes; nil when there never was one
}

// newDialog opens the audio and registers the dialog, so that requests in it are found from now on.
func (p *PBX) newDialog(key dialogKey, transport, addr string) (*dialog, error) {
	audio, err := openStream(p.addr.Addr())
	if err != nil {
		return nil, err
	}
	d := &dialog{p: p, key: key, transport: transport, addr: addr, audio: audio, ours: sendrecv, acks: map[uint32]chan *sip.Request{}}
	d.ctx, d.cancel = context.WithCancel(p.ctx)
	p.mu.Lock()
	p.dialogs[key] = d
	p.mu.Unlock()
	audio.run(d.ctx, &p.work)
	return d, nil
}

func (p *PBX) dialog(req *sip.Request) *dialog {
	tag, _ := req.To().Params.Get("tag")
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dialogs[dialogKey{req.CallID().Value(), tag}]
}

// end closes the leg, once; the first side to say so is remembered.
func (d *dialog) end(by side) bool {
	d.mu.Lock()
	first := !d.over
	if first {
		d.over, d.overBy = true, by
	}
	d.mu.Unlock()
	if first {
		d.p.mu.Lock()
		delete(d.p.dialogs, d.key)
		d.p.mu.Unlock()
		d.cancel()
	}
	return first
}

// bye hangs up unless the call is over: BYE is sent and its answer is not waited for.
func (d *dialog) bye() {
	d.mu.Lock()
	established := d.remote.Params.Has("tag")
	d.mu.Unlock()
	if !d.end(pbxSide) || !established {
		return
	}
	tx, err := d.p.client.TransactionRequest(context.WithoutCancel(d.p.ctx), d.request(sip.BYE))
	if err != nil {
		d.p.log.Debug("demo PBX: BYE not sent", "error", err)
		return
	}
	// the transaction repeats the BYE until it is answered; it dies with the user agent at the latest
	go func() {
		defer tx.Terminate()
		select {
		case <-tx.Responses():
		case <-tx.Done():
		}
	}()
}

// request builds our next request in the dialog (RFC 3261 §12.2.1.1).
func (d *dialog) request(method sip.RequestMethod) *sip.Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seq++
	return d.build(method, d.seq)
}

// build is request with a sequence number of one's own, for ACK. d.mu is held.
func (d *dialog) build(method sip.RequestMethod, seq uint32) *sip.Request {
	req := d.p.newRequest(method, *d.target.Clone(), d.transport, d.addr)
	from := d.local
	from.Params = from.Params.Clone()
	to := d.remote
	to.Params = to.Params.Clone()
	callID := sip.CallIDHeader(d.key.callID)
	for _, h := range []sip.Header{&from, &to, &callID, &sip.CSeqHeader{SeqNo: seq, MethodName: method}, d.contact.Clone(), header("Allow", allow)} {
		req.AppendHeader(h)
	}
	return req
}

// ack acknowledges a 2xx (RFC 3261 §13.2.2.4); it is sent again whenever the 2xx comes again.
func (d *dialog) ack(seq uint32) {
	if !d.p.begin() { // the BYE of Close does instead, and a request now could open a socket of its own (S12)
		return
	}
	defer d.p.work.Done()
	d.mu.Lock()
	req := d.build(sip.ACK, seq)
	d.mu.Unlock()
	if err := d.p.client.WriteRequest(req); err != nil {
		d.p.log.Debug("demo PBX: ACK not sent", "error", err)
	}
}

// accept sends a 200 to an INVITE and repeats it, T1 doubling to T2, until its ACK comes (RFC 3261 §13.3.1.4); after
// 64*T1 without one it hangs up and reports false.
func (d *dialog) accept(req *sip.Request, tx sip.ServerTransaction, sdp []byte, headers ...sip.Header) bool {
	seq := req.CSeq().SeqNo
	acked := make(chan *sip.Request, 1)
	d.mu.Lock()
	d.acks[seq] = acked
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		delete(d.acks, seq)
		d.mu.Unlock()
	}()

	res := d.response(req, 200, "OK", sdp, headers...)
	if err := tx.Respond(res); err != nil {
		d.bye()
		return false
	}
	wait := sip.T1
	repeat := time.NewTimer(wait)
	defer repeat.Stop()
	giveUp := time.NewTimer(64 * sip.T1)
	defer giveUp.Stop()
	for {
		select {
		case ack := <-acked:
			if len(req.Body()) == 0 { // late offer: the ACK carries the answer
				if err := d.hear(ack.Body()); err != nil {
					d.bye()
					return false
				}
			}
			return true
		case <-repeat.C:
			_ = d.p.ua.TransportLayer().WriteMsg(res)
			wait = min(2*wait, sip.T2)
			repeat.Reset(wait)
		case <-giveUp.C:
			d.bye()
			return false
		case <-d.ctx.Done():
			return false
		}
	}
}

// response answers a request of this dialog with our Contact and, if any, our SDP.
func (d *dialog) response(req *sip.Request, code int, reason string, sdp []byte, headers ...sip.Header) *sip.Response {
	res := sip.NewResponseFromRequest(req, code, reason, nil)
	res.To().Params.Add("tag", d.key.localTag)
	res.AppendHeader(d.contact.Clone())
	res.AppendHeader(header("Allow", allow))
	for _, h := range headers {
		res.AppendHeader(h)
	}
	if sdp != nil {
		res.AppendHeader(header("Content-Type", "application/sdp"))
		res.SetBody(sdp)
	}
	return res
}

// hear takes the phone's SDP, offer or answer, and turns the audio accordingly.
func (d *dialog) hear(body []byte) error {
	theirs, err := parseSDP(body)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !theirs.direction.receives() && (d.theirs.media == nil || d.theirs.direction.receives()) {
		d.holds++
	}
	d.theirs = theirs
	d.audio.aim(theirs.addr, answer(theirs.direction, d.ours).sends(), theirs.dtmf)
	return nil
}

// describe writes our SDP: an answer to what the phone last offered, or an offer.
func (d *dialog) describe(answering bool) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.version++
	if answering {
		return localSDP(d.audio.addr, d.version, answer(d.theirs.direction, d.ours), d.theirs.dtmf, &d.theirs)
	}
	return localSDP(d.audio.addr, d.version, d.ours, 101, nil)
}

// reinvite changes our direction by an offer to the phone: sendonly holds it, sendrecv resumes.
func (d *dialog) reinvite(want direction) error {
	d.mu.Lock()
	d.ours = want
	d.mu.Unlock()
	req := d.request(sip.INVITE)
	req.AppendHeader(header("Content-Type", "application/sdp"))
	req.SetBody(d.describe(false))
	seq := req.CSeq().SeqNo
	tx, err := d.p.client.TransactionRequest(d.ctx, req)
	if err != nil {
		return fmt.Errorf("demo PBX: re-INVITE: %w", err)
	}
	tx.OnRetransmission(func(*sip.Response) { d.ack(seq) })
	for {
		select {
		case res := <-tx.Responses():
			if res.IsProvisional() {
				continue
			}
			if !res.IsSuccess() {
				return fmt.Errorf("demo PBX: re-INVITE answered %d", res.StatusCode)
			}
			d.ack(seq)
			return d.hear(res.Body())
		case <-tx.Done():
			return fmt.Errorf("demo PBX: re-INVITE: %w", tx.Err())
		case <-d.ctx.Done():
			return d.ctx.Err()
		}
	}
}

// pause waits within a call; false means the call is over.
func (d *dialog) pause(t time.Duration) bool {
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-d.ctx.Done():
		return false
	}
}
