package app

import (
	"linecard/app/catalogue"
	"linecard/fault"
)

// transferStage is how far a transfer got.
type transferStage int

// The stages. One that failed has its fault.
const (
	notTransferred transferStage = iota
	transferAsked
	transferRings
	transferDone
	transferredHere // by the other side: target is who did it
)

// transfer is what there is to say of the transfer of a call, of a hold that was refused, or of keys that did not go.
type transfer struct {
	target string
	stage  transferStage
	failed fault.Fault
}

// words are the sentence about it, "" for none.
func (t *transfer) words() string {
	switch {
	case !t.failed.IsZero():
		return catalogue.Say(t.failed)
	case t.stage == transferAsked:
		return catalogue.Text("desk.transferring", "target", t.target)
	case t.stage == transferRings:
		return catalogue.Text("desk.transfer-rings", "target", t.target)
	case t.stage == transferredHere:
		return catalogue.Text("desk.transferred-here", "by", t.target)
	case t.stage == transferDone:
		return catalogue.Text("desk.transferred", "target", t.target)
	}
	return ""
}
