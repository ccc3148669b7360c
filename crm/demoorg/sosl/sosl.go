// Package sosl parses SOSL searches and matches their expression against text, as Salesforce's search does.
//
// The index splits text into words at spaces, at punctuation and between letters and digits, and ignores case; see
// [Words]. A search term is split in the same way. Adjacent terms are joined by AND; OR, AND, AND NOT, parentheses and
// quoted phrases are supported. * stands for any text and ? for one character, in the middle or at the end of a term
// and never at its beginning. The characters ? & | ! { } [ ] ( ) ^ ~ * : \ " ' + - are reserved and are escaped with a
// backslash.
//
// [Phone] decides how a stored number is found: by all of its digits, and by its digits from the beginning of any group
// on, so that "(781) 300-3549" is found by 7813003549 and by 3003549.
package sosl

import (
	"linecard/crm/demoorg/soql"
)

// Scope is the kind of field searched.
type Scope string

// The values of Scope.
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
	minLetters = 2     // characters of a term without wildcards (believed)
	maxDepth   = 100   // nested parentheses; protects against hostile text and is not Salesforce's limit
)

// Search is one FIND.
type Search struct {
	Find      Expr
	In        Scope
	Returning []*soql.Query // empty: every searchable object, only the Id
	Limit     int           // -1 when there is none
}

// Expr is a search expression: [*Term], [*Both], [*Either] or [*Without].
type Expr interface{ expr() }

// Term is one word, or a quoted phrase of adjacent words.
type Term struct {
	Words []string // in lower case; may contain * and ?
}

// Both is X AND Y.
type Both struct{ X, Y Expr }

// Either is X OR Y.
type Either struct{ X, Y Expr }

// Without is X AND NOT Y.
type Without struct{ X, Y Expr }

func (*Term) expr()    {}
func (*Both) expr()    {}
func (*Either) expr()  {}
func (*Without) expr() {}

// Matches evaluates e; found decides for each term.
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

// Error is the error for a search that cannot be parsed; Salesforce answers MALFORMED_SEARCH.
type Error struct{ Msg string }

func (e *Error) Error() string { return e.Msg }
