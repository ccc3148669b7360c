package demoorg

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// The limits of a composite request.
const (
	maxSubrequests = 25
	maxSubqueries  = 5
	maxBatch       = 25
)

// composite routes /composite, /composite/batch and /composite/sobjects.
func (o *Org) composite(c *call) (reply, *apiError) {
	switch {
	case len(c.path) == 1:
		if err := c.allow(http.MethodPost); err != nil {
			return reply{}, err
		}
		return o.compositeRequest(c)
	case c.path[1] == "batch" && len(c.path) == 2:
		if err := c.allow(http.MethodPost); err != nil {
			return reply{}, err
		}
		return o.compositeBatch(c)
	case c.path[1] == "sobjects":
		return o.collection(c)
	}
	return reply{}, errNotFound()
}

// cost is the number of API requests that a call counts as.
func (o *Org) cost(c *call) int {
	if len(c.path) == 2 && c.path[0] == "composite" && c.path[1] == "batch" {
		var b batchBody
		if json.Unmarshal(c.body, &b) == nil {
			return max(len(b.Requests), 1)
		}
	}
	return 1
}

type subrequest struct {
	Method      string            `json:"method"`
	URL         string            `json:"url"`
	ReferenceID string            `json:"referenceId"`
	Body        json.RawMessage   `json:"body"`
	HTTPHeaders map[string]string `json:"httpHeaders"`
}

type compositeBody struct {
	AllOrNone bool         `json:"allOrNone"`
	Requests  []subrequest `json:"compositeRequest"`
}

// compositeRequest runs up to 25 requests in order; each one can use the answers of the earlier ones.
func (o *Org) compositeRequest(c *call) (reply, *apiError) {
	var in compositeBody
	if err := decodeObject(c.body, &in); err != nil {
		return reply{}, err
	}
	if err := checkComposite(in.Requests); err != nil {
		return reply{}, err
	}
	rollback, commit := o.db.savepoint()
	answers := map[string]any{}
	replies := make([]reply, len(in.Requests))
	failed := false
	for i, sub := range in.Requests {
		if failed && in.AllOrNone {
			replies[i] = halted()
			continue
		}
		replies[i] = o.subrequest(c, sub, answers)
		if replies[i].status >= 400 {
			failed = true
		} else {
			answers[sub.ReferenceID] = plainJSON(replies[i].body)
		}
	}
	if failed && in.AllOrNone {
		rollback()
	} else {
		commit()
	}
	results := make([]ordered, len(replies))
	for i, rep := range replies {
		if failed && in.AllOrNone && rep.status < 400 {
			rep = halted()
		}
		results[i] = compositeResult(in.Requests[i].ReferenceID, rep)
	}
	return ok(ordered{{"compositeResponse", results}})
}

func halted() reply {
	e := bad("PROCESSING_HALTED", "The transaction was rolled back since another operation in the same transaction failed.")
	return reply{status: e.status, body: e.body()}
}

func compositeResult(id string, rep reply) ordered {
	header := ordered{}
	for k, vs := range rep.header {
		header = append(header, pair{k, vs[0]})
	}
	return ordered{{"body", rep.body}, {"httpHeaders", header}, {"httpStatusCode", rep.status}, {"referenceId", id}}
}

func checkComposite(subs []subrequest) *apiError {
	if len(subs) == 0 {
		return bad("INVALID_INPUT", "compositeRequest must not be empty")
	}
	if len(subs) > maxSubrequests {
		return bad("LIMIT_EXCEEDED", "The number of subrequests exceeds the limit of %d", maxSubrequests)
	}
	queries, seen := 0, map[string]bool{}
	for _, s := range subs {
		if s.ReferenceID == "" || seen[s.ReferenceID] {
			return bad("INVALID_INPUT", "Duplicate or missing ReferenceId provided: %s", s.ReferenceID)
		}
		seen[s.ReferenceID] = true
		if strings.Contains(s.URL, "/query") {
			queries++
		}
	}
	if queries > maxSubqueries {
		return bad("LIMIT_EXCEEDED", "The number of query and collection subrequests exceeds the limit of %d", maxSubqueries)
	}
	return nil
}

