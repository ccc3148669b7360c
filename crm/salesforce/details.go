package salesforce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// Details fetches the related records of the caller's record: open opportunities, open cases and the last activities,
// in one composite request, which counts as one call against the quota. A kind of record that the user may not see is
// left empty. When the org does not answer for a part, what it has told of the others comes with an error, and is not kept. A field that the user may not see is left out; the first time this takes one more request for each kind.
// What was fetched within Config.Memory is returned again, unless a call was logged at the record since.
func (c *Client) Details(ctx context.Context, ref crm.Ref) (crm.Details, error) {
	c.mu.Lock()
	have, ok := c.panels[ref.ID]
	c.mu.Unlock()
	if ok && c.cfg.Now().Sub(have.at) < c.cfg.Memory {
		return have.details, nil
	}
	epoch := c.epochNow()
	details, err := c.fetchDetails(ctx, ref)
	if err == nil {
		c.mu.Lock()
		if c.epoch == epoch {
			if len(c.panels) >= maxPanels {
				clear(c.panels)
			}
			c.panels[ref.ID] = panel{details, c.cfg.Now()}
		}
		c.mu.Unlock()
	}
	return details, err
}

// panel is what stood beside a record at a time.
type panel struct {
	details crm.Details
	at      time.Time
}

// maxPanels bounds how many are kept.
const maxPanels = 200

// dropPanels forgets what stands beside the records of activities, which has changed.
func (c *Client) dropPanels(all ...crm.Activity) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range all {
		delete(c.panels, a.Who.ID)
		delete(c.panels, a.What.ID)
	}
}

func (c *Client) fetchDetails(ctx context.Context, ref crm.Ref) (crm.Details, error) {
	ctx = crm.ForUse(ctx, crm.UsePanel)
	s, err := c.sessionWith(ctx, owner{org: ref.Org}, "")
	if err != nil {
		return crm.Details{}, err
	}
	var parts map[string][]row
	var missing error
	o := c.describedForCard(ctx, ref.Object)
	for range maxRefusals {
		queries, err := detailQueries(ref, c.schema.isHidden, c.takesTask(ref.Object))
		if err != nil {
			return crm.Details{}, err
		}
		if card := c.cardQuery(ref, o); card.soql != "" {
			queries = append(queries, card)
		}
		if len(queries) == 0 { // nothing stands beside it
			return crm.Details{}, nil
		}
		var learned bool
		parts, learned, err = c.composite(ctx, s, queries)
		if parts == nil {
			return crm.Details{}, err
		}
		missing = err
		if !learned {
			break
		}
	}
	related := func(part, object string, detail func(row) string, when string) []crm.Related {
		var out []crm.Related
		seen := map[string]bool{}
		for _, r := range parts[part] {
			id := r.text("Id")
			if seen[id] || id == "" {
				continue
			}
			seen[id] = true
			name := orElse(r.text("Name"), r.text("Subject"))
			out = append(out, crm.Related{
				Ref:    s.ref(object, id, name),
				Detail: detail(r), When: r.time(when, c.cfg.Location),
			})
		}
		return out
	}
	d := crm.Details{
		Opportunities: related("opportunities", crm.Opportunity, stageAndAmount, "CloseDate"),
		Cases:         related("cases", crm.Case, numberAndStatus, "CreatedDate"),
		Activities:    related("activities", crm.Task, resultOrStatus, "CreatedDate"),
	}
	if rows := parts["card"]; len(rows) > 0 {
		d.Card = c.card(ref.Object, o, rows[0])
	}
	return d, missing
}

func stageAndAmount(r row) string {
	amount, ok := r.value("Amount").(float64)
	if !ok {
		return r.text("StageName")
	}
	return joinDot(r.text("StageName"), formatAmount(amount))
}

