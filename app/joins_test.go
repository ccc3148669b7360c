package app

import (
	"testing"

	"linecard/app/journal"
	"linecard/crm"
)

// A Case is never part of a request for several Tasks: its own create may have succeeded where the request fails.
func TestACaseGoesByItself(t *testing.T) {
	s := &sender{alone: map[string]bool{}}
	e := journal.Entry{ID: "1", Kind: journal.Create, User: "005000000000001AAA"}
	if !s.joins(e) {
		t.Error("a Task goes by itself")
	}
	if e.Activity.Object = crm.Case; s.joins(e) {
		t.Error("a Case is part of the request")
	}
}
