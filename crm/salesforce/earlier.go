package salesforce

import (
	"context"
	"slices"
)

// A link that takes the place of another must outlast the app before the other one ends; otherwise the end of the app would be the end of
// both. So Secrets get its refresh token first, then the Store describes it, and then the earlier tokens are revoked and
// deleted. While Secrets cannot take its token, as a locked keyring cannot, it works from memory: Secrets and Store keep the earlier
// link, and the next start has that one.

// earlierLink is a link that another has replaced.
type earlierLink struct {
	link    savedLink
	refresh string // "" where it is not known, or not to be revoked
	shared  bool   // the link that has replaced it was given the same token
}

// replaces returns the links that a new one is to end, the one that the Store describes first, and the new one with a name for its tokens
// that spoils none of theirs.
func (c *Client) replaces(link savedLink, refresh string) (savedLink, []earlierLink) {
	c.mu.Lock()
	earlier := slices.Clone(c.earlier)
	if c.link.OrgID != "" {
		earlier = append(earlier, earlierLink{link: c.link, refresh: c.refresh})
	}
	c.mu.Unlock()
	if len(earlier) == 0 {
		return link, nil
	}
	for i := range earlier {
		if earlier[i].refresh == refresh {
			earlier[i].refresh, earlier[i].shared = "", true
		}
	}
	return link.inPlaceOf(earlier[0].link), earlier
}

// endEarlier revokes and forgets the links that the current one has replaced, once Secrets and Store have that. The caller holds the link.
func (c *Client) endEarlier(ctx context.Context) {
	c.mu.Lock()
	waits := len(c.earlier) > 0
	c.mu.Unlock()
	if !waits || !c.saveLink() {
		return
	}
	c.mu.Lock()
	key, ended := c.link.secretKey(), c.earlier
	c.earlier = nil
	c.mu.Unlock()
	for _, e := range ended {
		other := e.link.secretKey() != key
		if e.refresh == "" && other && !e.shared { // the keyring had not given it when the link was replaced
			if kept, err := c.keptTokens(e.link); err == nil {
				e.refresh = kept.Refresh
			}
		}
		if e.refresh != "" {
			if err := c.revoke(ctx, e.link.LoginHost, e.refresh); err != nil {
				c.cfg.Log.Warn("earlier link not revoked", "err", err)
			}
		}
		if other {
			c.dropTokens(e.link)
		}
	}
}
