package e2e

import (
	"sync"
	"testing"
	"time"

	"linecard/test/rig"
)

// The app ends well while the mouse moves over its window, on and off its text fields.
func TestQuittingUnderTheMouse(t *testing.T) {
	t.Parallel()
	desktop := rig.StartBus(t)
	desktop.StartScreen()
	a := prepareApp(t, desktop.Env...)
	a.env = append(a.env, "DBUS_SESSION_BUS_ADDRESS=", "LINECARD_SECRETS=memory")
	a.flags = []string{"--demo"}
	a.window = true
	for range 4 {
		a.start()
		mouse := rig.NewKeyboard(t, desktop)
		quit, still := make(chan struct{}), sync.WaitGroup{}
		still.Go(func() {
			moves := time.NewTicker(2 * time.Millisecond) // as a mouse tells them
			defer moves.Stop()
			for at := range 500 { // not without end, for a busy machine draws slower than the mouse moves
				select {
				case <-quit:
					return
				case <-moves.C:
					mouse.Point(uint16(20+37*at%560), uint16(20+37*at%560))
				}
			}
		})
		a.stop()
		close(quit)
		still.Wait()
	}
}
