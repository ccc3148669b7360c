package demopbx

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// byeGrace is how long the phone that transferred a caller gets to hang up by itself (RFC 5589 §6.1).
const byeGrace = 500 * time.Millisecond

// transferResult is the final status a transfer ended with, told to the phone by NOTIFY.
type transferResult struct {
	code   int
	reason string
}

// onRefer is the phone transferring the other end of a call: 202, the progress by NOTIFY (RFC 3515 §2.4), and when it
// worked the leg to the phone ends.
func (p *PBX) onRefer(req *sip.Request, tx sip.ServerTransaction) {
	d := p.dialog(req)
	if d == nil {
		p.respond(req, tx, 481, "Call Does Not Exist")
		return
	}
	h := req.GetHeader("Refer-To")
	var target sip.Uri
	var params sip.HeaderParams
	if h == nil {
		p.respond(req, tx, 400, "No Refer-To")
		return
	}
	if _, err := sip.ParseAddressValue(h.Value(), &target, &params); err != nil || target.User == "" {
		p.respond(req, tx, 400, "Bad Refer-To")
		return
	}
	pending := make(chan struct{})
	d.mu.Lock()
	d.transferring = pending
	d.mu.Unlock()
	_ = tx.Respond(d.response(req, 202, "Accepted", nil))
	id := req.CSeq().SeqNo
	p.work.Go(func() {
		defer close(pending)
		p.notify(d, id, "active;expires=60", transferResult{100, "Trying"})
		result := p.carryOut(d, target)
		p.notify(d, id, "terminated;reason=noresource", result)
		if result.code == 200 {
			d.pause(byeGrace)
			d.bye()
		}
	})
}

// carryOut transfers to a number or, when the Refer-To names a call to replace, to the party of that call.
func (p *PBX) carryOut(d *dialog, target sip.Uri) transferResult {
	if replaces, ok := target.Headers.Get("Replaces"); ok {
		return p.replace(d, replaces)
	}
	number, _, _ := strings.Cut(target.User, ";")
	d.mu.Lock()
	transfer := d.transfer
	d.mu.Unlock()
	result := transfer(number)
	if result.code == 200 {
		d.mu.Lock()
		d.moved = number
		d.mu.Unlock()
	}
	return result
}

// replace is the attended transfer: both parties are this PBX's own, so joining them is letting the phone's two legs go
// (RFC 3891 §3: the call is found by its id and both tags).
func (p *PBX) replace(d *dialog, replaces string) transferResult {
	if plain, err := url.QueryUnescape(replaces); err == nil {
		replaces = plain
	}
	callID, rest, _ := strings.Cut(replaces, ";")
	p.mu.Lock()
	var other *dialog
	for key, candidate := range p.dialogs {
		if key.callID == callID && strings.Contains(rest, "="+key.localTag) {
			other = candidate
		}
	}
	p.mu.Unlock()
	if other == nil || other == d {
		return transferResult{481, "Call Does Not Exist"}
	}
	p.work.Go(func() {
		d.pause(byeGrace)
		other.bye()
	})
	d.mu.Lock()
	d.moved = other.number()
	d.mu.Unlock()
	return transferResult{200, "OK"}
}

// number is the number the PBX's end of the dialog stands for.
func (d *dialog) number() string { return d.local.Address.User }

// transferPatience is how long a transferred party lets the target ring.
const transferPatience = 30 * time.Second

// simulate gives a transferred party what the dial plan has for the target: no one hears it, so only the
// outcome is played. The phone may have hung up its own leg in the meantime; that changes nothing.
func (p *PBX) simulate(d *dialog, target string) transferResult {
	plan := p.treat(target, "")
	ctx, cancel := context.WithTimeout(p.ctx, transferPatience)
	defer cancel()
	if len(plan.targets) > 0 { // a phone: ring it, and give it the voice
		callee, code := p.ring(ctx, plan.targets, target, identity{number: d.number()}, nil)
		if callee == nil {
			return transferResult{code, reasonPhrase(code)}
		}
		p.speak(callee)
		return transferResult{200, "OK"}
	}
	timer := time.NewTimer(plan.rings)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return transferResult{487, "Request Terminated"}
	}
	if plan.code == 200 {
		return transferResult{200, "OK"}
	}
	return transferResult{plan.code, plan.reason}
}

// follow takes a scripted caller to the target: a phone is rung and the caller goes on there, talking; any other number
// plays its outcome.
func (p *PBX) follow(c Caller, d *dialog, target string, moved chan<- *dialog) transferResult {
	targets := p.reg.bindings(target, time.Now())
	if len(targets) == 0 {
		return p.simulate(d, target)
	}
	ctx, cancel := context.WithTimeout(p.ctx, transferPatience)
	defer cancel()
	next, code := p.ring(ctx, targets, target, identity{c.Name, c.Number, c.Privacy, c.Diverted}, nil)
	if next == nil {
		return transferResult{code, reasonPhrase(code)}
	}
	d.mu.Lock()
	d.moved = target
	d.mu.Unlock()
	select {
	case moved <- next:
	default: // the caller has hung up in the meantime
		next.bye()
	}
	return transferResult{200, "OK"}
}

// notify tells the phone how its transfer goes (RFC 3515 §2.4.5: the body is a piece of SIP).
func (p *PBX) notify(d *dialog, id uint32, state string, r transferResult) {
	req := d.request(sip.NOTIFY)
	req.AppendHeader(header("Event", fmt.Sprintf("refer;id=%d", id)))
	req.AppendHeader(header("Subscription-State", state))
	req.AppendHeader(header("Content-Type", "message/sipfrag;version=2.0"))
	req.SetBody([]byte(fmt.Sprintf("SIP/2.0 %d %s\r\n", r.code, r.reason)))
	ctx, cancel := context.WithTimeout(p.ctx, 2*sip.T1) // a phone that has hung up need not answer
	defer cancel()
	if _, err := p.send(ctx, req); err != nil {
		p.log.Debug("demo PBX: NOTIFY", "error", err)
	}
}
