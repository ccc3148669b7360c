package media

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/pion/rtp"

	"linecard/sip/sdp"
)

// A key that comes back after another one, or after sound in clear, goes on: no two packets are encrypted with the same key and count,
// wherever the numbers have come to in between.
func TestKeyThatComesBackGoesOn(t *testing.T) {
	first, _ := agreedKeys(t, sdp.AESCM128SHA80, 1, "")
	second, _ := agreedKeys(t, sdp.AESCM128SHA80, 5, "")
	for name, between := range map[string]*sdp.Keys{"another key": second, "clear": nil} {
		t.Run(name, func(t *testing.T) {
			// How many packets go with the key, between, and with the key again.
			for _, counts := range [][3]int{{10, 3, 10}, {70000, 20, 100}, {10, 5000, 70000}, {10, 40000, 70000}, {70000, 60000, 70000}, {3000, 140000, 70000}} {
				var all sealers
				streams := map[string]bool{} // the encrypted silence: two alike had one keystream
				seq := 65000
				for i, count := range counts {
					k := first
					if i == 1 {
						k = between
					}
					again := sealOf(t, &all, k)
					for range count {
						seq++
						data, err := again.rtp(silence(t, seq))
						if err != nil {
							t.Fatal(err)
						}
						if k == nil {
							continue
						}
						stream := string(data[12:28])
						if streams[stream] {
							t.Fatalf("%v: packet %d is encrypted as one before", counts, seq)
						}
						streams[stream] = true
					}
				}
			}
		})
	}
}

// The same of reports, which are numbered in the packet.
func TestKeyThatComesBackCountsItsReportsOn(t *testing.T) {
	first, _ := agreedKeys(t, sdp.AESCM128SHA80, 1, "")
	second, _ := agreedKeys(t, sdp.AESCM128SHA80, 5, "")
	for _, between := range []*sdp.Keys{second, nil} {
		var all sealers
		var indices []uint32
		for _, k := range []*sdp.Keys{first, between, first} {
			seal := sealOf(t, &all, k)
			for range 3 {
				data, err := seal.rtcp([]byte{0x80, 201, 0, 1, 0, 0, 0, 7})
				if err != nil {
					t.Fatal(err)
				}
				if k == first {
					indices = append(indices, binary.BigEndian.Uint32(data[8:])&0x7fffffff)
				}
			}
		}
		if !slices.Equal(indices, []uint32{1, 2, 3, 4, 5, 6}) {
			t.Errorf("reports are numbered %v", indices)
		}
	}
}

// A call whose keys change for ever remembers the latest.
func TestSealersAreBounded(t *testing.T) {
	var all sealers
	var latest *sealer
	for i := range 3 * mostSealers {
		k, _ := agreedKeys(t, sdp.AESCM128SHA80, byte(2*i), "")
		latest = sealOf(t, &all, k)
	}
	if len(all) != mostSealers || all[len(all)-1] != latest {
		t.Errorf("%d are remembered", len(all))
	}
}

func sealOf(t *testing.T, all *sealers, k *sdp.Keys) *sealer {
	t.Helper()
	if k != nil {
		again := *k // each agreement has its own
		k = &again
	}
	seal, err := all.take(k)
	if err != nil {
		t.Fatal(err)
	}
	return seal
}

func silence(t *testing.T, seq int) []byte {
	t.Helper()
	plain, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 7, SequenceNumber: uint16(seq)}, Payload: make([]byte, 16)}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return plain
}
