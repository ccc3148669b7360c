package demoorg_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each row of BEHAVIOUR.md names a test, and every test that it names must exist.
func TestBehaviourNamesRealTests(t *testing.T) {
	table, err := os.ReadFile("BEHAVIOUR.md")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, pattern := range []string{"*_test.go", "*/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(b)
		}
	}
	rows := 0
	for line := range strings.SplitSeq(string(table), "\n") {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.HasPrefix(line, "| Behaviour |") {
			continue
		}
		rows++
		if cells := strings.Split(strings.Trim(line, "| "), " | "); len(cells) != 3 || !strings.HasPrefix(cells[2], "`Test") {
			t.Errorf("no test is named by: %s", line)
		}
	}
	if rows < 50 {
		t.Errorf("only %d rows are read", rows)
	}
	names := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(string(table), -1)
	if len(names) < 50 {
		t.Errorf("only %d tests are named", len(names))
	}
	for _, m := range names {
		if !strings.Contains(code.String(), "func "+m[1]+"(") {
			t.Errorf("BEHAVIOUR.md names %s, which does not exist", m[1])
		}
	}
}
