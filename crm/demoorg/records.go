package demoorg

import (
	"net/http"
	"strings"
)

// created is the body of the answer to a new record.
func created(id string) ordered {
	return ordered{{"id", id}, {"success", true}, {"errors", []any{}}}
}

func (o *Org) createRecord(c *call, obj *object) (reply, *apiError) {
	var input map[string]any
	if err := decodeRecord(c, &input); err != nil {
		return reply{}, err
	}
	r, err := o.insert(c.who, obj, input)
	if err != nil {
		return reply{}, err
	}
	location := http.Header{"Location": {c.base() + "/sobjects/" + obj.name + "/" + r.id}}
	return reply{status: http.StatusCreated, header: location, body: created(r.id)}, nil
}

// recordByID reads, changes or deletes one record.
func (o *Org) recordByID(c *call, obj *object, id string) (reply, *apiError) {
	r := o.db.find(id)
	if r == nil || r.object != obj || o.hidesFile(c.who, r) {
		if _, ok := normalID(id); !ok {
			return reply{}, refuse(http.StatusNotFound, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: %s", id)
		}
		return reply{}, errNotFound()
	}
	if len(o.seen(c.who, obj, []*record{r})) == 0 && (c.method == http.MethodGet || c.method == http.MethodHead) {
		return reply{}, errNotFound()
	}
	if r.deleted && c.method != http.MethodPatch {
		return reply{}, refuse(http.StatusNotFound, "ENTITY_IS_DELETED", "entity is deleted")
	}
	switch c.method {
	case http.MethodGet, http.MethodHead:
		row, err := o.read(c, r, splitCommas(c.query.Get("fields")))
		if err != nil {
			return reply{}, err
		}
		return ok(row)
	case http.MethodPatch:
		var input map[string]any
		if err := decodeObject(c.body, &input); err != nil {
			return reply{}, err
		}
		if changedSince(c.header, r) {
			return reply{status: http.StatusPreconditionFailed}, nil
		}
		if _, err := o.update(c.who, r, input); err != nil {
			return reply{}, err
		}
		return reply{status: http.StatusNoContent}, nil
	case http.MethodDelete:
		if err := o.remove(c.who, r); err != nil {
			return reply{}, err
		}
		return reply{status: http.StatusNoContent}, nil
	}
	return reply{}, c.allow(http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodPatch)
}

// changedSince reports whether a record has changed after the time that a conditional request names.
func changedSince(h http.Header, r *record) bool {
	since, err := http.ParseTime(h.Get("If-Unmodified-Since"))
	return err == nil && r.time("LastModifiedDate").After(since)
}

// read returns the named fields, or all that the user may see.
func (o *Org) read(c *call, r *record, names []string) (ordered, *apiError) {
	row := ordered{{"attributes", attributes(c, r)}}
	if len(names) == 0 {
		for _, f := range r.object.fields {
			if o.seesField(r.object, f) {
				row = append(row, pair{f.name, c.shown(r, f.name)})
			}
		}
		return row, nil
	}
	for _, name := range names {
		f := o.visibleField(r.object, name)
		if f == nil {
			return nil, bad("INVALID_FIELD", "No such column '%s' on sobject of type %s", name, r.object.name)
		}
		row = append(row, pair{f.name, c.shown(r, f.name)})
	}
	if r.object.field("Id") != nil && !listed(names, "Id") {
		row = append(row, pair{"Id", r.id})
	}
	return row, nil
}

// recordByKey finds a record by an External ID. PATCH creates a missing one; several records are listed with status
// 300.
func (o *Org) recordByKey(c *call, obj *object, key *field, value string) (reply, *apiError) {
	if !key.external {
		return reply{}, refuse(http.StatusNotFound, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: %s", key.name)
	}
	var found []*record
	for _, r := range o.db.rowsByKey(obj, key.name, value, false) {
		if strings.EqualFold(r.text(key.name), value) {
			found = append(found, r)
		}
	}
	switch {
	case len(found) > 1:
		var urls []string
		for _, r := range found {
			urls = append(urls, c.base()+"/sobjects/"+obj.name+"/"+r.id)
		}
		return reply{status: http.StatusMultipleChoices, body: urls}, nil
	case c.method == http.MethodPatch:
		return o.upsert(c, obj, key, value, found)
	case len(found) == 0:
		return reply{}, errNotFound()
	}
	return o.recordByID(c, obj, found[0].id)
}

func (o *Org) upsert(c *call, obj *object, key *field, value string, found []*record) (reply, *apiError) {
	var input map[string]any
	if err := decodeObject(c.body, &input); err != nil {
		return reply{}, err
	}
	for name := range input {
		if strings.EqualFold(name, key.name) {
			return reply{}, bad("INVALID_FIELD", "The %s field should not be specified in the sobject data.", key.name)
		}
	}
	if len(found) == 1 {
		r, err := o.update(c.who, found[0], input)
		if err != nil {
			return reply{}, err
		}
		if c.version < 46 { // before Summer '19 the answer to an update was empty
			return reply{status: http.StatusNoContent}, nil
		}
		return reply{status: http.StatusOK, body: append(created(r.id), pair{"created", false})}, nil
	}
	if input == nil {
		input = map[string]any{}
	}
	input[key.name] = value
	r, err := o.insert(c.who, obj, input)
	if err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusCreated, body: append(created(r.id), pair{"created", true})}, nil
}
