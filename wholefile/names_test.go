package wholefile

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

func TestNamesThatWindowsTakesForSomethingElse(t *testing.T) {
	for _, name := range []string{
		"", ".", "..", "nul", "NUL", "Nul.json", "nul .txt", "con", "prn.csv", "aux.tar.gz", "COM1", "com9.json", "LPT3.txt", "com¹", "lpt².x",
		"conin$", "CONOUT$.txt", "report.json:stream", "C:report.json", "a/b", `a\b`, "who?", "a*", "a|b", "<a>", `"a"`, "a\x00", "a\x1f", "a\n",
		"report.", "report ", "report.json. ", strings.Repeat("a", 256), strings.Repeat("😀", 128),
	} {
		if err := checkName(name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{
		"linecard-report.json", ".linecard-setup.json", "null", "nul1", "com", "com0", "com10.txt", "COM1report", "console.log", "xcon", "lpt.txt",
		"auxiliary", "report 1.json", "rapport d'été.json", "日本.json", "a;b,c=d[1]'~!@#$%^&()", strings.Repeat("a", 255), strings.Repeat("😀", 127),
	} {
		if err := checkName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// The file that is written first has a name that fits wherever the file's own does.
func TestNameBeside(t *testing.T) {
	for name, want := range map[string]string{
		"report.json":            "report.json.*",
		strings.Repeat("a", 255): strings.Repeat("a", 100) + ".*",
		strings.Repeat("é", 120): strings.Repeat("é", 100) + ".*",
	} {
		if got := beside(name); got != want {
			t.Errorf("%q became %q", name, got)
		}
	}
}
