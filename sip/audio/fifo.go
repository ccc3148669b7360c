package audio

import "sync/atomic"

// fifo hands samples from one goroutine to one other without a lock: a device callback that had to wait for a mutex held by
// a goroutine that has been scheduled away would be heard. One goroutine writes, one reads; either may ask for the length.
// native.c knows its layout.
type fifo struct {
	read  atomic.Uint64 // samples ever read; moved by the reader
	wrote atomic.Uint64 // samples ever written; moved by the writer
	buf   [fifoSize]int16
}

// fifoSize holds 341 ms: more than any burst a sound server makes, and a power of two.
const fifoSize = 1 << 14

// len is how many samples wait to be read.
func (f *fifo) len() int { return int(f.wrote.Load() - f.read.Load()) }

// write appends as much of pcm as there is room for and tells how much that was.
func (f *fifo) write(pcm []int16) int {
	w := f.wrote.Load()
	n := min(len(pcm), fifoSize-int(w-f.read.Load()))
	at := int(w % fifoSize)
	m := copy(f.buf[at:], pcm[:n])
	copy(f.buf[:], pcm[m:n])
	f.wrote.Store(w + uint64(n))
	return n
}

// next fills pcm with the oldest samples and tells how many there were.
func (f *fifo) next(pcm []int16) int {
	r := f.read.Load()
	n := min(len(pcm), int(f.wrote.Load()-r))
	at := int(r % fifoSize)
	m := copy(pcm[:n], f.buf[at:])
	copy(pcm[m:n], f.buf[:])
	f.read.Store(r + uint64(n))
	return n
}

// drop forgets up to n of the oldest samples. Only the reader may call it.
func (f *fifo) drop(n int) {
	r := f.read.Load()
	f.read.Store(r + uint64(min(n, int(f.wrote.Load()-r))))
}
