package salesforce

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"linecard/clean"
	"linecard/crm"
	"linecard/crm/salesforce/hosts"
	"linecard/fault"
	"linecard/wholefile"
)

// ErrNoSecret is what Secrets.Get returns, wrapped or not, when there is no secret with the key.
var ErrNoSecret = errors.New("no such secret")

// Secrets keeps the refresh token and the access token, normally in the system's keyring. An implementation that lasts only
// until the app ends has one more method, Volatile() bool, which returns true; the link's status is then Unsaved. One that may
// ask its owner for a password has the method Open() bool, which returns false while it would.
type Secrets interface {
	Get(key string) (string, error) // ErrNoSecret when there is none
	Set(key, value string) error
	Delete(key string) error // nil or ErrNoSecret when there is none
}

// Store keeps the link's description, a small JSON document with nothing secret in it.
type Store interface {
	Load() ([]byte, error) // nil or fs.ErrNotExist when nothing was saved
	Save([]byte) error     // nil deletes the document
}

// FileStore keeps the link's description in the file at path, which is replaced as a whole (mode 0600).
func FileStore(path string) Store { return fileStore(path) }

type fileStore string

func (f fileStore) Load() ([]byte, error) { return os.ReadFile(string(f)) }

func (f fileStore) Save(b []byte) error {
	if b == nil {
		if err := os.Remove(string(f)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	return wholefile.Write(string(f), b, 0o600)
}

// savedLink is the document in the Store.
type savedLink struct {
	LoginHost   string    `json:"loginHost"`
	ClientID    string    `json:"clientId"`
	InstanceURL string    `json:"instanceUrl"`
	OrgID       string    `json:"orgId"`
	OrgName     string    `json:"orgName,omitempty"`
	Sandbox     bool      `json:"sandbox,omitempty"`
	UserID      string    `json:"userId"`
	Username    string    `json:"username,omitempty"`
	DisplayName string    `json:"displayName,omitempty"`
	APIVersion  string    `json:"apiVersion,omitempty"`
	Scopes      []string  `json:"scopes,omitempty"`
	LinkedAt    time.Time `json:"linkedAt"`
	TokenAt     time.Time `json:"tokenAt,omitzero"`
	KeepsToken  bool      `json:"keepsToken,omitempty"` // the last exchange has given no other refresh token; false while none was made
	Spare       bool      `json:"spare,omitempty"`      // the tokens have their second name, see secretKey

	Limits []fault.Fault `json:"limits,omitempty"` // what was told of the link; see limits.go
}

// secretKey names the refresh token. It holds org and user, so that after a crash during a relink the old link has its
// own token and never the new one's. A user who is linked again by another app, or at another login host, has a second name for the same reason:
// no other app can use the token.
func (l savedLink) secretKey() string {
	key := "salesforce/" + l.OrgID + "/" + l.UserID
	if l.Spare {
		key += "/2"
	}
	return key
}

// inPlaceOf returns l with a secretKey that it shares with the link before only where the token of either works for both.
func (l savedLink) inPlaceOf(before savedLink) savedLink {
	l.Spare = l.OrgID == before.OrgID && l.UserID == before.UserID && before.Spare != (l.ClientID != before.ClientID || l.LoginHost != before.LoginHost)
	return l
}

// fill copies the link's fields into the status, and does not change state, reason and quota.
func (l savedLink) fill(s *crm.LinkStatus) {
	s.OrgID, s.OrgName, s.Sandbox = l.OrgID, l.OrgName, l.Sandbox
	s.UserID, s.Username, s.DisplayName = l.UserID, l.Username, l.DisplayName
	s.InstanceURL, s.LoginHost, s.APIVersion = l.InstanceURL, l.LoginHost, l.APIVersion
	s.Scopes, s.LinkedAt, s.TokenAt, s.Limits = l.Scopes, l.LinkedAt, l.TokenAt, l.Limits
	if !l.TokenAt.IsZero() {
		s.AtRisk = l.TokenAt.Add(idleLife)
	}
}

// LinkUnreadable is the code of the error for a saved link that cannot be read, or is none of Linecard's. It is Unlinked with that reason.
const LinkUnreadable fault.Code = "salesforce.link-unreadable"

func unreadableLink(err error) *crm.Error {
	return &crm.Error{Class: crm.ClassNotLinked, Fault: fault.New(LinkUnreadable), Err: fmt.Errorf("read the saved link: %w", err)}
}

// loadLink returns the saved link, and false when there is none.
func (c *Client) loadLink() (savedLink, bool, error) {
	b, err := c.cfg.Store.Load()
	if errors.Is(err, fs.ErrNotExist) || (err == nil && len(b) == 0) {
		return savedLink{}, false, nil
	}
	if err != nil {
		return savedLink{}, false, unreadableLink(err)
	}
	var l savedLink
	if err := json.Unmarshal(b, &l); err != nil {
		return savedLink{}, false, unreadableLink(err)
	}
	l.OrgName, l.Username, l.DisplayName = clean.Line(l.OrgName), clean.Line(l.Username), clean.Line(l.DisplayName) // earlier versions kept them as they came
	if _, err := loginHost(l.LoginHost); err != nil {
		return savedLink{}, false, unreadableLink(err)
	}
	if err := hosts.CheckInstance(l.InstanceURL, l.LoginHost); err != nil {
		return savedLink{}, false, unreadableLink(err)
	}
	return l, true, nil
}

// updateLink changes the link, shows the change in the status, saves it, and returns the changed link.
func (c *Client) updateLink(change func(*savedLink)) savedLink {
	c.mu.Lock()
	change(&c.link)
	c.link.fill(&c.status)
	c.changes++
	link := c.link
	c.mu.Unlock()
	c.saveLink()
	c.publish()
	return link
}

// updateLinkIf changes the link unless another link has replaced it since epoch.
func (c *Client) updateLinkIf(epoch int, change func(*savedLink)) {
	c.updateLink(func(l *savedLink) {
		if c.epoch == epoch {
			change(l)
		}
	})
}

// saveLink stores the current link, and reports whether it is stored. A link that cannot be written works until the app ends, so
// a failure is logged only. While the link before is the one that would outlast the app, the Store goes on describing that.
func (c *Client) saveLink() (saved bool) {
	c.saving.Lock() // the last one saves the newest state
	defer c.saving.Unlock()
	c.mu.Lock()
	l, held := c.link, len(c.earlier) > 0 && c.status.Unsaved
	c.mu.Unlock()
	if l.OrgID == "" || held && !c.volatile() {
		return false // unlinked in the meantime, or not safe yet
	}
	b, err := json.MarshalIndent(l, "", "  ")
	if err == nil {
		err = c.cfg.Store.Save(b)
	}
	if err != nil {
		c.cfg.Log.Error("the link to Salesforce could not be saved; it lasts until the app ends", "err", err)
	}
	return err == nil
}

// forgetLink empties the Store.
func (c *Client) forgetLink() error {
	c.saving.Lock()
	defer c.saving.Unlock()
	if err := c.cfg.Store.Save(nil); err != nil {
		return fmt.Errorf("forget the link: %w", err)
	}
	return nil
}
