package journal

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecard/crm"
)

const crashDirEnv = "LINECARD_JOURNAL_CRASH_DIR"

var _ = child(crashDirEnv, crashChild)

// crashChild works through calls as fast as it can and tells each step once the journal has taken it, until it is killed.
func crashChild(dir string) {
	j, err := Open(filepath.Join(dir, FileName), Options{})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	step := func(what, id string, err error) {
		if err != nil {
			fmt.Println("error", what, id, err)
			os.Exit(1)
		}
		fmt.Println(what, id)
	}
	for {
		id := fmt.Sprintf("%d-%d", os.Getpid(), time.Now().UnixNano())
		c, a := ended(id)
		step("ring", id, j.Ring(ctx, ringing(id)))
		step("answered", id, j.Answered(ctx, id, c.AnsweredAt, ""))
		typed := crm.Activity{Subject: "typed", Who: dana, Started: noon, Number: c.Dial}
		step("edit", id, j.EditActivity(ctx, id, typed))
		step("hangup", id, j.Hangup(ctx, c, a))
		_, err := j.Begin(ctx, id, noon)
		step("begin", id, err)
		fmt.Println("sent", id) // from here on the org may have it
		step("done", id, j.Done(ctx, id, crm.Logged{Ref: task}, time.Time{}))
	}
}

// TestKill9 kills the process that writes, over and over, at moments of the kernel's choosing, and holds what it had
// been promised against what is on disk.
func TestKill9(t *testing.T) {
	dir := t.TempDir()
	last := map[string]string{} // last step told of each call, over all lives
	for life := range 12 {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), crashDirEnv+"="+dir)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		lines := bufio.NewScanner(out)
		// Kill after some steps; those still in the pipe were promised too.
		for n := rand.IntN(40) + life; n > 0 && lines.Scan(); n-- {
			note(t, last, lines.Text())
		}
		must(t, cmd.Process.Kill())
		for lines.Scan() {
			note(t, last, lines.Text())
		}
		_ = cmd.Wait()
		verifyAfterCrash(t, dir, last)
	}
	if len(last) < 12 {
		t.Fatalf("only %d calls were begun", len(last))
	}
}

func note(t *testing.T, last map[string]string, line string) {
	t.Helper()
	what, id, _ := strings.Cut(line, " ")
	if what == "error" {
		t.Fatalf("child: %s", line)
	}
	last[id] = what
}

func verifyAfterCrash(t *testing.T, dir string, last map[string]string) {
	t.Helper()
	j, err := Open(filepath.Join(dir, FileName), Options{})
	must(t, err)
	defer func() { must(t, j.Close()) }()
	if n := j.NoticeFault(); !n.IsZero() {
		t.Fatalf("kill -9 must not damage the file: %v", n)
	}
	for id, step := range last {
		row, err := j.Call(ctx, id)
		if err != nil {
			t.Errorf("call %s was promised %q and is gone: %v", id, step, err)
			continue
		}
		e, err := j.Entry(ctx, id)
		if err != nil {
			t.Errorf("call %s, %q: no activity: %v", id, step, err)
			continue
		}
		if row.Ended.IsZero() || row.Outcome == "" {
			t.Errorf("call %s, %q: still open", id, step)
		}
		switch step {
		case "done":
			if e.State != Done || e.Task != task {
				t.Errorf("call %s was written, its entry is %+v", id, e)
			}
		case "sent": // Done may or may not have made it to disk
			if e.State != Done && (e.State != Ready || !e.CheckFirst) {
				t.Errorf("call %s may be in the org: %+v", id, e)
			}
		case "begin": // killed between the commit and the word "sent": the org can't have it, but nobody can know
			if e.State != Ready || !e.CheckFirst {
				t.Errorf("call %s was being sent: %+v", id, e)
			}
		case "hangup": // Begin may have made it
			if e.State != Ready || e.Activity.Subject == "typed" {
				t.Errorf("call %s had ended: %+v", id, e)
			}
		default: // the call was on: closed by Open, queued
			if e.State != Ready || row.Outcome != crm.Missed && row.Outcome != crm.Answered {
				t.Errorf("call %s, %q: %s, %+v", id, step, row.Outcome, e)
			}
		}
	}
}

func TestOpenClosesWhatACrashLeftOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	quiet := ringing("quiet")
	quiet.Verdict = crm.LogNo
	out := ringing("out")
	out.Direction, out.Name, out.Who = crm.Outbound, acme.Name, acme
	for _, c := range []Call{ringing("rang"), ringing("talked"), quiet, out} {
		must(t, j.Ring(ctx, c))
	}
	must(t, j.Answered(ctx, "talked", noon.Add(5*time.Second), ""))
	must(t, j.EditActivity(ctx, "talked", crm.Activity{Direction: crm.Inbound, Subject: "Renewal", Notes: "wants 40", Who: dana, Started: noon}))
	for _, id := range []string{"rang", "talked", "quiet", "out"} {
		must(t, j.Alive(ctx, Life{ID: id, At: noon.Add(35 * time.Second)}))
	}
	must(t, j.Close()) // leaves the calls open, as a crash would

	j = openAt(t, path)
	if got := *j.recovered.Load(); got != (recovery{Calls: 4}) {
		t.Errorf("recovered %+v", got)
	}
	for id, want := range map[string]struct {
		outcome crm.Outcome
		own     string // the agent's subject
		subject string
		talked  time.Duration
	}{
		"rang":   {crm.Missed, "", "Missed call from +1 415-555-0132", 0},
		"talked": {crm.Answered, "Renewal", "Renewal", 30 * time.Second},
		"out":    {crm.Failed, "", "Failed call to Acme Corp", 0},
	} {
		row, err := j.Call(ctx, id)
		must(t, err)
		e := entry(t, j, id)
		if row.Outcome != want.outcome || row.Duration() != want.talked || !row.Ended.Equal(noon.Add(35*time.Second)) {
			t.Errorf("%s: %s, talked %v, ended %v", id, row.Outcome, row.Duration(), row.Ended)
		}
		if e.State != Ready || e.CheckFirst || e.Activity.Subject != want.own || e.Activity.SubjectLine() != want.subject ||
			e.Activity.Outcome != want.outcome || e.Activity.Duration() != want.talked || e.Activity.CallID != id {
			t.Errorf("%s: entry %+v", id, e)
		}
	}
	if e := entry(t, j, "talked"); e.Activity.Notes != "wants 40" || e.Activity.Who != dana {
		t.Errorf("what was typed is gone: %+v", e.Activity)
	}
	if e := entry(t, j, "rang"); !e.Activity.Unidentified || e.Activity.Number != "+14155550132" {
		t.Errorf("nobody had been asked who rang: %+v", e.Activity)
	}
	if e := entry(t, j, "out"); e.Activity.Unidentified || e.Activity.What != acme || !e.Activity.Who.IsZero() {
		t.Errorf("an account is What, not Who: %+v", e.Activity)
	}
	if row, err := j.Call(ctx, "quiet"); err != nil || row.State != "" {
		t.Errorf("a call that is not logged: %+v, %v", row, err)
	}
}
