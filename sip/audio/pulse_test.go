package audio

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// pulseRig is a PulseAudio of the test's own, with a virtual microphone that hears what is played into a null sink, and two
// virtual speakers whose monitors can be recorded.
type pulseRig struct {
	t      testing.TB
	server string
}

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
	t.Cleanup(func() {
		server.Process.Signal(os.Interrupt)
		server.Wait()
		if t.Failed() {
			t.Logf("pulseaudio said: %s", log.String())
		}
	})
	r := &pulseRig{t: t, server: "unix:" + socket}
	r.until("PulseAudio answers", 10*time.Second, func() bool {
		return exec.Command("pactl", "info").Run() == nil
	})
	return r
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

// record records a source for as long as it takes to have that much sound that is not silence at its beginning.
func (r *pulseRig) record(source string, length time.Duration) []int16 {
	r.t.Helper()
	cmd := exec.Command("pacat", append([]string{"--record", "--device=" + source}, pacatFormat...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	timeout := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
	defer timeout.Stop()
	var got []int16
	var two [2]byte
	buffered := &buffer{r: out}
	for want := samples(length); len(got) < want; {
		if _, err := io.ReadFull(buffered, two[:]); err != nil {
			r.t.Fatalf("nothing but silence came out of %s: %v", source, err)
		}
		v := int16(uint16(two[0]) | uint16(two[1])<<8)
		if v == 0 && len(got) == 0 {
			continue
		}
		got = append(got, v)
	}
	return got
}

type buffer struct {
	r    io.Reader
	data [4096]byte
	rest []byte
}

func (b *buffer) Read(p []byte) (int, error) {
	if len(b.rest) == 0 {
		n, err := b.r.Read(b.data[:])
		if err != nil {
			return 0, err
		}
		b.rest = b.data[:n]
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// listener is a port that says a sine and keeps what it hears.
type listener struct {
	hertz, level float64

	mu    sync.Mutex
	at    int
	heard []int16
	calls []time.Time
	want  int
	full  chan struct{}
}

func newListener(hertz, level float64, keep time.Duration) *listener {
	return &listener{hertz: hertz, level: level, want: samples(keep), full: make(chan struct{})}
}

func (l *listener) WriteMicrophone(pcm []int16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, time.Now())
	for _, v := range pcm {
		if v == 0 && len(l.heard) == 0 {
			continue
		}
		if len(l.heard) < l.want {
			if l.heard = append(l.heard, v); len(l.heard) == l.want {
				close(l.full)
			}
		}
	}
}

func (l *listener) ReadSpeaker(pcm []int16) {
	for i := range pcm {
		pcm[i] = int16(l.level * 32767 * math.Sin(2*math.Pi*l.hertz*float64(l.at%SampleRate)/SampleRate))
		l.at++
	}
}

// TestSpeechGoesThroughTheDevices: what is said into the microphone is what the call is given, and what the call says is
// what the speaker plays, at the same pitch and loudness.
func TestSpeechGoesThroughTheDevices(t *testing.T) {
	r := startPulse(t)
	r.play("mic_in", 700, 0.4)
	e := New(Config{Microphone: "TestMic", Speaker: "TestSpeaker", Log: testLog(t)})
	defer e.Close()
	port := newListener(1000, 0.3, time.Second)
	defer e.Attach(port)()
	select {
	case <-port.full:
	case <-time.After(20 * time.Second):
		t.Fatal("the microphone stays silent")
	}
	expectTone(t, "microphone", port.heard[SampleRate/4:], 700, 0.4)
	expectTone(t, "speaker", r.record("speaker.monitor", time.Second)[SampleRate/4:], 1000, 0.3)
	s := e.Status()
	if s.Microphone != "TestMic" || s.Speaker != "TestSpeaker" || s.Null || s.Problem != "" {
		t.Errorf("status is %+v", s)
	}
}

// TestTheRingGoesToTheRinger: the ring tone plays on the ringer, and opens no microphone.
func TestTheRingGoesToTheRinger(t *testing.T) {
	r := startPulse(t)
	e := New(Config{Ringer: "TestRinger", Log: testLog(t)})
	defer e.Close()
	stop := e.Ring(ToneRing)
	defer stop()
	got := r.record("ringer.monitor", 300*time.Millisecond)
	if level := rms(got); level < 0.05 {
		t.Errorf("the ring is at %.3f of full scale: nobody hears that", level)
	}
	if open := r.pactl("list", "short", "source-outputs"); strings.Contains(open, "mic") || strings.Count(open, "\n") > 0 {
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
	port := newListener(1000, 0.3, time.Second)
	defer e.Attach(port)()
	expectTone(t, "headset", r.record("headset.monitor", time.Second)[SampleRate/4:], 1000, 0.3)

	r.pactl("unload-module", module)
	await(t, status, "the default speaker stands in", func(s Status) bool {
		return s.Speaker == "TestSpeaker" && strings.Contains(s.Problem, "TestHeadset")
	})
	expectTone(t, "stand-in", r.record("speaker.monitor", time.Second)[SampleRate/4:], 1000, 0.3)

	r.pactl(load...)
	await(t, status, "the headset is in use again", func(s Status) bool { return s.Speaker == "TestHeadset" && s.Problem == "" })
	expectTone(t, "headset again", r.record("headset.monitor", time.Second)[SampleRate/4:], 1000, 0.3)

	port.mu.Lock()
	defer port.mu.Unlock()
	if gap := longest(port.calls); gap > 60*time.Millisecond {
		t.Errorf("the call stood still for %v", gap)
	}
}
