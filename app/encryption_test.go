package app

import (
	"strings"
	"testing"

	"linecard/sip"
)

// Faces are told how a call is encrypted, from early media on, and when it no longer is.
func TestEncryptionIsShown(t *testing.T) {
	r := newRig(t)
	r.Heard(sip.CallDialing{ID: "c1", At: t0, Party: sip.Party{User: "+14155550132"}})
	says := func(want string) {
		t.Helper()
		r.wait("encryption "+want, func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Encryption == want })
	}
	says("")
	r.Heard(sip.CallEncryption{ID: "c1", At: t0, Kind: "SDES AES-128"})
	says("SDES AES-128")
	r.Heard(sip.CallAnswered{ID: "c1", At: t0, Codec: "PCMU"})
	says("SDES AES-128")
	r.Heard(sip.CallEncryption{ID: "c1", At: t0, Lost: true})
	says("")
	tells := func(want string) {
		t.Helper()
		r.wait("the call tells "+want, func(v View) bool {
			return len(v.Calls) == 1 && (want != "" && strings.HasPrefix(v.Calls[0].Transfer, want) || v.Calls[0].Transfer == want)
		})
	}
	tells("This call is no longer encrypted")
	r.Heard(sip.CallEncryption{ID: "c1", At: t0, Kind: "SDES AES-128"})
	tells("")
	r.Heard(sip.CallEncryption{ID: "c1", At: t0})
	says("")
	r.Heard(sip.CallEncryption{ID: "nobody", At: t0, Kind: "SDES AES-128"}) // of a call that left the desk
	says("")
}
