package demopbx

import (
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// treatment is what happens to a call to one number.
type treatment struct {
	rings   time.Duration   // how long 180 stands before the final answer; 0 sends none
	code    int             // the final answer
	reason  string          //
	name    string          // of who answers, shown as connected line
	talk    func(d *dialog) // from 200 on: what the other side does
	targets []binding       // phones to ring instead; the treatment's code is for when nobody registered
}

// Room is the conference room. Whoever is transferred there is not heard of again, and the phone hears itself.
const Room = "608"

// EchoTest is the number of the echo test, which is 600 too.
const EchoTest = "*43"

// treat looks a number up in the dial plan. from is the extension that calls: its own phones do not ring.
func (p *PBX) treat(number, from string) treatment {
	moment := min(p.cfg.Ring, 500*time.Millisecond)
	switch number {
	case "600", EchoTest:
		return treatment{rings: moment, code: 200, name: "Echo test", talk: func(d *dialog) { d.audio.echo() }}
	case "601":
		return treatment{code: 486, reason: "Busy Here"}
	case "602":
		return treatment{rings: p.cfg.NoAnswer, code: 480, reason: "Temporarily Unavailable"}
	case "603":
		return treatment{rings: moment, code: 603, reason: "Decline"}
	case "604":
		return treatment{rings: moment, code: 200, name: "Switchboard", talk: p.transferAway}
	case "605":
		return treatment{rings: moment, code: 200, name: "Busy person", talk: p.holdAndResume}
	case "606":
		return treatment{rings: moment, code: 200, name: "Reception", talk: p.receive}
	case "607":
		return treatment{rings: moment, code: 200, name: "Never held", talk: p.refuseHolds}
	case Room:
		return treatment{rings: moment, code: 200, name: "Conference", talk: func(d *dialog) { d.audio.echo() }}
	case p.cfg.Queue:
		return treatment{targets: p.members(from), code: 480, reason: "Nobody In The Queue"}
	}
	if strings.HasPrefix(number, "*") && p.cfg.Code != nil && p.cfg.Code(from, number) {
		return treatment{code: 200, talk: func(d *dialog) {
			if d.pause(moment) {
				d.bye()
			}
		}}
	}
	if _, ok := p.cfg.Users[number]; ok {
		t := treatment{code: 480, reason: "Not Registered"}
		if number != from {
			t.targets = p.reg.bindings(number, time.Now())
		}
		return t
	}
	for _, person := range p.cfg.Directory {
		if person.Number == number || !p.cfg.Exact && sameNumber(person.Number, number) {
			return treatment{rings: p.cfg.Ring, code: 200, name: person.Name, talk: p.speak}
		}
	}
	return treatment{code: 404, reason: "Not Found"}
}

// members are the phones of the queue: every registered one, but the caller's own.
func (p *PBX) members(except string) []binding {
	var all []binding
	for extension := range p.cfg.Users {
		if extension != except {
			all = append(all, p.reg.bindings(extension, time.Now())...)
		}
	}
	return all
}

// speak plays the voice.
func (p *PBX) speak(d *dialog) { d.audio.play(loop(p.cfg.Voice)) }

// transferAway is 604: it asks the phone to call 600 instead (RFC 3515). A phone that will not is left talking to the voice.
func (p *PBX) transferAway(d *dialog) {
	p.speak(d)
	if !d.pause(p.cfg.Step) {
		return
	}
	req := d.request(sip.REFER)
	to, by := p.uri("600"), p.uri("604")
	req.AppendHeader(header("Refer-To", "<"+to.String()+">"))
	req.AppendHeader(header("Referred-By", "<"+by.String()+">"))
	res, err := p.send(d.ctx, req)
	if err != nil || !res.IsSuccess() {
		p.log.Debug("demo PBX: the phone would not be transferred", "error", err)
	}
}

// holdAndResume is 605: it holds the phone for a step and comes back.
func (p *PBX) holdAndResume(d *dialog) {
	p.speak(d)
	for _, want := range []direction{sendonly, sendrecv} {
		if !d.pause(p.cfg.Step) {
			return
		}
		if want == sendonly {
			d.audio.play(loop([]byte{pcmuSilent}))
		} else {
			p.speak(d)
		}
		if err := d.reinvite(want); err != nil {
			p.log.Debug("demo PBX: hold", "error", err)
			return
		}
	}
}

// receive is 606: it talks for a step and hands the phone on to the first person of the directory.
func (p *PBX) receive(d *dialog) {
	p.speak(d)
	if len(p.cfg.Directory) > 0 {
		p.handOn(d, p.cfg.Directory[0])
	}
}

// handOn joins a phone with another person a step later. What was one call of two phones is then the same call for this
// one; an UPDATE tells who it is with (RFC 3311 §5.1, RFC 3325 §9).
func (p *PBX) handOn(d *dialog, to Person) {
	if !d.pause(p.cfg.Step) {
		return
	}
	req := d.request(sip.UPDATE)
	_, who := identity{name: to.Name, number: to.Number}.headers(p)
	for _, h := range who {
		req.AppendHeader(h)
	}
	if res, err := p.send(d.ctx, req); err != nil || !res.IsSuccess() {
		p.log.Debug("demo PBX: connected line", "error", err)
	}
}

// refuseHolds is 607: it talks, and answers every change of the session 488.
func (p *PBX) refuseHolds(d *dialog) {
	p.speak(d)
	d.mu.Lock()
	d.rigid = true
	d.mu.Unlock()
}

// sameNumber compares two numbers by their digits: equal, or one ends in the other when that is long enough to be a
// number by itself. So +44 20 7946 0018, 0044 20 7946 0018 and 020 7946 0018 are one.
func sameNumber(a, b string) bool {
	a, b = significant(a), significant(b)
	if len(a) < len(b) {
		a, b = b, a
	}
	return a == b && a != "" || len(b) >= 7 && strings.HasSuffix(a, b)
}

// significant keeps a number's digits without the zeros it is prefixed with.
func significant(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	return strings.TrimLeft(digits, "0")
}
