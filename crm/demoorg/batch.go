package demoorg

import (
	"encoding/json"
	"net/http"
)

type batchBody struct {
	HaltOnError bool `json:"haltOnError"`
	Requests    []struct {
		Method    string          `json:"method"`
		URL       string          `json:"url"`
		RichInput json.RawMessage `json:"richInput"`
	} `json:"batchRequests"`
}

// compositeBatch runs independent requests; each one counts against the quota.
func (o *Org) compositeBatch(c *call) (reply, *apiError) {
	var in batchBody
	if err := decodeObject(c.body, &in); err != nil {
		return reply{}, err
	}
	if len(in.Requests) == 0 || len(in.Requests) > maxBatch {
		return reply{}, bad("INVALID_INPUT", "batchRequests must hold 1 to %d requests", maxBatch)
	}
	failed := false
	results := []ordered{}
	for _, sub := range in.Requests {
		var rep reply
		part, err := partOf(c, sub.Method, sub.URL, string(sub.RichInput))
		switch {
		case failed && in.HaltOnError:
			e := refuse(http.StatusPreconditionFailed, "BATCH_PROCESSING_HALTED", "Batch processing halted per request")
			rep = reply{status: e.status, body: o.refusal(e).body()}
		case err != nil:
			rep = reply{status: err.status, body: o.refusal(err).body()}
		case len(part.path) > 0 && part.path[0] == "composite":
			e := bad("INVALID_INPUT", "url is not supported in a batch: %s", sub.URL)
			rep = reply{status: e.status, body: o.refusal(e).body()}
		default:
			rep = o.transact(part)
		}
		failed = failed || rep.status >= 400
		results = append(results, ordered{{"statusCode", rep.status}, {"result", rep.body}})
	}
	return ok(ordered{{"hasErrors", failed}, {"results", results}})
}
