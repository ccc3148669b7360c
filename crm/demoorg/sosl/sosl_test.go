package sosl_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"linecard/crm/demoorg/sosl"
)

func TestParse(t *testing.T) {
	s, err := sosl.Parse("FIND {14155550100 OR 4155550100} IN PHONE FIELDS RETURNING Contact(Id, Account.Name WHERE Name != 'a)b' ORDER BY Name LIMIT 10), Lead , Account(Id) LIMIT 20")
	if err != nil {
		t.Fatal(err)
	}
	if s.In != sosl.PhoneFields || s.Limit != 20 || len(s.Returning) != 3 {
		t.Fatalf("%+v", s)
	}
	c, lead := s.Returning[0], s.Returning[1]
	if c.From != "Contact" || len(c.Select) != 2 || c.Where == nil || c.Limit != 10 || lead.From != "Lead" || lead.Select != nil {
		t.Errorf("returning %+v, %+v", c, lead)
	}
	if s, err = sosl.Parse("find {dana}"); err != nil || s.In != sosl.AllFields || s.Limit != -1 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "",
		"(781) 300-3549":      "781 300 3549",
		"O'Hara & Söhne":      "o hara söhne",
		"x204":                "x 204",
		"ext. 12a":            "ext 12 a",
		"dana@acme.example":   "dana acme example",
		"646\u00a0555\u00a00": "646 555 0",
	} {
		if got := strings.Join(sosl.Words(text), " "); got != want {
			t.Errorf("%q is cut into %q, want %q", text, got, want)
		}
	}
}

func finds(t rapid.TB, find string, has func(*sosl.Term) bool) bool {
	t.Helper()
	e, err := sosl.Expression(find)
	if err != nil {
		t.Fatalf("%q: %v", find, err)
	}
	return sosl.Matches(e, has)
}

func TestStoredNumbers(t *testing.T) {
	for _, tt := range []struct {
		stored   string
		found    []string
		notFound []string
	}{
		{"(781) 300-3549", []string{"7813003549", "3003549", "3549", "(781) 300\\-3549", "\"781 300 3549\"", "781*"}, []string{"17813003549", "813003549", "781300"}},
		{"+1 415 555 0132", []string{"14155550132", "4155550132", "5550132"}, []string{"555013"}},
		{"+44 (0)20 7946 0018", []string{"4402079460018", "02079460018", "2079460018", "79460018"}, []string{"442079460018"}},
		{"604.555.0135 ext. 12", []string{"6045550135", "12"}, []string{"604555013512"}},
		{"1 310 555 0122 x204", []string{"13105550122", "3105550122", "204"}, []string{"13105550122204"}},
		{"call reception", []string{"reception"}, []string{"4155550132"}},
		{"", nil, []string{"4155550132"}},
	} {
		p := sosl.NewPhone(tt.stored, sosl.ByGroups)
		for _, find := range tt.found {
			if !finds(t, find, p.Has) {
				t.Errorf("%q is not found by %s", tt.stored, find)
			}
		}
		for _, find := range tt.notFound {
			if finds(t, find, p.Has) {
				t.Errorf("%q is found by %s", tt.stored, find)
			}
		}
	}
}

// The digits of a number find it in any punctuation, as documented. The whole lookup depends on this rule.
func TestPunctuationNeverHidesANumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[0-9]{7,15}`).Draw(t, "digits")
		var stored strings.Builder
		for _, d := range digits {
			stored.WriteString(rapid.SampledFrom([]string{"", "", "", " ", "-", ".", "(", ") ", "/", "\u00a0", "+"}).Draw(t, "between"))
			stored.WriteRune(d)
		}
		if p := sosl.NewPhone(stored.String(), sosl.ByGroups); !finds(t, digits, p.Has) {
			t.Fatalf("%q is not found by %s", stored.String(), digits)
		}
	})
}

func TestExpressions(t *testing.T) {
	text := sosl.Text(sosl.Words("Dana Whitfield, VP Operations"))
	for find, want := range map[string]bool{
		"dana": true, "DANA": true, "dan": false, "dan*": true, "d*a": true, "d?na": true, "d?a": false, "*ana": false,
		"dana operations": true, "dana sales": false, "dana OR sales": true, "sales or dana": true, `"vp operations"`: true,
		`"operations vp"`: false, "dana AND vp": true, "dana AND NOT sales": true, "dana AND NOT vp": false, "NOTE": false,
		"(dana OR sales) AND (vp OR cfo)": true, "dana AND (cfo OR sales)": false, "dana - vp": true, "dana,vp": false, `da\na`: true,
		"dana OR sales AND cfo": true, // AND binds tighter
	} {
		if got := finds(t, find, text.Has); got != want {
			t.Errorf("%s: %v", find, got)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, find := range []string{
		"", " ", "x", "*", "?*", "-", "a:b", "a^b", "a~", "a&b", "a|b", "a!b", "[ab", "ab]", "(ab", "ab)", `"ab`, `ab\`, "OR ab",
		"ab OR", "AND", strings.Repeat("(", 200) + "ab", strings.Repeat("x", sosl.MaxLength+1),
	} {
		var e *sosl.Error
		if _, err := sosl.Expression(find); !errors.As(err, &e) {
			t.Errorf("%.40q: %v", find, err)
		}
	}
}

func TestEscapedReservedCharactersAreFound(t *testing.T) {
	for _, c := range `?&|!{}[]()^~*:\"'+-` {
		s, err := sosl.Parse(`FIND {ab\` + string(c) + `cd} IN NAME FIELDS`)
		if err != nil {
			t.Errorf("%c: %v", c, err)
			continue
		}
		if !sosl.Matches(s.Find, sosl.Text(sosl.Words("ab"+string(c)+"cd")).Has) {
			t.Errorf("ab%ccd is not found", c)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"FIND {14155550132 OR 4155550132} IN PHONE FIELDS RETURNING Contact(Id, Name WHERE A = 'x' ORDER BY Name LIMIT 1), Lead LIMIT 5",
		`FIND {\(415\) "a b" c* AND NOT (d OR e?)}`, "FIND {a}}", `FIND {\}`, "FIND {a b} IN ALL FIELDS RETURNING A(B", "find {\ue000\ue001ab}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := sosl.Parse(text)
		var e *sosl.Error
		if err != nil {
			if !errors.As(err, &e) {
				t.Errorf("%q: %T", text, err)
			}
			return
		}
		if s.Find == nil || s.Limit == 0 || s.Limit > sosl.MaxRows {
			t.Errorf("%q gives %+v", text, s)
		}
		words := sosl.Words(text)
		sosl.Matches(s.Find, sosl.Text(words).Has)
		sosl.Matches(s.Find, sosl.NewPhone(text, sosl.ByGroups).Has)
		if slices.Contains(words, "") {
			t.Errorf("%q holds an empty word", text)
		}
	})
}
