package crm

import (
	"context"
	"errors"
)

// Use says what a request to an org is for, where it may be left off while the org's requests, or the desk's own cap, are nearly
// used up. They are left off in this order.
type Use string

// The values of Use.
const (
	UseNeeded Use = "" // never left off before the desk's own cap

	UseDirectory Use = "directory" // the copy of the org's people on this computer
	UsePanel     Use = "panel"     // what stands beside a record
	UseSearch    Use = "search"    // records by typed text
	UseStranger  Use = "strangers" // who has a number that is not remembered
)

type useKey struct{}

// ForUse returns a context whose requests are for u.
func ForUse(ctx context.Context, u Use) context.Context { return context.WithValue(ctx, useKey{}, u) }

// UseOf returns what the requests of ctx are for.
func UseOf(ctx context.Context) Use {
	u, _ := ctx.Value(useKey{}).(Use)
	return u
}

type callKey struct{}

// ForCall returns a context whose requests are made for the call with that id, so that they are counted as its own.
func ForCall(ctx context.Context, id string) context.Context {
	if id == "" {
		return ctx
	}
	return context.WithValue(ctx, callKey{}, id)
}

// CallOf returns the id of the call that the requests of ctx are made for, "" for none.
func CallOf(ctx context.Context) string {
	id, _ := ctx.Value(callKey{}).(string)
	return id
}

// Codes of errors about requests that Linecard itself does not make. Nothing was sent.
const (
	CodeLeftOff = "LEFT_OFF" // spared, since the requests are nearly used up
	CodeOwnCap  = "OWN_CAP"  // the desk's own cap of the day is reached
)

// IsLeftOff reports whether err is of a request that Linecard left off by itself.
func IsLeftOff(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Code == CodeLeftOff || e.Code == CodeOwnCap)
}
