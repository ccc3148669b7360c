package notify

import (
	"sync"

	"github.com/gen2brain/beeep"
)

var nameOnce sync.Once

// plain shows n without actions. It never uses beeep.Alert, which beeps through the terminal; the desk rings by itself.
func plain(appName string, n Notification) error {
	nameOnce.Do(func() { beeep.AppName = appName }) // a global of beeep's
	return beeep.Notify(inert(n.Title), inert(n.Body), "")
}
