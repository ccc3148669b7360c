package sentence_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"

	"linecard/app/sentence"
)

func TestTheAgentReadsTheSentenceTheLogTheCauseToo(t *testing.T) {
	err := fmt.Errorf("start: %w", sentence.Say(fs.ErrPermission, "Linecard can't use the folder %s.", "/x"))
	if err.Error() != "start: Linecard can't use the folder /x." {
		t.Errorf("the agent reads %q", err)
	}
	if !errors.Is(err, fs.ErrPermission) || !sentence.Said(err) {
		t.Errorf("cause %v, said %v", errors.Is(err, fs.ErrPermission), sentence.Said(err))
	}
	if sentence.Said(fs.ErrPermission) || sentence.Said(nil) {
		t.Error("an error of the system's was taken for a sentence")
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Warn("start", "err", errors.Unwrap(err), "bare", sentence.Say(nil, "Full."))
	for _, want := range []string{`err="Linecard can't use the folder /x. (permission denied)"`, `bare=Full.`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log has no %s: %s", want, &log)
		}
	}
}
