package setup_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"linecard/crm/salesforce/setup"
	"linecard/test/nodejs"
)

// sfNode is the Node.js that the Salesforce CLI needs.
const sfNode = 22

// sf runs a command of the Salesforce CLI in a folder, without a network, and returns its output. The CLI keeps its own files in a
// home of the test.
func sf(t *testing.T, dir string, args ...string) (out []byte, err error) {
	t.Helper()
	modules := nodejs.Modules(t, "testdata/sf")
	command := exec.CommandContext(t.Context(), nodejs.Node(t, modules, sfNode), append([]string{filepath.Join(modules, "@salesforce", "cli", "bin", "run.js")}, args...)...)
	command.Dir = dir
	command.Env = append(os.Environ(),
		"HOME="+t.TempDir(), "SF_DISABLE_TELEMETRY=true", "SF_AUTOUPDATE_DISABLE=true", "SF_SKIP_NEW_VERSION_CHECK=true", "SF_CONTAINER_MODE=true",
		"HTTP_PROXY=http://127.0.0.1:9", "HTTPS_PROXY=http://127.0.0.1:9")
	return command.Output()
}

// convert has the CLI turn the project in dir into the form that is sent to an org.
func convert(t *testing.T, dir string, args ...string) (out string, converted bool, answer string) {
	t.Helper()
	out = t.TempDir()
	text, err := sf(t, dir, append([]string{"project", "convert", "source", "--json", "--output-dir", out}, args...)...)
	var result struct {
		Status  int    `json:"status"`
		Message string `json:"message"`
	}
	if bad := json.Unmarshal(text, &result); bad != nil {
		t.Fatalf("%v, %v: %s", err, bad, text)
	}
	return out, result.Status == 0 && err == nil, string(text)
}

// exported writes the project.
func exported(t *testing.T, o setup.Options) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "salesforce")
	if _, err := setup.Export(dir, o); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The Salesforce CLI must take every file for what it is, and find nothing in the folder that it does not know.
func TestSalesforceCLIConverts(t *testing.T) {
	for _, o := range variants() {
		dir := exported(t, o)
		out, ok, answer := convert(t, dir)
		if !ok {
			t.Fatalf("sf project convert source: %s", answer)
		}
		byType, _ := components(t, metadata(t, o))
		got := members(t, out)
		for kind, names := range byType {
			if content, is := strings.CutSuffix(kind, "Folder"); is {
				kind = content
			}
			for _, name := range names {
				if !slices.Contains(got[kind], name) {
					t.Errorf("the CLI knows no %s %s, only %q", kind, name, got[kind])
				}
			}
		}
		known := map[string]bool{}
		for kind := range byType {
			known[strings.TrimSuffix(kind, "Folder")] = true
		}
		for kind, names := range got {
			if !known[kind] {
				t.Errorf("the CLI finds %s %q, which the test does not know", kind, names)
			}
		}
		same(t, metadata(t, o), out)
	}
}

// Either manifest alone must give its part of the project, for they are deployed one after the other.
func TestSalesforceCLIConvertsManifests(t *testing.T) {
	dir := exported(t, options())
	whole, ok, answer := convert(t, dir)
	if !ok {
		t.Fatal(answer)
	}
	var parts []string
	for _, name := range []string{"app", "reports"} {
		part, ok, answer := convert(t, dir, "--manifest", filepath.Join("manifest", name+".xml"))
		if !ok {
			t.Fatalf("%s: %s", name, answer)
		}
		parts = append(parts, names(t, part)...)
	}
	slices.Sort(parts)
	if want := names(t, whole); !slices.Equal(parts, want) {
		t.Errorf("the manifests make %q, the project is %q", parts, want)
	}
}

// What is no metadata must be refused: else the conversion would prove nothing.
func TestSalesforceCLIRefuses(t *testing.T) {
	dir := exported(t, options())
	app := filepath.Join(dir, "force-app/main/default/externalClientApps/Linecard.eca-meta.xml")
	if err := os.Rename(app, strings.Replace(app, ".eca-", ".app-", 1)); err != nil {
		t.Fatal(err)
	}
	if out, ok, _ := convert(t, dir); ok && slices.ContainsFunc(names(t, out), func(s string) bool { return strings.Contains(s, "externalClientApps") }) {
		t.Error("a file with another suffix is taken for an app")
	}
}

// members are the components of the package.xml in a folder, by type.
func members(t *testing.T, dir string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "package.xml"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, kind := range parse(t, string(text)).all("types") {
		for _, m := range kind.all("members") {
			all[kind.text("name")] = append(all[kind.text("name")], strings.TrimSuffix(m.Text, "/"))
		}
	}
	return all
}

// names are the files in a folder, but for package.xml.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "package.xml" {
			rel, _ := filepath.Rel(dir, name)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// same checks that the converted files have the elements and texts of the project's, so that nothing was lost on the way.
func same(t *testing.T, files []file, out string) {
	t.Helper()
	var got []string
	for _, name := range names(t, out) {
		text, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, leaves(parse(t, string(text)))...)
	}
	var want []string
	for _, f := range files {
		want = append(want, leaves(f.root)...)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("converted to %d values, of %d", len(got), len(want))
	}
}

// leaves are the elements without elements, with their texts.
func leaves(n *node) (all []string) {
	if len(n.Children) == 0 {
		return []string{n.Name + "=" + n.Text}
	}
	for _, c := range n.Children {
		all = append(all, leaves(c)...)
	}
	return all
}
