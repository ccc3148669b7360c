package main

import (
	"slices"

	"linecard/app"
)

// transferWays are the flags of the verb transfer; at most one is given. Without one it is blind.
var transferWays = []string{"blind", "consult", "attended", "complete", "cancel", "follow", "refuse"}

// transfer hands a call on, by one of the ways there are: see docs/transfers.md.
func (c control) transfer(r request) error {
	given := slices.DeleteFunc(slices.Clone(transferWays), func(way string) bool { return r.args[way] != "true" })
	way, id, target, owner := "blind", r.args["call"], r.args["target"], r.args["owner"] == "true"
	if len(given) > 0 {
		way = given[0]
	}
	if to, ok := r.args["to-call"]; ok {
		other := slices.DeleteFunc(given, func(way string) bool { return way == "attended" })
		if to == "" || len(other) > 0 || target != "" || owner || r.args["reason"] != "" || r.args["force"] == "true" {
			return misuse("cmd.transfer-to-call")
		}
		return c.desk().Connect(id, to)
	}
	if way == "attended" { // as others call it
		way = "consult"
	}
	takes, anyway := way == "blind" || way == "consult", r.args["reason"] != "" || r.args["force"] == "true"
	calls := takes || way == "follow"
	switch {
	case len(given) > 1:
		return misuse("cmd.transfer-one-way", "flags", given)
	case owner && (!takes || target != "" || anyway):
		return misuse("cmd.transfer-owner")
	case owner:
		return c.desk().ToOwner(id, func(id, extension string) error { return c.handOn(r, way, id, extension, false) })
	case takes && target == "":
		return misuse("cmd.transfer-number")
	case !takes && target != "":
		return misuse("cmd.transfer-no-number", "flag", "--"+way)
	case !calls && anyway:
		return misuse("cmd.transfer-no-force", "flag", "--"+way)
	}
	return c.handOn(r, way, id, target, anyway)
}

// handOn does one of the ways.
func (c control) handOn(r request, way, id, target string, anyway bool) error {
	d := c.desk()
	switch way {
	case "consult":
		return c.consult(r, id, target, anyway)
	case "complete":
		return d.Complete(id)
	case "cancel":
		return d.CancelConsult(id)
	case "follow":
		if anyway {
			return d.FollowAnyway(id, "", r.args["reason"])
		}
		return orAnyway(d.Follow(id))
	case "refuse":
		return d.Refuse(id)
	}
	if anyway {
		return d.TransferAnyway(id, target, r.args["reason"])
	}
	return orAnyway(d.Transfer(id, target))
}

func (c control) consult(r request, id, target string, anyway bool) error {
	consult := c.desk().Consult
	if anyway {
		consult = func(id, target string) (string, error) { return c.desk().ConsultAnyway(id, target, r.args["reason"]) }
	}
	consultation, err := consult(id, target)
	if err != nil {
		return orAnyway(err)
	}
	return r.reply(dialed(c.desk().View(), consultation))
}

// dialed is the answer about a call that was dialed.
func dialed(v app.View, id string) dialAnswer {
	a := dialAnswer{Call: id}
	for _, call := range v.Calls {
		if call.ID == id {
			a.Number, a.Then = call.Number, call.Then
		}
	}
	return a
}
