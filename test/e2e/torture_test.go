package e2e

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"linecard/test/interop"
	"linecard/test/ports"
	"linecard/test/rig"
)

// TestTorture: the messages of RFC 4475 and RFC 5118, and a thousand mutated ones, are sent to the running app, which
// must stay registered and able to take a call.
func TestTorture(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S2.14", interop.Kamailio, interop.Sipp)
	k := rig.StartKamailio(t, map[string]string{extension: password, trunk: trunkPass})
	org, url := newOrg(t)
	d := &desk{app: newApp(t), kamailio: k, org: org, orgURL: url}
	port := ports.Free(t)
	d.account(k.Addr, extension, password, "--local-port", fmt.Sprint(port))
	d.link(url, org)
	d.registered()
	before := d.status()

	files, err := filepath.Glob("../../sip/dialog/testdata/messages/rfc*/*.dat")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d test messages, want those of RFC 4475 and RFC 5118: %v", len(files), err)
	}
	conn, err := net.Dial("udp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(uint64(seed), 1))
	var messages [][]byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, text)
	}
	pace := time.NewTicker(time.Millisecond) // faster than a phone must handle, slower than the socket's buffer fills
	defer pace.Stop()
	for _, m := range messages {
		<-pace.C
		_, _ = conn.Write(m) // an ICMP error of an earlier message may be reported here
	}
	for range 1000 {
		<-pace.C
		_, _ = conn.Write(mutate(random, messages[random.IntN(len(messages))]))
	}

	after := d.status()
	if after.Phone.State != "registered" || after.PID != before.PID {
		t.Errorf("before %+v, after %+v", before, after)
	}
	// The messages come from the server's address: those that are calls ring, for what our server sends us is for us.
	d.declineAll()
	id := d.talk("+14155550132", nil)
	d.logged(id)
}

// declineAll hangs up on every call that there is, until none comes any more.
func (a *app) declineAll() {
	a.t.Helper()
	for {
		var calls []call
		a.json(&calls, "calls")
		live := 0
		for _, c := range calls {
			if c.Phase == "wrap-up" || c.Phase == "finished" {
				continue
			}
			live++
			_, _ = a.try("hangup", "--call", c.ID) // it may have ended by itself
		}
		if live == 0 {
			return
		}
	}
}

// mutate changes a message in one to four places: bytes are flipped, removed, doubled or replaced by text that is
// difficult to parse.
func mutate(random *rand.Rand, message []byte) []byte {
	m := append([]byte(nil), message...)
	bait := []string{"\r\n", "\r\n\r\n", "\x00", "%", "\"", "<", ">", ";", ",", ":", "=", "-1", "4294967296", "99999999999999999999", "sip:", ";tag=", "Content-Length: 9\r\n", "\xff\xfe", "((((((((", "Via: "}
	for range 1 + random.IntN(4) {
		if len(m) < 4 {
			break
		}
		at := random.IntN(len(m) - 2)
		n := 1 + random.IntN(min(40, len(m)-at-1))
		switch random.IntN(4) {
		case 0:
			m[at] ^= 1 << random.IntN(8)
		case 1:
			m = append(m[:at], m[at+n:]...)
		case 2:
			m = append(m[:at+n], append([]byte(nil), m[at:]...)...)
		case 3:
			b := bait[random.IntN(len(bait))]
			m = append(m[:at], append([]byte(b), m[at:]...)...)
		}
	}
	return m[:min(len(m), 8000)]
}
