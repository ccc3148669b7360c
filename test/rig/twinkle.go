package rig

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"linecard/test/interop"
	"linecard/test/ports"
)

// Twinkle is a softphone that takes lines as commands: "call 2041", "answer", "hold", "retrieve", "transfer 2043", "bye".
type Twinkle struct{ console }

// TwinkleConfig configures the phone.
type TwinkleConfig struct {
	Server, User, Password string
	Pulse                  *Pulse // its sound, FarMicrophone and FarSpeaker
}

// StartTwinkle starts the phone and returns once it is registered.
func StartTwinkle(t testing.TB, c TwinkleConfig) *Twinkle {
	t.Helper()
	interop.Started(t, interop.Twinkle)
	dir := Dir(t)
	home := filepath.Join(dir, ".twinkle")
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, ".asoundrc"), asoundrc)
	write(t, filepath.Join(home, "phone.cfg"), fmt.Sprintf(`user_name=%[1]s
user_domain=%[3]s
auth_name=%[1]s
auth_pass=%[2]s
registrar=%[3]s
register_at_startup=yes
registration_time=60
`, c.User, c.Password, c.Server))
	write(t, filepath.Join(home, "twinkle.sys"), fmt.Sprintf(`dev_ringtone=alsa:far_spk
dev_speaker=alsa:far_spk
dev_mic=alsa:far_mic
play_ringtone=no
play_ringback=no
sip_port=%d
rtp_port=%d
`, ports.Free(t), ports.Block(t, 12)))
	env := append(append([]string{}, c.Pulse.Env...), "HOME="+dir) // last: the sound server's is another
	p := &Twinkle{console{t: t, process: Start(t, Command{Path: program(t, "twinkle-console"), Args: []string{"phone.cfg"}, Dir: dir, Env: env, Lifeline: true})}}
	p.Await("registration succeeded")
	return p
}
