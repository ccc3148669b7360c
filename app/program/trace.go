package program

import (
	"time"

	"linecard/sip/trace"
)

// seen keeps a SIP message for support.
func (p *Program) seen(account string, sent bool, network, remote string, text []byte) {
	p.traffic.Add(trace.Message{At: time.Now(), Account: account, Sent: sent, Network: network, Remote: remote}, text)
}

// Trace is what was said by SIP in the last while, without secrets.
func (p *Program) Trace() []trace.Dialog { return p.traffic.Dialogs() }

// ExportTrace is the same as a text for others: without the names and numbers of people, too.
func (p *Program) ExportTrace() string { return trace.Text(trace.Export(p.traffic.All())) }
