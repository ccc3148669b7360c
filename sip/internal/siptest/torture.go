package siptest

import (
	"bytes"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Torture is one datagram of RFC 4475 or RFC 5118, and what a UDP user agent should do with it.
type Torture struct {
	File     string // "rfc4475/wsinv.dat"
	Kind     string // its method, "request" or "response"
	Syntax   string // "valid", "invalid", "lenient", "incomplete"
	Expected string // in words
	Data     []byte
}

// Messages reads the messages of the RFCs from a folder that has their expected.tsv.
func Messages(t testing.TB, dir string) []Torture {
	t.Helper()
	table, err := os.ReadFile(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var list []Torture
	for _, line := range strings.Split(strings.TrimSpace(string(table)), "\n")[1:] {
		f := strings.Split(line, "\t")
		data, err := os.ReadFile(filepath.Join(dir, f[0]))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, Torture{File: f[0], Kind: f[2], Syntax: f[3], Expected: f[4], Data: data})
	}
	if len(list) != 62 {
		t.Fatalf("siptest: %d messages, want 62", len(list))
	}
	return list
}

var number = regexp.MustCompile(`\d+`)

// Mutate breaks a message in one to four ways: octets flipped, cut out, put in, lines doubled or swapped, numbers out of
// range, the tail of another message. The same rng gives the same message.
func Mutate(rng *rand.Rand, data, other []byte) []byte {
	data = bytes.Clone(data)
	at := func() int { return rng.Intn(len(data)) }
	for range 1 + rng.Intn(4) {
		if len(data) < 4 {
			return data
		}
		switch rng.Intn(8) {
		case 0:
			data[at()] ^= 1 << rng.Intn(8)
		case 1:
			data = data[:at()]
		case 2:
			i := at()
			data = append(data[:i:i], data[min(i+1+rng.Intn(20), len(data)):]...)
		case 3: // a line twice
			lines := bytes.SplitAfter(data, []byte("\r\n"))
			data = append(bytes.Clone(lines[rng.Intn(len(lines))]), data...)
		case 4: // lines in another order
			lines := bytes.SplitAfter(data, []byte("\r\n"))
			rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
			data = bytes.Join(lines, nil)
		case 5: // numbers out of any range
			data = number.ReplaceAllFunc(data, func(n []byte) []byte {
				if rng.Intn(4) > 0 {
					return n
				}
				return []byte([]string{"0", "-1", "4294967296", "99999999999999999999", "2147483648"}[rng.Intn(5)])
			})
		case 6: // half of this, half of that
			data = append(data[:at()], other[rng.Intn(len(other)):]...)
		case 7: // delimiters
			data[at()] = "\"<>;:,@\\\x00%[]\r\n"[rng.Intn(14)]
		}
	}
	return data
}
