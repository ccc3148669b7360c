package crm

import "context"

type leavingKey struct{}

// BeforeWrites returns a context whose requests that may make a record tell, each just before it goes out. One write may take several of
// them: what an org refuses for a field is described again and sent without that, and minutes may have passed by the last. Whoever
// reckons when a lost one can no longer arrive counts from the last that left. leaves must return at once; it may be called from any
// goroutine.
func BeforeWrites(ctx context.Context, leaves func()) context.Context {
	return context.WithValue(ctx, leavingKey{}, leaves)
}

// WriteLeaves tells that a request of ctx that may make a record goes out now.
func WriteLeaves(ctx context.Context) {
	if leaves, ok := ctx.Value(leavingKey{}).(func()); ok {
		leaves()
	}
}
