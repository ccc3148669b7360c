// Package saver keeps a small document in a file a moment after it has changed, on a goroutine of its own: whoever changes the
// document never waits for the disk. A crash loses what has changed in the last moment, and never the file.
package saver

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"linecard/app/aside"
	"linecard/wholefile"
)

// Pause is how long after the first change the document is written; what changes meanwhile is written with it.
const Pause = time.Second

// Saver writes one file.
type Saver struct {
	path string
	doc  func() any // the document as it is now; it is called on the saver's goroutine, and by Write
	log  *slog.Logger

	nudge chan struct{}
	quit  chan struct{}
	done  chan struct{}
	once  sync.Once

	writing sync.Mutex
}

// Load reads the document at path into doc. A file that is no such document is put aside, and doc is left as it is. A missing
// file, and path "", change nothing.
func Load(path string, doc any, log *slog.Logger) {
	if path == "" {
		return
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = json.Unmarshal(b, doc)
	}
	if err != nil {
		to, moved := aside.Move(path, time.Now())
		log.Warn("a file could not be read and was put aside", "to", to, "err", errors.Join(err, moved))
	}
}

// New returns a saver of the document that doc returns. With path "" nothing is written.
func New(path string, log *slog.Logger, doc func() any) *Saver {
	s := &Saver{path: path, doc: doc, log: log, nudge: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	go s.run()
	return s
}

// Changed has the document written soon. It never waits.
func (s *Saver) Changed() {
	select {
	case s.nudge <- struct{}{}:
	default:
	}
}

// Write has the document written by the time it returns, for what must be on the disk before something else happens.
func (s *Saver) Write() { s.write() }

// Close writes what has changed and ends the saver.
func (s *Saver) Close() {
	s.once.Do(func() { close(s.quit) })
	<-s.done
}

func (s *Saver) run() {
	defer close(s.done)
	for {
		select {
		case <-s.nudge:
		case <-s.quit:
			select {
			case <-s.nudge:
				s.write()
			default:
			}
			return
		}
		t := time.NewTimer(Pause)
		select {
		case <-t.C:
		case <-s.quit:
			t.Stop()
		}
		select { // what has changed in the pause is written now
		case <-s.nudge:
		default:
		}
		s.write()
	}
}

func (s *Saver) write() {
	if s.path == "" {
		return
	}
	s.writing.Lock() // so that the latest document is written last
	defer s.writing.Unlock()
	b, err := json.Marshal(s.doc())
	if err == nil {
		err = wholefile.Write(s.path, b, 0o600)
	}
	if err != nil {
		s.log.Warn("not saved", "file", s.path, "err", err)
	}
}
