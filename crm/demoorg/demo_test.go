package demoorg_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"linecard/crm/demoorg"
)

// client is a small REST client over real HTTP. An error fails the test.
type client struct {
	t     testing.TB
	url   string
	token string
	http  *http.Client
}

// fixedTime is a clock that only Advance moves.
func fixedTime() time.Time { return time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC) }

// start serves an org for one test and returns it with a client that is logged in.
func start(t testing.TB, cfg demoorg.Config) (*demoorg.Org, *client) {
	t.Helper()
	org := demoorg.New(cfg)
	address, err := org.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := org.Close(); err != nil {
			t.Error(err)
		}
	})
	noRedirects := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return org, &client{
		t: t, url: address, token: org.Token(),
		http: &http.Client{Transport: transport, Timeout: 10 * time.Second, CheckRedirect: noRedirects},
	}
}

// answer is a whole response.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (c *client) send(method, path string, body any, header ...string) answer {
	c.t.Helper()
	var in io.Reader
	if body != nil {
		b, isText := body.(string)
		if !isText {
			encoded, err := json.Marshal(body)
			if err != nil {
				c.t.Fatal(err)
			}
			b = string(encoded)
		}
		in = strings.NewReader(b)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, in)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return c.do(req)
}

func (c *client) do(req *http.Request) answer {
	c.t.Helper()
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, bytes.TrimSpace(b)}
}

// rest sends a request below /services/data/v60.0.
func (c *client) rest(method, path string, body any, header ...string) answer {
	c.t.Helper()
	return c.send(method, "/services/data/v60.0"+path, body, header...)
}

func (c *client) query(soql string) answer {
	c.t.Helper()
	return c.rest("GET", "/query?q="+url.QueryEscape(soql), nil)
}

func (c *client) search(sosl string) answer {
	c.t.Helper()
	return c.rest("GET", "/search?q="+url.QueryEscape(sosl), nil)
}

func (c *client) form(path string, form url.Values) answer {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), "POST", c.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.do(req)
}

// into decodes the body.
func into[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("status %d: %v in %s", a.status, err, a.body)
	}
	return v
}

type object = map[string]any

type page struct {
	TotalSize      int
	Done           bool
	NextRecordsURL string `json:"nextRecordsUrl"`
	Records        []object
}

type problem struct {
	Message, ErrorCode string
	Fields             []string
}

// refused checks status and errorCode and returns the error.
func refused(t testing.TB, a answer, status int, code string) problem {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d %s: %s", a.status, status, code, a.body)
	}
	ps := into[[]problem](t, a)
	if len(ps) != 1 || ps[0].ErrorCode != code {
		t.Fatalf("refused with %s, want %s", a.body, code)
	}
	return ps[0]
}

// want checks the status.
func want(t testing.TB, a answer, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// create makes a record and returns its id.
func (c *client) create(obj string, fields object) string {
	c.t.Helper()
	a := want(c.t, c.rest("POST", "/sobjects/"+obj, fields), http.StatusCreated)
	return into[struct{ ID string }](c.t, a).ID
}

func names(p page) []string {
	var ns []string
	for _, r := range p.Records {
		n, _ := r["Name"].(string)
		ns = append(ns, n)
	}
	return ns
}

// challenge is PKCE's S256.
func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func person(t testing.TB, org *demoorg.Org, name string) demoorg.Person {
	t.Helper()
	p, ok := org.Caller(name)
	if !ok {
		t.Fatalf("no person is called %q", name)
	}
	return p
}
