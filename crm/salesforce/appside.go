package salesforce

import "slices"

// What the External Client App of an org must allow is what Link does. Package setup writes it into the app.

// defaultPorts are the callback ports that Link tries in turn.
var defaultPorts = []int{47117, 47118, 47119}

// Callbacks returns the callback URLs on which Link listens, unchanged, where Config.Ports says nothing else.
func Callbacks() []string { return callbackURLs(defaultPorts) }

// Scopes returns the OAuth scopes that Link asks for.
func Scopes() []string { return slices.Clone(scopes) }
