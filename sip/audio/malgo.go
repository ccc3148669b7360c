package audio

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"github.com/gen2brain/malgo"
)

// miniaudio is the backend of every system, through malgo. It holds nothing open between calls: each stream has a context,
// which with PulseAudio is a connection, of its own, so a sound server that was restarted is found again, and closing one
// stream can hang without holding up the next.
type miniaudio struct{ log *slog.Logger }

// backends are the sound systems worth trying, best first. The list is never left to miniaudio: its last resort is a null
// backend, which would look like a device that works.
//
// On Linux, PulseAudio (PipeWire speaks it too) comes first, where it may be running, and ALSA only where the kernel has a
// card: without one, ALSA lists a dozen plugins as if they were devices and complains on standard error when they are tried.
func backends() []malgo.Backend {
	switch runtime.GOOS {
	case "windows":
		return []malgo.Backend{malgo.BackendWasapi, malgo.BackendDsound}
	case "darwin", "ios":
		return []malgo.Backend{malgo.BackendCoreaudio}
	case "freebsd", "netbsd", "openbsd":
		return []malgo.Backend{malgo.BackendPulseaudio, malgo.BackendSndio, malgo.BackendAudio4, malgo.BackendOss}
	}
	var list []malgo.Backend
	if pulseMayRun(os.Getenv, os.Getuid(), "/") {
		list = append(list, malgo.BackendPulseaudio)
	}
	if _, err := os.Stat("/dev/snd"); err == nil {
		list = append(list, malgo.BackendAlsa)
	}
	return list
}

func (m miniaudio) connect() (*malgo.AllocatedContext, error) {
	systems := backends()
	if len(systems) == 0 { // of which miniaudio would make all it knows
		return nil, errNoSystem
	}
	var pin runtime.Pinner
	defer pin.Unpin()
	name := append([]byte("Linecard"), 0)
	pin.Pin(&name[0]) // malgo puts the pointer into a C structure; miniaudio copies the name
	var config malgo.ContextConfig
	config.Pulse.PApplicationName = &name[0]
	ctx, err := malgo.InitContext(systems, config, m.tell)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoSystem, err)
	}
	return ctx, nil
}

func (m miniaudio) tell(message string) {
	if trouble(message) {
		m.log.Debug("miniaudio", "message", strings.TrimSpace(message))
	}
}

// trouble tells whether a message of miniaudio's is about something that went wrong. malgo does not pass on its level, and
// every connection says in seventy more which symbols it loads and what the processor can do. That a library goes by another
// name is no trouble.
func trouble(message string) bool {
	message = strings.ToLower(message)
	if strings.HasPrefix(message, "failed to load library") {
		return false
	}
	return slices.ContainsFunc([]string{"fail", "error", "unusable", "not support"}, func(sign string) bool {
		return strings.Contains(message, sign)
	})
}

func (m miniaudio) disconnect(ctx *malgo.AllocatedContext) {
	if err := ctx.Uninit(); err != nil {
		m.log.Debug("leave the sound system", "error", err)
	}
	ctx.Free()
}

func (m miniaudio) devices() ([]Device, error) {
	ctx, err := m.connect()
	if err != nil {
		return nil, err
	}
	defer m.disconnect(ctx)
	return list(ctx)
}

func list(ctx *malgo.AllocatedContext) ([]Device, error) {
	var all []Device
	for _, k := range []struct {
		kind Kind
		of   malgo.DeviceType
	}{{Microphone, malgo.Capture}, {Speaker, malgo.Playback}} {
		infos, err := ctx.Devices(k.of)
		if err != nil {
			return nil, fmt.Errorf("list the sound devices: %w", err)
		}
		for i := range infos {
			all = append(all, Device{Kind: k.kind, Name: infos[i].Name(), Default: infos[i].IsDefault != 0})
		}
	}
	return all, nil
}

var errNotConnected = errors.New("not connected")

