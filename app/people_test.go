package app

import (
	"testing"

	"linecard/crm"
)

// People of several orgs are in turn, so that the best of each is among the first however many the first org has.
func TestPeopleOfSeveralOrgsAreInTurn(t *testing.T) {
	var a []crm.Record
	for range mostPeople {
		a = append(a, crm.Record{Ref: crm.Ref{Name: "Ann Leeman"}})
	}
	all := inTurn([][]crm.Record{a, nil, {{Ref: crm.Ref{Name: "Ann Lee"}}}})
	if len(all) != mostPeople+1 || all[1].Name != "Ann Lee" || all[mostPeople].Name != "Ann Leeman" {
		t.Errorf("%+v", all)
	}
	if inTurn(nil) != nil {
		t.Error("nobody is somebody")
	}
}
