package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// An inbound call is answered before it is on disk where the disk takes more than 5 ms, and a kill in that moment loses the call as designed.
// How often that comes says something of the app on a computer that keeps up, and of the computer on one that is busy. So
// a small write is made all the time beside the app, and counted when it is late by as much.

// pace is how this computer keeps up.
type pace struct {
	mu           sync.Mutex
	writes, late int
}

// inTime is what the app waits for the disk before it answers a caller.
const inTime = 5 * time.Millisecond

// watch measures until stop is called.
func (p *pace) watch(dir string) (stop func()) {
	ends, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		file, err := os.Create(filepath.Join(dir, "pace"))
		if err != nil {
			return // without measures, the excuse is the least
		}
		defer file.Close()
		var block [4096]byte
		for {
			due := time.Now().Add(2 * inTime)
			select {
			case <-ends:
				return
			case <-time.After(time.Until(due)):
			}
			_, err := file.WriteAt(block[:], 0)
			p.wrote(err == nil && time.Since(due) <= inTime)
		}
	}()
	return func() {
		close(ends)
		<-ended
	}
}

func (p *pace) wrote(soon bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writes++
	if !soon {
		p.late++
	}
}

// share is the part of the writes that were late.
func (p *pace) share() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return float64(p.late) / float64(max(1, p.writes))
}

// excused is how many of so many calls may be lost with the process because they were answered before they were on disk: two of a hundred, two at least,
// and the part for which this computer is late.
func (p *pace) excused(calls int) int {
	return max(2, int(float64(calls)*(0.02+p.share())))
}

func (p *pace) String() string {
	return fmt.Sprintf("a computer that is late by 5 ms in %.1f %% of its writes", 100*p.share())
}
