package salesforce

import (
	"context"
	"errors"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// session is what one request needs to reach the org.
type session struct {
	token    string
	instance string // https://acme.my.salesforce.com
	version  string // v68.0
	org      string
	user     string
	epoch    int
}

// A refresh is bounded by step, and a caller that gives up does not cut it short: with token rotation, an abandoned exchange means
// a lost link, since the org may have spent the token already. So an exchange has a time of its own, much longer than that of a write,
// which begins with its request. Waiting for a turn spends nothing.
const (
	turnTimeout     = 20 * time.Second
	exchangeTimeout = 90 * time.Second
	renewTimeout    = 2*turnTimeout + exchangeTimeout + 20*time.Second // a turn here, one among the processes, the exchange, and what follows
)

// closeGrace is the time that a running refresh gets when the app ends, for the same reason.
const closeGrace = 3 * time.Second

// session returns a session whose token is not stale; all callers share one refresh. stale is the token that the org
// has just refused, or "" on a first request.
func (c *Client) session(ctx context.Context, stale string) (session, error) {
	for range 2 {
		s, err := c.current()
		if err != nil || (s.token != "" && s.token != stale && s.version != "") {
			return s, err
		}
		done := c.flights.DoChan("renew", func() (any, error) {
			return nil, c.detached(renewTimeout, closeGrace, func(ctx context.Context) error { return c.renew(ctx, stale) })
		})
		select {
		case r := <-done:
			if r.Err != nil {
				return session{}, r.Err
			}
		case <-ctx.Done():
			return session{}, &crm.Error{Class: crm.ClassTransient, Fault: connectionFault(ctx.Err()), Err: ctx.Err()}
		}
	}
	return c.current()
}

func (c *Client) current() (session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.dead != nil && (c.retryAt.IsZero() || c.cfg.Now().Before(c.retryAt)):
		dead := *c.dead // a copy: callers may change the reason
		return session{}, &dead
	case c.refresh == "" && c.link.OrgID != "":
		return session{}, waitsForKeyring(nil)
	case c.refresh == "":
		return session{}, notLinked()
	}
	return session{token: c.access, instance: c.link.InstanceURL, version: c.link.APIVersion, org: c.link.OrgID, user: c.link.UserID, epoch: c.epoch}, nil
}

// detached runs f with a context of the client, which ends at the timeout or, after a grace period, at Close. Close
// waits for f.
func (c *Client) detached(timeout, grace time.Duration, f func(context.Context) error) error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return &crm.Error{Class: crm.ClassTransient, Fault: fault.New("salesforce.closing"), Err: context.Canceled}
	}
	c.work.Add(1)
	c.mu.Unlock()
	defer c.work.Done()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	defer context.AfterFunc(c.ctx, func() { time.AfterFunc(grace, cancel) })()
	return f(ctx)
}

// renew gets a new access token in place of stale, and the API version when it is not known yet.
func (c *Client) renew(ctx context.Context, stale string) error {
	turn, cancel := context.WithTimeout(ctx, turnTimeout)
	release, err := c.holdHere(turn)
	cancel()
	if err != nil {
		return err
	}
	defer release()

	c.mu.Lock()
	job := renewal{Link: c.link, Refresh: c.refresh, Stale: stale, Unsaved: c.status.Unsaved}
	job.Waits = !job.Link.KeepsToken && !job.Unsaved
	access := c.access
	c.mu.Unlock()
	if job.Refresh == "" {
		return notLinked()
	}
	version, instance := job.Link.APIVersion, job.Link.InstanceURL
	if access == "" || access == stale {
		if job.Waits && c.shut() { // without a process that would only find this out
			return c.awaitKeyring(job.Link)
		}
		done, err := c.renewed(ctx, job)
		if done.Refresh != "" {
			c.use(done, job.Refresh)
		}
		if e, _ := asError(err); e != nil && e.Class == crm.ClassNotLinked && e.Fault.Is(waitingForKeyring) { // it was locked meanwhile
			return c.awaitKeyring(job.Link)
		}
		if err != nil {
			c.renewFailed(err)
			return err
		}
		instance = done.Instance
	}
	if version == "" {
		v, err := c.discover(ctx, instance)
		if err != nil {
			return err
		}
		c.updateLink(func(l *savedLink) { l.APIVersion = v })
	}
	return nil
}

// use makes renewed tokens the client's own. They are kept already.
func (c *Client) use(t renewed, sent string) {
	c.mu.Lock()
	c.access, c.refresh, c.dead = t.Access, t.Refresh, nil
	c.link.InstanceURL, c.link.TokenAt, c.link.KeepsToken = t.Instance, t.At, t.Refresh == sent
	c.link.fill(&c.status)
	c.status.State, c.status.Reason = crm.Linked, fault.Fault{}
	c.status = c.heldStatus(c.status, c.status.Trouble) // a new token does not help where the org refuses all of them
	c.status.Unsaved = t.Unsaved
	c.changes++
	replaces := len(c.earlier) > 0
	c.mu.Unlock()
	c.cfg.Log.Info("access to Salesforce renewed", "rotated", t.Refresh != sent)
	c.publish()
	if (t.Unsaved || replaces) && !c.volatile() {
		go c.keepUnsaved(c.ctx, true) // now the keyring's owner may be asked for its password: nobody waits, Close neither
	}
}

// retryDeadAfter is the longest time until a link is tried again that Salesforce refuses only at this place or hour, or
// until an admin has done something.
const retryDeadAfter = lastHold + lastHold/4

// renewFailed makes the link Inactive when err says that it does not work. It is tried again automatically where it may
// work again without a new login.
func (c *Client) renewFailed(err error) {
	e, ok := errors.AsType[*crm.Error](err)
	if !ok || e.Class == crm.ClassTransient {
		c.cfg.Log.Warn("access to Salesforce not renewed", "err", errors.Unwrap(err))
		return
	}
	c.cfg.Log.Error("the link to Salesforce is inactive", "err", e.Err)
	c.mu.Lock()
	c.dead, c.access, c.retryAt = e, "", time.Time{}
	if e.Class == crm.ClassPermission || waitsForAdmin(e.Fault.Code) {
		c.holds.tries++
		c.retryAt = c.cfg.Now().Add(c.holds.pause(e))
	}
	c.mu.Unlock()
	c.setStatus(func(s *crm.LinkStatus) { s.State, s.Reason = crm.Inactive, e.Fault })
	c.mend()
}

// waitsForAdmin reports whether a refused refresh token works again when an admin has acted: the user is active again,
// the org is unlocked, the app is assigned or unblocked.
func waitsForAdmin(code fault.Code) bool {
	switch code {
	case "salesforce.user-inactive", "salesforce.org-inactive", "salesforce.app-not-assigned", "salesforce.app-blocked":
		return true
	}
	return false
}
