package checkup_test

import (
	"testing"

	"linecard/app"
	"linecard/app/checkup"
	"linecard/fault"
)

// A desk without a headset is a warning: callers are found and calls are logged all the same.
func TestADeskWithoutAHeadsetIsAWarning(t *testing.T) {
	for code, minor := range map[fault.Code]bool{
		"sip.audio.no-device": true, "sip.audio.not-connected": true, "sip.audio.not-connected.other": true, "sip.audio.dead": false,
	} {
		if f := checkup.Sound(app.AudioView{Null: true, Why: fault.New(code)}); f.OK || f.Minor != minor || !f.Remedy.Is(code) {
			t.Errorf("%s: %+v", code, f)
		}
	}
	if f := checkup.Sound(app.AudioView{Null: true}); f.OK || !f.Minor || f.Remedy.IsZero() {
		t.Errorf("without a device: %+v", f)
	}
	if f := checkup.Sound(app.AudioView{}); !f.OK || f.Detail.Is("program.devices") {
		t.Errorf("before the first call: %+v", f)
	}
	if f := checkup.Sound(app.AudioView{Microphone: "USB"}); !f.OK || f.Minor {
		t.Errorf("%+v", f)
	}
}
