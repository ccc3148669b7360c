package dialog

import (
	"net/netip"
	"testing"

	"github.com/emiago/sipgo/sip"
)

// A port in the clear that a server names of itself stands for the connection that it was heard on; a name that led there, and is none of the
// account's, has to be proved on that connection too.
func TestASecuredHopKeepsItsName(t *testing.T) {
	ua := &UA{network: overTLS}
	ua.reg = &registration{ua: ua}
	known := hop{network: overTLS, addr: netip.MustParseAddrPort("198.51.100.1:5061")}
	d := &dialog{reached: known, target: sip.Uri{Scheme: "sip", User: "100", Host: "pbx.example"}}
	for _, name := range []string{"", "other.example"} {
		got := d.secured(ua, []hop{{network: overTLS, addr: netip.MustParseAddrPort("198.51.100.1:5060"), name: name}})
		if want := (hop{overTLS, known.addr, name}); len(got) != 1 || got[0] != want {
			t.Errorf("%q leads to %+v, want %+v", name, got, want)
		}
	}
}
