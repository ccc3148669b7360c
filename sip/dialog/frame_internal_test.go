package dialog

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// framesOf is what a stream is taken apart into when it is read in pieces of some sizes.
func framesOf(stream []byte, size func() int) (messages []string, pings int, err error) {
	var f frames
	now := time.Now()
	for len(stream) > 0 {
		n := min(size(), len(stream))
		m, p, _, e := f.feed(bytes.Clone(stream[:n]), now)
		for _, m := range m {
			messages = append(messages, string(m))
		}
		if pings += p; e != nil {
			return messages, pings, e
		}
		stream = stream[n:]
	}
	return messages, pings, nil
}

// Messages of all forms, with pings between, come out of a stream whole, in order and however they were cut on the way.
func TestFramesOfAStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var stream strings.Builder
		var want []string
		pings := 0
		for i := range rapid.IntRange(1, 6).Draw(t, "messages") {
			if rapid.Bool().Draw(t, "ping") {
				stream.WriteString("\r\n\r\n")
				pings++
			}
			body := rapid.SampledFrom([]string{"", "v=0\r\n", "x\r\n\r\ny: 1\r\n\r\n", "INVITE sip:a@b SIP/2.0\r\nContent-Length: 9\r\n\r\n", "\r\n\r\n"}).Draw(t, "body")
			length := fmt.Sprintf(rapid.SampledFrom([]string{
				"Content-Length: %d\r\n", "l:%d\r\n", "L : %d \r\n", "content-length\t:\t%d\r\n", "Content-Length:\r\n %d\r\n", "Content-Length: \r\n\t \r\n %d\r\n",
				"Content-Length: %[1]d\r\nl: %[1]d\r\n", "Content-Length: 000%d\r\n",
			}).Draw(t, "length"), len(body))
			if body == "" && rapid.Bool().Draw(t, "none") {
				length = ""
			}
			m := fmt.Sprintf("OPTIONS sip:a@b SIP/2.0\r\nSubject: Content-Length\r\n :77\r\nCSeq: %d OPTIONS\r\n%sX: l: 5\r\n\r\n%s", i, length, body)
			want = append(want, m)
			stream.WriteString(m)
		}
		size := func() int { return rapid.SampledFrom([]int{1, 1, 2, 3, 7, 40, 1000}).Draw(t, "size") }
		if rapid.Bool().Draw(t, "byte by byte") {
			size = func() int { return 1 }
		}
		got, p, err := framesOf([]byte(stream.String()), size)
		if err != nil || strings.Join(got, "|") != strings.Join(want, "|") || p != pings {
			t.Fatalf("%v, %d pings, want %d\ngot  %q\nwant %q", err, p, pings, got, want)
		}
	})
}

// What has no boundary is not guessed at.
func TestNoFrame(t *testing.T) {
	const head = "OPTIONS sip:a@b SIP/2.0\r\n"
	for name, stream := range map[string]string{
		"negative":           head + "Content-Length: -1\r\n\r\n",
		"no number":          head + "Content-Length: ten\r\n\r\n",
		"nothing":            head + "Content-Length:\r\n\r\n",
		"two that differ":    head + "Content-Length: 0\r\nl: 4\r\n\r\n",
		"missing, with type": head + "Content-Type: application/sdp\r\n\r\nv=0\r\n",
		"huge":               head + "Content-Length: 2000000000\r\n\r\n",
		"overflow":           head + "Content-Length: 99999999999999999999\r\n\r\n",
		"no end":             head + strings.Repeat("X: y\r\n", 20000),
		"one line":           strings.Repeat("x", maxMessage+1),
		"too short":          head + "Content-Length: 2\r\n\r\nv=0\r\n" + head + "\r\n",
	} {
		got, _, err := framesOf([]byte(stream), func() int { return 999 })
		if err == nil {
			t.Errorf("%s: taken as %q", name, got)
		}
	}
}

// The answer to our own ping is none of the other side's.
func TestPongIsNoPing(t *testing.T) {
	var f frames
	at := time.Now()
	for i := range 3 {
		if _, pings, _, err := f.feed([]byte("\r\n"), at.Add(time.Duration(i)*25*time.Second)); pings != 0 || err != nil {
			t.Errorf("%d pings, %v", pings, err)
		}
	}
	if _, pings, _, _ := f.feed([]byte("\r\n"), at.Add(50*time.Second+time.Millisecond)); pings != 1 {
		t.Errorf("a ping in two halves: %d", pings)
	}
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte("OPTIONS sip:a@b SIP/2.0\r\nl: 3\r\n\r\nabc\r\n\r\nSIP/2.0 200 OK\r\n\r\n"), 3)
	f.Fuzz(func(t *testing.T, stream []byte, cut int) {
		if cut < 1 {
			return
		}
		whole, _, err := framesOf(stream, func() int { return len(stream) })
		parts, _, cutErr := framesOf(stream, func() int { return cut })
		if strings.Join(whole, "|") != strings.Join(parts, "|") || (err == nil) != (cutErr == nil) {
			t.Fatalf("in one piece %q, %v; in pieces of %d %q, %v", whole, err, cut, parts, cutErr)
		}
	})
}
