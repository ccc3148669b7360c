package interop_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"linecard/test/interop"
)

var write = flag.Bool("write", false, "write docs/interop.md")

// The page says what the rows and the tests say, each row that works is proved, and each proof is of a row.
func TestThePageIsTrue(t *testing.T) {
	all, err := rows(table)
	if err != nil {
		t.Fatal(err)
	}
	claimed, err := proofs(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range wrong(all, claimed) {
		t.Error(what)
	}
	const file = "../../docs/interop.md"
	made := page(all, claimed)
	if *write {
		if err := os.WriteFile(file, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != made {
		t.Errorf("docs/interop.md is another one (%v): make interop", err)
	}
}

// What would make the page untrue is found.
func TestUntrueProofsAreFound(t *testing.T) {
	in := func(file, body string) []string {
		tree := fstest.MapFS{"sip/" + file: {Data: []byte("package sip\n" + body)}}
		claimed, err := proofs(tree)
		if err != nil {
			return []string{err.Error()}
		}
		return wrong([]row{{"S1.1", "calls", works, ""}, {"S1.2", "flies", absent, "no wings"}}, claimed)
	}
	for name, c := range map[string]struct{ file, body, says string }{
		"true":               {"a_test.go", `func TestA(t *testing.T) { t.Parallel(); interop.Proves(t, "S1.1", interop.Kamailio) }`, ""},
		"nobody":             {"a_test.go", `func TestA(t *testing.T) {}`, "S1.1 works, and no test"},
		"no row":             {"a_test.go", `func TestA(t *testing.T) { interop.Proves(t, "S1.1"); interop.Proves(t, "S9.9") }`, "S9.9, which is no row"},
		"absent":             {"a_test.go", `func TestA(t *testing.T) { interop.Proves(t, "S1.1"); interop.Proves(t, "S1.2") }`, "S1.2, which is absent"},
		"twice":              {"a_test.go", `func TestA(t *testing.T) { interop.Proves(t, "S1.1"); interop.Proves(t, "S1.1", interop.Sipp) }`, "twice"},
		"in a helper":        {"a_test.go", `func a(t *testing.T) { interop.Proves(t, "S1.1") }`, "stands in the body of a test"},
		"in no run":          {"a_test.go", `func Testing(t *testing.T) { interop.Proves(t, "S1.1") }`, "stands in the body of a test"},
		"in no test file":    {"a.go", `func TestA(t *testing.T) { interop.Proves(t, "S1.1") }`, "stands in the body of a test"},
		"on a condition":     {"a_test.go", `func TestA(t *testing.T) { if late { interop.Proves(t, "S1.1") } }`, "stands in the body of a test"},
		"by a variable":      {"a_test.go", `func TestA(t *testing.T) { interop.Proves(t, row) }`, "written out"},
		"with another thing": {"a_test.go", `func TestA(t *testing.T) { interop.Proves(t, "S1.1", "Kamailio") }`, "written out"},
	} {
		got := strings.Join(in(c.file, c.body), "\n")
		if c.says == "" && got != "" || !strings.Contains(got, c.says) {
			t.Errorf("%s: %q, want %q", name, got, c.says)
		}
	}
}

// head is what the page says before its table.
const head = `# What works with which phone system
Made by ` + "`make interop`" + ` of test/interop/rows.tsv and of what the tests say that they prove (` + "`interop.Proves`" + `): a row works where a test proves it, and a test fails that did not run against
the programs that it names. All of them run in ` + "`make test`" + `, against the real programs, which it installs: Asterisk 22, Kamailio, baresip, Linphone, Twinkle, sipp, sipvicious, coturn, PulseAudio.
A dash stands for a scripted peer, for what no phone system does on demand.

%d rows: %d work, %d are thin, %d absent.

| # | ability | | peers | tests | remark |
|---|---|---|---|---|---|
`

// page is docs/interop.md.
func page(all []row, claimed []proof) string {
	count := map[state]int{}
	for _, r := range all {
		count[r.state]++
	}
	var b strings.Builder
	fmt.Fprintf(&b, head, len(all), count[works], count[thin], count[absent])
	for _, r := range all {
		var tests, peers []string
		with := map[interop.Peer]bool{}
		for _, p := range claimed {
			if p.row != r.id {
				continue
			}
			tests = append(tests, p.test)
			for _, name := range p.peers {
				with[name] = true
			}
		}
		for _, n := range names {
			if with[n.peer] {
				peers = append(peers, string(n.peer))
			}
		}
		if len(peers) == 0 {
			peers = []string{"–"}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.id, r.what, r.state, strings.Join(peers, ", "), strings.Join(tests, "<br>"), r.why)
	}
	return b.String()
}
