package demoorg

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// ordered is a JSON object that keeps its order: Salesforce puts attributes first and then the fields in the requested
// order.
type ordered []pair

type pair struct {
	key   string
	value any
}

func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		k, err := encode(p.key)
		if err != nil {
			return nil, err
		}
		v, err := encode(p.value)
		if err != nil {
			return nil, err
		}
		b.Write(k)
		b.WriteByte(':')
		b.Write(v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode is json.Marshal without HTML escapes.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// dateTimeLayout is Salesforce's format of a date-time: always UTC, three decimals, no colon in the offset.
const dateTimeLayout = "2006-01-02T15:04:05.000-0700"

// jsonValue converts a stored value to its JSON form.
func jsonValue(v any) any {
	if t, ok := v.(time.Time); ok {
		return t.UTC().Format(dateTimeLayout)
	}
	return v
}

// decodeObject decodes a request body that must be one JSON object. Numbers are kept as written.
func decodeObject(body []byte, into any) *apiError {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return bad("JSON_PARSER_ERROR", "%s", parseMessage(err))
	}
	if d.More() {
		return bad("JSON_PARSER_ERROR", "Unexpected character after the end of the object")
	}
	return nil
}

func parseMessage(err error) string {
	return fmt.Sprintf("The HTTP entity body is required to be JSON: %v", err)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := encode(v)
	if err != nil { // only a programming error can make an answer that cannot be encoded
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Cache-Control", "no-cache,must-revalidate,max-age=0,no-store,private")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}
