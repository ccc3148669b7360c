// Package globals sets what sipgo keeps once for the whole process, where no option of a transport or parser reaches.
package globals

import (
	"log/slog"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// Set is called by whatever is about to open a SIP socket, before it does: sipgo reads these values from many goroutines
// and guards none of them, so they are set once, while none of those goroutines exists.
//
// The logger is silenced. sipgo logs every packet that it cannot parse, whole, at error level (docs/sipgo.md, S14):
// passwords, names and numbers of strangers, as fast as they care to send. What matters of it is logged by package dialog.
//
// The largest datagram is 65,535 octets. sipgo refuses to send one of more than 1,300 and does not go to TCP either (S9).
// Every PBX takes fragments and not every PBX listens on TCP; an answer to a long route set has no other way anyhow.
var Set = sync.OnceFunc(func() {
	sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
	sip.UDPMTUSize = 65535
})
