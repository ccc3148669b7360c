package rig

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"github.com/zaf/g711"

	"linecard/test/certificates"
	"linecard/test/interop"
	"linecard/test/ports"
)

//go:embed asterisk
var asteriskFiles embed.FS

// Asterisk is a PBX with numbers to call (600 echo, 606 a tone, 601 busy, 609 recorded, 32000 to 32999 conference rooms, public numbers), a queue of all its
// extensions, one that they log in to by codes, and customers: see asterisk/extensions.conf.
type Asterisk struct {
	Addr   string // of UDP and TCP
	Secure string // of TLS; "" without
	t      testing.TB
	root   string // of the chroot
	etc    string // its path inside the chroot
	log    string // what it has logged
}

// AsteriskRoot returns the chroot that all runs share: $LINECARD_ASTERISK, or /var/cache/linecard-asterisk.
func AsteriskRoot() string {
	if root := os.Getenv("LINECARD_ASTERISK"); root != "" {
		return root
	}
	return "/var/cache/linecard-asterisk"
}

// StartAsterisk starts an Asterisk for users (password by extension), and installs it when it is missing. With a certificate it
// has a port for TLS too.
func StartAsterisk(t testing.TB, users map[string]string, certificate ...certificates.Issued) *Asterisk {
	t.Helper()
	a := &Asterisk{t: t, Addr: fmt.Sprintf("%s:%d", host(), ports.Free(t)), root: AsteriskRoot()}
	interop.Started(t, interop.Asterisk)
	a.install()
	dir, err := os.MkdirTemp(filepath.Join(a.root, "tmp"), "lc-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	inside := "/tmp/" + filepath.Base(dir)
	a.etc, a.log = inside+"/etc", filepath.Join(dir, "log", "full")
	media := ports.Block(t, 101)
	for _, c := range certificate {
		a.Secure = fmt.Sprintf("127.0.0.1:%d", ports.Free(t))
		for name, from := range map[string]string{"cert.pem": c.Cert, "key.pem": c.Key} {
			text, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "etc", name), string(text))
		}
	}
	values := map[string]any{"Addr": a.Addr, "Secure": a.Secure, "Etc": a.etc, "Users": users}
	for _, name := range []string{"pjsip.conf", "extensions.conf", "queues.conf", "modules.conf", "voicemail.conf"} {
		var text bytes.Buffer
		if err := template.Must(template.ParseFS(asteriskFiles, "asterisk/"+name)).Execute(&text, values); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "etc", name), text.String())
	}
	var folders strings.Builder
	for name, path := range map[string]string{"astetcdir": "etc", "astdbdir": "db", "astkeydir": "keys", "astspooldir": "spool", "astrundir": "run", "astlogdir": "log"} {
		fmt.Fprintf(&folders, "%s => %s/%s\n", name, inside, path)
		if err := os.MkdirAll(filepath.Join(dir, path), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "etc", "asterisk.conf"), "[directories]\n"+folders.String()+"astvarlibdir => /usr/share/asterisk\nastdatadir => /usr/share/asterisk\n[options]\nverbose = 3\n")
	write(t, filepath.Join(dir, "etc", "rtp.conf"), fmt.Sprintf("[general]\nrtpstart=%d\nrtpend=%d\nicesupport=yes\n", media, media+100))
	write(t, filepath.Join(dir, "etc", "logger.conf"), "[general]\n[logfiles]\nfull => notice,warning,error,verbose(3)\n")
	write(t, filepath.Join(dir, "etc", "features.conf"), "[general]\ntransferdigittimeout = 2\ntransferannouncesound = "+inside+"/etc/silence\n[featuremap]\natxfer = *2\n")
	write(t, filepath.Join(dir, "etc", "silence.ulaw"), strings.Repeat("\x7f", 160)) // a transfer is not begun without a sound
	write(t, filepath.Join(dir, "etc", "confbridge.conf"), "[general]\n[default_bridge]\ntype = bridge\n[default_user]\ntype = user\nquiet = yes\n")
	for _, empty := range []string{"musiconhold", "indications", "ccss", "sorcery", "pjproject", "cdr", "cel", "udptl", "dnsmgr", "manager", "http", "stasis", "acl", "codecs"} {
		write(t, filepath.Join(dir, "etc", empty+".conf"), "")
	}
	run := a.inside("-f")
	p := Start(t, Command{Path: run[0], Args: run[1:], Env: []string{"LC_ALL=C"}, Logs: []string{a.log}})
	t.Cleanup(func() { _, _ = a.try("core stop now") }) // under sudo the test's signals do not reach it
	Until(t, "Asterisk has booted", func() bool {
		p.alive()
		_, err := a.try("core waitfullybooted")
		return err == nil
	})
	return a
}

