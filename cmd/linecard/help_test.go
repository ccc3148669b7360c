package main

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every command and every flag says what it is, in words; a value that a flag takes has a name that says more than its type.
func TestHelpOfEveryCommand(t *testing.T) {
	wrong := regexp.MustCompile(`cmd\.[a-z]|` + "`" + `|Something went wrong|--[a-z-]+ (string|int|duration) |(?m)^ +[a-z-]+$`)
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		var out strings.Builder
		cmd.SetOut(&out)
		if err := cmd.Help(); err != nil || !strings.Contains(out.String(), "Usage:\n  "+cmd.CommandPath()) {
			t.Errorf("%s: %v\n%s", cmd.CommandPath(), err, &out)
		}
		if found := wrong.FindString(out.String()); found != "" {
			t.Errorf("%s: %q in\n%s", cmd.CommandPath(), found, &out)
		}
		for _, sub := range cmd.Commands() {
			if sub.Name() != "completion" { // cobra's own
				visit(sub)
			}
		}
	}
	visit(newRoot(strings.NewReader(""), io.Discard, io.Discard))
}
