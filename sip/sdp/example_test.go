package sdp_test

import (
	"fmt"
	"net/netip"
	"strings"

	"linecard/sip/sdp"
)

// A call is offered, answered and then put on hold.
func ExampleSession() {
	ours := sdp.New(sdp.Config{Addr: netip.MustParseAddrPort("192.0.2.10:40000"), ID: 1})
	theirs := sdp.New(sdp.Config{Addr: netip.MustParseAddrPort("198.51.100.7:6000"), ID: 2, Codecs: []sdp.Codec{sdp.PCMA}})

	answer, _, _ := theirs.Answer(ours.Offer(sdp.SendRecv), sdp.SendRecv)
	m, _ := ours.ReadAnswer(answer)
	fmt.Printf("we talk: %s to %s:%d, %s\n", m.Send.Name, m.Host, m.Port, m.Direction)

	answer, held, _ := theirs.Answer(ours.Offer(sdp.SendOnly), sdp.SendRecv)
	m, _ = ours.ReadAnswer(answer)
	fmt.Printf("we hold: %s here, %s there\n", m.Direction, held.Direction)

	for line := range strings.Lines(string(answer)) {
		if strings.HasPrefix(line, "o=") || strings.HasPrefix(line, "m=") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output:
	// we talk: PCMA to 198.51.100.7:6000, sendrecv
	// we hold: sendonly here, recvonly there
	// o=- 2 3 IN IP4 198.51.100.7
	// m=audio 6000 RTP/AVP 8 101
}
