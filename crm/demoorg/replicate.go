package demoorg

import (
	"net/http"
	"time"
)

// How far back the org tells of deletions and changes.
const (
	deletedWindow = 15 * 24 * time.Hour
	updatedWindow = 30 * 24 * time.Hour
)

// replicated serves /sobjects/{object}/deleted and /updated: what was deleted or changed in a time.
func (o *Org) replicated(c *call, obj *object) (reply, *apiError) {
	if err := c.allow(http.MethodGet); err != nil {
		return reply{}, err
	}
	if obj.field("SystemModstamp") == nil || obj.setup {
		return reply{}, bad("INVALID_TYPE", "object type '%s' is not supported", obj.name)
	}
	start, err1 := time.Parse(time.RFC3339, c.query.Get("start"))
	end, err2 := time.Parse(time.RFC3339, c.query.Get("end"))
	if err1 != nil || err2 != nil {
		return reply{}, bad("INVALID_FIELD", "start and end must be date-times in ISO 8601 format")
	}
	deletions := c.path[2] == "deleted"
	window := updatedWindow
	if deletions {
		window = deletedWindow
	}
	// The seconds are not looked at.
	start, end = start.UTC().Truncate(time.Minute), end.UTC().Truncate(time.Minute)
	earliest := o.now().UTC().Add(-window).Truncate(time.Minute)
	switch {
	case !start.Before(end):
		return reply{}, bad("INVALID_REPLICATION_DATE", "startDate must be before endDate by more than one minute")
	case start.Before(earliest):
		return reply{}, bad("INVALID_REPLICATION_DATE", "startDate before the earliest date available, %s", earliest.Format(time.RFC3339))
	}
	ids, gone := []string{}, []ordered{}
	for _, r := range o.seen(c.who, obj, o.db.all(obj, true)) {
		at := r.time("SystemModstamp")
		if at.Before(start) || !at.Before(end) && at.Before(o.now().UTC().Truncate(time.Minute)) || r.deleted != deletions {
			continue
		}
		ids = append(ids, r.id)
		gone = append(gone, ordered{{"deletedDate", jsonValue(at)}, {"id", r.id}})
	}
	covered := jsonValue(o.now().UTC().Truncate(time.Minute))
	if deletions {
		return ok(ordered{{"deletedRecords", gone}, {"earliestDateAvailable", jsonValue(earliest)}, {"latestDateCovered", covered}})
	}
	return ok(ordered{{"ids", ids}, {"latestDateCovered", covered}})
}
