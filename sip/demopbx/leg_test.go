package demopbx_test

import (
	"fmt"
	"strings"
)

// leg is one dialog as the phone sees it.
type leg struct {
	p             *phone
	callID        string
	local, remote string // From and To of our requests
	target        string
	branch        string // of the last request
	cseq          int
	invite        message // theirs, on calls that came in
}

func (p *phone) newLeg(to string) *leg {
	n := serial.Add(1)
	return &leg{
		p: p, callID: fmt.Sprintf("call%d@phone", n), target: "sip:" + to + "@" + p.pbx,
		local: fmt.Sprintf("<sip:%s@%s>;tag=p%d", p.user, p.pbx, n), remote: "<sip:" + to + "@" + p.pbx + ">",
	}
}

// send sends a request in the leg, with a new branch; extra headers as whole lines.
func (l *leg) send(method, body string, extra ...string) {
	l.p.t.Helper()
	if method != "ACK" && method != "CANCEL" {
		l.cseq++
	}
	if method != "CANCEL" {
		l.branch = fmt.Sprintf("z9hG4bKp%d", serial.Add(1))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/%s %s;rport;branch=%s\r\nMax-Forwards: 70\r\n", method, l.target,
		strings.ToUpper(l.p.transport), l.p.conn.LocalAddr(), l.branch)
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n", l.local, l.remote, l.callID, l.cseq, method)
	for _, h := range extra {
		b.WriteString(h + "\r\n")
	}
	if !strings.Contains(strings.Join(extra, ""), "Contact:") {
		fmt.Fprintf(&b, "Contact: %s\r\n", l.p.contact())
	}
	if body != "" && method != "NOTIFY" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	l.p.raw(b.String())
}

// expectFinal returns the final response to the leg's last request.
func (l *leg) expectFinal(method string) message {
	l.p.t.Helper()
	return l.p.expect("final response to "+method, func(m message) bool {
		return m.code() >= 200 && m.get("CSeq") == fmt.Sprintf("%d %s", l.cseq, method) && m.get("Call-ID") == l.callID
	})
}

// ackFailure acknowledges a refusal: same branch, To as it came (RFC 3261 §17.1.1.3).
func (l *leg) ackFailure(res message) {
	l.p.raw(fmt.Sprintf("ACK %s SIP/2.0\r\nVia: SIP/2.0/%s %s;rport;branch=%s\r\nMax-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d ACK\r\nContent-Length: 0\r\n\r\n",
		l.target, strings.ToUpper(l.p.transport), l.p.conn.LocalAddr(), l.branch, l.local, res.get("To"), l.callID, l.cseq))
}

// established takes a 200 and acknowledges it.
func (l *leg) established(ok message) {
	l.remote = ok.get("To")
	l.target = uriOf(ok.get("Contact"))
	l.send("ACK", "")
}

// bye hangs up, and waits until the PBX has taken it.
func (l *leg) bye() {
	l.p.t.Helper()
	l.send("BYE", "")
	l.expectFinal("BYE")
}

// invite calls a number, answering the challenge; the INVITE that counts is on its way when it returns.
func (p *phone) invite(number string) *leg {
	p.t.Helper()
	l := p.newLeg(number)
	l.send("INVITE", p.sdp("sendrecv"))
	challenged := l.expectFinal("INVITE")
	if challenged.code() != 407 {
		p.t.Fatalf("INVITE without credentials: %s, want 407", challenged.start)
	}
	l.ackFailure(challenged)
	l.send("INVITE", p.sdp("sendrecv"), p.credentials(challenged, "INVITE", l.target))
	return l
}

// answer takes a call of the PBX: 180, 200, and waits for the ACK.
func (p *phone) answer(invite message) *leg {
	p.t.Helper()
	tag := fmt.Sprintf("a%d", serial.Add(1))
	p.reply(invite, 180, "Ringing", tag, "")
	p.reply(invite, 200, "OK", tag, p.sdp("sendrecv"))
	p.expectRequest("ACK")
	return &leg{
		p: p, callID: invite.get("Call-ID"), local: invite.get("To") + ";tag=" + tag, remote: invite.get("From"),
		target: uriOf(invite.get("Contact")), cseq: 100, invite: invite,
	}
}
