package instance

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// pipeName is the name of the pipe on which the instance of dir answers on Windows, which has no sockets in folders that
// every program can open. dir is absolute. The folder's case and the direction of its slashes do not matter there.
func pipeName(dir string) string {
	dir = strings.TrimRight(strings.ToLower(strings.ReplaceAll(dir, "/", `\`)), `\`)
	sum := sha256.Sum256([]byte(dir))
	return fmt.Sprintf(`\\.\pipe\linecard-%x`, sum[:12])
}

// onlyFor is the security descriptor, in SDDL, of a pipe that the user with that SID may open and nobody else: it inherits
// nothing, and leaves out the rights that everybody has by default.
func onlyFor(sid string) string { return "D:P(A;;GA;;;" + sid + ")" }
