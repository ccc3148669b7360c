package salesforce

import (
	"context"
	"net/http"
	"net/url"

	"linecard/crm"
)

// Salesforce has more ways to shut a user out than its documentation lists. A refusal that is not known, with status 403, may be about one
// call or about everything. One harmless question tells: where that is refused as well, the link is held, and no call after the other
// is set aside for a person to look at.

// notEnabled is the code of a function that the org has not bought. Refused to a write, it is refused to all of them; a question of another
// kind may be answered.
const notEnabled = "FUNCTIONALITY_NOT_ENABLED"

// unknownDenial reports whether an error is a refusal, of which it is not known what is refused.
func unknownDenial(err error) bool {
	e, _ := asError(err)
	list := refusals(err)
	if e == nil || e.Class != crm.ClassPermission || len(list) == 0 || len(e.Fields) > 0 {
		return false
	}
	_, known := classes[e.Code]
	return !known && statusOf(err) == http.StatusForbidden
}

// statusOf is the HTTP status of the org's refusal in err; 0 where there is none.
func statusOf(err error) int {
	r, _ := asRefusal(err)
	return r.status
}

// question is what every user of an org may ask.
func (c *Client) question() call {
	q := c.get("/query", url.Values{"q": {"SELECT Id FROM User LIMIT 1"}}, c.cfg.WriteTimeout)
	q.probe = true
	return q
}

// afterUnknown finds out whether a write was refused with everything else, and holds the link then.
func (c *Client) afterUnknown(ctx context.Context, err error) error {
	if !unknownDenial(err) {
		return err
	}
	epoch := c.epochNow()
	e, _ := asError(err)
	if e.Code != notEnabled {
		_, also := c.do(ctx, c.question(), nil)
		if len(refusals(also)) == 0 || statusOf(also) != http.StatusForbidden {
			return err
		}
	}
	held := *e
	held.Class = crm.ClassBlocked
	c.note(call{writes: true}, epoch, &held)
	return &held
}
