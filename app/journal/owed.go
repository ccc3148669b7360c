package journal

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"linecard/crm"
)

// A missed call is owed an answer until there was talk with its caller, in or out, at that number or at another one of the same
// record, or until the agent says that it is done with. Which calls are owed stands in the rows themselves and has an index of its own: a call
// settles the ones before it in the transaction in which it is answered, so no crash comes between, and nobody reads the history for it.

// owedFor is how far back a missed call is owed, and owedMost how many calls are read: what is older, or more, nobody answers any more.
const (
	owedFor  = 30 * 24 * time.Hour
	owedMost = 1000
)

// isOwed is what the index calls_owed answers.
const isOwed = "c.outcome = 'missed' AND c.direction = 'Inbound' AND c.settled = 0 AND c.withheld = 0 AND c.extension = 0"

// Owed are the missed calls from one number that nobody has answered for.
type Owed struct {
	Call      // the newest of them
	Times int // how many they are, at least 1
}

// Owed lists whom an answer is owed, of the 30 days before now, the latest caller first. Calls of colleagues and of withheld numbers are
// not owed. mine says whose calls are listed, by org and user; nil is everybody's.
func (j *Journal) Owed(ctx context.Context, now time.Time, mine func(org, user string) bool) (all []Owed, err error) {
	rows, err := j.reader().QueryContext(ctx, owedQuery, micros(now.Add(-owedFor)), owedMost)
	if err != nil {
		return nil, j.explain("owed", err)
	}
	defer func() { _ = rows.Close() }()
	type party struct{ account, org, user, number string }
	at := map[party]int{}
	scan := newCallScan()
	for rows.Next() {
		c, err := scan.scan(rows)
		if err != nil {
			return nil, j.explain("owed", err)
		}
		if mine != nil && !mine(c.Org, c.User) {
			continue
		}
		// The same digits may be another party's at another phone account, unless they are a number of the whole world.
		p := party{c.Account, c.Org, c.User, c.plain()}
		if world(p.number) {
			p.account = ""
		}
		if i, ok := at[p]; ok && p.number != "" {
			all[i].Times++
			continue
		}
		at[p] = len(all)
		all = append(all, Owed{Call: c, Times: 1})
	}
	return all, j.explain("owed", rows.Err())
}

const owedQuery = "SELECT " + columns + " FROM calls c INDEXED BY calls_owed WHERE " + isOwed + " AND c.started >= ?" + newestFirst + " LIMIT ?"

// world reports whether a number is in E.164.
func world(number string) bool { return len(number) > 0 && number[0] == '+' }

// Owed reports whether the call is one for which an answer is owed, however long ago it was.
func (r Row) Owed() bool {
	return r.Outcome == crm.Missed && r.Direction == crm.Inbound && !r.Settled && !r.Withheld && !r.Extension
}

// SettleOwed notes that the agent has done with missed calls, and with those of the same callers before them. Calls that came later stay owed: the
// agent may not have seen them. ErrUnknown when there is no such call.
func (j *Journal) SettleOwed(ctx context.Context, ids ...string) error {
	return j.try(ctx, change{"settle owed", func(ctx context.Context, tx *sql.Tx) error {
		for _, id := range ids {
			c, err := callIn(ctx, tx, id)
			if err != nil {
				return err
			}
			if err := settleTill(ctx, tx, c, c.Started); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "UPDATE calls SET settled = 1 WHERE id = ? AND outcome = 'missed'", id); err != nil {
				return err
			}
		}
		return nil
	}})
}

// settleBy settles what a call answers for that is on disk; one that nobody has answered settles nothing.
func settleBy(ctx context.Context, tx *sql.Tx, id string) error {
	c, err := callIn(ctx, tx, id)
	if err != nil {
		return err
	}
	return settleWith(ctx, tx, c)
}

// settleWith settles what is owed to the party of a call that was answered.
func settleWith(ctx context.Context, tx *sql.Tx, c Call) error {
	if c.AnsweredAt.IsZero() {
		return nil
	}
	till := c.Ended
	if till.Before(c.AnsweredAt) {
		till = c.AnsweredAt
	}
	return settleTill(ctx, tx, c, till)
}

// settleTill settles the calls owed to the party of c that had begun by then.
func settleTill(ctx context.Context, tx *sql.Tx, c Call, till time.Time) error {
	rows, err := tx.QueryContext(ctx, "SELECT c.rowid, c.dial, c.account, c.who FROM calls c INDEXED BY calls_owed WHERE "+isOwed+
		" AND c.started >= ?1 AND c.started <= ?2 AND (c.org = ?3 AND c.user = ?4 OR c.org = '' OR ?3 = '')"+newestFirst+" LIMIT ?5",
		micros(till.Add(-owedFor)), micros(till), c.Org, c.User, owedMost)
	if err != nil {
		return err
	}
	number, settled := c.plain(), []int64(nil)
	for rows.Next() {
		var rowid int64
		var dial, account, ref string
		if err := rows.Scan(&rowid, text(&dial), text(&account), text(&ref)); err != nil {
			return errors.Join(err, rows.Close())
		}
		who, _ := decodeRef(ref)
		plain := Plain(dial, crm.Inbound)
		if number != "" && plain == number && (account == c.Account || world(number)) || !who.IsZero() && who.Is(c.Who) {
			settled = append(settled, rowid)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(settled) == 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE calls SET settled = 1 WHERE rowid IN "+listed, asList(settled))
	return err
}

func callIn(ctx context.Context, tx *sql.Tx, id string) (Call, error) {
	return newCallScan().scan(tx.QueryRowContext(ctx, "SELECT "+columns+" FROM calls c WHERE c.id = ?", id))
}
