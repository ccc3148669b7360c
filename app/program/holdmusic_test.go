package program_test

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/program"
)

// silentWAV is that many samples at 8 kHz.
func silentWAV(samples int) []byte {
	b := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data")
	b = binary.LittleEndian.AppendUint32(b, uint32(2*samples))
	return append(b, make([]byte, 2*samples)...)
}

// TestWhatIsWrongWithMusicOnHold: one sentence with the remedy for each, and none for a file that can be played.
func TestWhatIsWrongWithMusicOnHold(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"good.wav":  {silentWAV(8000), ""},
		"song.mp3":  {[]byte("ID3\x04"), "program.hold-music.format"},
		"long.wav":  {silentWAV(8000 * 601), "program.hold-music.long"},
		"empty.wav": {silentWAV(0), "program.hold-music.empty"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, c.file, 0o600); err != nil {
			t.Fatal(err)
		}
		music, wrong := program.ReadMusic(t.Context(), path)
		if string(wrong.Code) != c.want || (music == nil) == (c.want == "") {
			t.Errorf("%s: %v, music: %t", name, wrong, music != nil)
		}
	}
	if _, wrong := program.ReadMusic(t.Context(), filepath.Join(dir, "gone.wav")); !wrong.Is("program.hold-music.missing") {
		t.Errorf("a missing file: %v", wrong)
	}
	if _, wrong := program.ReadMusic(t.Context(), dir); !wrong.Is("program.hold-music.format") {
		t.Errorf("a folder: %v", wrong)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if music, _ := program.ReadMusic(over, filepath.Join(dir, "good.wav")); music != nil {
		t.Error("read after the program's end")
	}
}

// TestMusicOnHoldIsTakenUp: a file that is missing is told of; once it is there the notice goes by itself, and so it does when the setting is
// taken back.
func TestMusicOnHoldIsTakenUp(t *testing.T) {
	r := ready(t)
	path := filepath.Join(t.TempDir(), "hold.wav")
	missing := func(file string) func(app.View) bool {
		return func(v app.View) bool { return strings.Contains(v.Notice, file+".") }
	}
	none := func(v app.View) bool { return !strings.Contains(v.Notice, path) }
	r.set("accounts[1].hold_music", path)
	r.see("the missing file told", missing(path))
	if err := os.WriteFile(path, silentWAV(8000), 0o600); err != nil {
		t.Fatal(err)
	}
	r.see("the notice gone", none)
	r.set("accounts[1].hold_music", path+".other")
	r.see("the other file told", missing(path+".other"))
	r.set("accounts[1].hold_music", "")
	r.see("the notice gone again", none)
}

// TestAWrongFileIsReadOnce: it is read again once it has become another.
func TestAWrongFileIsReadOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hold.wav")
	times := 0
	look := program.LookAtMusic(path, &times)
	for _, c := range []struct {
		file []byte
		want string
	}{{[]byte("ID3"), "program.hold-music.format"}, {nil, "program.hold-music.format"}, {silentWAV(0), "program.hold-music.empty"}, {silentWAV(8000), ""}} {
		if c.file != nil {
			if err := os.WriteFile(path, c.file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if wrong := look(t.Context()); string(wrong.Code) != c.want {
			t.Errorf("%v, want %q", wrong, c.want)
		}
	}
	if times != 3 {
		t.Errorf("three files are read %d times", times)
	}
}
