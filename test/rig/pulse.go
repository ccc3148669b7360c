package rig

import (
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/test/interop"
)

// Rate is the sample rate of the sound server in Hz, mono, 16 bit.
const Rate = 48000

// Pulse is a PulseAudio server with null sinks: sound that is played into one can be recorded from its monitor.
type Pulse struct {
	Env []string // makes a program use it
	t   testing.TB
	dir string
}

// The sinks. A microphone is the monitor of a sink that a test plays into.
const (
	AppMicrophone = "app_mic" // a test plays into it: the agent's voice
	AppSpeaker    = "app_spk" // a test records it: what the agent hears
	FarMicrophone = "far_mic" // the same for the other end
	FarSpeaker    = "far_spk"
)

// StartPulse starts a private server whose default devices are the app's.
func StartPulse(t testing.TB) *Pulse {
	t.Helper()
	interop.Started(t, interop.PulseAudio)
	p := &Pulse{t: t, dir: Dir(t)}
	var script strings.Builder
	socket := filepath.Join(p.dir, "native")
	fmt.Fprintf(&script, "load-module module-native-protocol-unix socket=%s auth-anonymous=1\n", socket)
	for _, sink := range []string{AppMicrophone, AppSpeaker, FarMicrophone, FarSpeaker} {
		fmt.Fprintf(&script, "load-module module-null-sink sink_name=%s rate=%d channels=1 sink_properties=device.description=%s\n", sink, Rate, sink)
	}
	for _, mic := range []string{AppMicrophone, FarMicrophone} { // programs do not use a monitor as a microphone, but a remap of it
		fmt.Fprintf(&script, "load-module module-remap-source master=%s.monitor source_name=%s_in source_properties=device.description=%s_in\n", mic, mic, mic)
	}
	fmt.Fprintf(&script, "set-default-sink %s\nset-default-source %s_in\n", AppSpeaker, AppMicrophone)
	config := filepath.Join(p.dir, "default.pa")
	write(t, config, script.String())
	p.Env = []string{"PULSE_SERVER=unix:" + socket, "PULSE_RUNTIME_PATH=" + p.dir, "PULSE_STATE_PATH=" + p.dir, "XDG_RUNTIME_DIR=" + p.dir, "HOME=" + p.dir}
	write(t, filepath.Join(p.dir, ".asoundrc"), asoundrc)
	Start(t, Command{
		Path: program(t, "pulseaudio"), Env: p.Env, Ready: "Daemon startup complete",
		Args: []string{"-n", "-F", config, "--exit-idle-time=-1", "--use-pid-file=no", "--daemonize=no", "--log-level=info"},
	})
	return p
}

// asoundrc makes the sinks available, by name, to programs that use only ALSA, like Debian's baresip.
const asoundrc = `pcm.far_mic { type pulse device far_mic_in }
pcm.far_spk { type pulse device far_spk }
ctl.far_mic { type pulse }
ctl.far_spk { type pulse }
`

// Tone is a sine tone.
type Tone struct {
	Hz        float64
	Amplitude float64 // 1 is full scale
}

// Play plays a tone into a sink until the test ends or the returned function is called.
func (p *Pulse) Play(sink string, tone Tone) (stop func()) {
	p.t.Helper()
	// sox writes without end into paplay; a shell joins them, so that they end together.
	line := fmt.Sprintf("%s -q -n -r %d -c 1 -b 16 -e signed -t raw - synth 600 sine %g vol %g | %s --raw --rate=%d --channels=1 --format=s16le --latency-msec=50 -d %s",
		program(p.t, "sox"), Rate, tone.Hz, tone.Amplitude, program(p.t, "paplay"), Rate, sink)
	process := Start(p.t, Command{Path: "/bin/sh", Args: []string{"-c", line}, Env: p.Env})
	return process.Stop
}

// File writes a tone of three seconds into a WAV file as music is, 16 bits in stereo at 44.1 kHz, and returns its path.
func (tone Tone) File(t testing.TB) string {
	t.Helper()
	path := filepath.Join(Dir(t), "tone.wav")
	out, err := exec.Command(program(t, "sox"), "-q", "-n", "-r", "44100", "-c", "2", "-b", "16", path, "synth", "3", "sine", fmt.Sprint(tone.Hz), "vol", fmt.Sprint(tone.Amplitude)).CombinedOutput()
	if err != nil {
		t.Fatalf("sox: %v\n%s", err, out)
	}
	return path
}

// Hear records a sink for d and returns the samples, from -1 to 1.
func (p *Pulse) Hear(sink string, d time.Duration) []float64 {
	p.t.Helper()
	const settle = Rate / 10 // a recording begins with old sound from the buffers, or with silence
	want := (int(d.Seconds()*Rate) + settle) * 2
	cmd := exec.Command("/bin/sh", "-c", fmt.Sprintf("%s --raw --rate=%d --channels=1 --format=s16le --latency-msec=20 -d %s.monitor | head -c %d",
		program(p.t, "parecord"), Rate, sink, want))
	cmd.Env = append(cmd.Environ(), p.Env...)
	raw, err := cmd.Output()
	if err != nil {
		p.t.Fatalf("record %s: %v", sink, err)
	}
	samples := make([]float64, len(raw)/2)
	for i := range samples {
		samples[i] = float64(int16(uint16(raw[2*i])|uint16(raw[2*i+1])<<8)) / 32768
	}
	return samples[min(settle, len(samples)):]
}

// Amplitude returns the amplitude of the frequency in the samples, as the median of windows of 25 ms: a jitter buffer
// may remove or insert some milliseconds, and a measurement over the whole would see the phase jump as a lower level.
func Amplitude(samples []float64, hz float64) float64 { return amplitude(samples, hz, Rate) }

// Level returns the amplitude that a tenth of those windows reach: that of the sound that came whole, on a machine so busy that most of it has
// gaps. A gap makes no window louder.
func Level(samples []float64, hz float64) float64 { return reached(samples, hz, Rate, 0.9) }

func amplitude(samples []float64, hz float64, rate int) float64 {
	return reached(samples, hz, rate, 0.5)
}

// reached is the amplitude that all windows but a part of them reach.
func reached(samples []float64, hz float64, rate int, part float64) float64 {
	window := rate / 40
	var levels []float64
	for ; len(samples) >= window; samples = samples[window:] {
		levels = append(levels, goertzel(samples[:window], hz, rate))
	}
	if len(levels) == 0 {
		return 0
	}
	slices.Sort(levels)
	return levels[int(float64(len(levels))*part)]
}

func goertzel(samples []float64, hz float64, rate int) float64 {
	omega := 2 * math.Pi * hz / float64(rate)
	var re, im float64
	for i, s := range samples {
		re += s * math.Cos(omega*float64(i))
		im += s * math.Sin(omega*float64(i))
	}
	return 2 * math.Hypot(re, im) / float64(len(samples))
}
