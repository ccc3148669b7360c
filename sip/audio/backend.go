package audio

import (
	"errors"
	"time"
)

// errNoSystem: there is no sound system to ask for a device.
var errNoSystem = errors.New("no sound system can be reached")

// backend reaches the sound devices: miniaudio in earnest (malgo.go), a make-believe one in tests.
type backend interface {
	// devices lists what there is. It may take as long as the sound server likes.
	devices() ([]Device, error)
	// open starts the devices of a plan, which serve the receiver from a thread of theirs until the stream is closed.
	open(p plan, r receiver) (stream, error)
}

// stream is an open device, or pair of devices.
type stream interface {
	// devices lists what there is now, over the connection the stream has.
	devices() ([]Device, error)
	// close ends the stream; the receiver is left alone once it has returned. It may take as long as the sound server likes.
	close()
}

// receiver is who an open device deals with.
type receiver struct {
	// exchange is the device's callback: it fills out and is given what was recorded, in. in is empty when the plan has no microphone.
	exchange func(out, in []int16)
	// shared, unless nil, is what exchange works on: a backend that can does the same without calling Go.
	shared *shared
	// quiet is how long ago the device last had a turn.
	quiet func() time.Duration
}

// plan is what to open. A name "" is the system's default.
type plan struct {
	speaker    string
	duplex     bool // with the microphone
	microphone string
}
