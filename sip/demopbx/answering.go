package demopbx

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// onInvite takes a call from a phone, or a change to one.
func (p *PBX) onInvite(req *sip.Request, tx sip.ServerTransaction) {
	if req.To().Params.Has("tag") {
		p.onReinvite(req, tx)
		return
	}
	cancelled, cancel := context.WithCancel(p.ctx)
	defer cancel()
	if !tx.OnCancel(func(*sip.Request) { cancel() }) {
		return // cancelled already; sipgo has answered 487
	}
	p.respond(req, tx, 100, "Trying")
	if p.early.take(branch(req), time.Now()) {
		p.respond(req, tx, 487, "Request Terminated")
		return
	}
	extension, ok := p.authenticate(req, tx)
	if !ok {
		return
	}
	p.answer(cancelled, extension, req, tx)
}

// answer gives a call what the dial plan has for its number. ctx ends when the phone cancels.
func (p *PBX) answer(ctx context.Context, extension string, req *sip.Request, tx sip.ServerTransaction) {
	number, _, _ := strings.Cut(req.Recipient.User, ";")
	plan := p.treat(number, extension)
	p.log.Debug("demo PBX: call", "from", extension, "to", number)
	if plan.code != 200 && plan.rings == 0 && len(plan.targets) == 0 {
		p.respond(req, tx, plan.code, plan.reason)
		return
	}
	d, err := p.accepting(number, req)
	if err != nil {
		p.refuse(req, tx, err)
		return
	}
	var identity []sip.Header
	if plan.name != "" { // the connected party, RFC 3325 §9.1
		who := p.uri(number)
		identity = append(identity, header("P-Asserted-Identity", quote(plan.name)+" <"+who.String()+">"))
	}

	if len(plan.targets) > 0 {
		p.connect(ctx, d, extension, number, plan.targets, req, tx)
		return
	}
	if plan.rings > 0 {
		if err := tx.Respond(d.response(req, 180, "Ringing", nil, identity...)); err != nil {
			d.end(phoneSide)
			return
		}
		timer := time.NewTimer(plan.rings)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			d.end(phoneSide) // sipgo has answered 487
			return
		}
	}
	if plan.code != 200 {
		d.end(pbxSide)
		_ = tx.Respond(d.response(req, plan.code, plan.reason, nil))
		return
	}
	p.work.Go(func() { plan.talk(d) }) // before the 200: what the phone says upon it has to find a listener
	d.accept(req, tx, d.describe(len(req.Body()) > 0), identity...)
}

// connect rings other phones for a call and joins the first that answers with the caller.
func (p *PBX) connect(ctx context.Context, d *dialog, from, number string, targets []binding, req *sip.Request, tx sip.ServerTransaction) {
	rang := func() { _ = tx.Respond(d.response(req, 180, "Ringing", nil)) }
	callee, code := p.ring(ctx, targets, number, identity{name: req.From().DisplayName, number: from}, rang)
	if callee == nil {
		d.end(pbxSide)
		if ctx.Err() == nil {
			_ = tx.Respond(d.response(req, code, reasonPhrase(code), nil))
		}
		return
	}
	d.audio.relay(callee.audio)
	callee.audio.relay(d.audio)
	context.AfterFunc(d.ctx, callee.bye)
	context.AfterFunc(callee.ctx, d.bye)
	d.accept(req, tx, d.describe(len(req.Body()) > 0))
}

// accepting makes the dialog that a call from a phone opens (RFC 3261 §12.1.1) and takes its offer, if it brings one.
func (p *PBX) accepting(number string, req *sip.Request) (*dialog, error) {
	contact := req.Contact()
	if contact == nil {
		return nil, errors.New("no Contact")
	}
	tag := sip.GenerateTagN(16)
	transport := sip.NetworkToUpper(req.Transport())
	d, err := p.newDialog(dialogKey{req.CallID().Value(), tag}, transport, req.Source())
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.local = req.To().AsFrom()
	d.local.Params = d.local.Params.Clone()
	d.local.Params.Add("tag", tag)
	d.remote = req.From().AsTo()
	d.remote.Params = d.remote.Params.Clone()
	d.contact = p.contact(number, transport)
	d.target = *contact.Address.Clone()
	d.transfer = func(target string) transferResult { return p.simulate(d, target) }
	d.mu.Unlock()
	if len(req.Body()) > 0 {
		if err := d.hear(req.Body()); err != nil {
			d.end(pbxSide)
			return nil, err
		}
	}
	return d, nil
}

// quote writes a display name as a quoted string (RFC 3261 §25.1).
func quote(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

func reasonPhrase(code int) string {
	switch code {
	case 404:
		return "Not Found"
	case 480:
		return "Temporarily Unavailable"
	case 486:
		return "Busy Here"
	case 487:
		return "Request Terminated"
	case 603:
		return "Decline"
	}
	return "Call Failed"
}
