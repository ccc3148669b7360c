package salesforce

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"linecard/crm"
)

// A Task is written with a status that was closed when the org was last asked, which may be closedLife ago. Where an admin has changed
// that since, the org takes the status and leaves the Task open, without a word. So what is written that way is remembered until the
// org has been asked again, at the latest when the answer has become too old, and what was left open then is closed. That costs no
// request where another call comes by then, and one where none does.

// freshFor is how long an answer about the statuses counts as of this moment.
const freshFor = 5 * time.Second

// mostTrusted bounds the Tasks that are remembered. More than those are not written in closedLife by one user.
const mostTrusted = 1000

// trusted is a Task that was written with a status that was closed some time ago.
type trusted struct {
	id, status string
	owner      owner
}

// trust remembers a Task with the status that was sent, if that is not known to be closed at this moment.
func (c *Client) trust(ref crm.Ref, sent map[string]any, of owner) {
	status, _ := sent["Status"].(string)
	if ref.Object != crm.Task || ref.ID == "" || status == "" {
		return
	}
	if left, first := c.schema.trust(trusted{ref.ID, status, of}, c.cfg.Now()); first {
		time.AfterFunc(left, func() { c.background(c.askWhetherClosed) })
	}
}

// trust keeps a Task, and tells how long the org need not be asked about it; first where nobody has been told that yet.
func (s *schema) trust(t trusted, now time.Time) (left time.Duration, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	age := now.Sub(s.asked)
	if !s.asked.IsZero() && age < freshFor && t.status == s.closed || len(s.trusted) >= mostTrusted || slices.Contains(s.trusted, t) {
		return 0, false
	}
	s.trusted = append(s.trusted, t)
	return max(closedLife-age, time.Second), len(s.trusted) == 1
}

// doubted takes the Tasks whose status is not among those that close any more.
func (s *schema) doubted(all []taskStatus) []trusted {
	s.mu.Lock()
	defer s.mu.Unlock()
	doubted := slices.DeleteFunc(s.trusted, func(t trusted) bool {
		return slices.ContainsFunc(all, func(st taskStatus) bool { return st.name == t.status && st.isClosed })
	})
	s.trusted = nil
	return doubted
}

// askWhetherClosed asks the org for its statuses once the last answer is too old, unless another call has had it asked.
func (c *Client) askWhetherClosed(ctx context.Context) {
	if c.heldBack() != nil || !c.schema.trusts() { // the next write asks
		return
	}
	_, err := c.closedStatus(ctx)
	c.noteWrites(err)
	if err != nil {
		c.cfg.Log.Warn("not known whether the last calls are closed", "err", err)
	}
}

func (s *schema) trusts() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.trusted) > 0
}

// closeLeftOpen closes those of the Tasks that are open, with the status that they were written with. What somebody has made of one since
// stays.
func (c *Client) closeLeftOpen(ctx context.Context, doubted []trusted, closed string) {
	for chunk := range slices.Chunk(doubted, findChunk) {
		ids := make([]string, len(chunk))
		for i, t := range chunk {
			ids[i] = soqlString(t.id)
		}
		soql := "SELECT Id, Status FROM Task WHERE Id IN (" + strings.Join(ids, ",") + ") AND IsClosed = false"
		q := c.get("/query", map[string][]string{"q": {soql}}, c.cfg.WriteTimeout)
		q.owner = chunk[0].owner
		rows, _, err := c.rows(ctx, q)
		var records []map[string]any
		for _, r := range rows {
			if slices.ContainsFunc(chunk, func(t trusted) bool { return t.id == r.text("Id") && t.status == r.text("Status") }) {
				records = append(records, map[string]any{"attributes": map[string]any{"type": crm.Task}, "Id": r.text("Id"), "Status": closed})
			}
		}
		if err == nil && len(records) > 0 {
			change := call{
				method: http.MethodPatch, path: "/composite/sobjects", owner: chunk[0].owner, timeout: 2 * c.cfg.WriteTimeout, repeat: true, writes: true,
				body: map[string]any{"allOrNone": false, "records": records},
			}
			var results []collected
			_, err = c.do(ctx, change, &results)
		}
		if err != nil {
			c.cfg.Log.Warn("calls that were left open are not closed", "calls", len(chunk), "err", err)
		}
	}
}
