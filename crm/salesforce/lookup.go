package salesforce

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"linecard/crm"
	"linecard/fault"
)

// Lookup finds who calls from n. It makes one request, or none when n is withheld or an extension: answers are remembered in
// app/directory and nowhere else. Lookups of one number at the same time share one request. Every match was verified by
// comparing the numbers and says why it matched; the matches are in the order of crm.Rank.
//
// Ending ctx ends the waiting but not the request, whose answer serves those who share it.
func (c *Client) Lookup(ctx context.Context, n crm.Number) (crm.Result, error) {
	if !n.Public() {
		return crm.Result{Number: n, At: c.cfg.Now()}, nil
	}
	if _, err := c.current(); err != nil {
		return crm.Result{}, err
	}
	use, call := crm.UseOf(ctx), crm.CallOf(ctx)
	done := c.flights.DoChan("lookup "+string(use)+n.E164, func() (any, error) {
		var r crm.Result
		err := c.detached(c.cfg.LookupTimeout, 0, func(ctx context.Context) (err error) {
			r, err = c.lookup(crm.ForCall(crm.ForUse(ctx, use), call), n)
			return err
		})
		return r, err
	})
	select {
	case got := <-done:
		if got.Err != nil {
			return crm.Result{}, got.Err
		}
		r := got.Val.(crm.Result)
		r.Number = n
		r.Matches = append([]crm.Match(nil), r.Matches...) // each caller that shares the answer gets its own copy
		return r, nil
	case <-ctx.Done():
		return crm.Result{}, &crm.Error{Class: crm.ClassTransient, Fault: connectionFault(ctx.Err()), Err: ctx.Err()}
	}
}

func (c *Client) lookup(ctx context.Context, n crm.Number) (crm.Result, error) {
	s, err := c.session(ctx, "")
	if err != nil {
		return crm.Result{}, err
	}
	rows, left, err := c.rowsOf(ctx, s, n)
	if err != nil {
		return crm.Result{}, err
	}
	r, err := c.found(s, rows, n, left)
	if err == nil && r.Undecided() {
		return r, &crm.Error{
			Class: crm.ClassRejected, Code: crm.CodeTooManyFound, Fault: fault.New("salesforce.too-many-found"), Err: errors.New("more rows than the org tells, and none with the number"),
		}
	}
	return r, err
}

// rowsOf asks for n. left tells that the org has more rows. Where these left out whoever has the number, which happens with few digits
// that very many numbers have, as (800), n is asked for once more by its many digits alone.
func (c *Client) rowsOf(ctx context.Context, s session, n crm.Number) (rows []row, left bool, err error) {
	rows, err = c.search(ctx, func(plain bool) string { return c.findPhone(n, orPlain(allTerms, plain)) }, true)
	if left = more(rows, foundByPhone); err != nil || !left {
		return rows, left, err
	}
	exact := func(m crm.Match) bool { return !m.Why.Unsure && m.Why.Closeness == crm.Exact }
	if slices.ContainsFunc(c.verify(s, rows, n), exact) {
		return rows, left, nil
	}
	narrow, err := c.search(ctx, func(plain bool) string { return c.findPhone(n, orPlain(narrowTerms, plain)) }, true)
	if err != nil {
		return nil, false, err
	}
	for _, r := range rows {
		same := func(other row) bool { return other.object() == r.object() && other.text("Id") == r.text("Id") }
		if !slices.ContainsFunc(narrow, same) {
			narrow = append(narrow, r)
		}
	}
	return narrow, left, nil
}

func orPlain(by how, plain bool) how {
	if plain {
		return plainTerms
	}
	return by
}

// found makes the answer for n from the rows of a search. left tells that the org has more rows.
func (c *Client) found(s session, rows []row, n crm.Number, left bool) (crm.Result, error) {
	r := crm.Result{Number: n, Matches: c.verify(s, rows, n), At: c.cfg.Now(), Org: s.org, User: s.user}
	crm.Rank(r.Matches, c.order()...)
	r.Matches, r.More = shown(r.Matches)
	r.More = r.More || left
	c.mu.Lock()
	current := c.epoch == s.epoch
	c.mu.Unlock()
	if !current { // it is unknown which link this answer belongs to
		return crm.Result{}, &crm.Error{
			Class: crm.ClassTransient, Fault: fault.New("salesforce.link-changed"), Err: errors.New("linked again during a search"),
		}
	}
	return r, nil
}

// verify keeps the rows that have the number.
func (c *Client) verify(s session, rows []row, n crm.Number) []crm.Match {
	var matches []crm.Match
	for _, rec := range c.records(s, rows) {
		if why, ok := crm.BestPhone(rec, n, c.region()); ok {
			matches = append(matches, crm.Match{Record: rec, Why: why})
		}
	}
	if len(matches) < len(rows) {
		c.cfg.Log.Debug("search hits without the number", "hits", len(rows), "matches", len(matches))
	}
	return matches
}

