package settings

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"linecard/app/catalogue"
	"linecard/app/notify/dbustest"
)

// A person who puts the prompt away answers all who wait behind it: none of them brings it back. Whoever comes later asks again.
func TestARefusalIsForAllWhoWait(t *testing.T) { runChild(t, "refuses", dbustest.Start(t)) }

// noticed is a context that tells when somebody begins to wait by it.
type noticed struct {
	context.Context
	begun chan struct{}
}

func (n noticed) Done() <-chan struct{} {
	select {
	case n.begun <- struct{}{}:
	default:
	}
	return n.Context.Done()
}

func refusesThoseWhoWait() error {
	ctx := context.Background()
	k := &Keyring{Service: Service}
	waiting, refused := noticed{ctx, make(chan struct{}, 1)}, make(chan error, 1)
	var asked atomic.Int32
	_, first := k.do(ctx, func() (string, error) {
		if asked.Add(1) == 1 {
			go func() {
				_, err := k.do(waiting, func() (string, error) { asked.Add(1000); return "", nil })
				refused <- err
			}()
			<-waiting.begun
		}
		return "", errors.New("failed to unlock correct collection '/org/freedesktop/secrets/collection/login'")
	})
	behind := <-refused
	if first == nil || behind == nil || asked.Load() >= 1000 || !strings.Contains(catalogue.Error(behind), "keyring") {
		return fmt.Errorf("the first: %w; whoever waited: %w, %d asked", first, behind, asked.Load())
	}
	if _, err := k.do(ctx, func() (string, error) { return "", nil }); err != nil {
		return fmt.Errorf("later: %w", err)
	}
	return nil
}
