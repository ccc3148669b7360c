package instance

import (
	"strings"
	"testing"
)

// A folder has one pipe, however it is written, and another folder has another. A name has no part of the folder in it, which
// may be too long or have characters that no name of a pipe may have.
func TestAFolderHasOnePipe(t *testing.T) {
	name := pipeName(`C:\Users\Dana\AppData\Roaming\linecard`)
	for _, same := range []string{`c:\users\dana\appdata\roaming\Linecard`, `C:/Users/Dana/AppData/Roaming/linecard/`} {
		if got := pipeName(same); got != name {
			t.Errorf("%s: %s, want %s", same, got, name)
		}
	}
	for _, other := range []string{`D:\Users\Dana\AppData\Roaming\linecard`, `C:\Users\Dana\AppData\Roaming`, `\\server\share\` + strings.Repeat(`long\`, 100)} {
		got := pipeName(other)
		if got == name || len(got) > 256 || strings.Count(got, `\`) != 4 || !strings.HasPrefix(got, `\\.\pipe\linecard-`) {
			t.Errorf("%s: %s", other, got)
		}
	}
}

func TestThePipeIsForOneUser(t *testing.T) {
	if got := onlyFor("S-1-5-21-1-2-3-1001"); got != "D:P(A;;GA;;;S-1-5-21-1-2-3-1001)" {
		t.Error(got)
	}
}
