package audio

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// pulseMayRun is false when there certainly is no PulseAudio (or PipeWire in its place) to connect to. miniaudio forgets to
// free a connection that failed, 25 KB each time, and a headless computer without sound would try at every call and every few
// seconds while one is up.
//
// It looks where libpulse does (pulse-client.conf(5), PulseAudio's doc on server strings) and says yes whenever it is not sure.
// root is "/".
func pulseMayRun(env func(string) string, uid int, root string) bool {
	if server := env("PULSE_SERVER"); server != "" {
		path, ok := strings.CutPrefix(server, "unix:")
		if !ok || strings.Contains(path, " ") { // by name, or a list
			return true
		}
		_, err := os.Stat(path)
		return err == nil
	}
	if display := env("DISPLAY"); display != "" && !strings.HasPrefix(display, ":") && !strings.HasPrefix(display, "unix:") {
		return true // another computer's, whose sound server the display may name
	}
	home, config, runtime := env("HOME"), env("XDG_CONFIG_HOME"), env("XDG_RUNTIME_DIR")
	if config == "" {
		config = filepath.Join(home, ".config")
	}
	for _, file := range []string{
		env("PULSE_CLIENTCONFIG"), filepath.Join(root, "etc/pulse/client.conf"), filepath.Join(root, "etc/pulse/client.conf.d/*"), filepath.Join(config, "pulse/client.conf"),
		filepath.Join(home, ".pulse/client.conf"),
	} {
		if namesServer(file) {
			return true
		}
	}
	for _, socket := range []string{
		filepath.Join(env("PULSE_RUNTIME_PATH"), "native"), filepath.Join(runtime, "pulse/native"), filepath.Join(root, fmt.Sprintf("run/user/%d/pulse/native", uid)),
		filepath.Join(config, "pulse/*-runtime/native"), filepath.Join(home, ".pulse/*-runtime/native"),
		filepath.Join(root, "run/pulse/native"), filepath.Join(root, "var/run/pulse/native"),
	} {
		if exists(socket) {
			return true
		}
	}
	return false
}

// exists tells whether there is a file that the pattern describes.
func exists(pattern string) bool {
	found, err := filepath.Glob(pattern)
	return err != nil || len(found) > 0
}

// namesServer tells whether client configurations name a server that is elsewhere.
func namesServer(pattern string) bool {
	files, _ := filepath.Glob(pattern) // the pattern of a path that has none is the path
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			key, value, _ := strings.Cut(line, "=")
			switch strings.TrimSpace(key) {
			case "default-server", "auto-connect-localhost", "auto-connect-display":
				if value = strings.TrimSpace(value); value != "" && value != "no" {
					return true
				}
			}
		}
	}
	return false
}
