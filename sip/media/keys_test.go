package media

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/pion/rtp"

	"pgregory.net/rapid"

	"linecard/test/interop"
)

// gateway is how a sender counts the timestamps of its keys.
type gateway string

const (
	proper  gateway = "as RFC 4733"
	still   gateway = "never"
	counts  gateway = "with every packet"
	falling gateway = "backwards between keys"
)

// pressed makes the packets of keys as a gateway sends them, numbered from first on.
func pressed(g gateway, codes []byte, first, ts uint32) (all [][]press) {
	seq := first
	for _, code := range codes {
		var key []press
		at := ts
		for n := uint16(1); n <= 7; n++ {
			p := press{ts: at, key: code, duration: min(n, 5) * 160, seq: seq}
			if n >= 5 {
				p.flags = "e"
			}
			if g == counts {
				at += 160
			}
			key = append(key, p)
			seq++
		}
		all = append(all, key)
		seq += 5 // audio
		switch g {
		case proper, counts:
			ts += 12 * 160
		case falling:
			ts -= 100000
		}
	}
	return all
}

// Keys are heard once each and in order, whatever the gateway does with timestamps, over loss, duplicates, packets out of
// order, and numbers and timestamps that wrap.
func TestKeysProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := rapid.SampledFrom([]gateway{proper, still, counts, falling}).Draw(t, "gateway")
		codes := rapid.SliceOfN(rapid.ByteRange(0, 15), 1, 8).Draw(t, "keys")
		lossy := g == proper || g == falling // where the timestamp tells nothing, only whole keys are told apart from themselves
		first, ts := rapid.Uint32().Draw(t, "first number"), rapid.Uint32().Draw(t, "first timestamp")
		var d dtmfReceiver
		want, got := "", ""
		for i, key := range pressed(g, codes, first, ts) {
			want += keys[codes[i] : codes[i]+1]
			whole := !lossy && (i > 0 && codes[i] == codes[i-1] || i+1 < len(codes) && codes[i] == codes[i+1])
			kept := rapid.IntRange(0, len(key)-1).Draw(t, "the one that arrives")
			var arrive []press
			for j, p := range key {
				if !whole && j != kept && rapid.Bool().Draw(t, "lost") {
					continue
				}
				arrive = append(arrive, p)
				if rapid.Bool().Draw(t, "twice") {
					arrive = append(arrive, p)
				}
			}
			if !whole {
				arrive = rapid.Permutation(arrive).Draw(t, "order")
			}
			for _, p := range arrive {
				if k, ok := d.key(p.seq, p.ts, false, p.payload()); ok {
					got += k
				}
			}
		}
		if got != want {
			t.Fatalf("pressed %s, heard %s", want, got)
		}
	})
}

// FuzzKeys: no packets make a key that is none, or more keys than packets.
func FuzzKeys(f *testing.F) {
	f.Add([]byte{1, 10, 0, 160, 1, 138, 1, 64})
	f.Fuzz(func(t *testing.T, data []byte) {
		var d dtmfReceiver
		for i := 0; i+6 <= len(data); i += 6 {
			if k, ok := d.key(uint32(data[i])<<8, uint32(data[i+1])<<7, data[i]&1 != 0, data[i+2:i+6]); ok && (len(k) != 1 || data[i+2] > 15) {
				t.Fatalf("key %q of event %d", k, data[i+2])
			}
		}
	})
}

// Packets as gateways in the field send them, through the whole receiver.
func TestKeysOfGateways(t *testing.T) {
	interop.Proves(t, "S3.10")
	for name, want := range map[string]string{
		"keys-one-timestamp": "455", "keys-timestamp-counts": "88", "keys-timestamps-fell-back": "9*",
	} {
		f, err := os.Open("testdata/" + name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		e := newEar(t)
		for lines := bufio.NewScanner(f); lines.Scan(); {
			line := lines.Text()
			if strings.HasPrefix(line, "#") {
				continue
			}
			h := rtp.Header{SSRC: 3, PayloadType: 96}
			var marker int
			var payload string
			if _, err := fmt.Sscanf(strings.ReplaceAll(line, ",", " "), "%d %d %d %s", &marker, &h.SequenceNumber, &h.Timestamp, &payload); err != nil {
				t.Fatal(line, err)
			}
			h.Marker = marker == 1
			data, err := hex.DecodeString(payload)
			if err != nil {
				t.Fatal(line, err)
			}
			e.comes(h, data)
		}
		_ = f.Close()
		if e.keys != want {
			t.Errorf("%s: heard %q, want %q", name, e.keys, want)
		}
	}
}
