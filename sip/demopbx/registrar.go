package demopbx

import (
	"context"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// binding is where an extension's phone is reached (RFC 3261 §10).
type binding struct {
	extension string
	contact   sip.Uri
	transport string // "UDP", "TCP"
	addr      string // where its REGISTER came from: answers and calls go there
	callID    string
	seq       uint32
	expires   time.Time
}

// registrar keeps the bindings: by extension, by contact.
type registrar struct {
	mu      sync.Mutex
	byUser  map[string]map[string]binding
	changed chan struct{} // closed and replaced whenever a binding comes or goes
}

func (r *registrar) init() {
	r.byUser = map[string]map[string]binding{}
	r.changed = make(chan struct{})
}

// Registered reports whether a phone is registered for the extension now.
func (p *PBX) Registered(extension string) bool {
	return len(p.reg.bindings(extension, time.Now())) > 0
}

// WaitRegistered returns when a phone has registered for the extension, or with the context's error.
func (p *PBX) WaitRegistered(ctx context.Context, extension string) error {
	for {
		changed := p.reg.watch()
		if p.Registered(extension) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("nobody registered as %s: %w", extension, ctx.Err())
		case <-p.ctx.Done():
			return ErrClosed
		}
	}
}

func (r *registrar) watch() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changed
}

// bindings returns the live bindings of an extension, in a steady order.
func (r *registrar) bindings(extension string, now time.Time) []binding {
	r.mu.Lock()
	defer r.mu.Unlock()
	var live []binding
	for contact, b := range r.byUser[extension] {
		if now.Before(b.expires) {
			live = append(live, b)
		} else {
			delete(r.byUser[extension], contact)
		}
	}
	sort.Slice(live, func(i, j int) bool { return live[i].contact.String() < live[j].contact.String() })
	return live
}

// put sets or, with an expiry that is not in the future, removes a binding. It reports false for a REGISTER that was
// overtaken by a later one of the same phone (RFC 3261 §10.3 step 7).
func (r *registrar) put(b binding, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	user := r.byUser[b.extension]
	if user == nil {
		user = map[string]binding{}
		r.byUser[b.extension] = user
	}
	key := b.contact.String()
	if old, ok := user[key]; ok && old.callID == b.callID && old.seq >= b.seq {
		return false
	}
	if b.expires.After(now) {
		user[key] = b
	} else {
		delete(user, key)
	}
	close(r.changed)
	r.changed = make(chan struct{})
	return true
}

// onRegister answers REGISTER: challenge, query, add, refresh, remove.
func (p *PBX) onRegister(req *sip.Request, tx sip.ServerTransaction) {
	extension, ok := p.authenticate(req, tx)
	if !ok {
		return
	}
	if req.To().Address.User != extension { // an extension registers itself only
		p.respond(req, tx, 403, "Forbidden")
		return
	}
	now := time.Now()
	contacts, err := contactsOf(req)
	if err != nil {
		p.respond(req, tx, 400, "Bad Contact")
		return
	}
	for _, c := range contacts {
		asked, ok := expiryOf(req, c)
		switch {
		case !ok:
			asked = p.cfg.MaxExpires
		case asked > 0 && asked < p.cfg.MinExpires:
			p.respond(req, tx, 423, "Interval Too Brief", header("Min-Expires", seconds(p.cfg.MinExpires)))
			return
		}
		if c.Address.Wildcard {
			if asked != 0 { // RFC 3261 §10.3 step 6
				p.respond(req, tx, 400, "Bad Contact")
				return
			}
			for _, b := range p.reg.bindings(extension, now) {
				b.callID, b.expires = "", now
				p.reg.put(b, now)
			}
			continue
		}
		uri := *c.Address.Clone()
		if !p.reg.put(binding{
			extension: extension, contact: uri, transport: sip.NetworkToUpper(req.Transport()), addr: req.Source(),
			callID: req.CallID().Value(), seq: req.CSeq().SeqNo, expires: now.Add(min(asked, p.cfg.MaxExpires)),
		}, now) {
			p.respond(req, tx, 500, "Out Of Order")
			return
		}
	}
	p.log.Debug("demo PBX: registration", "extension", extension, "contacts", len(contacts))
	headers := []sip.Header{header("Date", now.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))}
	for _, b := range p.reg.bindings(extension, now) {
		left := (b.expires.Sub(now) + time.Second/2) / time.Second
		headers = append(headers, header("Contact", fmt.Sprintf("<%s>;expires=%d", b.contact.String(), left)))
	}
	p.respond(req, tx, 200, "OK", headers...)
}

// contactsOf parses every Contact of a REGISTER; a header may list several, joined by commas, and sipgo reads only one.
func contactsOf(req *sip.Request) ([]*sip.ContactHeader, error) {
	var all []*sip.ContactHeader
	for _, h := range req.GetHeaders("Contact") {
		for _, value := range splitList(h.Value()) {
			if strings.TrimSpace(value) == "*" {
				all = append(all, &sip.ContactHeader{Address: sip.Uri{Wildcard: true}})
				continue
			}
			var c sip.ContactHeader
			if _, err := sip.ParseAddressValue(strings.TrimSpace(value), &c.Address, &c.Params); err != nil {
				return nil, fmt.Errorf("contact: %w", err)
			}
			all = append(all, &c)
		}
	}
	return all, nil
}

// splitList splits a header value at the commas that are neither quoted nor inside <>.
func splitList(value string) []string {
	var parts []string
	quoted, depth, start := false, 0, 0
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<':
			depth++
		case c == '>':
			depth--
		case c == ',' && depth <= 0:
			parts = append(parts, value[start:i])
			start = i + 1
		}
	}
	return append(parts, value[start:])
}

// expiryOf is the life a contact asks for: its own parameter first, then the header for all; ok is false when neither
// says.
func expiryOf(req *sip.Request, c *sip.ContactHeader) (life time.Duration, ok bool) {
	if v, ok := c.Params.Get("expires"); ok {
		if n, err := strconv.ParseUint(v, 10, 31); err == nil {
			return time.Duration(n) * time.Second, true
		}
	}
	if h := req.GetHeader("Expires"); h != nil {
		if n, err := strconv.ParseUint(strings.TrimSpace(h.Value()), 10, 31); err == nil {
			return time.Duration(n) * time.Second, true
		}
	}
	return 0, false
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
