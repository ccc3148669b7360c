package audio

import "errors"

// errNoSystem: there is no sound system to ask for a device.
var errNoSystem = errors.New("no sound system can be reached")

// backend reaches the sound devices: miniaudio in earnest (malgo.go), a make-believe one in tests.
type backend interface {
	// devices lists what there is. It may take as long as the sound server likes.
	devices() ([]Device, error)
	// open starts the devices of a plan, which call exchange from a thread of theirs until the stream is closed.
	open(p plan, exchange exchangeFunc) (stream, error)
}

// stream is an open device, or pair of devices.
type stream interface {
	// devices lists what there is now, over the connection the stream has.
	devices() ([]Device, error)
	// close ends the stream; exchange is not called after it has returned. It may take as long as the sound server likes.
	close()
}

// exchangeFunc is a device's turn: out is to be filled, in was recorded. In is empty when the plan has no microphone.
type exchangeFunc func(out, in []int16)

// plan is what to open. A name "" is the system's default.
type plan struct {
	speaker    string
	duplex     bool // with the microphone
	microphone string
}
