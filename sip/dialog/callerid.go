package dialog

import "github.com/emiago/sipgo/sip"

// Where the server is told what a callee is to see.
const (
	CallerInPreferred = "ppi"  // P-Preferred-Identity (RFC 3325 §9.2): the server puts it into P-Asserted-Identity, or another one, as it sees fit
	CallerInFrom      = "from" // the From header
	CallerInAsserted  = "pai"  // P-Asserted-Identity (RFC 3325 §9.1): for servers that trust their phones as they trust each other
)

// Shown is what the callee of a call is to see: a number with a name, or with Withheld nobody's; the zero Shown asks for nothing.
type Shown struct {
	Number, Name string
	Withheld     bool
	In           string // the header it is sent in: one of the CallerIn constants; "" means the first
}

// ShowAs says what the callee is to see, before Invite.
func (c *Call) ShowAs(s Shown) { c.shown = s }

// from is the From header of a call without its tag.
func (c *Call) from() sip.FromHeader {
	f := sip.FromHeader{DisplayName: quotable(c.ua.cfg.Account.DisplayName), Address: c.ua.self()}
	if c.shown.In != CallerInFrom {
		return f
	}
	switch {
	case c.shown.Withheld: // RFC 3323 §4.1.1.3
		f.DisplayName, f.Address = "Anonymous", sip.Uri{Scheme: c.ua.scheme(), User: "anonymous", Host: "anonymous.invalid"}
	case c.shown.Number != "":
		f.Address.User = escapeUser(c.shown.Number)
		if c.shown.Name != "" {
			f.DisplayName = quotable(c.shown.Name)
		}
	}
	return f
}

// identify adds to an INVITE what the callee is to see. A server that is asked for privacy (RFC 3323 §4.2, RFC 3325 §9.3) leaves out who it is.
func (c *Call) identify(req *sip.Request) {
	s := c.shown
	if s.Withheld {
		req.AppendHeader(sip.NewHeader("Privacy", "id"))
		return
	}
	name := map[string]string{CallerInAsserted: "P-Asserted-Identity", CallerInFrom: ""}
	header, other := name[s.In]
	if !other {
		header = "P-Preferred-Identity"
	}
	if s.Number == "" || header == "" {
		return
	}
	u := c.ua.self()
	u.User = escapeUser(s.Number)
	who := ""
	if s.Name != "" {
		who = `"` + quotable(s.Name) + `" `
	}
	req.AppendHeader(sip.NewHeader(header, who+"<"+u.String()+">"))
}
