package wave

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const head = "RIFF\x00\x00\x00\x00WAVE"

// fmtPCM is 16-bit stereo at 44,100 Hz.
const fmtPCM = "fmt \x10\x00\x00\x00\x01\x00\x02\x00\x44\xac\x00\x00\x10\xb1\x02\x00\x04\x00\x10\x00"

func TestWhatAFileHolds(t *testing.T) {
	cd := Format{Tag: FormatPCM, Channels: 2, Rate: 44100, Bits: 16}
	for name, c := range map[string]struct {
		file string
		want string
	}{
		"plain":                      {head + fmtPCM + "data\x04\x00\x00\x00abcd", "abcd"},
		"with a list before":         {head + "LIST\x03\x00\x00\x00xyz\x00" + fmtPCM + "data\x04\x00\x00\x00abcd", "abcd"},
		"with something behind":      {head + fmtPCM + "data\x04\x00\x00\x00abcdLIST\x00\x00\x00\x00", "abcd"},
		"cut short":                  {head + fmtPCM + "data\x08\x00\x00\x00abcd", "abcd"},
		"written into a pipe":        {head + fmtPCM + "data\xff\xff\xff\xffabcd", "abcd"},
		"with the extensible format": {head + "fmt \x28\x00\x00\x00\xfe\xff" + fmtPCM[10:] + "\x16\x00\x10\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71data\x04\x00\x00\x00abcd", "abcd"},
	} {
		t.Run(name, func(t *testing.T) {
			f, r, err := Open(iotest.OneByteReader(bytes.NewReader([]byte(c.file))))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); f != cd || string(got) != c.want || err != nil {
				t.Errorf("%+v, %q, %v", f, got, err)
			}
		})
	}
}

func TestWhatIsNone(t *testing.T) {
	for file, want := range map[string]error{
		"":                                ErrNotWave,
		"ID3\x04 this is an MP3":          ErrNotWave,
		"RIFF\x00\x00\x00\x00AVI ":        ErrNotWave,
		head:                              ErrNoSamples,
		head + fmtPCM:                     ErrNoSamples,
		head + "LIST\xff\xff\xff\xff":     ErrNotWave,
		head + "fmt \x10\x00\x00\x00\x01": ErrNoFormat,
		head + "data\x02\x00\x00\x00ab":   ErrNoFormat,
		head + "fmt \x02\x00\x00\x00\x01\x00data\x00\x00\x00\x00": ErrNoFormat,
	} {
		if _, _, err := Open(bytes.NewReader([]byte(file))); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", file, err, want)
		}
	}
	broken := errors.New("the disk is gone")
	if _, _, err := Open(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(head + fmtPCM + "data\x04\x00\x00\x00abcd"))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, r, err := Open(bytes.NewReader(file))
		if err != nil {
			return
		}
		if got, err := io.ReadAll(r); err != nil || len(got) > len(file) {
			t.Errorf("%d bytes of %d, %v", len(got), len(file), err)
		}
	})
}

// TestChunksOfGigabytes: nobody reads through a chunk of that size for the samples behind it.
func TestChunksOfGigabytes(t *testing.T) {
	r := &counted{r: io.MultiReader(strings.NewReader("RIFF\x00\x00\x00\x00WAVELIST\x00\x00\x00\x40"), zeros{})}
	if _, _, err := Open(r); !errors.Is(err, ErrNotWave) || r.n > 1<<20 {
		t.Errorf("%v after %d bytes", err, r.n)
	}
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

type counted struct {
	r io.Reader
	n int
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += n
	return n, err
}
