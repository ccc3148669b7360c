package interop_test

import (
	"strings"
	"testing"

	"linecard/test/interop"
)

// recorder is a test that notes what it is told, and is not failed by it.
type recorder struct {
	testing.TB
	skipped bool
	attrs   []string
	ends    []func()
	errors  []string
}

func (r *recorder) Helper()                { r.TB.Helper() }
func (r *recorder) Attr(key, value string) { r.attrs = append(r.attrs, key+"="+value) }
func (r *recorder) Cleanup(f func())       { r.ends = append(r.ends, f) }
func (r *recorder) Skipped() bool          { return r.skipped }
func (r *recorder) Failed() bool           { return len(r.errors) > 0 }
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, format)
}

// A test that proves something fails when it ran without the program that it says, or was skipped.
func TestProofsAreHeldAtTheEnd(t *testing.T) {
	t.Run("a part of it starts the peer", func(t *testing.T) { interop.Started(t, interop.Sipp) })
	for name, c := range map[string]struct {
		skipped bool
		with    []interop.Peer
		says    string
	}{
		"with it":      {false, []interop.Peer{interop.Sipp}, ""},
		"with nothing": {false, nil, ""},
		"without it":   {false, []interop.Peer{interop.Sipp, interop.Twinkle}, "without %s"},
		"skipped":      {true, nil, "skipped"},
	} {
		r := &recorder{TB: t, skipped: c.skipped}
		interop.Proves(r, "S1.1", c.with...)
		for _, end := range r.ends {
			end()
		}
		said := strings.Join(r.errors, "\n")
		if c.says == "" && said != "" || !strings.Contains(said, c.says) {
			t.Errorf("%s: %q, want %q", name, said, c.says)
		}
		if len(r.attrs) != 1 || !strings.HasPrefix(r.attrs[0], "proves=S1.1") {
			t.Errorf("%s: it says %q", name, r.attrs)
		}
	}
}
