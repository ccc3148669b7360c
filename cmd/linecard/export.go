package main

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"linecard/app/catalogue"
	"linecard/app/instance"
	"linecard/clean"
	"linecard/fault"
)

// exportPage is how many calls are asked for at once.
const exportPage = 1000

// newHistory lists calls of the past, or writes all that are asked for as a table for spreadsheets.
func newHistory(o *options, v verb) *cobra.Command {
	cmd := newVerb(o, v)
	var export string
	cmd.Flags().StringVar(&export, "export", "", "cmd.flag.export-calls")
	list := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch export {
		case "":
			return list(cmd, args)
		case "csv":
		default:
			return misuse("cmd.export-csv")
		}
		asked, err := v.asked(cmd)
		if err != nil {
			return err
		}
		return exportHistory(o.out, asked, func() (page []historyAnswer, err error) {
			err = instance.Call(cmd.Context(), o.dir(), instance.Request{Verb: cmd.Name(), Args: asked}, func(answer json.RawMessage) error {
				if err := json.Unmarshal(answer, &page); err != nil {
					return fault.Err(err, "cmd.answer-unreadable")
				}
				return nil
			})
			return page, err
		})
	}
	cmd.AddCommand(newWho(o), newPoint(o))
	return cmd
}

// exportHistory writes the calls that are asked for, the newest first, page after page; next gets the page that is asked for by then.
func exportHistory(out io.Writer, asked map[string]string, next func() ([]historyAnswer, error)) error {
	left := -1 // all of them
	if s := asked["limit"]; s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return misuse("cmd.limit-from-one")
		}
		left = n
	}
	if _, err := io.WriteString(out, "\uFEFF"); err != nil { // without it, a spreadsheet may take the names for those of another alphabet
		return err
	}
	w := csv.NewWriter(out)
	w.UseCRLF = true // RFC 4180 §2
	if err := w.Write(exportColumns()); err != nil {
		return err
	}
	asked["limit"] = strconv.Itoa(exportPage) // of which those that are still up are left out
	var last historyAnswer
	for left != 0 {
		page, err := next()
		if err != nil {
			return err
		}
		if len(page) > 0 && last.ID != "" && page[0].Started.After(last.Started) { // an app of an older version, which begins again with each page
			return fault.Err(nil, "cmd.answer-unreadable")
		}
		if left > 0 {
			page = page[:min(left, len(page))]
		}
		for _, call := range page {
			if err := w.Write(call.cells()); err != nil {
				return err
			}
		}
		if w.Flush(); w.Error() != nil || len(page) == 0 {
			return w.Error()
		}
		left -= len(page)
		last = page[len(page)-1]
		asked["before"], asked["behind"] = last.Started.Format(time.RFC3339Nano), last.ID
	}
	return nil
}

func exportColumns() (names []string) {
	for _, id := range []string{
		"cmd.column.started", "cmd.column.direction", "cmd.column.outcome", "cmd.column.name", "cmd.column.company", "cmd.column.number", "cmd.column.seconds", "cmd.column.account",
		"cmd.column.org", "cmd.column.record", "cmd.column.record-id", "cmd.column.logged", "cmd.column.log-id", "cmd.column.why", "cmd.column.id",
	} {
		names = append(names, catalogue.Text(id))
	}
	return names
}

// cells are a call as a row of the table. Names and numbers are whatever callers and the org have chosen: none of them is a formula there.
func (a historyAnswer) cells() []string {
	cells := []string{
		a.Started.Local().Format(time.DateTime), string(a.Direction), string(a.Outcome), a.Name, a.Company, a.Number, strconv.Itoa(a.Seconds), a.Account,
		a.Org, a.Who.Object, a.Who.ID, string(a.Log), a.Task.ID, catalogue.Sentences(a.Why, a.Error), a.ID,
	}
	for i, cell := range cells {
		cells[i] = clean.Cell(cell)
	}
	return cells
}
