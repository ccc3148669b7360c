package demopbx

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Why a ringing call is withdrawn, as the cause of its context.
var (
	errGaveUp    = errors.New("the caller gave up")
	errElsewhere = errors.New("answered elsewhere")
)

// identity is how a caller is presented.
type identity struct {
	name, number string
	private      bool
	diverted     string
}

// headers are From (without tag) and what goes with it. A withheld caller is anonymous everywhere: what a trunk hands to
// somebody it does not trust (RFC 3323 §4.1, RFC 3325 §7).
func (i identity) headers(p *PBX) (sip.FromHeader, []sip.Header) {
	var extra []sip.Header
	if i.diverted != "" { // RFC 5806
		by := p.uri(i.diverted)
		extra = append(extra, header("Diversion", "<"+by.String()+">;reason=unconditional"))
	}
	if i.private {
		from := sip.FromHeader{DisplayName: "Anonymous", Address: sip.Uri{Scheme: "sip", User: "anonymous", Host: "anonymous.invalid"}}
		return from, append(extra, header("Privacy", "id"))
	}
	address := p.uri(i.number)
	from := sip.FromHeader{DisplayName: i.name, Address: address}
	asserted := "<" + address.String() + ">"
	if i.name != "" {
		quoted := quote(i.name)
		from.DisplayName = quoted[1 : len(quoted)-1] // sipgo adds the quotes, not the escapes
		asserted = quoted + " " + asserted
	}
	return from, append(extra, header("P-Asserted-Identity", asserted))
}

// ring calls every target at once. The first that answers wins, the others are told so; when none does, code is the best
// of their answers (RFC 3261 §16.7 step 6: 6xx first, then the lowest class). ctx's end withdraws the call. rang, when not
// nil, is called once, when the first phone rings.
func (p *PBX) ring(ctx context.Context, targets []binding, called string, who identity, rang func()) (winner *dialog, code int) {
	type outcome struct {
		d    *dialog
		code int
	}
	legs := make(chan outcome, len(targets))
	if rang == nil {
		rang = func() {}
	}
	rang = sync.OnceFunc(rang)
	ctx, cancel := context.WithCancelCause(ctx)
	for _, b := range targets {
		p.work.Go(func() {
			d, code := p.invite(ctx, b, called, who, rang)
			legs <- outcome{d, code}
		})
	}
	code = 0
	for left := len(targets); left > 0; left-- {
		o := <-legs
		if o.d == nil {
			if code == 0 || o.code >= 600 || code < 600 && o.code < code {
				code = o.code
			}
			continue
		}
		cancel(errElsewhere)
		p.work.Go(func() { // legs that answered at the same moment are hung up
			for range left - 1 {
				if late := <-legs; late.d != nil {
					late.d.bye()
				}
			}
		})
		return o.d, 200
	}
	cancel(nil)
	return nil, code
}

// invite calls one phone until it answers, refuses or ctx ends. It returns the dialog, acknowledged, or the final code.
func (p *PBX) invite(ctx context.Context, b binding, called string, who identity, rang func()) (*dialog, int) {
	from, extra := who.headers(p)
	tag, callID := sip.GenerateTagN(16), sip.CallIDHeader(sip.GenerateTagN(24))
	from.Params.Add("tag", tag)
	d, err := p.newDialog(dialogKey{string(callID), tag}, b.transport, b.addr)
	if err != nil {
		p.log.Error("demo PBX: call not placed", "error", err)
		return nil, 500
	}
	d.mu.Lock()
	d.local = from
	d.remote = sip.ToHeader{Address: p.uri(called)}
	d.contact = p.contact(who.contactUser(), b.transport)
	d.target = *b.contact.Clone()
	d.transfer = func(target string) transferResult { return p.simulate(d, target) }
	d.mu.Unlock()

	req := d.request(sip.INVITE)
	for _, h := range extra {
		req.AppendHeader(h)
	}
	req.AppendHeader(header("Content-Type", "application/sdp"))
	req.SetBody(d.describe(false))
	code := p.await(ctx, d, req, rang)
	if code != 200 {
		d.end(phoneSide)
		return nil, code
	}
	return d, 200
}

func (i identity) contactUser() string {
	if i.private {
		return "anonymous"
	}
	return i.number
}

// await sends the INVITE and follows it to its final answer. When ctx ends first it cancels, which may come too late:
// then the answered call is acknowledged and hung up (RFC 3261 §9.1, §15).
func (p *PBX) await(ctx context.Context, d *dialog, req *sip.Request, rang func()) int {
	seq := req.CSeq().SeqNo
	tx, err := p.client.TransactionRequest(context.WithoutCancel(ctx), req)
	if err != nil {
		p.log.Debug("demo PBX: INVITE not sent", "error", err)
		return 503
	}
	tx.OnRetransmission(func(res *sip.Response) {
		if res.IsSuccess() {
			d.ack(seq)
		}
	})
	withdrawn := ctx.Done()
	provisional, cancelSent := false, false
	var giveUp <-chan time.Time
	for {
		select {
		case res := <-tx.Responses():
			switch {
			case res.IsProvisional():
				provisional = true
				if res.StatusCode >= 180 {
					rang()
				}
				if ctx.Err() != nil && !cancelSent { // no CANCEL before the first provisional: RFC 3261 §9.1
					cancelSent = true
					p.sendCancel(req, context.Cause(ctx))
				}
			case res.IsSuccess():
				rang() // sipgo may let a 200 overtake its 180
				d.established(res)
				d.ack(seq)
				if ctx.Err() != nil {
					d.bye()
					return 487
				}
				if err := d.hear(res.Body()); err != nil {
					p.log.Debug("demo PBX: answer", "error", err)
					d.bye()
					return 488
				}
				return 200
			default:
				return res.StatusCode
			}
		case <-withdrawn:
			withdrawn = nil
			if provisional {
				cancelSent = true
				p.sendCancel(req, context.Cause(ctx))
			}
			giveUp = time.After(64 * sip.T1)
		case <-giveUp:
			tx.Terminate()
			return 487
		case <-tx.Done():
			return 408
		case <-p.ctx.Done():
			return 487
		}
	}
}

// sendCancel withdraws an INVITE, saying why when another phone took the call (RFC 3326).
func (p *PBX) sendCancel(invite *sip.Request, why error) {
	req := p.newRequest(sip.CANCEL, *invite.Recipient.Clone(), invite.Transport(), invite.Destination())
	to := sip.ToHeader{Address: invite.To().Address}
	callID := sip.CallIDHeader(invite.CallID().Value())
	for _, h := range []sip.Header{
		invite.Via().Clone(), sip.HeaderClone(invite.From()), &to, &callID,
		&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL},
	} {
		req.AppendHeader(h)
	}
	if errors.Is(why, errElsewhere) {
		req.AppendHeader(header("Reason", `SIP;cause=200;text="Call completed elsewhere"`))
	}
	p.work.Go(func() {
		ctx, cancel := context.WithTimeout(p.ctx, 64*sip.T1)
		defer cancel()
		if _, err := p.send(ctx, req); err != nil {
			p.log.Debug("demo PBX: CANCEL", "error", err)
		}
	})
}

// established takes the phone's tag and Contact from its 200 (RFC 3261 §12.1.2).
func (d *dialog) established(res *sip.Response) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if to := res.To(); to != nil {
		if tag, ok := to.Params.Get("tag"); ok {
			d.remote.Params.Add("tag", tag)
		}
	}
	if c := res.Contact(); c != nil {
		d.target = *c.Address.Clone()
	}
}
