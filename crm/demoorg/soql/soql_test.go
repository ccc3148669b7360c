package soql_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/crm/demoorg/soql"
)

func parse(t testing.TB, text string) *soql.Query {
	t.Helper()
	q, err := soql.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return q
}

func TestParse(t *testing.T) {
	q := parse(t, "SELECT Id, Account.Owner.Name, COUNT(Id) n, (SELECT Id FROM Tasks LIMIT 3), FIELDS(ALL) FROM Contact\n"+
		"WHERE Name = 'x' ORDER BY Name DESC, Account.Name NULLS LAST LIMIT 10 OFFSET 5 ALL ROWS")
	if len(q.Select) != 5 || q.Select[1].Field.String() != "Account.Owner.Name" || q.Select[2].Alias != "n" || q.Select[2].Field.String() != "COUNT(Id)" ||
		q.Select[3].Sub.From != "Tasks" || q.Select[3].Sub.Limit != 3 || q.Select[4].Fields != "ALL" {
		t.Errorf("selected %+v", q.Select)
	}
	if q.From != "Contact" || q.Limit != 10 || q.Offset != 5 || !q.AllRows || q.Count {
		t.Errorf("%+v", q)
	}
	if o := q.OrderBy; !o[0].Desc || !o[0].NullsLast || o[1].Desc || !o[1].NullsLast {
		t.Errorf("order %+v", o)
	}
	if q := parse(t, "SELECT COUNT() FROM Contact"); !q.Count || q.Select != nil || q.Limit != -1 {
		t.Errorf("COUNT(): %+v", q)
	}
}

func TestParseErrorsNameThePosition(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "Row:1:Column:1\nunexpected token: '<EOF>'",
		"SELECT Id FRO Contact":         "Row:1:Column:11\nunexpected token: 'FRO'",
		"SELECT Id\nFROM Contact WHERE": "Row:2:Column:19\nunexpected token: '<EOF>'",
		"SELECT Id FROM Contact WHERE A = 1 AND B = 2 OR C = 3":         "unexpected token: 'OR'",
		"SELECT Id FROM Contact WHERE A = 'x":                           "unterminated string",
		`SELECT Id FROM Contact WHERE A = '\q'`:                         "Illegal escape sequence",
		"SELECT Id FROM Contact WHERE A LIKE 5":                         "unexpected token: '5'",
		"SELECT Id FROM Contact WHERE A IN ()":                          "unexpected token: ')'",
		"SELECT Id FROM Contact WHERE A = 2026-13-40":                   "Invalid date",
		"SELECT Id FROM Contact WHERE A = 2026-11-21T25:00:00Z":         "Invalid datetime",
		"SELECT Id FROM Contact WHERE A = 12abc":                        "unexpected token: 'a'",
		"SELECT Id FROM Contact WHERE A = LAST_N_DAYS":                  "unexpected token",
		"SELECT Id FROM Contact WHERE A = LAST_N_DAYS:x":                "unexpected token: 'x'",
		"SELECT Id FROM Contact LIMIT 1.5":                              "unexpected token: '1.5'",
		"SELECT Id FROM Contact OFFSET 2001":                            "Maximum SOQL offset allowed is 2000",
		"SELECT Id, COUNT() FROM Contact":                               "COUNT() must be the only thing",
		"SELECT CALENDAR_YEAR(CreatedDate) FROM Contact":                "no function CALENDAR_YEAR",
		"SELECT Name FROM Contact GROUP BY ROLLUP(Name)":                "no function ROLLUP",
		"SELECT Name n FROM Contact":                                    "only aggregate expressions use field aliasing",
		"SELECT Id FROM Contact c":                                      "no alias",
		"SELECT Id FROM Contact HAVING x":                               "unexpected token: 'HAVING'",
		"SELECT Id FROM Contact; DROP":                                  "no viable alternative at character ';'",
		"SELECT Id FROM Contact " + "WHERE " + strings.Repeat("(", 300): "nested too deeply",
	} {
		_, err := soql.Parse(text)
		var e *soql.Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
}

