package salesforce

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/fault"
	"linecard/test/ports"
	"linecard/test/wait"
)

func TestMain(m *testing.M) {
	renewIfAsked()
	wait.Main(m)
}

// freePorts returns three ports. A test uses the first one that is free.
func freePorts(t testing.TB) []int {
	t.Helper()
	first := ports.Block(t, 3)
	return []int{first, first + 1, first + 2}
}

func startCallback(t *testing.T) *callback {
	t.Helper()
	cb, err := listenCallback(t.Context(), freePorts(t), "the-state", fault.Fault.String)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cb.close)
	return cb
}

func browse(t *testing.T, url string) (int, string) {
	t.Helper()
	status, body, err := tryBrowse(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

func tryBrowse(ctx context.Context, url string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}

func TestCallbackTakesOneAnswer(t *testing.T) {
	cb := startCallback(t)
	first := make(chan string, 1)
	go func() {
		_, body, err := tryBrowse(context.Background(), cb.url+"?code=abc&state=the-state")
		if err != nil {
			body = err.Error()
		}
		first <- body
	}()
	a, err := cb.wait(t.Context(), time.Hour, func() {})
	if err != nil || a.code != "abc" {
		t.Fatalf("%+v, %v", a, err)
	}
	if status, body := browse(t, cb.url+"?code=again&state=the-state"); status != http.StatusGone || !strings.Contains(body, "salesforce.page-used") {
		t.Errorf("second answer: %d %s", status, body)
	}
	cb.finish(nil)
	if body := wait.For(t, first); !strings.Contains(body, "<h1>salesforce.page-linked</h1>") || strings.Contains(body, `class="failed"`) {
		t.Errorf("the page says %s", body)
	}
}

func TestCallbackShowsTheFailure(t *testing.T) {
	cb := startCallback(t)
	page := make(chan string, 1)
	go func() {
		_, body, err := tryBrowse(context.Background(), cb.url+"?error=access_denied&error_description=%3Cb%3E&state=the-state")
		if err != nil {
			body = err.Error()
		}
		page <- body
	}()
	a, err := cb.wait(t.Context(), time.Hour, func() {})
	if err != nil || a.err != "access_denied" {
		t.Fatalf("%+v, %v", a, err)
	}
	cb.finish(errors.New("denied <script>alert(1)</script>"))
	if body := wait.For(t, page); !strings.Contains(body, "<h1>salesforce.page-not-linked</h1>") || strings.Contains(body, "<script>") {
		t.Errorf("the page says %s", body)
	}
}

// Web pages can reach a loopback port through the browser; they must neither end nor take over the link.
func TestCallbackIgnoresStrangers(t *testing.T) {
	cb := startCallback(t)
	base := strings.TrimSuffix(cb.url, callbackPath)
	tests := []struct {
		name, url string
		status    int
	}{
		{"favicon", base + "/favicon.ico", http.StatusNotFound},
		{"root", base + "/", http.StatusNotFound},
		{"no state", cb.url + "?code=abc", http.StatusBadRequest},
		{"other state", cb.url + "?code=abc&state=other", http.StatusBadRequest},
		{"error without state", cb.url + "?error=access_denied", http.StatusBadRequest},
	}
	for _, tt := range tests {
		if status, body := browse(t, tt.url); status != tt.status {
			t.Errorf("%s: %d %s", tt.name, status, body)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, cb.url+"?code=abc&state=the-state", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "evil.example:" + cb.port // a name that was rebound to this machine
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("rebound name: %d", resp.StatusCode)
	}
	select {
	case a := <-cb.answers:
		t.Errorf("taken for an answer: %+v", a)
	default:
	}
}

func TestCallbackAllowsPrivateNetworkAccess(t *testing.T) {
	cb := startCallback(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, cb.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent || resp.Header.Get("Access-Control-Allow-Private-Network") != "true" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
}

func TestCallbackListensOnBothLoopbacks(t *testing.T) {
	cb := startCallback(t)
	for _, host := range []string{"127.0.0.1", "::1"} {
		if host == "::1" && !hasIPv6() {
			continue // this machine has no second loopback address
		}
		var d net.Dialer
		conn, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort(host, cb.port))
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		conn.Close()
	}
}

func hasIPv6() bool {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	l.Close()
	return true
}

func TestCallbackTakesTheNextFreePort(t *testing.T) {
	busy, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	taken, free := busy.Addr().(*net.TCPAddr).Port, freePorts(t)
	cb, err := listenCallback(t.Context(), append([]int{taken}, free...), "s", fault.Fault.String)
	if err != nil {
		t.Fatal(err)
	}
	defer cb.close()
	if port, _ := strconv.Atoi(cb.port); !slices.Contains(free, port) {
		t.Errorf("listens on %s, free are %d, taken %d", cb.port, free, taken)
	}
	_, err = listenCallback(t.Context(), []int{taken}, "s", fault.Fault.String)
	if classOf(err) != crm.ClassNotLinked || !strings.Contains(fault.Of(err).Encode(), strconv.Itoa(taken)) {
		t.Errorf("all taken: %v", err)
	}
}

func TestCallbackGivesUp(t *testing.T) {
	cb := startCallback(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := cb.wait(ctx, time.Hour, func() {}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
