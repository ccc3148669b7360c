package salesforce

import (
	"sync"
	"testing"
)

// A description that the org says is unchanged is put back while calls are being logged by it: the race detector watches.
func TestAnUnchangedDescriptionIsPutBackInUse(t *testing.T) {
	c := newTaskClient()
	o := &object{Name: "Task", Fields: []field{{Name: "Subject"}, {Name: "Status"}}}
	c.schema.put("Task", description{Object: o})
	var both sync.WaitGroup
	both.Go(func() {
		for range 100 {
			c.schema.put("Task", description{Object: o, Modified: "Fri, 27 Nov 2026 05:56:43 GMT"})
		}
	})
	both.Go(func() {
		for range 100 {
			if _, ok := o.field("Status"); !ok {
				t.Error("a field is gone")
			}
		}
	})
	both.Wait()
}
