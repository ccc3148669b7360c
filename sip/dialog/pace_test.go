package dialog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// What a border controller leaves of our Contact: a 2xx means that we are registered all the same, and the binding is refreshed
// before it ends.
func TestRewrittenBinding(t *testing.T) {
	interop.Proves(t, "S1.11")
	const (
		deskPhone = `Contact: <sip:2041@192.0.2.8:5060>;expires=3600;+sip.instance="<urn:uuid:00000000-0000-4000-8000-000000000042>"` + "\n"
		edge      = "Contact: <sip:2041@203.0.113.5:31204;rinstance=9f>;expires=14\n"
	)
	for name, tc := range map[string]struct {
		extra string
		life  int // seconds
	}{
		"rewritten, beside another device":   {edge + deskPhone, 14},
		"the other device first":             {deskPhone + edge, 14},
		"in one line":                        {strings.TrimSuffix(edge, "\n") + ", <sip:2041@192.0.2.8>;expires=3600;+sip.instance=\"<urn:uuid:42>\"\n", 14},
		"the only one":                       {edge, 14},
		"short form":                         {"m: <sip:2041@203.0.113.5:31204>;expires=14\n", 14},
		"without brackets":                   {"Contact: sip:2041@203.0.113.5:31204;expires=14\n", 14},
		"its user too":                       {"Contact: <sip:u7f3@203.0.113.5:31204>;expires=14\n", 14},
		"its user too, beside a desk phone":  {"Contact: <sip:u7f3@203.0.113.5>;expires=14\n" + deskPhone, 14},
		"its user, beside our user's":        {"Contact: <sip:u7f3@203.0.113.5>;expires=5\nContact: <sip:2041@203.0.113.5:4>;expires=20\n", 20},
		"its address, the instance kept":     {deskPhone + `Contact: <sip:x@203.0.113.5>;expires=14;+sip.instance="<urn:uuid:00000000-0000-4000-8000-000000002041>"` + "\n", 14},
		"another instance":                   {"Expires: 14\n" + deskPhone, 14},
		"another instance, nothing else":     {strings.Replace(deskPhone, "3600", "14", 1), 14},
		"expires in the header":              {"Expires: 14\nContact: <sip:2041@203.0.113.5:31204>\n", 14},
		"the parameter counts":               {"Expires: 3600\n" + edge, 14},
		"no Contact at all":                  {"Expires: 14\n", 14},
		"no Contact, no Expires":             {"", 60},
		"two of our user":                    {edge + "Contact: <sip:2041@203.0.113.5:9>;expires=40\n", 14},
		"two, one about to end":              {"Contact: <sip:2041@192.0.2.9>;expires=1\nContact: <sip:2041@203.0.113.5:9>;expires=40\n", 10},
		"one that was removed":               {"Contact: <sip:2041@192.0.2.9>;expires=0\nContact: <sip:2041@203.0.113.5:9>;expires=40\n", 40},
		"a transport, and odd parameters":    {"Contact: \"2041\" <sip:2041@203.0.113.5:31204;transport=udp;ob>;q=0.5;expires=14;received=\"sip:10.0.0.1\"\n", 14},
		"at another host of the same domain": {"Contact: <sip:2041@edge.example.com>;expires=14\n", 14},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := siptest.NewPeer(t)
			p.Registrar(func(p *siptest.Peer, m siptest.Message) bool { p.Reply(m, "200 OK", tc.extra); return true })
			began := time.Now()
			s := startAgent(t, p).state(dialog.Registered)
			if want := time.Duration(tc.life) * time.Second; time.Until(s.Expires) > want || s.Expires.Sub(began) < want {
				t.Errorf("the binding is believed to live %v, want %v", time.Until(s.Expires), want)
			}
		})
	}
}

// A registrar that answers 2xx and ends our binding is not asked again and again.
func TestEndedBinding(t *testing.T) {
	p := siptest.NewPeer(t)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		p.Reply(m, "200 OK", "Contact: <"+m.URI("Contact")+">;expires=0\n")
		return true
	})
	began := time.Now()
	s := startAgent(t, p).state(dialog.Unreachable)
	if wait := s.RetryAt.Sub(began); s.Code != 200 || wait < 3*time.Second {
		t.Errorf("%+v, tried again in %v", s, wait)
	}
}

