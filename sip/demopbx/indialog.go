package demopbx

import (
	"bytes"
	"errors"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// onAck hands an ACK to the 200 that waits for it.
func (p *PBX) onAck(req *sip.Request, _ sip.ServerTransaction) {
	d := p.dialog(req)
	if d == nil {
		return // RFC 3261 §17: never answered
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if waiting := d.acks[req.CSeq().SeqNo]; waiting != nil {
		select {
		case waiting <- req:
		default: // a repetition
		}
	}
}

// onBye ends a call from the phone's side.
func (p *PBX) onBye(req *sip.Request, tx sip.ServerTransaction) {
	d := p.dialog(req)
	if d == nil {
		p.respond(req, tx, 481, "Call Does Not Exist")
		return
	}
	d.end(phoneSide) // before the answer: who has that may ask again at once
	p.respond(req, tx, 200, "OK")
}

// onReinvite follows the phone's hold and resume.
func (p *PBX) onReinvite(req *sip.Request, tx sip.ServerTransaction) {
	d := p.dialog(req)
	if d == nil {
		p.respond(req, tx, 481, "Call Does Not Exist")
		return
	}
	d.mu.Lock()
	rigid := d.rigid
	d.mu.Unlock()
	if rigid {
		p.respond(req, tx, 488, "Not Acceptable Here")
		return
	}
	late := len(req.Body()) == 0
	if !late {
		if err := d.hear(req.Body()); err != nil {
			p.refuse(req, tx, err)
			return
		}
	}
	d.mu.Lock()
	if c := req.Contact(); c != nil { // target refresh (RFC 3261 §12.2.2)
		d.target = *c.Address.Clone()
	}
	d.mu.Unlock()
	d.accept(req, tx, d.describe(!late))
}

// onUpdate answers UPDATE, with an SDP answer when it brings an offer (RFC 3311).
func (p *PBX) onUpdate(req *sip.Request, tx sip.ServerTransaction) {
	d := p.dialog(req)
	if d == nil {
		p.respond(req, tx, 481, "Call Does Not Exist")
		return
	}
	if len(req.Body()) == 0 {
		_ = tx.Respond(d.response(req, 200, "OK", nil))
		return
	}
	if err := d.hear(req.Body()); err != nil {
		p.refuse(req, tx, err)
		return
	}
	_ = tx.Respond(d.response(req, 200, "OK", d.describe(true)))
}

// refuse answers an offer that cannot be taken.
func (p *PBX) refuse(req *sip.Request, tx sip.ServerTransaction, err error) {
	if errors.Is(err, errNoCodec) {
		p.respond(req, tx, 488, "Not Acceptable Here")
		return
	}
	p.respond(req, tx, 400, "Bad SDP")
}

// onInfo takes what comes within a call: keys as INFO, mostly.
func (p *PBX) onInfo(req *sip.Request, tx sip.ServerTransaction) {
	if p.dialog(req) == nil {
		p.respond(req, tx, 481, "Call Does Not Exist")
		return
	}
	p.respond(req, tx, 200, "OK")
}

// onNotify takes the phone's report on our REFER; when it says the phone has reached the target, our leg is over
// (RFC 5589 §6.1: the transferor hangs up).
func (p *PBX) onNotify(req *sip.Request, tx sip.ServerTransaction) {
	p.onInfo(req, tx)
	if d := p.dialog(req); d != nil && bytes.HasPrefix(req.Body(), []byte("SIP/2.0 2")) {
		d.bye()
	}
}

// onOptions tells what the PBX can; phones ask to see whether it lives.
func (p *PBX) onOptions(req *sip.Request, tx sip.ServerTransaction) {
	p.respond(req, tx, 200, "OK", header("Allow", allow), header("Accept", "application/sdp"))
}

// onCancel gets only the CANCELs that match no transaction: sipgo applies the others itself. One may have overtaken its
// INVITE, since sipgo handles every message in a goroutine of its own; it is remembered for that INVITE.
func (p *PBX) onCancel(req *sip.Request, tx sip.ServerTransaction) {
	p.early.remember(branch(req), time.Now())
	p.respond(req, tx, 481, "Call Does Not Exist")
}

// earlyMemory is how long a CANCEL that came before its INVITE is remembered.
const earlyMemory = 2 * time.Second

// earlyCancels remembers the branches of CANCELs that came before their INVITEs.
type earlyCancels struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (e *earlyCancels) remember(branch string, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.at == nil {
		e.at = map[string]time.Time{}
	}
	for b, at := range e.at {
		if now.Sub(at) > earlyMemory {
			delete(e.at, b)
		}
	}
	e.at[branch] = now
}

// take reports, once, whether the INVITE with this branch was cancelled before it came.
func (e *earlyCancels) take(branch string, now time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	at, ok := e.at[branch]
	delete(e.at, branch)
	return ok && now.Sub(at) <= earlyMemory
}

func branch(req *sip.Request) string {
	b, _ := req.Via().Params.Get("branch")
	return b
}
