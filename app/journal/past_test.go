package journal

import "testing"

func TestImportedCallsAreHistoryAndNothingIsSentOfThem(t *testing.T) {
	j := openTemp(t)
	c, a := ended("old")
	must(t, j.Import(ctx, []Past{{Call: c, Activity: a, Task: task}}))
	must(t, j.Import(ctx, []Past{{Call: c, Activity: a, Task: task}}))
	rows, err := j.History(ctx, Filter{})
	must(t, err)
	if len(rows) != 1 || rows[0].State != Done || rows[0].Task.ID != task.ID {
		t.Errorf("history: %+v", rows)
	}
	if _, _, due, _ := j.NextDue(ctx, noon); due {
		t.Error("an imported call is to be sent")
	}
}
