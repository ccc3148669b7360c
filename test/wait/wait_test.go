package wait

import (
	"testing"
	"time"
)

func TestMain(m *testing.M) { Main(m) }

// A goroutine that ends late is none that is left behind; one that does not end is.
func TestGoroutinesThatAreLeft(t *testing.T) {
	end := make(chan struct{})
	go func() { <-end }()
	if left(0) == nil {
		t.Error("a goroutine that does not end is not found")
	}
	late := time.AfterFunc(700*time.Millisecond, func() { close(end) }) // when goleak alone has given up
	defer late.Stop()
	if err := left(Patience); err != nil {
		t.Error(err)
	}
}

func TestWhatComes(t *testing.T) {
	told := make(chan int)
	go func() { told <- 7; close(told) }()
	if got := For(t, told); got != 7 {
		t.Errorf("got %d", got)
	}
	if got := For(t, told); got != 0 {
		t.Errorf("got %d at the end", got)
	}
}
