package rig

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"linecard/test/interop"
	"linecard/test/ports"
)

// Linphone is a softphone that takes lines as commands: "call sip:2041@…", "answer", "pause", "resume", "transfer sip:…", "terminate".
type Linphone struct{ console }

// LinphoneConfig configures the phone.
type LinphoneConfig struct {
	Server, User, Password string
	Domain                 string // of its address, reached by the server; "" is the server. Who is to be transferred needs one: Linphone names addresses without their ports
	Encryption             string // "", "srtp" or "dtls"; it then takes no other call
	ICE                    bool   // it offers candidates (RFC 8445)
	AVPF                   bool   // it offers and takes RTP/AVPF
	Pulse                  *Pulse // its sound, FarMicrophone and FarSpeaker; nil: none
}

// StartLinphone starts the phone and returns once it takes commands.
func StartLinphone(t testing.TB, c LinphoneConfig) *Linphone {
	t.Helper()
	interop.Started(t, interop.Linphone)
	dir := Dir(t)
	if err := os.MkdirAll(filepath.Join(dir, ".local/share/linphone"), 0o700); err != nil {
		t.Fatal(err)
	}
	encryption, mandatory := c.Encryption, 1
	if encryption == "" {
		encryption, mandatory = "none", 0
	}
	policy := 0
	if c.ICE {
		policy = 3
	}
	avpf, media := 0, ports.Block(t, 21)
	if c.AVPF {
		avpf = 1
	}
	domain, route := c.Server, ""
	if c.Domain != "" {
		domain, route = c.Domain, "reg_route=<sip:"+c.Server+";lr>"
	}
	config := filepath.Join(dir, "linphonerc")
	write(t, config, fmt.Sprintf(`[sip]
sip_port=%d
sip_tcp_port=0
sip_tls_port=0
bind_address=%[12]s
guess_hostname=0
contact="Linphone" <sip:%[2]s@%[12]s>
media_encryption=%[4]s
media_encryption_mandatory=%[5]d
supported=replaces, outbound
register_only_when_network_is_up=0
default_proxy=0
[net]
firewall_policy=%[6]d
[rtp]
audio_rtp_port=%[7]d-%[8]d
audio_adaptive_jitt_comp_enabled=1
[sound]
playback_dev_id=PulseAudio Unknown: `+FarSpeaker+`
capture_dev_id=PulseAudio Unknown: `+FarMicrophone+`_in
echocancellation=0
[video]
enabled=0
[auth_info_0]
username=%[2]s
passwd=%[3]s
realm=*
domain=%[9]s
[proxy_0]
reg_proxy=<sip:%[10]s>
reg_identity=sip:%[2]s@%[14]s
reg_expires=60
reg_sendregister=1
publish=0
avpf=%[11]d
%[13]s
`, ports.Free(t), c.User, c.Password, encryption, mandatory, policy, media, media+20, strings.Split(domain, ":")[0], c.Server, avpf, host(), route, domain))
	var env []string
	if c.Pulse != nil {
		env = slices.Clone(c.Pulse.Env)
	}
	env = append(env, "HOME="+dir) // last: the sound server's is another
	return &Linphone{console{t: t, process: Start(t, Command{Path: program(t, "linphonec"), Args: []string{"-c", config}, Dir: dir, Env: env, Lifeline: true, Ready: "video is disabled"})}}
}

// Registered waits until the phone is registered, which it does not print by itself.
func (l *Linphone) Registered() {
	l.t.Helper()
	Until(l.t, "Linphone is registered", func() bool {
		l.process.alive()
		l.Do("proxy show 0")
		return strings.Contains(l.Await("registered: "), "yes")
	})
}