// formatAmount writes an amount without cents and with separated thousands: 48,000.
func formatAmount(amount float64) string {
	s := strconv.FormatFloat(amount, 'f', 0, 64)
	sign := ""
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		sign, s = "-", rest
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

func numberAndStatus(r row) string {
	return joinDot(r.text("CaseNumber"), r.text("Status"))
}

// joinDot joins two texts with a dot between them, or returns the only one.
func joinDot(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " · " + b
}

func resultOrStatus(r row) string { return orElse(r.text("CallDisposition"), r.text("Status")) }

// subquery is one query of a composite request. The text may refer to the result of an earlier one:
// @{who.records[0].AccountId}.
type subquery struct{ ref, soql string }

// detailQueries returns the queries for a record, without hidden fields: at most four, for a composite request has five at most
// and the card is one more. tasks tells that a Task can be related to it.
func detailQueries(ref crm.Ref, hidden func(object, field string) bool, tasks bool) ([]subquery, error) {
	if !recordID.MatchString(ref.ID) {
		return nil, &crm.Error{
			Class: crm.ClassRejected, Code: "MALFORMED_ID", Err: errors.New("malformed record id"),
			Fault: fault.New("salesforce.record-unknown"),
		}
	}
	id := soqlString(ref.ID)
	selected := func(object string, fields ...string) string {
		fields = slices.DeleteFunc(fields, func(f string) bool { return hidden(object, f) })
		return "SELECT Id, " + strings.Join(fields, ", ") + " FROM " + object + " WHERE "
	}
	limit := fmt.Sprintf(" LIMIT %d", crm.MaxRelated+1)
	opportunities := func(where string) subquery {
		return subquery{"opportunities", selected(crm.Opportunity, "Name", "StageName", "Amount", "CloseDate") + "IsClosed = false AND " + where + " ORDER BY CloseDate" + limit}
	}
	cases := func(where string) subquery {
		return subquery{"cases", selected(crm.Case, "CaseNumber", "Subject", "Status", "CreatedDate") + "IsClosed = false AND " + where + " ORDER BY CreatedDate DESC" + limit}
	}
	activities := func(where string) subquery {
		return subquery{"activities", selected(crm.Task, "Subject", "Status", "CallDisposition", "CreatedDate") + where + " ORDER BY CreatedDate DESC" + limit}
	}
	switch ref.Object {
	case crm.Contact:
		return []subquery{
			{"who", "SELECT AccountId FROM Contact WHERE Id = " + id},
			opportunities("AccountId = '@{who.records[0].AccountId}'"),
			cases("ContactId = " + id),
			activities("WhoId = " + id),
		}, nil
	case crm.Account:
		return []subquery{opportunities("AccountId = " + id), cases("AccountId = " + id), activities("AccountId = " + id)}, nil
	case crm.Lead:
		return []subquery{activities("WhoId = " + id)}, nil
	}
	if !tasks {
		return nil, nil
	}
	return []subquery{activities("WhatId = " + id)}, nil
}

// composite sends queries in one request and returns the rows of those that succeeded. A query that fails, because the
// user does not see the object or the contact has no account, does not affect the others. One that the org has not carried out
// does not either, but there may be rows: parts come with an error then. learned tells that an error named a field that was not yet
// known to be hidden.
func (c *Client) composite(ctx context.Context, s session, queries []subquery) (parts map[string][]row, learned bool, err error) {
	type request struct {
		Method      string `json:"method"`
		URL         string `json:"url"`
		ReferenceID string `json:"referenceId"`
	}
	body := struct {
		AllOrNone bool      `json:"allOrNone"`
		Requests  []request `json:"compositeRequest"`
	}{}
	for _, q := range queries {
		body.Requests = append(body.Requests, request{http.MethodGet, "/services/data/" + s.version + "/query?q=" + escapeQuery(q.soql), q.ref})
	}
	var answer struct {
		Responses []struct {
			Body   json.RawMessage `json:"body"` // a page of rows, or an array of errors
			Status int             `json:"httpStatusCode"`
			Ref    string          `json:"referenceId"`
		} `json:"compositeResponse"`
	}
	// A POST that only reads may be repeated like a GET.
	sent, err := c.do(ctx, call{method: http.MethodPost, path: "/composite", body: body, owner: owner{org: s.org}, timeout: c.cfg.WriteTimeout, repeat: true}, &answer)
	if err == nil && len(answer.Responses) != len(queries) {
		err = garbled(sent.status, errors.New("the answer has not one part for each query"), true)
	}
	if err != nil {
		return nil, false, err
	}
	parts = map[string][]row{}
	var missing error
	for _, r := range answer.Responses {
		if r.Status != http.StatusOK {
			if !slices.ContainsFunc(parseRefusal(r.Body), showsNothing) && missing == nil {
				missing = refused(r.Status, r.Body, true)
			}
			for _, e := range parseRefusal(r.Body) {
				c.cfg.Log.Debug("details sub-query failed", "part", r.Ref, "status", r.Status, "code", e.Code)
				if m := noColumn.FindStringSubmatch(e.Message); m != nil && e.Code == "INVALID_FIELD" && c.schema.hide(m[2], m[1]) {
					learned = true
				}
				if m := noParent.FindStringSubmatch(e.Message); m != nil && r.Ref == "card" {
					learned = c.schema.hide(parentOf, m[1]) || learned
				}
			}
			continue
		}
		var page struct {
			Records *[]row `json:"records"`
		}
		if err := json.Unmarshal(r.Body, &page); err != nil || page.Records == nil {
			return nil, false, garbled(r.Status, errors.Join(err, errors.New("a part without a list of records")), true)
		}
		parts[r.Ref] = *page.Records
	}
	return parts, learned, missing
}

// showsNothing reports whether a part of a composite request was refused because there is nothing that this user can see: by a
// permission, or because the contact has no account to ask about.
func showsNothing(e apiError) bool {
	switch e.Code {
	case "INVALID_FIELD", "INVALID_TYPE", "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
		"NOT_FOUND", "PROCESSING_HALTED":
		return true
	}
	return noParent.MatchString(e.Message)
}

// escapeQuery escapes a query for a URL, but not the references, which the org replaces before it decodes.
func escapeQuery(soql string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(soql, "@{")
		b.WriteString(url.QueryEscape(before))
		if !found {
			return b.String()
		}
		reference, after, _ := strings.Cut(rest, "}")
		b.WriteString("@{" + reference + "}")
		soql = after
	}
}
