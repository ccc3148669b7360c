package salesforce

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"linecard/crm"
)

const userObject = "User"

// userFields are what is asked of each user.
var userFields = []string{"Id", "Name", "Username", "Email", "Extension", "Phone", "IsActive"}

// maxUserPages bounds a list of users: 2,000 are on a page.
const maxUserPages = 100

// Users returns the org's users who can own records: people with a licence of their own, active ones only. Queues are no
// users, and neither a queue nor an automated process or a guest is among them. Of known ids that the list does not have the
// users are returned too, whatever has become of them; an id that is not returned is no user any more. It takes one request
// for 2,000 users, and one more where known has others.
func (c *Client) Users(ctx context.Context, known []string) ([]crm.Person, error) {
	users, err := c.usersWhere(ctx, " WHERE IsActive = true AND UserType = 'Standard' ORDER BY Name")
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, u := range users {
		have[u.ID[:15]] = true
	}
	var missing []string
	for _, id := range known {
		if recordID.MatchString(id) && strings.HasPrefix(id, "005") && !have[id[:15]] && len(missing) < 200 {
			have[id[:15]] = true
			missing = append(missing, soqlString(id))
		}
	}
	if len(missing) == 0 {
		return users, nil
	}
	others, err := c.usersWhere(ctx, " WHERE Id IN ("+strings.Join(missing, ", ")+")")
	return append(users, others...), err
}

// usersWhere reads users page by page.
func (c *Client) usersWhere(ctx context.Context, where string) ([]crm.Person, error) {
	q := c.get("/query", url.Values{"q": {"SELECT " + strings.Join(userFields, ", ") + " FROM " + userObject + where}}, c.cfg.WriteTimeout)
	var users []crm.Person
	for range maxUserPages {
		var page struct {
			Records *[]row `json:"records"`
			Next    string `json:"nextRecordsUrl"`
		}
		r, err := c.do(ctx, q, &page)
		if err == nil && page.Records == nil {
			err = garbled(r.status, errors.New("the answer has no list of users"), true)
		}
		if err != nil {
			return nil, err
		}
		for _, rec := range *page.Records {
			u := crm.Person{
				ID: rec.text("Id"), Name: rec.text("Name"), Username: rec.text("Username"), Email: rec.text("Email"),
				Extension: rec.text("Extension"), Phone: rec.text("Phone"),
			}
			u.Active, _ = rec.value("IsActive").(bool)
			if recordID.MatchString(u.ID) {
				users = append(users, u)
			}
		}
		if page.Next == "" {
			return users, nil
		}
		_, locator, ok := strings.Cut(page.Next, "/query/")
		if !ok || strings.ContainsAny(locator, "/?#%") {
			return nil, garbled(r.status, errors.New("the next page of users has no address"), true)
		}
		q = c.get("/query/"+locator, nil, c.cfg.WriteTimeout)
	}
	return users, nil
}
