package demoorg

import (
	"net/http"
	"strings"
)

// maxCollection is the most records of one collection.
const maxCollection = 200

type collectionBody struct {
	AllOrNone bool             `json:"allOrNone"`
	Records   []map[string]any `json:"records"`
}

// collection serves /composite/sobjects: up to 200 records in one API request, each with its own result.
func (o *Org) collection(c *call) (reply, *apiError) {
	if len(c.path) >= 3 {
		return o.collectionOf(c)
	}
	switch c.method {
	case http.MethodPost, http.MethodPatch:
		var in collectionBody
		if err := decodeObject(c.body, &in); err != nil {
			return reply{}, err
		}
		return o.each(len(in.Records), in.AllOrNone, func(i int) (string, *apiError) { return o.writeOne(c, in.Records[i]) })
	case http.MethodDelete:
		ids := splitCommas(c.query.Get("ids"))
		return o.each(len(ids), c.query.Get("allOrNone") == "true", func(i int) (string, *apiError) {
			r := o.db.find(ids[i])
			if r == nil || o.hidesFile(c.who, r) {
				return ids[i], bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
			}
			return r.id, o.remove(c.who, r)
		})
	}
	return reply{}, c.allow(http.MethodPost, http.MethodPatch, http.MethodDelete)
}

// each runs a write for each record. When one fails and the client wants all or none, it undoes all of them.
func (o *Org) each(n int, allOrNone bool, write func(int) (id string, err *apiError)) (reply, *apiError) {
	if n == 0 || n > maxCollection {
		return reply{}, bad("INVALID_INPUT", "records must hold 1 to %d records", maxCollection)
	}
	rollback, commit := o.db.savepoint()
	results, failed := make([]ordered, n), make([]bool, n)
	anyFailed := false
	for i := range n {
		undo, keep := o.db.savepoint()
		id, err := write(i)
		if err != nil {
			undo()
			failed[i], anyFailed = true, true
			results[i] = ordered{{"success", false}, {"errors", []ordered{o.refusal(err).inCollection()}}}
			if id != "" {
				results[i] = append(ordered{{"id", id}}, results[i]...)
			}
			continue
		}
		keep()
		results[i] = created(id)
	}
	if anyFailed && allOrNone {
		rollback()
		halt := bad("ALL_OR_NONE_OPERATION_ROLLED_BACK", "Record rolled back because not all records were valid and the request was using AllOrNone header")
		for i := range results {
			if !failed[i] {
				results[i] = ordered{{"success", false}, {"errors", []ordered{o.refusal(halt).inCollection()}}}
			}
		}
	} else {
		commit()
	}
	return ok(results)
}

// writeOne creates (POST) or changes (PATCH) the record that input describes.
func (o *Org) writeOne(c *call, input map[string]any) (string, *apiError) {
	at, _ := input["attributes"].(map[string]any)
	name, _ := at["type"].(string)
	obj := o.visible(name)
	if obj == nil {
		return "", bad("INVALID_TYPE", "sObject type '%s' is not supported.", name)
	}
	if c.method == http.MethodPost {
		r, err := o.insert(c.who, obj, input)
		if err != nil {
			return "", err
		}
		return r.id, nil
	}
	id := ""
	rest := map[string]any{}
	for k, v := range input {
		if strings.EqualFold(k, "id") {
			id = scalar(v)
		} else {
			rest[k] = v
		}
	}
	r := o.db.find(id)
	if r == nil || r.object != obj || o.hidesFile(c.who, r) {
		return id, bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
	}
	_, err := o.update(c.who, r, rest)
	return r.id, err
}

// collectionOf reads several records of one object by id: GET ?ids=&fields=, or POST {ids, fields}.
func (o *Org) collectionOf(c *call) (reply, *apiError) {
	obj := o.visible(c.path[2])
	if obj != nil && len(c.path) == 4 && c.method == http.MethodPatch {
		return o.upsertAll(c, obj)
	}
	if obj == nil || len(c.path) > 3 {
		return reply{}, errNotFound()
	}
	var in struct {
		IDs    []string `json:"ids"`
		Fields []string `json:"fields"`
	}
	switch c.method {
	case http.MethodGet:
		in.IDs, in.Fields = splitCommas(c.query.Get("ids")), splitCommas(c.query.Get("fields"))
	case http.MethodPost:
		if err := decodeObject(c.body, &in); err != nil {
			return reply{}, err
		}
	default:
		return reply{}, c.allow(http.MethodGet, http.MethodPost)
	}
	if len(in.Fields) == 0 {
		return reply{}, bad("INVALID_INPUT", "fields must name at least one field")
	}
	rows := []any{}
	for _, id := range in.IDs {
		r := o.db.find(id)
		if r == nil || r.deleted || r.object != obj || o.hidesFile(c.who, r) {
			rows = append(rows, nil) // null stands for a record that does not exist
			continue
		}
		row, err := o.read(c, r, in.Fields)
		if err != nil {
			return reply{}, err
		}
		rows = append(rows, row)
	}
	return ok(rows)
}

// upsertAll creates or changes records by an External ID, which each has in its body:
// PATCH /composite/sobjects/Task/Linecard_Call_Id__c.
func (o *Org) upsertAll(c *call, obj *object) (reply, *apiError) {
	key := o.visibleField(obj, c.path[3])
	if key == nil || !key.external {
		return reply{}, refuse(http.StatusNotFound, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: %s", c.path[3])
	}
	var in collectionBody
	if err := decodeObject(c.body, &in); err != nil {
		return reply{}, err
	}
	made := make([]bool, len(in.Records))
	rep, err := o.each(len(in.Records), in.AllOrNone, func(i int) (string, *apiError) {
		value := scalar(in.Records[i][key.name])
		var found []*record
		for _, r := range o.db.rowsByKey(obj, key.name, value, false) {
			if strings.EqualFold(r.text(key.name), value) {
				found = append(found, r)
			}
		}
		switch {
		case value == "" || in.Records[i][key.name] == nil:
			return "", bad("MISSING_ARGUMENT", "%s not specified", key.name)
		case len(found) > 1:
			return "", bad("DUPLICATE_EXTERNAL_ID", "%s: more than one record found for external id field: %s", key.name, value).on(key.name)
		case len(found) == 1:
			r, err := o.update(c.who, found[0], in.Records[i])
			if err != nil {
				return found[0].id, err
			}
			return r.id, nil
		}
		r, err := o.insert(c.who, obj, in.Records[i])
		if err != nil {
			return "", err
		}
		made[i] = true
		return r.id, nil
	})
	if results, ok := rep.body.([]ordered); ok {
		for i := range results {
			results[i] = append(results[i], pair{"created", made[i]})
		}
	}
	return rep, err
}
