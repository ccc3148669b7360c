package main

import (
	"slices"
	"strconv"
	"time"

	"linecard/app"
	"linecard/crm"
)

// historyFilter reads what calls of the past are asked for.
func historyFilter(args map[string]string, now time.Time) (f app.HistoryFilter, err error) {
	f = app.HistoryFilter{
		Text: args["search"], Missed: args["missed"] == "true", NotLogged: args["not-logged"] == "true", Account: args["account"],
		NeedsRecord: args["needs-record"] == "true", Outcome: crm.Outcome(args["outcome"]), BeforeID: args["behind"],
	}
	if s := args["limit"]; s != "" {
		if f.Limit, err = strconv.Atoi(s); err != nil || f.Limit < 1 {
			return f, misuse("cmd.limit-from-one")
		}
	}
	switch args["direction"] {
	case "":
	case "in":
		f.Direction = crm.Inbound
	case "out":
		f.Direction = crm.Outbound
	default:
		return f, misuse("cmd.direction-in-out")
	}
	if f.Outcome != "" && !slices.Contains(crm.Outcomes(), f.Outcome) {
		return f, misuse("cmd.outcome-unknown", "outcomes", crm.Outcomes())
	}
	if f.From, err = dayOf(args["from"], now); err != nil {
		return f, err
	}
	if f.Before, err = dayOf(args["to"], now); err != nil {
		return f, err
	}
	if !f.Before.IsZero() {
		f.Before = f.Before.AddDate(0, 0, 1) // the day itself is meant, too
	}
	if s := args["before"]; s != "" { // of a page of the export
		if f.Before, err = time.Parse(time.RFC3339Nano, s); err != nil {
			return f, misuse("cmd.day-unreadable", "text", s)
		}
	}
	return f, nil
}

// dayOf reads a day, as the computer's clock counts them: 2026-11-28, today or yesterday; "" is none.
func dayOf(text string, now time.Time) (time.Time, error) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch text {
	case "":
		return time.Time{}, nil
	case "today":
		return today, nil
	case "yesterday":
		return today.AddDate(0, 0, -1), nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, now.Location())
	if err != nil {
		return day, misuse("cmd.day-unreadable", "text", text)
	}
	return day, nil
}
