package crm

import (
	"cmp"
	"slices"
	"strings"
)

// Rank sorts matches, best first: the closest number first, and those that may be another number last; among equals the
// objects in their order; among those the one changed last. Without an order that is [DefaultOrder]. A person account has
// the place of accounts, and comes before them. A number in a fax field comes after all others of its closeness, since
// people do not call from a fax machine. The order is total, so two lookups show the same list.
func Rank(ms []Match, order ...string) {
	slices.SortStableFunc(ms, func(a, b Match) int {
		return cmp.Or(
			cmp.Compare(boolInt(a.Why.Unsure), boolInt(b.Why.Unsure)),
			cmp.Compare(a.Why.Closeness, b.Why.Closeness),
			compareFax(a, b),
			cmp.Compare(objectRank(a.Record, order), objectRank(b.Record, order)),
			b.LastModified.Compare(a.LastModified),
			strings.Compare(a.ID, b.ID),
			strings.Compare(a.Org, b.Org),
		)
	})
}

// Among reports whether a record is of one of the objects. A person account is a contact and an account.
func (r Record) Among(objects []string) bool {
	return slices.Contains(objects, r.Object) || r.PersonAccount && (slices.Contains(objects, Account) || slices.Contains(objects, Contact))
}

// objectRank is the place of a record's object in the ranking. Objects that the order does not name come last.
func objectRank(r Record, order []string) int {
	if len(order) == 0 {
		order = DefaultOrder
	}
	place := slices.Index(order, r.Object)
	if i := slices.Index(order, Account); r.PersonAccount && i >= 0 {
		return 2 * i
	}
	if place < 0 {
		place = len(order)
	}
	return 2*place + 1
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
func winner(ms []Match, order []string) (Match, bool) {
	if len(ms) == 0 {
		return Match{}, false
	}
	ranked := slices.Clone(ms)
	Rank(ranked, order...)
	first := ranked[0]
	if first.Why.Unsure || len(ranked) > 1 && first.Why.Closeness != Exact {
		return Match{}, false
	}
	equals := ranked[:1:1]
	for _, m := range ranked[1:] {
		if m.Why.Closeness == Exact && !m.Why.Unsure && compareFax(first, m) == 0 {
			equals = append(equals, m)
		}
	}
	for i, m := range equals {
		others := slices.Concat(equals[:i], equals[i+1:])
		if !slices.ContainsFunc(others, func(o Match) bool { return !belongs(o.Record, m.Record) }) {
			return m, true
		}
	}
	return Match{}, false
}

// firstByOrder returns the match that comes first; see Result.First.
func firstByOrder(ms []Match, order []string) (Match, bool) {
	if len(ms) == 0 {
		return Match{}, false
	}
	ranked := slices.Clone(ms)
	Rank(ranked, order...)
	return ranked[0], !ranked[0].Why.Unsure
}

// belongs reports whether a record is no other answer than a person or company: it is the contact's account, or a case, deal or
// custom object of the contact, of the contact's account, or of the account. A contact is never of an account in this sense: who called is
// the person.
func belongs(r, to Record) bool {
	switch {
	case r.Org != to.Org && r.Org != "" && to.Org != "": // ids of another org, such as a copy of this one, say nothing here
		return false
	case r.Object == Contact || r.Object == Lead || to.ID == "":
		return false
	case r.Object == Account:
		return to.Object == Contact && r.ID != "" && to.Account.ID == r.ID
	case to.Object == Contact:
		if r.Contact.ID != "" {
			return r.Contact.ID == to.ID
		}
		return r.Account.ID != "" && r.Account.ID == to.Account.ID
	case to.Object == Account:
		return r.Account.ID == to.ID
	}
	return false
}
