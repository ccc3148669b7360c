package demoorg

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
)

// blob is the content of a base64 field. A record has the address of it, as JSON.
type blob string

func isBlob(f *field) bool { return f != nil && f.kind == kBase64 }

// shown is the value of a field as JSON has it.
func (c *call) shown(r *record, name string) any {
	v := r.get(name)
	if _, is := v.(blob); is {
		return c.base() + "/sobjects/" + r.object.name + "/" + r.id + "/" + name
	}
	return jsonValue(v)
}

func parseBlob(f *field, v any) (any, *apiError) {
	s, _ := v.(string)
	b, err := base64.StdEncoding.DecodeString(strings.NewReplacer("\r", "", "\n", "").Replace(s))
	if err != nil || s == "" {
		return nil, deserialize(f, v)
	}
	return blob(b), nil
}

// content serves GET /sobjects/{object}/{id}/{field}: the content of a base64 field as it is.
func (o *Org) content(c *call, obj *object) (reply, *apiError) {
	if err := c.allow(http.MethodGet, http.MethodHead); err != nil {
		return reply{}, err
	}
	r := o.db.find(c.path[2])
	switch {
	case r == nil || r.object != obj || o.hidesFile(c.who, r):
		return reply{}, errNotFound()
	case r.deleted:
		return reply{}, refuse(http.StatusNotFound, "ENTITY_IS_DELETED", "entity is deleted")
	}
	data, _ := r.get(obj.field(c.path[3]).name).(blob)
	return reply{status: http.StatusOK, stream: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, string(data))
	}}, nil
}

func isJSON(part *multipart.Part) bool {
	kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
	return kind == "application/json"
}

// decodeRecord decodes the body of a new record: JSON, or a multipart message of which one part is this JSON, and the others are the content
// of base64 fields. The JSON comes first or says so: the Salesforce CLI sends it last.
func decodeRecord(c *call, into *map[string]any) *apiError {
	form, params, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	if err != nil || form != "multipart/form-data" {
		return decodeObject(c.body, into)
	}
	content := map[string]any{} // of parts before the record
	parts := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) && *into != nil {
			return nil
		}
		var b []byte
		if err == nil {
			b, err = io.ReadAll(part)
		}
		switch {
		case err != nil:
			return bad("INVALID_MULTIPART_REQUEST", "Multipart message could not be read")
		case isJSON(part) || *into == nil && part.FileName() == "":
			if err := decodeObject(b, into); err != nil {
				return err
			}
			if *into == nil {
				return bad("INVALID_MULTIPART_REQUEST", "The part with the record has no fields")
			}
			maps.Copy(*into, content)
		case *into == nil:
			content[part.FormName()] = base64.StdEncoding.EncodeToString(b)
		default:
			(*into)[part.FormName()] = base64.StdEncoding.EncodeToString(b)
		}
	}
}
