package fault

import (
	"os"
	"testing"
)

// A full disk is recognized in what this system really says of it.
func TestAFullDisk(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err = f.WriteString("x"); !DiskFull(err) {
		t.Errorf("not recognized: %v", err)
	}
}