// shown bounds the matches of each object, and reports whether there were more.
func shown(ms []crm.Match) (some []crm.Match, more bool) {
	count := map[string]int{}
	for _, m := range ms {
		if count[m.Object]++; count[m.Object] > shownByPhone {
			more = true
			continue
		}
		some = append(some, m)
	}
	return some, more
}

// more reports whether the org has left rows out: of an object there are as many as were requested.
func more(rows []row, limit int) bool {
	count := map[string]int{}
	for _, r := range rows {
		if count[r.object()]++; count[r.object()] >= limit {
			return true
		}
	}
	return false
}

func (c *Client) records(s session, rows []row) []crm.Record {
	all := make([]crm.Record, len(rows))
	for i, r := range rows {
		all[i] = r.record(s, c.phoneFields(r.object()), c.nameField(r.object()))
		all[i].CallAs = r.callAs(c.row(r.object()))
	}
	return mergePersons(rows, all)
}

func (c *Client) phoneFields(object string) []field {
	if d, ok := c.schema.get(object); ok && d.Object != nil {
		return d.Object.phones(c.row(object).Phones...)
	}
	var out []field
	for _, name := range fallbackFields[object] {
		out = append(out, field{Name: name, Label: defaultLabels[name]})
	}
	return out
}

func (c *Client) nameField(object string) string {
	d, _ := c.schema.get(object)
	return nameFieldOf(object, d.Object)
}

// defaultLabels are used until the org's own labels are known.
var defaultLabels = map[string]string{
	"Phone": "Phone", "MobilePhone": "Mobile", "HomePhone": "Home Phone", "OtherPhone": "Other Phone",
	"AssistantPhone": "Asst. Phone", "Fax": "Fax",
}

// maxRefusals bounds how often a search is repeated without the field or object that the org refused.
const maxRefusals = 6

// search runs the search that compose makes. When the org refuses a field or an object, which happens before the
// objects are described and after permissions changed, the search is repeated without it. A second refusal means that
// more has changed, so the objects are described again first. A search by number that is refused or takes too long is repeated
// without wildcards, and the next ones are made without them from the start: see plainly. alone tells that it is for one number: what
// an org takes of one it may refuse of several.
func (c *Client) search(ctx context.Context, compose func(plain bool) string, alone bool) ([]row, error) {
	defer c.keepDescribed()
	remembered := &c.plainSearch
	if !alone {
		remembered = &c.plainMany
	}
	now := c.cfg.Now()
	plain, why := remembered.now(now) || c.plainSearch.now(now), "" // what an org refuses of one it refuses of several
	for refusals := range maxRefusals {
		if refusals == 2 {
			if err := c.describeAll(ctx); err != nil {
				return nil, err
			}
		}
		query := compose(plain)
		if query == "" {
			break
		}
		var found struct {
			Rows *[]row `json:"searchRecords"`
		}
		r, err := c.do(ctx, c.get("/search", url.Values{"q": {query}}, c.cfg.LookupTimeout), &found)
		if err == nil && found.Rows == nil { // an empty list means that nobody was found; a missing list means nothing
			err = garbled(r.status, errors.New("the answer has no list of records"), true)
		}
		if err == nil {
			if why != "" {
				remembered.because(why, c.cfg.Now())
			}
			return *found.Rows, nil
		}
		e, _ := asError(err)
		if !plain && plainer(query, e) {
			if plain = true; compose(plain) != query { // a search by text has no plainer form
				why = e.Code
			}
			continue
		}
		if !c.learn(e) {
			return nil, err
		}
		c.schema.stale()
	}
	return nil, &crm.Error{
		Class: crm.ClassPermission, Code: "INVALID_TYPE",
		Fault: fault.New("salesforce.nothing-to-search"),
		Err:   errors.New("nothing to search in"),
	}
}

// region is the country of numbers without a country code.
func (c *Client) region() string {
	if c.cfg.Region == nil {
		return ""
	}
	return c.cfg.Region()
}

// Search finds records of the chosen objects by typed text: words of a name, an e-mail address, a number. The order is the
// org's own.
func (c *Client) Search(ctx context.Context, text string) ([]crm.Record, error) {
	if n := crm.ParseNumber(text, crm.NumberPlan{Region: c.region()}); n.Public() {
		r, err := c.Lookup(ctx, n)
		var out []crm.Record
		for _, m := range r.Matches {
			out = append(out, m.Record)
		}
		return out, err
	}
	if searchTerms(text) == "" {
		return nil, nil // the text is too short for a search
	}
	s, err := c.session(ctx, "")
	if err != nil {
		return nil, err
	}
	rows, err := c.search(crm.ForUse(ctx, crm.UseSearch), func(bool) string { return c.findText(text) }, false)
	if err != nil {
		return nil, err
	}
	return c.records(s, rows), nil
}
