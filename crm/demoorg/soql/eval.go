package soql

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Env is what a condition needs in addition to the row.
type Env struct {
	Now    time.Time                   // the reference for date literals, in its time zone
	Values func(*Query) ([]any, error) // returns the one selected column of a semi-join
}

// Holds reports whether e is true for one row. get returns a field's value: nil, string, bool, float64, [Date] or
// time.Time. The error is that of Env.Values.
func Holds(e Expr, get func(Field) any, env Env) (bool, error) {
	switch e := e.(type) {
	case nil:
		return true, nil
	case *Logical:
		for _, t := range e.Terms {
			ok, err := Holds(t, get, env)
			if err != nil || ok == e.Or {
				return ok, err
			}
		}
		return !e.Or, nil
	case *Not:
		ok, err := Holds(e.Term, get, env)
		return !ok, err
	case *Comparison:
		return compare(get(e.Field), e.Op, e.Value, env.Now), nil
	case *Membership:
		ok, err := member(e, get(e.Field), env)
		return ok != e.Not, err
	}
	return false, nil
}

func member(e *Membership, have any, env Env) (bool, error) {
	if e.Sub != nil {
		vs, err := env.Values(e.Sub)
		return have != nil && slices.ContainsFunc(vs, func(v any) bool { return v != nil && Compare(have, v) == 0 }), err
	}
	for _, v := range e.Values {
		if compare(have, Equal, v, env.Now) {
			return true, nil
		}
	}
	return false, nil
}

func compare(have any, op Op, want Value, now time.Time) bool {
	if want.Kind == Relative {
		return within(have, op, want, now)
	}
	if want.Kind == Null || have == nil {
		same := (want.Kind == Null) == (have == nil)
		return op == Equal && same || op == NotEqual && !same
	}
	if op == Like {
		s, ok := have.(string)
		return ok && like(strings.ToLower(want.Text), strings.ToLower(s))
	}
	return holds(Compare(have, want.plain()), op)
}

func holds(c int, op Op) bool {
	switch op {
	case Equal:
		return c == 0
	case NotEqual:
		return c != 0
	case Less:
		return c < 0
	case LessEqual:
		return c <= 0
	case Greater:
		return c > 0
	case GreaterEqual:
		return c >= 0
	}
	return false
}

// plain returns the literal as a row would hold it.
func (v Value) plain() any {
	switch v.Kind {
	case String:
		return v.Text
	case Number:
		return v.Num
	case Bool:
		return v.Bool
	case DateOnly:
		return Date(v.Text)
	case DateTime:
		return v.Time
	}
	return nil
}

// Compare compares two values of one type and returns -1, 0 or 1: nil is first, text ignores case. Values of different
// types are unequal.
func Compare(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(btoi(a != nil), btoi(b != nil))
	}
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(strings.ToLower(a), strings.ToLower(b))
		}
	case float64:
		if b, ok := b.(float64); ok {
			return cmp.Compare(a, b)
		}
	case bool:
		if b, ok := b.(bool); ok {
			return cmp.Compare(btoi(a), btoi(b))
		}
	case Date:
		if b, ok := b.(Date); ok {
			return cmp.Compare(a, b)
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b)
		}
	}
	return -1
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Sort sorts rows by the keys and keeps the order of equal ones.
func Sort[R any](rows []R, keys []Order, get func(R, Field) any) {
	slices.SortStableFunc(rows, func(x, y R) int {
		for _, k := range keys {
			a, b := get(x, k.Field), get(y, k.Field)
			if a == nil || b == nil {
				if c := cmp.Compare(btoi(a != nil), btoi(b != nil)); c != 0 {
					if k.NullsLast {
						return -c
					}
					return c
				}
				continue
			}
			if c := Compare(a, b); c != 0 {
				if k.Desc {
					return -c
				}
				return c
			}
		}
		return 0
	})
}

// like matches a pattern in which % stands for any text and _ for one character; a backslash makes either literal. The
// time is proportional to the product of the lengths for any pattern.
func like(pattern, s string) bool {
	retryP, retryS := -1, 0
	p, i := 0, 0
	for i < len(s) {
		_, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case p < len(pattern) && pattern[p] == '%':
			p++
			retryP, retryS = p, i
			continue
		case p < len(pattern) && pattern[p] == '_':
			p, i = p+1, i+size
			continue
		case p < len(pattern):
			q := p
			if pattern[q] == '\\' && q+1 < len(pattern) {
				q++
			}
			_, n := utf8.DecodeRuneInString(pattern[q:])
			if pattern[q:q+n] == s[i:i+size] {
				p, i = q+n, i+size
				continue
			}
		}
		if retryP < 0 {
			return false
		}
		_, size = utf8.DecodeRuneInString(s[retryS:])
		retryS += size
		p, i = retryP, retryS
	}
	return strings.Trim(pattern[p:], "%") == ""
}
