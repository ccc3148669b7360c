package program_test

import (
	"testing"

	"linecard/app"
	"linecard/crm/demoorg"
)

// The admin deploys the field of the call's id, and checks the link, while nobody knows whether a call's Task was made: it is looked
// for, as it was before, and one Task stays.
func TestTheFieldOfTheCallsIDIsDeployedWhileALogIsUnsure(t *testing.T) {
	r := newRig(t)
	hidden := []string{"Task." + demoorg.CallKeyField, "Case." + demoorg.CallKeyField}
	r.org = demoorg.New(demoorg.Config{AutoApprove: true, CallKey: demoorg.UniqueCallKey, Rules: demoorg.Rules{HiddenFields: hidden}})
	var err error
	if r.orgURL, err = r.org.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.org.Close() })
	r.begin()
	r.org.Inject(demoorg.Fault{Kind: demoorg.ResetAfterCommit, Method: "POST", Path: "/sobjects/"})
	id := r.phoned("+14155550196")
	r.see("a log of which nobody knows", func(v app.View) bool { return v.Outbox.Checking == 1 })
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = nil })
	if err := r.p.RefreshLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.desk.RetryLog(id); err != nil {
		t.Fatal(err)
	}
	r.stands(id, app.LogDone)
	if tasks := r.org.TasksFor(id); len(tasks) != 1 || tasks[0].CallKey != "" {
		t.Errorf("%d Tasks: %+v", len(tasks), tasks)
	}
}