func holds(t testing.TB, where string, row map[string]any, now time.Time) bool {
	t.Helper()
	q := parse(t, "SELECT Id FROM X WHERE "+where)
	ok, err := soql.Holds(q.Where, func(f soql.Field) any { return row[f.String()] }, soql.Env{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestNull(t *testing.T) {
	for where, want := range map[string]bool{
		"A = null": true, "A != null": false, "A = 'x'": false, "A != 'x'": true, "A < 'x'": false, "A > 'x'": false,
		"A LIKE '%'": false, "A IN ('x')": false, "A NOT IN ('x')": true, "A IN ('x', null)": true, "NOT A = null": false,
		"A = TODAY": false, "A != TODAY": true, "A < TODAY": false,
		"B = 'Text'": true, "B = 'TEXT'": true, "B = null": false, "B != null": true, "B <> 'text'": false,
	} {
		if got := holds(t, where, map[string]any{"B": "text"}, time.Time{}); got != want {
			t.Errorf("%s: %v", where, got)
		}
	}
}

func TestDateLiterals(t *testing.T) {
	zone := time.FixedZone("", -8*3600)
	now := time.Date(2026, 11, 21, 20, 0, 0, 0, zone) // a Saturday evening; in UTC it is Sunday
	day := func(d int) time.Time { return time.Date(2026, 11, 21+d, 1, 0, 0, 0, zone) }
	for where, days := range map[string][]int{ // of -400, -60, -7, -1, 0, 1, 7, 60
		"= TODAY": {0}, "= YESTERDAY": {-1}, "= TOMORROW": {1}, "= THIS_WEEK": {-1, 0}, "= LAST_WEEK": {-7}, "= NEXT_WEEK": {1, 7},
		"= THIS_MONTH": {-7, -1, 0, 1, 7}, "= LAST_MONTH": {}, "= NEXT_MONTH": {}, "= THIS_YEAR": {-60, -7, -1, 0, 1, 7}, "= LAST_YEAR": {-400},
		"= NEXT_YEAR": {60}, "= LAST_N_DAYS:7": {-7, -1, 0}, "= LAST_N_DAYS:0": {0}, "= NEXT_N_DAYS:7": {1, 7}, "= LAST_90_DAYS": {-60, -7, -1, 0},
		"= NEXT_90_DAYS": {1, 7, 60}, "< TODAY": {-400, -60, -7, -1}, "<= TODAY": {-400, -60, -7, -1, 0}, "> TODAY": {1, 7, 60},
		">= TODAY": {0, 1, 7, 60}, "!= TODAY": {-400, -60, -7, -1, 1, 7, 60}, "> LAST_N_DAYS:7": {1, 7, 60},
	} {
		in := map[int]bool{}
		for _, d := range days {
			in[d] = true
		}
		for _, d := range []int{-400, -60, -7, -1, 0, 1, 7, 60} {
			at := day(d)
			for _, v := range []any{at.UTC(), soql.Date(at.Format(time.DateOnly))} {
				if got := holds(t, "A "+where, map[string]any{"A": v}, now); got != in[d] {
					t.Errorf("%v %s is %v on %v", v, where, got, now)
				}
			}
		}
	}
}

func TestLikeAgainstASimpleMatcher(t *testing.T) {
	// The recursive definition: slow, but simple and correct.
	var match func(p, s []rune) bool
	match = func(p, s []rune) bool {
		switch {
		case len(p) == 0:
			return len(s) == 0
		case p[0] == '%':
			return match(p[1:], s) || len(s) > 0 && match(p, s[1:])
		case len(s) == 0:
			return false
		}
		return (p[0] == '_' || p[0] == s[0]) && match(p[1:], s[1:])
	}
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringOfN(rapid.RuneFrom([]rune("ab%_é")), 0, 8, -1).Draw(t, "pattern")
		s := rapid.StringOfN(rapid.RuneFrom([]rune("abé")), 0, 8, -1).Draw(t, "s")
		q, err := soql.Parse("SELECT Id FROM X WHERE A LIKE '" + pattern + "'")
		if err != nil {
			t.Fatal(err)
		}
		got, err := soql.Holds(q.Where, func(soql.Field) any { return s }, soql.Env{})
		if err != nil || got != match([]rune(pattern), []rune(s)) {
			t.Fatalf("%q LIKE %q: %v, %v", s, pattern, got, err)
		}
	})
}

func TestAnyTextSurvivesItsLiteral(t *testing.T) {
	escape := strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		q, err := soql.Parse("SELECT Id FROM X WHERE A = '" + escape.Replace(s) + "'")
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Where.(*soql.Comparison).Value.Text; got != s {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

// A backslash before a wildcard is one of the text, or makes the wildcard a character, as it is escaped.
func TestBackslashesBeforeWildcards(t *testing.T) {
	for literal, want := range map[string]string{`'\\%'`: `\%`, `'\%'`: "%", `'\\\%'`: `\%`, `'\_\\'`: `_\`} {
		q, err := soql.Parse("SELECT Id FROM X WHERE A = " + literal)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Where.(*soql.Comparison).Value.Text; got != want {
			t.Errorf("%s became %q, want %q", literal, got, want)
		}
	}
}

func TestSort(t *testing.T) {
	type row map[string]any
	get := func(r row, f soql.Field) any { return r[f.String()] }
	rows := func() []row {
		return []row{{"n": "b", "a": 1.0}, {"n": "A", "a": 2.0}, {"a": 3.0}, {"n": "B", "a": 4.0}}
	}
	for order, want := range map[string][]float64{
		"n": {3, 2, 1, 4}, "n DESC": {1, 4, 2, 3}, "n NULLS LAST": {2, 1, 4, 3}, "n DESC NULLS FIRST": {3, 1, 4, 2}, "n, a DESC": {3, 2, 4, 1},
	} {
		rs := rows()
		soql.Sort(rs, parse(t, "SELECT n FROM X ORDER BY "+order).OrderBy, get)
		for i, r := range rs {
			if r["a"] != want[i] {
				t.Errorf("%s: %v, want %v", order, rs, want)
				break
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"SELECT Id FROM Contact", "SELECT COUNT() FROM Task WHERE CallObject = 'x' AND CreatedDate >= 2026-11-21T17:00:00.000+0000",
		"SELECT Id, (SELECT Id FROM Tasks) FROM Contact WHERE (NOT A LIKE '%\\%_') OR B IN (1, null, TRUE) ORDER BY A DESC NULLS LAST LIMIT 1 OFFSET 2",
		"SELECT Id FROM C WHERE A NOT IN (SELECT B FROM D WHERE E = LAST_N_DAYS:30)", "SELECT Id FROM C WHERE A = -.5e3",
		"SELECT FIELDS(ALL) FROM C LIMIT 200", "SELECT 'é\u2028", "SELECT Id FROM C WHERE A = '\\u0041'",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := soql.Parse(text)
		var e *soql.Error
		switch {
		case err == nil && (q.From == "" || q.Limit < -1 || q.Offset < 0 || !q.Count && len(q.Select) == 0):
			t.Errorf("%q gives %+v", text, q)
		case err != nil && !errors.As(err, &e):
			t.Errorf("%q: %T", text, err)
		case err != nil && !strings.Contains(err.Error(), "ERROR at Row:"):
			t.Errorf("%q: %v", text, err)
		case err == nil:
			row := func(soql.Field) any { return "x" }
			env := soql.Env{Now: time.Unix(0, 0), Values: func(*soql.Query) ([]any, error) { return []any{"x"}, nil }}
			if _, err := soql.Holds(q.Where, row, env); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}
