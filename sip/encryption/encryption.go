// Package encryption names whether the calls of an account are encrypted, for whoever lets people choose.
package encryption

// Policy is one of the choices.
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
