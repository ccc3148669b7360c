package journal

import (
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SQLite keeps no checksums: a bit that flipped may have turned a number into text or a text into bytes. One such cell must
// not hide the row, nor the rows behind it, so cells are read by scanners that take anything for what it is meant to be.

// scanner is a function as an [sql.Scanner].
type scanner func(any)

// Scan takes any value.
func (f scanner) Scan(v any) error {
	f(v)
	return nil
}

// text reads a cell into p.
func text[T ~string](p *T) sql.Scanner {
	return scanner(func(v any) {
		switch v := v.(type) {
		case string:
			*p = T(strings.ToValidUTF8(v, "\uFFFD"))
		case []byte:
			*p = T(strings.ToValidUTF8(string(v), "\uFFFD"))
		case nil:
			*p = ""
		default:
			*p = T(fmt.Sprint(v))
		}
	})
}

// number reads a cell into p; what is no number is 0.
func number[T ~int | ~int64](p *T) sql.Scanner {
	return scanner(func(v any) {
		switch v := v.(type) {
		case int64:
			*p = T(v)
		case float64:
			*p = T(v)
		case string:
			n, _ := strconv.ParseInt(v, 10, 64)
			*p = T(n)
		default:
			*p = 0
		}
	})
}

// optional reads a cell into p, which stays nil where the cell is NULL.
func optional(p **int64) sql.Scanner {
	return scanner(func(v any) {
		*p = nil
		if v != nil {
			*p = new(int64)
			_ = number(*p).Scan(v)
		}
	})
}

// flag reads a cell into p; what is no number is false.
func flag(p *bool) sql.Scanner {
	return scanner(func(v any) {
		var n int64
		_ = number(&n).Scan(v)
		*p = n != 0
	})
}

// moment reads a cell into p; what is no number is the zero time, and so is what is no time of this age.
func moment(p *time.Time) sql.Scanner {
	return scanner(func(v any) {
		var us int64
		_ = number(&us).Scan(v)
		*p = at(us)
	})
}

// latestMicros is the end of the year 9999, the last that JSON can spell.
const latestMicros = 253_402_300_799_999_999

// micros is how a time is stored, at the way back.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func at(us int64) time.Time {
	if us <= 0 || us > latestMicros {
		return time.Time{}
	}
	return time.UnixMicro(us)
}
