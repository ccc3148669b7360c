package program

import (
	"testing"

	"linecard/app"
	"linecard/fault"
)

// A desk without a headset is a warning: callers are found and calls are logged all the same.
func TestADeskWithoutAHeadsetIsAWarning(t *testing.T) {
	for code, minor := range map[fault.Code]bool{
		"sip.audio.no-device": true, "sip.audio.not-connected": true, "sip.audio.not-connected.other": true, "sip.audio.dead": false,
	} {
		if f := checkSound(app.AudioView{Null: true, Why: fault.New(code)}); f.ok || f.minor != minor || !f.remedy.Is(code) {
			t.Errorf("%s: %+v", code, f)
		}
	}
	if f := checkSound(app.AudioView{Null: true}); f.ok || !f.minor || f.remedy.IsZero() {
		t.Errorf("without a device: %+v", f)
	}
	if f := checkSound(app.AudioView{}); !f.ok || f.detail.Is("program.devices") {
		t.Errorf("before the first call: %+v", f)
	}
	if f := checkSound(app.AudioView{Microphone: "USB"}); !f.ok || f.minor {
		t.Errorf("%+v", f)
	}
}
