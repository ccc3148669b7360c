// Package soql parses and evaluates the part of SOQL that a telephony client sends.
//
// It knows the language but not the data: [Parse] turns text into a [Query], and [Holds] evaluates a WHERE clause for a
// row whose field values the caller supplies. The caller decides which fields exist, which may be seen or filtered by,
// and where rows are stored.
//
// It supports SELECT with fields, parent fields (Account.Name), FIELDS(ALL), COUNT(), the aggregates COUNT, COUNT_DISTINCT, MIN,
// MAX, SUM and AVG of a field, with or without an alias, and child subqueries; GROUP BY with fields, HAVING; WHERE with =, !=, <>, <, <=, >, >=, LIKE, IN, NOT IN, semi-joins, AND, OR, NOT and parentheses; ORDER BY
// with ASC, DESC and NULLS; LIMIT; OFFSET; ALL ROWS. Values are strings, numbers, TRUE, FALSE, null, dates, date-times
// and date literals (TODAY, LAST_N_DAYS:30 …). GROUP BY ROLLUP and CUBE, TYPEOF, date functions, geolocation and multi-currency
// are not supported and give an error.
//
// As in Salesforce, keywords, names and string comparison ignore case; AND and OR do not mix without parentheses; a
// comparison with != is true for null; LIKE has % and _.
package soql

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxDepth is how deep parentheses, NOTs and subqueries may nest. Salesforce has another limit; this one keeps a
// hostile text from exhausting the stack.
const maxDepth = 100

// Query is one SELECT.
type Query struct {
	Count   bool   // SELECT COUNT(): the number of rows and no rows
	Select  []Item // empty when Count
	From    string // the object or, in a child subquery, the relationship
	Scope   string // USING SCOPE, in upper case; "" when there is none
	Where   Expr   // nil when there is none
	GroupBy []Field
	Having  Expr    // nil when there is none
	OrderBy []Order // the most important key first
	Limit   int     // -1 when there is none
	Offset  int
	AllRows bool // ALL ROWS: also deleted ones
}

// Item is one selected item: exactly one of its fields besides Alias is set.
type Item struct {
	Field  Field  // field, or an aggregate of one
	Fields string // FIELDS(ALL), FIELDS(STANDARD), FIELDS(CUSTOM): the word in upper case
	Sub    *Query // child subquery
	Alias  string // of an aggregate, or of a grouped field
}

// Field is a field path such as Account.Owner.Name.
type Field struct {
	Path []string
	Agg  string // the aggregate of the field, in upper case: COUNT, COUNT_DISTINCT, MIN, MAX, SUM, AVG; "" for the field itself
	Pos  int    // byte offset in the text
}

// IsZero reports whether f names no field.
func (f Field) IsZero() bool { return len(f.Path) == 0 }

func (f Field) String() string {
	name := strings.Join(f.Path, ".")
	if f.Agg != "" {
		return f.Agg + "(" + name + ")"
	}
	return name
}

// Grouped reports whether the rows of q are groups of an object's rows.
func (q *Query) Grouped() bool {
	return len(q.GroupBy) > 0 || slices.ContainsFunc(q.Select, func(it Item) bool { return it.Field.Agg != "" })
}

// Order is one key of ORDER BY.
type Order struct {
	Field     Field
	Desc      bool
	NullsLast bool // without NULLS: nulls first when ascending, last when descending
}

// Expr is a condition: [Logical], [Not], [Comparison] or [Membership].
type Expr interface{ expr() }

// Logical joins terms by one operator.
type Logical struct {
	Or    bool // OR; otherwise AND
	Terms []Expr
}

// Not negates a condition.
type Not struct{ Term Expr }

// Op is a comparison operator.
type Op string

// The values of Op.
const (
	Equal        Op = "="
	NotEqual     Op = "!="
	Less         Op = "<"
	LessEqual    Op = "<="
	Greater      Op = ">"
	GreaterEqual Op = ">="
	Like         Op = "LIKE"
)

// Comparison compares a field with a value.
type Comparison struct {
	Field Field
	Op    Op
	Value Value
}

// Membership is IN and NOT IN, over a list or a semi-join.
type Membership struct {
	Field  Field
	Not    bool
	Values []Value
	Sub    *Query // nil when Values are given
}

func (*Logical) expr()    {}
func (*Not) expr()        {}
func (*Comparison) expr() {}
func (*Membership) expr() {}

// Kind is the kind of a literal.
type Kind string

// The values of Kind.
const (
	Null     Kind = "null"
	String   Kind = "string"
	Number   Kind = "number"
	Bool     Kind = "boolean"
	DateOnly Kind = "date"
	DateTime Kind = "datetime"
	Relative Kind = "date literal"
)

// Value is a literal.
type Value struct {
	Kind Kind
	Text string    // String: unescaped; DateOnly: yyyy-mm-dd; Relative: its name, upper case
	Num  float64   // Number
	Bool bool      // Bool
	Time time.Time // DateTime
	N    int       // Relative with :n
	Pos  int
}

// Date is the value of a date field: yyyy-mm-dd, without a zone.
type Date string

// Error is the error for a text that is not SOQL, or not in the supported part.
type Error struct {
	Text string // the query
	Pos  int    // byte offset in the query
	Msg  string
}

// Error has Salesforce's format: the line, a caret, the position and what is wrong.
func (e *Error) Error() string {
	row, start := 1, 0
	pos := min(e.Pos, len(e.Text))
	for i := 0; i < pos; i++ {
		if e.Text[i] == '\n' {
			row, start = row+1, i+1
		}
	}
	line := e.Text[start:]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	col := pos - start
	return fmt.Sprintf("\n%s\n%s^\nERROR at Row:%d:Column:%d\n%s", line, strings.Repeat(" ", col), row, col+1, e.Msg)
}

// Walk calls visit for every condition in e, parents first, and stops at the first error.
func Walk(e Expr, visit func(Expr) error) error {
	if e == nil {
		return nil
	}
	if err := visit(e); err != nil {
		return err
	}
	switch e := e.(type) {
	case *Logical:
		for _, t := range e.Terms {
			if err := Walk(t, visit); err != nil {
				return err
			}
		}
	case *Not:
		return Walk(e.Term, visit)
	}
	return nil
}