// install makes the chroot.
func (a *Asterisk) install() {
	a.t.Helper()
	if _, err := os.Stat(filepath.Join(a.root, "usr/sbin/asterisk")); err == nil {
		return
	}
	script, err := asteriskFiles.ReadFile("asterisk/install.sh")
	if err != nil {
		a.t.Fatal(err)
	}
	run := []string{"bash", "-s", a.root}
	if os.Geteuid() != 0 {
		run = append([]string{program(a.t, "sudo"), "-n"}, run...)
	}
	cmd := exec.Command(run[0], run[1:]...)
	cmd.Stdin = bytes.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil {
		a.t.Fatalf("Asterisk could not be installed: %v\n%s", err, out)
	}
}

// inside returns the command line of asterisk in its chroot, which requires root.
func (a *Asterisk) inside(args ...string) []string {
	a.t.Helper()
	run := append([]string{program(a.t, "chroot"), a.root, "/usr/sbin/asterisk", "-C", a.etc + "/asterisk.conf"}, args...)
	if os.Geteuid() != 0 {
		run = append([]string{program(a.t, "sudo"), "-n"}, run...)
	}
	return run
}

func (a *Asterisk) try(command string) (string, error) {
	run := a.inside("-rx", command)
	out, err := exec.Command(run[0], run[1:]...).CombinedOutput()
	return string(out), err
}

// CLI runs an Asterisk command and returns its output.
func (a *Asterisk) CLI(command string) string {
	a.t.Helper()
	out, err := a.try(command)
	if err != nil || strings.Contains(out, "No such command") {
		a.t.Fatalf("asterisk -rx %q: %v\n%s", command, err, out)
	}
	return out
}

// Trace has it log every SIP message from now on, and returns what it has logged since its start.
func (a *Asterisk) Trace() string {
	a.t.Helper()
	a.CLI("pjsip set logger on")
	text, err := os.ReadFile(a.log)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(text)
}

// Heard is the amplitude of a tone in the last half second of what the number 609 has recorded so far.
func (a *Asterisk) Heard(hz float64) float64 {
	a.t.Helper()
	text, err := os.ReadFile(filepath.Join(a.root, a.etc, "recorded.ulaw"))
	if err != nil && !os.IsNotExist(err) {
		a.t.Fatal(err)
	}
	const rate = 8000
	text = text[max(0, len(text)-rate/2):]
	samples := make([]float64, len(text))
	for i, b := range text {
		samples[i] = float64(g711.DecodeUlawFrame(b)) / 32768
	}
	return amplitude(samples, hz, rate)
}

// Call makes a customer call an extension, "queue", or "support". After the answer the customer echoes all sound or, with brief,
// hangs up after a second and a half.
func (a *Asterisk) Call(number, name, to string, brief bool) {
	a.t.Helper()
	end := "s"
	if brief {
		end = "brief"
	}
	a.originate(number, name, to, end)
}

// Intercom makes somebody call an extension, and asks its phone to answer by itself.
func (a *Asterisk) Intercom(number, to string) {
	a.t.Helper()
	a.CLI(fmt.Sprintf("channel originate Local/%s*%s@intercom extension s@customer", number, to))
}

// HandOn makes a colleague call an extension, and join the call a second later with the customer 4155550132, D Whitfield.
func (a *Asterisk) HandOn(number, name, to string) {
	a.t.Helper()
	a.originate(number, name, to, "hands-on")
}

// Switchboard makes a customer call the switchboard, "Reception" 2050, which hands the call on to an extension: it presses the key
// of an attended transfer, calls the extension, and hangs up 4 s after it has dialed it.
func (a *Asterisk) Switchboard(number, name, to string) {
	a.t.Helper()
	a.CLI(fmt.Sprintf("channel originate Local/%s*%s*%s@switchboard extension s@customer", number, strings.ReplaceAll(name, " ", "_"), to))
}

func (a *Asterisk) originate(number, name, to, end string) {
	a.t.Helper()
	a.CLI(fmt.Sprintf("channel originate Local/%s*%s*%s@customers extension %s@customer", number, strings.ReplaceAll(name, " ", "_"), to, end))
}

// RefuseDialogEvents has it answer subscriptions to dialog events with 489 from now on, as a phone system that tells of phones by presence alone. It
// needs to be said before there are any.
func (a *Asterisk) RefuseDialogEvents() {
	a.t.Helper()
	if out := a.CLI("module unload res_pjsip_dialog_info_body_generator.so"); !strings.Contains(out, "Unloaded") {
		a.t.Fatalf("Asterisk keeps its dialog events: %s", out)
	}
}

// Messages leaves so many new voice messages for an extension, in the place of those before.
func (a *Asterisk) Messages(extension string, count int) {
	a.t.Helper()
	inbox := filepath.Join(a.root, filepath.Dir(a.etc), "spool", "voicemail", "default", extension, "INBOX")
	if err := os.RemoveAll(inbox); err != nil {
		a.t.Fatal(err)
	}
	for i := range count {
		name := filepath.Join(inbox, fmt.Sprintf("msg%04d", i))
		write(a.t, name+".txt", "[message]\norigmailbox="+extension+"\n")
		write(a.t, name+".ulaw", strings.Repeat("\x7f", 160))
	}
}

// HangUp ends every call from Asterisk's side.
func (a *Asterisk) HangUp() {
	a.t.Helper()
	a.CLI("channel request hangup all")
}
