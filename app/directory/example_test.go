package directory_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"linecard/app/directory"
	"linecard/crm"
)

func Example() {
	dir, err := os.MkdirTemp("", "directory")
	if err != nil {
		return
	}
	defer os.RemoveAll(dir)
	d, err := directory.Open(filepath.Join(dir, directory.FileName), directory.Options{})
	if err != nil {
		return
	}
	defer d.Close()

	const org = "00D000000000001AAA"
	caller := crm.ParseNumber("+1 415 555 0132", crm.NumberPlan{Region: "US"})
	dana := crm.Match{Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: "003000000000001AAA", Name: "Dana Whitfield"}}}
	if err := d.Remember(context.Background(), org, caller, dana, true); err != nil {
		return
	}

	known, ok := d.Recall(org, caller)
	fmt.Println(ok, known.Result.Matches[0].Name, known.Choice == dana.ID)
	// Output: true Dana Whitfield true
}
