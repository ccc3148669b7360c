package program_test

import (
	"fmt"
	"slices"
	"testing"

	"linecard/app/program"
	"linecard/app/settings"
)

type heardDevices struct{ told []string }

func (h *heardDevices) SetDevices(microphone, speaker, ringer string) {
	h.told = append(h.told, fmt.Sprint("devices ", microphone, " ", speaker, " ", ringer))
}

func (h *heardDevices) SetRing(cadence string, volume int) {
	h.told = append(h.told, fmt.Sprint("ring ", cadence, " ", volume))
}

func TestDevicesAndRingAreUsedAtOnce(t *testing.T) {
	was := settings.Default().Devices
	for _, tt := range []struct {
		change func(*settings.Devices)
		want   []string
	}{
		{func(d *settings.Devices) { d.Speaker = "Headset" }, []string{"devices  Headset ", "ring us 80"}},
		{func(d *settings.Devices) { d.RingStyle = "uk" }, []string{"ring uk 80"}},
		{func(d *settings.Devices) { d.RingVolume = 30 }, []string{"ring us 30"}},
		{func(d *settings.Devices) { d.RingVolume = 0 }, []string{"ring none 0"}}, // silence, not the engine's default
	} {
		is, h := was, &heardDevices{}
		tt.change(&is)
		program.UseDevices(h, was, is)
		if !slices.Equal(h.told, tt.want) {
			t.Errorf("%+v: told %q, want %q", is, h.told, tt.want)
		}
	}
}