// subrequest runs one part in its own savepoint. A search is not allowed in a composite.
func (o *Org) subrequest(c *call, sub subrequest, answers map[string]any) reply {
	refused := func(e *apiError) reply { return reply{status: e.status, body: o.refusal(e).body()} }
	address, err := substitute(sub.URL, answers, url.QueryEscape)
	if err != nil {
		return refused(err)
	}
	body, err := substitute(string(sub.Body), answers, jsonEscape)
	if err != nil {
		return refused(err)
	}
	part, err := partOf(c, sub.Method, address, body)
	if err != nil {
		return refused(err)
	}
	nested := len(part.path) > 0 && part.path[0] == "composite" && (len(part.path) == 1 || part.path[1] != "sobjects")
	if len(part.path) == 0 || part.path[0] == "search" || nested {
		return refused(bad("INVALID_INPUT", "url is not supported in a composite request: %s", sub.URL))
	}
	for k, v := range sub.HTTPHeaders {
		part.header.Set(k, v)
	}
	return o.transact(part)
}

// partOf makes a call with a method and URL inside another call.
func partOf(c *call, method, address, body string) (*call, *apiError) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, bad("INVALID_INPUT", "url is not valid: %s", address)
	}
	path := strings.TrimPrefix(u.Path, "/services/data")
	m := versionPath.FindStringSubmatch("/services/data/" + strings.TrimPrefix(path, "/"))
	if m == nil {
		return nil, errNotFound()
	}
	part := *c
	part.method, part.query, part.body, part.header = strings.ToUpper(method), u.Query(), []byte(body), http.Header{}
	part.version, _ = strconv.Atoi(m[1])
	part.path = nil
	if m[2] != "" {
		part.path = strings.Split(strings.Trim(m[2], "/"), "/")
	}
	return &part, nil
}

var referenceForm = regexp.MustCompile(`@\{([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[\d+\])*)\}`)

// substitute replaces @{reference.field[0].field} by values from answers of earlier parts.
func substitute(text string, answers map[string]any, escape func(string) string) (string, *apiError) {
	var failure *apiError
	out := referenceForm.ReplaceAllStringFunc(text, func(m string) string {
		parts := referenceForm.FindStringSubmatch(m)
		v, ok := answers[parts[1]]
		if ok {
			v, ok = walk(v, parts[2])
		}
		if !ok {
			failure = bad("PROCESSING_HALTED", "Invalid reference specified. No value for %s found in %s", strings.TrimPrefix(parts[2], "."), parts[1])
			return ""
		}
		return escape(scalar(v))
	})
	return out, failure
}

var stepForm = regexp.MustCompile(`\.([A-Za-z0-9_]+)|\[(\d+)\]`)

func walk(v any, path string) (any, bool) {
	for _, step := range stepForm.FindAllStringSubmatch(path, -1) {
		switch have := v.(type) {
		case map[string]any:
			x, ok := have[step[1]]
			if !ok {
				return nil, false
			}
			v = x
		case []any:
			i, err := strconv.Atoi(step[2])
			if err != nil || i >= len(have) {
				return nil, false
			}
			v = have[i]
		default:
			return nil, false
		}
	}
	return v, v != nil
}

func jsonEscape(s string) string {
	b, err := encode(s)
	if err != nil {
		return ""
	}
	return strings.Trim(string(b), `"`)
}

// plainJSON converts an answer into what a reference uses: maps and lists.
func plainJSON(body any) any {
	b, err := encode(body)
	if err != nil {
		return nil
	}
	var v any
	if json.Unmarshal(b, &v) != nil {
		return nil
	}
	return v
}
