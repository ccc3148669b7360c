package salesforce

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// closedLife is how long the closed status is used before the org is asked again. An admin may change the statuses at
// any time, and a Task with a status that is not closed any more would be left open without a word; see trust.
const closedLife = 5 * time.Minute

// closedStatus returns the Task status for a call that is over. An org can rename its statuses and use its own
// language, so this asks which of them are closed. It is "" where the org itself closes a new Task, by its default. The
// error has code noClosedStatus when no status that the org takes is closed. (The column names of TaskStatus are
// believed.)
func (c *Client) closedStatus(ctx context.Context) (string, error) {
	if known, ok := c.schema.closedStatus(c.cfg.Now()); ok {
		return known, nil
	}
	soql := "SELECT ApiName, MasterLabel, IsClosed, IsDefault FROM TaskStatus ORDER BY SortOrder"
	rows, _, err := c.rows(ctx, c.get("/query", url.Values{"q": {soql}}, c.cfg.WriteTimeout))
	if class := classOf(err); err != nil && class != crm.ClassRejected && class != crm.ClassPermission {
		return "", err
	}
	o, described := c.describe(ctx, crm.Task)
	if described != nil {
		return "", described
	}
	all := statusesOf(rows)
	if err != nil { // an org that does not show TaskStatus
		all = describedStatuses(o)
	}
	closed, err := c.chooseClosed(o, all)
	if err != nil {
		return "", err
	}
	if f, ok := describedField(o, "Status"); ok && closed != "" && !f.takes(closed) { // the description is older than the status
		c.schema.stale()
		if _, err := c.describe(ctx, crm.Task); err != nil {
			return "", err
		}
	}
	c.schema.setClosed(closed, c.cfg.Now())
	if doubted := c.schema.doubted(all); len(doubted) > 0 && closed != "" {
		c.background(func(ctx context.Context) { c.closeLeftOpen(ctx, doubted, closed) })
	}
	return closed, nil
}

type taskStatus struct {
	name                string
	isClosed, isDefault bool
}

func statusesOf(rows []row) []taskStatus {
	var all []taskStatus
	for _, r := range rows {
		all = append(all, taskStatus{orElse(r.text("ApiName"), r.text("MasterLabel")), r.flag("IsClosed"), r.flag("IsDefault")})
	}
	return all
}

// knownClosed are the names that new orgs give to their closed status, by the language in which they were made.
// (Believed, except the first.)
var knownClosed = []string{
	"Completed", "Abgeschlossen", "Terminé", "Terminée", "Completada", "Completado", "Completata", "Completato", "Concluída",
	"Concluído", "Voltooid", "Slutförd", "Fuldført", "Fullført", "Valmis", "Завершено", "Ukończone", "Dokončeno", "完了", "已完成", "완료됨",
}

// describedStatuses are the statuses as far as the description of Task tells them: by name, and which one is the
// default.
func describedStatuses(o *object) []taskStatus {
	f, _ := describedField(o, "Status")
	var all []taskStatus
	for _, v := range f.Values {
		if v.Active {
			all = append(all, taskStatus{v.Value, slices.Contains(knownClosed, v.Value), v.Default})
		}
	}
	return all
}

func describedField(o *object, name string) (field, bool) {
	if o == nil {
		return field{}, false
	}
	return o.field(name)
}

// chooseClosed chooses among the closed statuses that the org has not refused.
func (c *Client) chooseClosed(o *object, all []taskStatus) (string, error) {
	usable := slices.DeleteFunc(slices.Clone(all), func(s taskStatus) bool {
		return s.name == "" || c.schema.isRefused("Status", s.name)
	})
	closed := bestClosed(usable)
	defaultCloses := slices.ContainsFunc(all, func(s taskStatus) bool { return s.isDefault && s.isClosed })
	status, writable := describedField(o, "Status")
	writable = writable && status.Createable && !c.schema.isReadOnly("Status")
	switch {
	case closed != "" && writable, o == nil || !o.Createable: // whether Tasks can be made at all is another question
		return closed, nil
	case defaultCloses:
		return "", nil
	case closed != "":
		return "", notClosing("salesforce.status-read-only")
	}
	c.schema.forgive("Status") // the next try asks for all of them again
	return "", notClosing("salesforce.no-closed-status")
}

func notClosing(why fault.Code) *crm.Error {
	return &crm.Error{Class: crm.ClassBlocked, Code: noClosedStatus, Fault: fault.New(why), Err: errors.New("no usable closed status")}
}

// bestClosed prefers the status that every new org has, then a default one, then the first. It is "" when none is
// closed.
func bestClosed(all []taskStatus) string {
	all = slices.DeleteFunc(slices.Clone(all), func(s taskStatus) bool { return !s.isClosed })
	for _, better := range []func(taskStatus) bool{
		func(s taskStatus) bool { return s.name == "Completed" },
		func(s taskStatus) bool { return s.isDefault },
		func(taskStatus) bool { return true },
	} {
		if i := slices.IndexFunc(all, better); i >= 0 {
			return all[i].name
		}
	}
	return ""
}

// noteWrites keeps in the link's state whether Tasks can be made: the user has the right, and the org a status that closes
// them.
func (c *Client) noteWrites(err error) {
	e, _ := asError(err)
	c.mu.Lock()
	switch held := c.holds.writes; {
	case e != nil && toldBySchema(e):
		c.holds.raise(e, c.cfg.Now())
	case err == nil && held != nil && toldBySchema(held.err):
		c.holds.writes = nil
	default:
		c.mu.Unlock()
		return
	}
	trouble := c.status.Trouble
	if err == nil {
		trouble = fault.Fault{}
	}
	c.mu.Unlock()
	c.showHolds(trouble)
}
