package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"linecard/crm"
)

// All calls are written, each one once, however many pages that takes, and although calls that are still up leave gaps in pages.
func TestExportHistory(t *testing.T) {
	began := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	var all []historyAnswer
	for i := range 2500 { // three at a time begin at the same moment
		all = append(all, historyAnswer{ID: fmt.Sprintf("c%04d", i), Name: "=1+1", Direction: crm.Inbound, Number: "+14155550132", Started: began.Add(-time.Duration(i/3) * time.Second)})
	}
	for _, tt := range []struct {
		limit string
		want  int
	}{{"", 2499}, {"1700", 1700}, {"1", 1}} {
		asked := map[string]string{"limit": tt.limit}
		live := 1
		var out bytes.Buffer
		err := exportHistory(&out, asked, func() ([]historyAnswer, error) {
			from := 0
			if behind := asked["behind"]; behind != "" {
				n, err := strconv.Atoi(behind[1:])
				if err != nil || asked["before"] != all[n].Started.Format(time.RFC3339Nano) {
					t.Fatalf("asked for %v", asked)
				}
				from = n + 1
			}
			most, err := strconv.Atoi(asked["limit"])
			if err != nil {
				return nil, err
			}
			page := all[from:min(from+most, len(all))]
			if live > 0 { // the newest call is still up
				page, live = page[1:], live-1
			}
			return page, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\uFEFF"))).ReadAll()
		if err != nil || len(rows) != tt.want+1 {
			t.Fatalf("limit %q: %d rows, %v", tt.limit, len(rows), err)
		}
		for i, row := range rows[1:] {
			if row[len(row)-1] != all[i+1].ID || row[3] != "'=1+1" || row[5] != "+14155550132" {
				t.Fatalf("row %d: %q", i, row)
			}
		}
	}
}

// An app of an older version knows no pages: it answers with the newest calls again and again, and that is told.
func TestExportOfAnOlderApp(t *testing.T) {
	page := []historyAnswer{{ID: "b", Started: time.Unix(20, 0)}, {ID: "a", Started: time.Unix(10, 0)}}
	var out bytes.Buffer
	err := exportHistory(&out, map[string]string{}, func() ([]historyAnswer, error) { return page, nil })
	if err == nil || strings.Count(out.String(), "\n") != 3 {
		t.Errorf("%v: %s", err, out.String())
	}
}
