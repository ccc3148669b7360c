// Package encryption names whether the calls of an account are encrypted, and by which keys, for whoever lets people choose.
package encryption

// Policy is whether calls are encrypted.
type Policy string

// The policies.
const (
	Never     Policy = "never"     // the sound is in clear; an offer that takes encrypted sound alone is refused
	Offered   Policy = "offered"   // it is encrypted when the other side offers that; our offers are in clear. The default
	Preferred Policy = "preferred" // our offers leave the choice to the other side
	Required  Policy = "required"  // it is encrypted, or there is no call
)

// All are the policies as people write them.
func All() []string {
	return []string{string(Never), string(Offered), string(Preferred), string(Required)}
}

// By is how the two sides of a call come to their keys where we offer encryption. What the other side offers is taken in either way.
type By string

// The ways.
const (
	Both By = "both" // the other side chooses. The default
	SDES By = "sdes" // the keys are in the SIP messages (RFC 4568)
	DTLS By = "dtls" // the sound's own path has a handshake, of which the SIP messages have the fingerprint (RFC 5763)
)

// Ways are the ways as people write them.
func Ways() []string { return []string{string(Both), string(SDES), string(DTLS)} }
