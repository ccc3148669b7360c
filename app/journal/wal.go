package journal

import (
	"encoding/binary"
	"os"
)

// The -wal file has the transactions that are not in the journal's file yet (sqlite.org/fileformat2.html, section 4). SQLite
// reads it up to the first frame whose checksum does not fit, for a crash leaves such a frame at the end. One that is damaged
// in the middle makes it forget the transactions behind it, without a word: here they are read all the same.

const (
	walHeader   = 32
	frameHeader = 24
)

// frame is a page of a -wal file.
type frame struct {
	page   int // number, from 1
	commit bool
	sound  bool // its checksum fits
	data   []byte
}

// walFrames are the frames of a -wal file that are of its last use, and whether its header is sound.
func walFrames(wal []byte, size int) (frames []frame, header bool) {
	if len(wal) < walHeader+frameHeader+size {
		return nil, true
	}
	big := wal[3]&1 == 1 // the checksums' words are big-endian
	known := binary.BigEndian.Uint32(wal)&^1 == 0x377f0682
	if !known {
		big = false // as on every machine that Linecard runs on
	}
	header = known && string(wal[24:32]) == string(checksum(big, [8]byte{}, wal[:24]))
	salts := string(wal[16:24])
	if !header {
		salts = mostSalts(wal, size)
	}
	before := [8]byte(wal[24:32])
	for at := walHeader; at+frameHeader+size <= len(wal); at += frameHeader + size {
		head, data := wal[at:at+frameHeader], wal[at+frameHeader:at+frameHeader+size]
		f := frame{page: int(binary.BigEndian.Uint32(head)), commit: binary.BigEndian.Uint32(head[4:]) != 0, data: data}
		f.sound = string(head[8:16]) == salts && string(head[16:24]) == string(checksum(big, before, head[:8], data))
		before = [8]byte(head[16:24]) // each frame by itself: what stands in the one before, not what should
		frames = append(frames, f)
	}
	return frames, header
}

// mostSalts are the salts that most frames have.
func mostSalts(wal []byte, size int) (most string) {
	count := map[string]int{}
	for at := walHeader; at+frameHeader+size <= len(wal); at += frameHeader + size {
		salts := string(wal[at+8 : at+16])
		if count[salts]++; count[salts] > count[most] {
			most = salts
		}
	}
	return most
}

// checksum is SQLite's, of data of a multiple of 8 bytes.
func checksum(big bool, before [8]byte, data ...[]byte) []byte {
	order := binary.ByteOrder(binary.LittleEndian)
	if big {
		order = binary.BigEndian
	}
	a, b := binary.BigEndian.Uint32(before[:]), binary.BigEndian.Uint32(before[4:])
	for _, d := range data {
		for ; len(d) >= 8; d = d[8:] {
			a += order.Uint32(d) + b
			b += order.Uint32(d[4:]) + a
		}
	}
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, a), b)
}

// walDamaged reports whether SQLite would overlook transactions of a -wal file: there are sound ones behind the first frame
// that it does not take. A crash leaves none behind.
func walDamaged(path string) bool {
	wal, err := os.ReadFile(path + "-wal")
	if err != nil || len(wal) == 0 {
		return false
	}
	frames, sound := walFrames(wal, pageSize(path))
	if st, err := os.Stat(path); err == nil && st.Size() < smallestPage { // SQLite has no use for the -wal file of an empty one
		sound = false
	}
	for _, f := range frames {
		switch {
		case !f.sound:
			sound = false
		case !sound && f.commit:
			return true
		}
	}
	return false
}

// cutShort reports whether a file lacks pages that its header counts and that its -wal file does not have either. A process
// that ends while it moves pages from the one to the other leaves those that are not moved in the -wal file.
func cutShort(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	var header [32]byte
	if _, bad := f.ReadAt(header[:], 0); err != nil || bad != nil {
		return false // the check finds out
	}
	size := pageSize(path)
	there, counted := st.Size()/int64(size), int64(binary.BigEndian.Uint32(header[28:]))
	if there >= counted {
		return false
	}
	wal, err := os.ReadFile(path + "-wal")
	if err != nil {
		return true
	}
	has := map[int]bool{}
	frames, _ := walFrames(wal, size)
	for _, f := range frames {
		has[f.page] = has[f.page] || f.sound
	}
	if counted-there > int64(len(has)) {
		return true
	}
	for page := there + 1; page <= counted; page++ {
		if !has[int(page)] {
			return true
		}
	}
	return false
}

// pageSize is the size of a file's pages, SQLite's usual one where the header does not tell.
func pageSize(path string) int {
	f, err := os.Open(path)
	if err != nil {
		return usualPage
	}
	defer func() { _ = f.Close() }()
	var header [18]byte
	if _, err := f.ReadAt(header[:], 0); err != nil {
		return usualPage
	}
	size := int(binary.BigEndian.Uint16(header[16:]))
	if size == 1 {
		size = 1 << 16
	}
	if size < smallestPage || size&(size-1) != 0 {
		return usualPage
	}
	return size
}
