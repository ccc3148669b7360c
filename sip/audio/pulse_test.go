//go:build linux

package audio

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"linecard/test/interop"
	"linecard/test/wait"
)

// pulseRig is a PulseAudio of the test's own, with a virtual microphone that hears what is played into a null sink, and two
// virtual speakers whose monitors can be recorded.
type pulseRig struct{ t testing.TB }

const pulseScript = `
load-module module-native-protocol-unix socket=%s auth-anonymous=1
load-module module-null-sink sink_name=mic_in sink_properties=device.description=TestMicFeed rate=48000 channels=1
load-module module-remap-source master=mic_in.monitor source_name=mic source_properties=device.description=TestMic
load-module module-null-sink sink_name=speaker sink_properties=device.description=TestSpeaker rate=48000 channels=1
load-module module-null-sink sink_name=ringer sink_properties=device.description=TestRinger rate=48000 channels=1
set-default-sink speaker
set-default-source mic
`

// startPulse starts the rig and points this process at it. It needs the programs of Debian's pulseaudio and
// pulseaudio-utils.
func startPulse(t testing.TB) *pulseRig {
	t.Helper()
	interop.Started(t, interop.PulseAudio)
	for _, program := range []string{"pulseaudio", "pactl", "pacat"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("this test plays into a sound server: install pulseaudio and pulseaudio-utils: %v", err)
		}
	}
	// Not t.TempDir: its path may be too long for a Unix socket.
	dir, err := os.MkdirTemp("", "linecard-pulse-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "native")
	script := filepath.Join(dir, "default.pa")
	if err := os.WriteFile(script, fmt.Appendf(nil, pulseScript, socket), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"XDG_RUNTIME_DIR": dir, "PULSE_RUNTIME_PATH": dir, "PULSE_STATE_PATH": dir, "HOME": dir,
		"PULSE_SERVER": "unix:" + socket,
	} {
		setenv(t, name, value)
	}
	var log bytes.Buffer
	server := exec.Command("pulseaudio", "-n", "-F", script, "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes")
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	r := &pulseRig{t: t}
	r.hurry(server)
	t.Cleanup(func() {
		server.Process.Signal(os.Interrupt)
		server.Wait()
		if t.Failed() {
			t.Logf("pulseaudio said: %s", log.String())
		}
	})
	r.until("PulseAudio answers", wait.Patience, func() bool {
		return exec.Command("pactl", "info").Run() == nil
	})
	return r
}

// hurry gives a program the priority a sound server has on a desktop, where that is allowed.
func (r *pulseRig) hurry(cmd *exec.Cmd) {
	if err := syscall.Setpriority(syscall.PRIO_PROCESS, cmd.Process.Pid, -11); err != nil {
		r.t.Logf("%s keeps its priority: %v", cmd.Path, err)
	}
}

func setenv(t testing.TB, name, value string) {
	old, had := os.LookupEnv(name)
	os.Setenv(name, value)
	t.Cleanup(func() {
		if had {
			os.Setenv(name, old)
		} else {
			os.Unsetenv(name)
		}
	})
}