// What a registrar refuses for good it is asked at most three times in ten seconds, and then as rarely as after a 403. What
// may be over in a moment keeps its pace.
func TestPaceOfRefusals(t *testing.T) {
	t.Parallel()
	type row struct {
		status, extra string
		good          bool // refused for good
	}
	rows := []row{
		{"480 Temporarily Unavailable", "", false},
		{"408 Request Timeout", "", false},
		{"500 Server Internal Error", "", false},
		{"501 Not Implemented", "", false},
		{"503 Service Unavailable", "", false},
		{"504 Server Time-out", "", false},
		{"302 Moved Temporarily", "Contact: <sip:192.0.2.9>\n", true},
		{"423 Interval Too Brief", "", true},
		{"423 Interval Too Brief", "Min-Expires: 5\n", true},
		{"423 Interval Too Brief", "Min-Expires: more\n", true},
		{"423 Interval Too Brief", "Min-Expires: 999999\n", true},
		{"400 Bad Request", "Retry-After: 1\n", true},
		{"420 Bad Extension", "Unsupported: path\n", true},
		{"421 Extension Required", "Require: outbound\n", true},
	}
	for _, code := range []int{300, 301, 305, 380, 400, 402, 403, 404, 405, 406, 410, 413, 414, 415, 416, 420, 421, 439, 481, 484, 488, 493, 494, 600, 603, 604, 606, 699} {
		rows = append(rows, row{fmt.Sprintf("%d No", code), "", true})
	}
	type subject struct {
		row
		a     *agent
		asked chan siptest.Message
	}
	var all []subject
	for _, r := range rows { // all at the same time: they wait for seconds
		p := siptest.NewPeer(t)
		s := subject{r, nil, make(chan siptest.Message, 100)}
		last := ""
		p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
			if m.Header("CSeq") != last { // otherwise it is repeated, because this machine is busy
				last = m.Header("CSeq")
				s.asked <- m
			}
			p.Reply(m, r.status, r.extra)
			return true
		})
		s.a = startAgent(t, p)
		all = append(all, s)
	}
	again := make(map[int]time.Time)
	for i, s := range all {
		st := s.a.refusal()
		left := st.RetryAt.Sub(s.a.clock.Now())
		switch wait := st.RetryAt.Sub(arrives(t, s.asked).At); { // which this machine may have been slow to see
		case !s.good && left > time.Second:
			t.Errorf("%s: tried again in %v, though it may be over", s.status, left)
		case s.good && wait < 3*time.Second:
			t.Errorf("%s %s: tried again in %v", s.status, s.extra, wait)
		case s.good && wait < 30*time.Second: // once, and then as after 403
			again[i] = st.RetryAt
		}
	}
	for i, at := range again {
		s := all[i]
		s.a.forwardTo(at)
		if wait := s.a.refusal().RetryAt.Sub(at); wait < 30*time.Second {
			t.Errorf("%s: then tried again in %v", s.status, wait)
		}
		if n := len(s.asked); n > 2 { // and one was taken out
			t.Errorf("%s: asked %d times more", s.status, n)
		}
	}
}

// refusal waits for the next time that the registration is found not to work.
func (a *agent) refusal() dialog.Status {
	a.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case s := <-a.states:
			if s.State == dialog.Unreachable || s.State == dialog.Refused {
				return s
			}
		case <-deadline:
			a.t.Fatal("the registration never failed")
		}
	}
}

// A registrar that asks for more at each 423 is followed once.
func TestBriefLoop(t *testing.T) {
	t.Parallel()
	p := siptest.NewPeer(t)
	n := 0
	asked := make(chan int, 100)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		n++
		asked <- n
		p.Reply(m, "423 Interval Too Brief", fmt.Sprintf("Min-Expires: %d\n", 100*n))
		return true
	})
	a := startAgent(t, p)
	at := a.refusal().RetryAt
	a.forwardTo(at)
	if s := a.refusal(); s.RetryAt.Sub(at) < 30*time.Second {
		t.Errorf("%+v", s)
	}
	if len(asked) > 3 {
		t.Errorf("asked %d times", len(asked))
	}
}
