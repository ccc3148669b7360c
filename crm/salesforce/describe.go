package salesforce

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"linecard/crm"
	"linecard/wholefile"
)

// descriptionLife is how long a description is used without asking the org whether it has changed.
const descriptionLife = 12 * time.Hour

// describedObjects are the objects that lookup, card and log need.
func (c *Client) describedObjects() []string {
	var names []string
	for _, row := range c.objectRows() {
		if (row.Search || len(row.Card()) > 0) && !slices.Contains(names, row.Name) {
			names = append(names, row.Name)
		}
	}
	if !slices.Contains(names, crm.Task) {
		names = append(names, crm.Task)
	}
	return names
}

// describeAll updates the descriptions, from disk where they are recent enough, and finds the closed status.
func (c *Client) describeAll(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, name := range c.describedObjects() {
		g.Go(func() error {
			if name != crm.Task {
				_, err := c.describe(ctx, name)
				return err
			}
			_, _, err := c.taskSchema(ctx, true)
			if code := codeOf(err); code == noClosedStatus || code == noTaskRight { // the link's state says so
				return nil
			}
			return err
		})
	}
	err := g.Wait()
	if err == nil {
		c.noteHidden()
	}
	return err
}

// keepDescribed updates missing and old descriptions in the background. An incoming call never waits for one.
func (c *Client) keepDescribed() {
	for _, name := range c.describedObjects() {
		if d, ok := c.schema.get(name); ok && c.schema.recent(d, c.cfg.Now()) {
			continue
		}
		c.background(func(ctx context.Context) {
			_, err, _ := c.flights.Do("describe", func() (any, error) { return nil, c.describeAll(ctx) })
			if err != nil {
				c.cfg.Log.Warn("objects of the org not described yet", "err", errors.Unwrap(err))
			}
		})
		return
	}
}

// describe returns what the user may do with an object, and nil when the user does not see the object.
func (c *Client) describe(ctx context.Context, name string) (*object, error) {
	d, known := c.schema.get(name)
	if !known {
		if d, known = c.readDescription(name); known {
			c.schema.put(name, d)
		}
	}
	if known && c.schema.recent(d, c.cfg.Now()) {
		return d.Object, nil
	}
	q := c.get("/sobjects/"+name+"/describe", nil, c.cfg.WriteTimeout)
	if known && d.Modified != "" {
		q.header = http.Header{"If-Modified-Since": {d.Modified}}
	}
	r, err := c.do(ctx, q, nil)
	switch code := codeOf(err); {
	case code == "NOT_FOUND" || code == "INVALID_TYPE" || code == "INSUFFICIENT_ACCESS":
		d = description{}
	case err != nil:
		return nil, err
	case r.status != http.StatusNotModified:
		o := new(object)
		if err := q.read(r, o); err != nil {
			return nil, err
		}
		if o.Name != name {
			return nil, garbled(r.status, errors.New("the answer describes no "+name), true)
		}
		d = description{Object: o, Modified: r.header.Get("Last-Modified")}
	}
	d.At, d.Format = c.cfg.Now(), descriptionFormat
	c.schema.put(name, d)
	c.writeDescription(name, d)
	return d.Object, nil
}

// descriptionFile has a name per org, user and version: two users of one org see different fields.
func (c *Client) descriptionFile(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cfg.Dir == "" || !recordID.MatchString(c.link.OrgID) || !recordID.MatchString(c.link.UserID) || !apiVersion.MatchString(c.link.APIVersion) {
		return ""
	}
	return filepath.Join(c.cfg.Dir, "describe", c.link.OrgID, c.link.UserID, c.link.APIVersion, name+".json")
}

// forgetDescriptions deletes what is kept of the objects that a link's user sees.
func (c *Client) forgetDescriptions(link savedLink) {
	if c.cfg.Dir == "" || !recordID.MatchString(link.OrgID) || !recordID.MatchString(link.UserID) {
		return
	}
	org := filepath.Join(c.cfg.Dir, "describe", link.OrgID)
	if err := os.RemoveAll(filepath.Join(org, link.UserID)); err != nil {
		c.cfg.Log.Warn("descriptions of an org that was unlinked are not deleted", "err", err)
		return
	}
	_ = os.Remove(org) // unless another user of the org is linked
}

var apiVersion = regexp.MustCompile(`^v[0-9]+\.[0-9]+$`)

func (c *Client) readDescription(name string) (description, bool) {
	file := c.descriptionFile(name)
	if file == "" {
		return description{}, false
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return description{}, false
	}
	var d description
	if err := json.Unmarshal(b, &d); err != nil || (d.Object != nil && d.Object.Name != name) || d.Format != descriptionFormat {
		c.cfg.Log.Warn("cached description unusable; fetching it again", "object", name, "err", err)
		return description{}, false
	}
	return d, true
}

func (c *Client) writeDescription(name string, d description) {
	file := c.descriptionFile(name)
	if file == "" {
		return
	}
	b, err := json.Marshal(d)
	err = errors.Join(err, os.MkdirAll(filepath.Dir(file), 0o700))
	if err == nil {
		err = wholefile.Write(file, b, 0o600)
	}
	if err != nil {
		c.cfg.Log.Warn("description not cached", "object", name, "err", err)
	}
}
