package setup_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"linecard/crm/salesforce/setup"
	"linecard/fault"
)

const appFile = "force-app/main/default/externalClientApps/Linecard.eca-meta.xml"

// want checks that an export is refused with a code.
func want(t *testing.T, dir string, code fault.Code) {
	t.Helper()
	if _, err := setup.Export(dir, options()); fault.Of(err).Code != code {
		t.Errorf("%v, want %s", err, code)
	}
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	at := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func has(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A folder with anything in it that Linecard did not write is left as it is.
func TestExportTakesNoFolderOfOthers(t *testing.T) {
	for name, text := range map[string]string{
		"notes.txt": "mine", "sfdx-project.json": `{"name":"linecard"}`, ".linecard-setup.json": "{", ".hidden": "",
	} {
		dir := t.TempDir()
		put(t, dir, name, text)
		want(t, dir, "setup.folder-not-empty")
		if all := names(t, dir); len(all) != 1 || has(t, dir, name) != text {
			t.Errorf("beside %s stands %q", name, all)
		}
	}
	dir := t.TempDir()
	put(t, dir, "file", "mine")
	want(t, filepath.Join(dir, "file"), "setup.folder-is-a-file")
	want(t, filepath.Join(dir, "file", "below"), "setup.folder-unusable")
}

// An empty folder is taken, and one of an earlier export: what differs is written again, and what an earlier version wrote and
// this one does not is removed, unless it was changed.
func TestExportAgain(t *testing.T) {
	dir := t.TempDir()
	first, err := setup.Export(dir, options())
	if err != nil || len(first.Files) < 20 || first.Folder != dir {
		t.Fatal(err, first)
	}
	if again, err := setup.Export(dir, options()); err != nil || len(again.Files) != len(first.Files) {
		t.Fatal(err)
	}
	o := options()
	o.Label = "Telephone"
	if _, err := setup.Export(dir, o); err != nil {
		t.Fatal(err)
	}
	if text := has(t, dir, appFile); !strings.Contains(text, "<label>Telephone</label>") {
		t.Error(text)
	}
	// An earlier version had one file more.
	sum := "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9" // of "bar"
	put(t, dir, "force-app/old.xml", "bar")
	put(t, dir, ".linecard-setup.json", strings.Replace(has(t, dir, ".linecard-setup.json"), `"files": {`, `"files": {"force-app/old.xml": ["`+sum+`"], "../outside": ["`+sum+`"],`, 1))
	put(t, filepath.Dir(dir), "outside", "bar")
	if _, err := setup.Export(dir, o); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "force-app", "old.xml")); err == nil {
		t.Error("a file of an earlier version stands there still")
	}
	if has(t, filepath.Dir(dir), "outside") != "bar" {
		t.Error("a file outside the folder was touched")
	}
	if err := os.Remove(filepath.Join(dir, filepath.FromSlash(appFile))); err != nil {
		t.Fatal(err)
	}
	if _, err := setup.Export(dir, o); err != nil || has(t, dir, appFile) == "" {
		t.Error("a file that was deleted is not written again:", err)
	}
}

// What the admin changed is never overwritten, such as an app that was retrieved with its consumer key; nor is anything else then.
func TestExportKeepsChanges(t *testing.T) {
	dir := t.TempDir()
	if _, err := setup.Export(dir, options()); err != nil {
		t.Fatal(err)
	}
	put(t, dir, appFile, "<consumerKey>secret</consumerKey>")
	o := options()
	o.Label = "Telephone"
	if _, err := setup.Export(dir, o); fault.Of(err).Code != "setup.files-changed" {
		t.Fatal(err)
	}
	if text := has(t, dir, "README.md"); strings.Contains(text, "Telephone") {
		t.Error("half of the export was written")
	}
	if has(t, dir, appFile) != "<consumerKey>secret</consumerKey>" {
		t.Error("the admin's file is gone")
	}
}

// An export that ended half-way, with old and new files side by side, is completed by the next one.
func TestExportInterrupted(t *testing.T) {
	dir := t.TempDir()
	if _, err := setup.Export(dir, options()); err != nil {
		t.Fatal(err)
	}
	o := options()
	o.Label = "Telephone"
	setup.CutShort(5)
	_, err := setup.Export(dir, o)
	setup.CutShort(0)
	if err == nil || !strings.Contains(has(t, dir, appFile), "Telephone") || strings.Contains(has(t, dir, "README.md")+has(t, dir, "force-app/main/default/permissionsets/Linecard_Agent.permissionset-meta.xml"), "Telephone Agent</label>") {
		t.Fatal("the export did not end half-way:", err)
	}
	if _, err := setup.Export(dir, o); err != nil {
		t.Fatal("it is not completed:", err)
	}
	if !strings.Contains(has(t, dir, "force-app/main/default/permissionsets/Linecard_Agent.permissionset-meta.xml"), "Telephone Agent</label>") {
		t.Error("it is not completed")
	}
	if _, err := setup.Export(dir, options()); err != nil {
		t.Error("it is not taken for an export:", err)
	}
}

// A folder that may not be written to says so.
func TestExportForbidden(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		dir := t.TempDir()
		want(t, filepath.Join(dir, "a\x00b"), "setup.folder-unusable") // no system has such a name
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	want(t, filepath.Join(dir, "new"), "setup.folder-forbidden")
}
