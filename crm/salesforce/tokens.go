package salesforce

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// tokens are what the org gives to a link.
type tokens struct {
	Refresh  string    `json:"refresh"`
	Access   string    `json:"access"`
	Instance string    `json:"instance"` // where the access token is valid
	At       time.Time `json:"at"`       // when the org gave them
}

// keptAccess is the access token as it is kept in Secrets, beside the refresh token. With it, a start spends no refresh
// token, which may be valid once only.
type keptAccess struct {
	Token    string    `json:"token"`
	Instance string    `json:"instance"`
	At       time.Time `json:"at"`
}

// accessKey names the access token, as secretKey names the refresh token.
func (l savedLink) accessKey() string { return l.secretKey() + "/access" }

// keptTokens reads the tokens of a link from Secrets. The access token may be missing: it is fetched when it is needed.
func (c *Client) keptTokens(link savedLink) (tokens, error) {
	refresh, err := c.cfg.Secrets.Get(link.secretKey())
	if err == nil && refresh == "" {
		err = ErrNoSecret
	}
	if err != nil {
		return tokens{}, err
	}
	kept := tokens{Refresh: refresh}
	text, err := c.cfg.Secrets.Get(link.accessKey())
	var access keptAccess
	if err != nil || json.Unmarshal([]byte(text), &access) != nil || access.Instance != link.InstanceURL {
		return kept, nil
	}
	kept.Access, kept.Instance, kept.At = access.Token, access.Instance, access.At
	return kept, nil
}

// keepTokens puts tokens into Secrets and reports whether the refresh token is in memory only. It comes first, and only when
// it is another one than before: an org without rotation gives none. Locked Secrets are left alone, since their owner would be
// asked for a password while a call waits for the org.
func (c *Client) keepTokens(link savedLink, before string, t tokens) (unsaved bool) {
	if c.shut() {
		return t.Refresh != before || c.volatile()
	}
	if t.Refresh != before {
		if err := c.cfg.Secrets.Set(link.secretKey(), t.Refresh); err != nil {
			c.cfg.Log.Error("token of the link not stored in the keyring; the link lasts until the app ends", "err", err)
			return true
		}
	}
	c.keepAccess(link, t)
	return c.volatile()
}

func (c *Client) keepAccess(link savedLink, t tokens) {
	b, err := json.Marshal(keptAccess{t.Access, t.Instance, t.At})
	if err == nil {
		err = c.cfg.Secrets.Set(link.accessKey(), string(b))
	}
	if err != nil {
		c.cfg.Log.Warn("access token not stored in the keyring; the next start fetches another", "err", err)
	}
}

// dropTokens deletes the tokens of a link from Secrets.
func (c *Client) dropTokens(link savedLink) {
	for _, key := range []string{link.secretKey(), link.accessKey()} {
		if err := c.cfg.Secrets.Delete(key); err != nil && !errors.Is(err, ErrNoSecret) {
			c.cfg.Log.Error("token of a link not deleted from the keyring", "err", err)
		}
	}
}

func (c *Client) volatile() bool {
	v, ok := c.cfg.Secrets.(interface{ Volatile() bool })
	return ok && v.Volatile()
}

// shut reports whether Secrets would ask their owner for a password before they take anything.
func (c *Client) shut() bool {
	s, ok := c.cfg.Secrets.(interface{ Open() bool })
	return ok && !s.Open()
}

// keepUnsaved puts tokens that are in memory only into Secrets, and ends the links that this one has replaced. With ask, locked Secrets
// have their owner open them first, which takes as long as the owner takes to type a password; no request waits for that. No
// exchange is made while the tokens are put: a token that it spends would take the place of its successor.
func (c *Client) keepUnsaved(ctx context.Context, ask bool) {
	c.keeping.Lock()
	defer c.keeping.Unlock()
	link, unsaved, waits := c.unkept()
	if !waits {
		return
	}
	if ask && unsaved && c.shut() {
		_, _ = c.cfg.Secrets.Get(link.secretKey()) // what it has is of no use
	}
	unlock, err := c.holdLink(ctx)
	if err != nil {
		return // the next look at the keyring tries again
	}
	defer unlock()
	c.mu.Lock()
	link, held, unsaved := c.link, tokens{c.refresh, c.access, c.link.InstanceURL, c.link.TokenAt}, c.status.Unsaved
	c.mu.Unlock()
	if unsaved {
		if link.OrgID == "" || held.Refresh == "" || c.volatile() || c.keepTokens(link, "", held) {
			return
		}
		c.setStatus(func(s *crm.LinkStatus) { s.Unsaved = false })
	}
	c.endEarlier(ctx)
}

// unkept reports whether the link has something in memory that Secrets and Store are to have.
func (c *Client) unkept() (link savedLink, unsaved, waits bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	unsaved = c.status.Unsaved
	return c.link, unsaved, c.link.OrgID != "" && (unsaved || len(c.earlier) > 0)
}

// keyringPause is how often the owner of the keyring is asked to open it, at most.
const keyringPause = time.Minute

// awaitKeyring puts off an exchange until the keyring is open. An org with rotation, and any may have it until an exchange has shown that it has
// not, invalidates the token that the keyring has, and the new one would be in memory only: the end of the app would be the end of the link. The keyring is asked for the token that it has, which has
// its owner open it; nobody waits for that.
//
// A link that has replaced another keeps its tokens meanwhile: the Store may describe the other one still, so they could not be found again.
func (c *Client) awaitKeyring(link savedLink) error {
	c.mu.Lock()
	replaces := len(c.earlier) > 0
	c.mu.Unlock()
	if replaces {
		c.setStatus(func(s *crm.LinkStatus) { s.State, s.Reason = crm.Waiting, fault.New(waitingForKeyring) })
	} else {
		c.setLink(linkWithTokens{link: link, waits: true})
	}
	c.mu.Lock()
	now := c.cfg.Now()
	ask := now.Sub(c.keyringAsked) >= keyringPause && !c.closed
	if ask {
		c.keyringAsked = now
	}
	c.mu.Unlock()
	if ask {
		go func() { _ = c.KeyringChanged(c.ctx) }() // which takes up nothing that somebody else has taken up by then
	}
	return waitsForKeyring(errShut)
}

// errShut means that no exchange is made because Secrets are locked.
var errShut = errors.New("the keyring is locked, and the org may rotate tokens")

// waitsForKeyring is the error while the keyring has not given the link's token.
func waitsForKeyring(cause error) *crm.Error {
	if cause == nil {
		cause = errors.New("the keyring has not answered")
	}
	return &crm.Error{Class: crm.ClassNotLinked, Fault: fault.New("salesforce.waiting-for-keyring"), Err: cause}
}
