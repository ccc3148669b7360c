package crm

import "context"

// afresh is the key of Afresh.
type afresh struct{}

// Afresh returns a context in which a lookup asks the org, even when it has just answered: the agent wants to know what
// the org says now.
func Afresh(ctx context.Context) context.Context { return context.WithValue(ctx, afresh{}, true) }

// IsAfresh reports whether ctx is of Afresh.
func IsAfresh(ctx context.Context) bool { return ctx.Value(afresh{}) != nil }
