// Package sosl reads SOSL searches and matches their expression against text, as Salesforce's search does.
//
// The index cuts text into words at spaces, at punctuation and where letters and digits meet, and ignores case; see
// [Words]. A search term is cut the same way. Terms standing side by side are joined by AND; OR, AND, AND NOT,
// parentheses and quoted phrases are known; * stands for any run and ? for one character, in the middle or at the end
// of a term, never at its beginning. The characters ? & | ! { } [ ] ( ) ^ ~ * : \ " ' + - are reserved and are escaped
// with a backslash.
//
// What a number is, is decided by [Phone]: the digits of a stored number can be found whole, and from the beginning of
// each of its groups on, so that "(781) 300-3549" is found by 7813003549 and by 3003549.
package sosl

import (
	"linecard/crm/demoorg/soql"
)

// Scope is the kind of field searched.
type Scope string

// The scopes.
const (
	AllFields     Scope = "ALL"
	NameFields    Scope = "NAME"
	EmailFields   Scope = "EMAIL"
	PhoneFields   Scope = "PHONE"
	SidebarFields Scope = "SIDEBAR"
)

// The limits of the SOSL reference.
const (
	MaxRows    = 2000  // rows of one search
	MaxLength  = 10000 // characters between the braces
	minLetters = 2     // characters of a term, wildcards apart (believed)
	maxDepth   = 100   // nested parentheses; ours, against hostile text
)

// Search is one FIND.
type Search struct {
	Find      Expr
	In        Scope
	Returning []*soql.Query // empty: every searchable object, Id only
	Limit     int           // -1 when there is none
}

// Expr is what is sought: [*Term], [*Both], [*Either] or [*Without].
type Expr interface{ expr() }

// Term is one word, or a quoted phrase of words that stand side by side.
type Term struct {
	Words []string // lower case, may hold * and ?
}

// Both joins by AND.
type Both struct{ X, Y Expr }

// Either joins by OR.
type Either struct{ X, Y Expr }

// Without is X AND NOT Y.
type Without struct{ X, Y Expr }

func (*Term) expr()    {}
func (*Both) expr()    {}
func (*Either) expr()  {}
func (*Without) expr() {}

// Matches decides e, asking found for each term.
func Matches(e Expr, found func(*Term) bool) bool {
	switch e := e.(type) {
	case *Term:
		return found(e)
	case *Both:
		return Matches(e.X, found) && Matches(e.Y, found)
	case *Either:
		return Matches(e.X, found) || Matches(e.Y, found)
	case *Without:
		return Matches(e.X, found) && !Matches(e.Y, found)
	}
	return false
}

// Error is a search that cannot be read; Salesforce answers MALFORMED_SEARCH.
type Error struct{ Msg string }

func (e *Error) Error() string { return e.Msg }
