package dialog

import (
	"strings"
	"testing"

	"linecard/test/interop"
)

// The examples of RFC 7616 §3.9.1, and the same with the key of a session, computed by another program.
func TestDigestExamples(t *testing.T) {
	interop.Proves(t, "S1.4")
	opaque := "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
	for name, tc := range map[string]struct{ algorithm, response string }{
		"MD5":          {"MD5", "8ca523f5e9506fed4657c9700eebdbec"},
		"SHA-256":      {"SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
		"MD5-sess":     {"MD5-SESS", "e783283f46242139c486a698fec7211d"},
		"SHA-256-sess": {"SHA-256-SESS", "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7"},
	} {
		c := &challenge{digestChallenge: digestChallenge{
			realm: "http-auth@example.org", nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque: &opaque,
			algorithm: tc.algorithm, qop: []string{"auth", "auth-int"},
		}, count: 1, cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"}
		text, ok := c.credentials("GET", "/dir/index.html", nil, "Mufasa", "Circle of Life")
		if !ok || !strings.Contains(text, `response="`+tc.response+`"`) {
			t.Errorf("%s: %s, want %s", name, text, tc.response)
		}
	}
}
