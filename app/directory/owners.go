package directory

import (
	"context"
	"database/sql"
	"errors"
	"maps"

	"linecard/app/aside"
)

// What an org answers depends on who asks. So what one user was answered, and has picked, is shown to no other user: the file says
// whose the answers of an org are, and those of somebody else are unknown from the moment at which another user is linked.
// They are deleted before anything else is written; until the disk takes that, also over a restart, they stay unknown.
//
// An org may have several users with a link. The file has the answers of one of them, who may be out of order for a moment: as long as that
// one has a link they stay, and what the other one is answered in the meantime is in memory only.

// anothers reports whether the answers of an org in the file are another user's than the one who is linked. The caller holds mu.
func (d *Directory) anothers(org string) bool {
	return differ(d.owners[org], d.readers[org])
}

// differ reports whether two users are known and not the same.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// claims are the users who are linked, by org, as far as the file does not say that the org's answers are theirs, or those of another user
// who has a link. others tells that some are somebody else's until now.
func (d *Directory) claims() (claims map[string]string, others bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	claims = map[string]string{}
	for org, user := range d.readers {
		if user != "" && d.owners[org] != user && !d.linked[Book{org, d.owners[org]}] {
			claims[org], others = user, others || d.owners[org] != ""
		}
	}
	return claims, others
}

// own makes the answers of orgs those of users. What another user was answered is deleted.
func own(ctx context.Context, tx *sql.Tx, owners map[string]string) error {
	for org, user := range owners {
		var before string
		err := tx.QueryRowContext(ctx, "SELECT user FROM owners WHERE org = ?", org).Scan(&before)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if differ(before, user) {
			if _, err := tx.ExecContext(ctx, "DELETE FROM answers WHERE org = (SELECT key FROM orgs WHERE id = ?)", org); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO owners (org, user) VALUES (?1, ?2) ON CONFLICT (org) DO UPDATE SET user = ?2", org, user); err != nil {
			return err
		}
	}
	return nil
}

// readOwners reads whose the answers in a file are, as far as it can be read.
func readOwners(ctx context.Context, db *sql.DB) map[string]string {
	owners := map[string]string{}
	rows, err := db.QueryContext(ctx, "SELECT org, user FROM owners")
	if err != nil {
		return owners
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var org, user string
		if rows.Scan(&org, &user) == nil {
			owners[org] = user
		}
	}
	return owners
}

// ownedBy takes over whose the answers in the file are.
func (d *Directory) ownedBy(owners map[string]string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	maps.Copy(d.owners, owners)
}

// owned returns whose the answers of each org are.
func (d *Directory) owned() map[string]string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return maps.Clone(d.owners)
}

// ForgetOthers deletes what was answered to users in whose place others are linked now. It is unknown already; an error means that
// some of it is still on the disk, from which the next write or the next start deletes it.
func (d *Directory) ForgetOthers(ctx context.Context) error {
	claims, others := d.claims()
	if len(claims) == 0 {
		return nil
	}
	return d.write(ctx, "forget others", func(s *store) error { // what waits is written before, see flush
		if !others {
			return nil
		}
		if err := s.fold(ctx); !errors.Is(err, aside.ErrHeld) { // the WAL still has the old pages
			return err
		}
		return nil
	})
}
