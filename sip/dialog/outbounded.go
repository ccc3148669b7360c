package dialog

import (
	"slices"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Outbound (RFC 5626) is how a registrar, or an edge before it, sends everything for a phone by the connection that the phone has made, and knows
// by the instance and reg-id that a REGISTER from another address takes the place of one before. One flow is what a phone needs; should it be lost,
// another one is made.
//
// By TCP and TLS it is offered to everybody. Who does not know it passes over the parameter, as Asterisk and FreeSWITCH do; Kamailio takes the
// binding for the one before by it, with its module outbound and without. By UDP it is said where a registrar requires it: little is gained
// there, as the binding is renewed every 25 seconds, and the keepalive would have to be STUN, which most of those who take SIP by UDP do not answer.

const (
	optionOutbound = "outbound"
	regID          = "1" // one flow, always the same: another server of the account's takes the place of the one before

	// statusFirstHop is the answer of a registrar that knows Outbound where the hop before it does not (RFC 5626 §11.6).
	statusFirstHop = 439

	// leastFlowTimer and mostFlowTimer bound what a server may say of how often it wants to be pinged.
	leastFlowTimer, mostFlowTimer = 5 * time.Second, time.Hour
)

// outbounding is what was agreed on with a registrar.
type outbounding struct {
	asked   bool          // by a registrar that requires it
	refused bool          // the way to it cannot
	granted bool          // its last 200 says that it is done
	timer   time.Duration // Flow-Timer: how often it wants to be pinged at least; 0: it did not say
}

// offers reports whether a REGISTER by a network says that we know Outbound.
func (o *outbounding) offers(over network, instance string) bool {
	return instance != "" && !o.refused && (over.streamed() || o.asked)
}

// retried takes a refusal that has to do with Outbound, and reports whether the REGISTER can be sent once more, in another way.
func (o *outbounding) retried(res *sip.Response, over network, instance string) bool {
	offered := o.offers(over, instance)
	switch {
	case res.StatusCode == statusFirstHop && offered:
		o.refused = true
		return true
	case res.StatusCode == 421 && !offered && !o.refused && instance != "" && requires(res):
		o.asked = true
		return true
	}
	return false
}

// agreed takes a 200 to a REGISTER.
func (o *outbounding) agreed(res *sip.Response, offered bool) {
	o.granted, o.timer = offered && requires(res), 0
	if s, ok := seconds(header(res, "Flow-Timer")); ok && s > 0 {
		o.timer = min(max(time.Duration(s)*time.Second, leastFlowTimer), mostFlowTimer)
	}
}

func requires(res *sip.Response) bool {
	return slices.ContainsFunc(headerValues(res, "Require"), func(v string) bool { return strings.EqualFold(v, optionOutbound) })
}

// byFlow has a Contact ask that requests of the dialog come by the flow that this one goes by (RFC 5626 §4.3), where the server does that.
func (ua *UA) byFlow(c *sip.ContactHeader, to hop) {
	if r := ua.reg; r.outbound.granted && to.network == r.reached.network && r.servesAddr(to.addr.Addr()) {
		c.Address.UriParams.Add("ob", "")
	}
}