// until polls, for things of another process that have no event.
func (r *pulseRig) until(what string, limit time.Duration, is func() bool) {
	r.t.Helper()
	for end := time.Now().Add(limit); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

func (r *pulseRig) pactl(args ...string) string {
	r.t.Helper()
	out, err := exec.Command("pactl", args...).CombinedOutput()
	if err != nil {
		r.t.Fatalf("pactl %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

var pacatFormat = []string{"--raw", "--format=s16le", "--rate=48000", "--channels=1", "--latency-msec=20"}

// play plays a sine into a sink until the test ends.
func (r *pulseRig) play(sink string, hertz, level float64) {
	r.t.Helper()
	cmd := exec.Command("pacat", append([]string{"--playback", "--device=" + sink}, pacatFormat...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.hurry(cmd)
	done := make(chan struct{})
	go func() {
		defer close(done)
		period := make([]byte, 2*SampleRate)
		for i := range SampleRate { // a whole second, so that it repeats without a seam
			v := int16(level * 32767 * math.Sin(2*math.Pi*hertz*float64(i)/SampleRate))
			period[2*i], period[2*i+1] = byte(v), byte(uint16(v)>>8)
		}
		for {
			if _, err := in.Write(period); err != nil {
				return
			}
		}
	}()
	r.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		<-done
	})
}

// recording is a source being recorded.
type recording struct {
	t   testing.TB
	out *bufio.Reader
}

// record records a source until the test ends.
func (r *pulseRig) record(source string) *recording {
	r.t.Helper()
	cmd := exec.Command("pacat", append([]string{"--record", "--device=" + source}, pacatFormat...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.hurry(cmd)
	r.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return &recording{t: r.t, out: bufio.NewReader(out)}
}

// next is the next piece of the recording.
func (r *recording) next(length time.Duration) []int16 {
	r.t.Helper()
	pcm := make([]int16, samples(length))
	if err := binary.Read(r.out, binary.LittleEndian, pcm); err != nil {
		r.t.Fatalf("the recording ended: %v", err)
	}
	return pcm
}

// expectTone wants a stretch of 300 ms of the recording to be the tone, and of the loudness it was sent with, within
// 20 seconds: sound takes a while to come, and on a computer that is overloaded a sound server drops some.
func (r *recording) expectTone(what string, hertz, level float64) {
	r.t.Helper()
	var why string
	for range 66 {
		if why = tells(r.next(300*time.Millisecond), hertz, level); why == "" {
			return
		}
	}
	r.t.Errorf("%s: %s", what, why)
}

// listener is a port that says a sine and passes on what it hears.
type listener struct {
	hertz, level float64
	at           int
	heard        chan []int16

	mu    sync.Mutex
	calls []time.Time
}

func newListener(hertz, level float64) *listener {
	return &listener{hertz: hertz, level: level, heard: make(chan []int16, 1000)}
}

func (l *listener) WriteMicrophone(pcm []int16) {
	l.mu.Lock()
	l.calls = append(l.calls, time.Now())
	l.mu.Unlock()
	select {
	case l.heard <- slices.Clone(pcm):
	default:
	}
}

func (l *listener) ReadSpeaker(pcm []int16) {
	for i := range pcm {
		pcm[i] = int16(l.level * 32767 * math.Sin(2*math.Pi*l.hertz*float64(l.at%SampleRate)/SampleRate))
		l.at++
	}
}

// expectTone is recording.expectTone for what the microphone gives the port.
func (l *listener) expectTone(t *testing.T, what string, hertz, level float64) {
	t.Helper()
	limit := time.After(20 * time.Second)
	why := "nothing was heard"
	var window []int16
	for {
		select {
		case pcm := <-l.heard:
			if window = append(window, pcm...); len(window) < samples(300*time.Millisecond) {
				continue
			}
			if why = tells(window, hertz, level); why == "" {
				return
			}
			window = window[:0]
		case <-limit:
			t.Fatalf("%s: %s", what, why)
		}
	}
}

// TestSpeechGoesThroughTheDevices: what is said into the microphone is what the call is given, and what the call says is
// what the speaker plays, at the same pitch and loudness.
func TestSpeechGoesThroughTheDevices(t *testing.T) {
	r := startPulse(t)
	r.play("mic_in", 700, 0.4)
	e := New(Config{Microphone: "TestMic", Speaker: "TestSpeaker", Log: testLog(t)})
	defer e.Close()
	port := newListener(1000, 0.3)
	defer e.Attach(port)()
	port.expectTone(t, "microphone", 700, 0.4)
	r.record("speaker.monitor").expectTone("speaker", 1000, 0.3)
	if b := e.bridge.Load(); b == nil || b.nativeLast.Load() == 0 {
		t.Error("the device is served in Go: does native.h still agree with miniaudio?")
	}
	s := e.Status()
	if s.Microphone != "TestMic" || s.Speaker != "TestSpeaker" || s.Null || !s.Problem.IsZero() {
		t.Errorf("status is %+v", s)
	}
}

// TestTheRingGoesToTheRinger: the ring tone plays on the ringer, and opens no microphone.
func TestTheRingGoesToTheRinger(t *testing.T) {
	interop.Proves(t, "S6.1", interop.PulseAudio)
	r := startPulse(t)
	e := New(Config{Ringer: "TestRinger", Log: testLog(t)})
	defer e.Close()
	stop := e.Ring(ToneRing)
	defer stop()
	heard := r.record("ringer.monitor")
	for end := time.Now().Add(20 * time.Second); rms(heard.next(300*time.Millisecond)) < 0.05; {
		if time.Now().After(end) {
			t.Fatal("nobody hears the ring")
		}
	}
	// One recording is the test's own, of the ringer's monitor.
	if open := r.pactl("list", "short", "source-outputs"); strings.Count(open, "protocol-native") > 1 {
		t.Errorf("ringing opened a microphone: %s", open)
	}
	if e.Status().Ringer != "TestRinger" {
		t.Errorf("status is %+v", e.Status())
	}
}

// TestUnpluggedSpeaker: the speaker in use is pulled out during a call. The call goes on, on the default device, the agent
// is told, and the speaker is taken again when it is back.
func TestUnpluggedSpeaker(t *testing.T) {
	r := startPulse(t)
	load := []string{"load-module", "module-null-sink", "sink_name=headset", "sink_properties=device.description=TestHeadset", "rate=48000", "channels=1"}
	module := r.pactl(load...)
	status := make(chan Status, 100)
	e := New(Config{Microphone: "TestMic", Speaker: "TestHeadset", Log: testLog(t)})
	defer e.Close()
	e.OnChange(func(s Status) { status <- s })
	port := newListener(1000, 0.3)
	defer e.Attach(port)()
	r.record("headset.monitor").expectTone("headset", 1000, 0.3)

	r.pactl("unload-module", module)
	await(t, status, "the default speaker stands in", func(s Status) bool {
		return s.Speaker == "TestSpeaker" && s.Problem.Values["chosen"] == "TestHeadset"
	})
	r.record("speaker.monitor").expectTone("stand-in", 1000, 0.3)

	r.pactl(load...)
	await(t, status, "the headset is in use again", func(s Status) bool { return s.Speaker == "TestHeadset" && s.Problem.IsZero() })
	r.record("headset.monitor").expectTone("headset again", 1000, 0.3)

	port.mu.Lock()
	defer port.mu.Unlock()
	took := port.calls[len(port.calls)-1].Sub(port.calls[0])
	if due := int(took / frameTime); len(port.calls) < due*8/10 {
		t.Errorf("the call had %d frames when %d were due", len(port.calls), due)
	}
}
