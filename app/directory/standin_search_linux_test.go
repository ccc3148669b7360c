package directory

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"linecard/app/directory/disktest"
	"linecard/crm"
)

// A search that takes its time keeps no call waiting, also while the file can only be read.
func TestNoCallWaitsForASearchInAReadOnlyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	d, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	const org = "00D000000000001AAA"
	n := crm.ParseNumber("+14155550132", crm.NumberPlan{Region: "US"})
	one := crm.Match{Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: "003000000000001AAA", Name: "Dana", Org: org}}}
	if err := d.Remember(t.Context(), org, n, one, true); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	disktest.ReadOnly(t, filepath.Dir(path), 0o400)
	if d, err = Open(path, Options{}); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	searching, err := d.store.Load().f.Conn(context.Background()) // as a search has it
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = searching.Close() }()
	known := make(chan bool, 1)
	go func() {
		_, ok := d.Recall(org, n)
		known <- ok
	}()
	select {
	case ok := <-known:
		if !ok {
			t.Error("the caller is not known")
		}
	case <-time.After(20 * time.Second):
		_ = searching.Close()
		t.Fatal("the call waits for the search")
	}
}
