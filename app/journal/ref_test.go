package journal

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"linecard/clean"
	"linecard/crm"
)

// A ref comes back as it was kept, whatever is in it, but for the name, which is clean text, and what the quick way reads is what encoding/json reads.
func TestRefsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", `"`, `\`, "<b>", "\u2028", "Müller & Söhne", "\x01"}))
		r := crm.Ref{
			Object: part.Draw(t, "object"), ID: "003" + part.Draw(t, "id"), Name: part.Draw(t, "name"), URL: part.Draw(t, "url"),
			Org: part.Draw(t, "org"), User: part.Draw(t, "user"),
		}
		want := r
		want.Name = clean.Line(r.Name)
		if got, err := decodeRef(encodeRef(r)); err != nil || got != want {
			t.Fatalf("%+v came back as %+v, %v", r, got, err)
		}
	})
	if _, ok := plainRef(encodeRef(dana)); !ok {
		t.Error("a usual ref is not read in the quick way")
	}
}

func FuzzPlainRef(f *testing.F) {
	for _, s := range []string{
		encodeRef(dana), encodeRef(task), `{}`, `{"object":"a","object":"b"}`, `{"Object":"a"}`, `{"id":"\u0041"}`, `{"id":"a",}`,
		"{\"id\":\"\xff\"}", `{"id":1}`, `{"id":"a"} `, `{"id":"a"`, `{"id"`, `{"id":`, `{`, `{"id":"a"}}`, `{"other":"a"}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := plainRef(s)
		if !ok {
			return
		}
		var want crm.Ref
		if err := json.Unmarshal([]byte(s), &want); err != nil || got != want {
			t.Errorf("%q: %+v, encoding/json: %+v, %v", s, got, want, err)
		}
	})
}
