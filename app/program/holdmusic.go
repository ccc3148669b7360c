package program

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"linecard/app"
	"linecard/app/settings"
	"linecard/fault"
	"linecard/sip/media"
	"linecard/wave"
)

// holdMusic has the phone play what the accounts have for callers on hold. Each file is read when the settings name it, on a goroutine of its
// own: a disk may take its time. One that cannot be read is silence and one notice, and is tried again.
type holdMusic struct {
	p *Program

	mu    sync.Mutex
	files map[string]*recording // by path: those that the settings name
	told  fault.Fault
}

// recording is a file that is to be heard on hold.
type recording struct {
	music *media.Music // nil while it is read, or cannot be
	wrong fault.Fault  // why it cannot
}

// tryMusicAgain is the pause before a file is looked for again that could not be read.
var tryMusicAgain = 20 * time.Second // a variable for tests only

// musicSlow is how long a file is read before that is told.
const musicSlow = 10 * time.Second

// follow takes what the settings name by now.
func (h *holdMusic) follow() {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.files
	h.files = map[string]*recording{}
	for _, a := range h.accounts() {
		switch path := a.HoldMusic; {
		case path == "" || h.files[path] != nil:
		case before[path] != nil:
			h.files[path] = before[path]
		default:
			r := &recording{}
			h.files[path] = r
			go h.read(path, r)
		}
	}
	h.use()
}

func (h *holdMusic) accounts() []settings.Account { return h.p.set.Get().Accounts }

// read reads a file, again and again while it cannot be, until the settings name it no longer.
func (h *holdMusic) read(path string, r *recording) {
	var last musicLook
	for {
		slow := time.AfterFunc(musicSlow, func() { h.slow(path, r) })
		music, wrong := last.look(path, func() (*media.Music, fault.Fault) { return readMusic(h.p.ctx, path) })
		slow.Stop()
		h.mu.Lock()
		if h.files[path] != r || h.p.ctx.Err() != nil {
			h.mu.Unlock()
			return
		}
		r.music, r.wrong = music, wrong
		h.use()
		h.mu.Unlock()
		if wrong.IsZero() {
			return
		}
		again := time.NewTimer(tryMusicAgain)
		select {
		case <-again.C:
		case <-h.p.ctx.Done():
			again.Stop()
			return
		}
	}
}

// slow tells that a file is still being read: a disk of the network may hang.
func (h *holdMusic) slow(path string, r *recording) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.files[path] == r && r.music == nil && r.wrong.IsZero() && h.p.ctx.Err() == nil {
		r.wrong = fault.New("program.hold-music.slow", "file", path)
		h.use()
	}
}

// musicStamp is what tells one state of a file from another. The zero one is of a file that is not there.
type musicStamp struct {
	size int64
	at   time.Time
}

// musicLook is the last look at a file that could not be heard.
type musicLook struct {
	seen  musicStamp
	wrong fault.Fault
}

// look reads a file, unless it is the one that was wrong before: it is as wrong still. One that could not be read to its end is read again.
func (l *musicLook) look(path string, read func() (*media.Music, fault.Fault)) (music *media.Music, wrong fault.Fault) {
	now := stampOf(path)
	if now != (musicStamp{}) && now == l.seen {
		return nil, l.wrong
	}
	music, wrong = read()
	if l.seen, l.wrong = now, wrong; wrong.Is("program.hold-music.unreadable") {
		l.seen = musicStamp{}
	}
	return music, wrong
}

func stampOf(path string) musicStamp {
	info, err := os.Stat(path)
	if err != nil {
		return musicStamp{}
	}
	return musicStamp{info.Size(), info.ModTime()}
}

// use gives the phone what has been read, and tells of the first that could not be. The caller holds mu.
func (h *holdMusic) use() {
	music, wrong := map[string]*media.Music{}, fault.Fault{}
	for _, a := range h.accounts() {
		r := h.files[a.HoldMusic]
		if r == nil {
			continue
		}
		if r.music != nil {
			music[a.ID()] = r.music
		}
		if wrong.IsZero() {
			wrong = r.wrong
		}
	}
	if err := h.p.phone.SetHoldMusic(music); err != nil {
		return // the program ends
	}
	if h.told.Encode() != wrong.Encode() {
		h.told = wrong
		h.p.desk.NoticeAbout(app.AboutMusic, wrong)
	}
}

// readMusic reads a file; the fault says why it cannot be heard, and what to do.
func readMusic(ctx context.Context, path string) (*media.Music, fault.Fault) {
	music, err := openMusic(ctx, path)
	switch {
	case err == nil:
		return music, fault.Fault{}
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.New("program.hold-music.missing", "file", path)
	case errors.Is(err, wave.ErrNotWave), errors.Is(err, wave.ErrNoFormat), errors.Is(err, media.ErrMusicFormat):
		return nil, fault.New("program.hold-music.format", "file", path)
	case errors.Is(err, media.ErrMusicLong):
		return nil, fault.New("program.hold-music.long", "file", path)
	case errors.Is(err, wave.ErrNoSamples):
		return nil, fault.New("program.hold-music.empty", "file", path)
	}
	return nil, fault.New("program.hold-music.unreadable", "file", path)
}

func openMusic(ctx context.Context, path string) (*media.Music, error) {
	if info, err := os.Stat(path); err != nil { // before it is opened: a pipe would wait for somebody who writes
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, media.ErrMusicFormat
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return media.ReadMusic(untilDone{ctx, f})
}

// untilDone ends with the program.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}