// find is the device of that name.
func find(ctx *malgo.AllocatedContext, of malgo.DeviceType, name string) (*malgo.DeviceID, error) {
	infos, err := ctx.Devices(of)
	if err != nil {
		return nil, fmt.Errorf("list the sound devices: %w", err)
	}
	for i := range infos {
		if infos[i].Name() == name {
			return &infos[i].ID, nil
		}
	}
	return nil, errNotConnected
}

func (m miniaudio) open(p plan, r receiver) (_ stream, err error) {
	ctx, err := m.connect()
	if err != nil {
		return nil, err
	}
	s := &malgoStream{backend: m, ctx: ctx}
	defer func() {
		if err != nil {
			s.pin.Unpin()
			m.disconnect(ctx)
		}
	}()
	var ids runtime.Pinner // miniaudio copies the IDs while it opens the device
	defer ids.Unpin()
	config, err := configure(ctx, p, &ids)
	if err != nil {
		return nil, err
	}
	if r.shared != nil {
		s.pin.Pin(r.shared) // for as long as the device is open
		config.PUserData = (*byte)(unsafe.Pointer(r.shared))
		config.NotificationCallback = nativeTakeOver()
	}
	s.device, err = malgo.InitDevice(ctx.Context, config, malgo.DeviceCallbacks{
		Data: func(out, in []byte, _ uint32) { r.exchange(pcm(out), pcm(in)) },
	})
	if err != nil {
		return nil, fmt.Errorf("open the sound device: %w", err)
	}
	if err := s.device.Start(); err != nil {
		s.device.Uninit()
		return nil, fmt.Errorf("start the sound device: %w", err)
	}
	return s, nil
}

// configure says what to open. The IDs of chosen devices go into a C structure by their addresses, so they are pinned.
func configure(ctx *malgo.AllocatedContext, p plan, ids *runtime.Pinner) (malgo.DeviceConfig, error) {
	kind := malgo.DeviceType(malgo.Playback)
	if p.duplex {
		kind = malgo.Duplex
	}
	config := malgo.DefaultDeviceConfig(kind)
	config.SampleRate = SampleRate
	config.PeriodSizeInFrames = FrameSamples
	config.Periods = 2 // 10 ms × 2: 30 ms from speaker to microphone; 20 ms × 2 took 60, 5 ms × 2 cost a third more processor time
	config.Playback.Format, config.Capture.Format = malgo.FormatS16, malgo.FormatS16
	config.Playback.Channels, config.Capture.Channels = 1, 1
	config.Pulse.StreamNamePlayback, config.Pulse.StreamNameCapture = "Linecard", "Linecard"
	if p.speaker != "" {
		id, err := find(ctx, malgo.Playback, p.speaker)
		if err != nil {
			return config, fmt.Errorf("speaker: %w", err)
		}
		ids.Pin(id)
		config.Playback.DeviceID = unsafe.Pointer(id)
	}
	if p.duplex && p.microphone != "" {
		id, err := find(ctx, malgo.Capture, p.microphone)
		if err != nil {
			return config, fmt.Errorf("microphone: %w", err)
		}
		ids.Pin(id)
		config.Capture.DeviceID = unsafe.Pointer(id)
	}
	return config, nil
}

// pcm sees miniaudio's buffer, which is of int16 and so aligned for it, as samples.
func pcm(raw []byte) []int16 {
	if len(raw) < 2 {
		return nil
	}
	return unsafe.Slice((*int16)(unsafe.Pointer(&raw[0])), len(raw)/2)
}

type malgoStream struct {
	backend miniaudio
	ctx     *malgo.AllocatedContext
	device  *malgo.Device
	pin     runtime.Pinner
}

func (s *malgoStream) devices() ([]Device, error) { return list(s.ctx) }

func (s *malgoStream) close() {
	s.device.Uninit()
	s.pin.Unpin()
	s.backend.disconnect(s.ctx)
}
