package crm

import (
	"cmp"
	"slices"
	"strings"
)

// Rank sorts matches, best first: the closest number first, and those that may be another number last; among equals a Contact before a person account, an Account
// and a Lead; among those the one changed last. A number in a fax field comes after all others of its closeness, since
// people do not call from a fax machine. The order is total, so two lookups show the same list.
func Rank(ms []Match) {
	slices.SortStableFunc(ms, func(a, b Match) int {
		return cmp.Or(
			cmp.Compare(boolInt(a.Why.Unsure), boolInt(b.Why.Unsure)),
			cmp.Compare(a.Why.Closeness, b.Why.Closeness),
			compareFax(a, b),
			cmp.Compare(objectRank(a.Record), objectRank(b.Record)),
			b.LastModified.Compare(a.LastModified),
			strings.Compare(a.ID, b.ID),
		)
	})
}

// objectRank is the place of a record's object in the ranking.
func objectRank(r Record) int {
	switch {
	case r.PersonAccount:
		return 2
	case r.Object == Contact:
		return 1
	case r.Object == Account:
		return 3
	case r.Object == Lead:
		return 4
	}
	return 5
}

func compareFax(a, b Match) int {
	return cmp.Compare(boolInt(isFax(a.Why.Field)), boolInt(isFax(b.Why.Field)))
}

func isFax(field string) bool { return strings.Contains(strings.ToLower(field), "fax") }

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// winner returns the match that may be opened without asking; see Result.Winner.
func winner(ms []Match) (Match, bool) {
	if len(ms) == 0 {
		return Match{}, false
	}
	ranked := slices.Clone(ms)
	Rank(ranked)
	first := ranked[0]
	if first.Why.Unsure {
		return Match{}, false
	}
	if len(ranked) > 1 && first.Why.Closeness != Exact {
		return Match{}, false
	}
	for _, m := range ranked[1:] {
		if m.Why.Closeness == Exact && !m.Why.Unsure && compareFax(first, m) == 0 && !isAccountOf(m.Record, first.Record) {
			return Match{}, false
		}
	}
	return first, true
}

// firstByOrder returns the match that comes first; see Result.First.
func firstByOrder(ms []Match) (Match, bool) {
	if len(ms) == 0 {
		return Match{}, false
	}
	ranked := slices.Clone(ms)
	Rank(ranked)
	return ranked[0], !ranked[0].Why.Unsure
}

// isAccountOf reports whether account is what the contact belongs to: together they are one answer.
func isAccountOf(account, contact Record) bool {
	return account.Object == Account && contact.Object == Contact && account.ID != "" && contact.Account.ID == account.ID
}
