package settings

import (
	"encoding/csv"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	cleaned "linecard/clean"
	"linecard/fault"
)

// A list comes as a spreadsheet or a person writes it.
func TestListsOfColleaguesAreRead(t *testing.T) {
	ana, ben := Colleague{Name: "Ana Sousa", Extension: "2042"}, Colleague{Name: "Ben, the Second", Extension: "2043", Account: "Sales"}
	for text, want := range map[string][]Colleague{
		"Ana Sousa, 2042\n\"Ben, the Second\",2043,Sales\n":                                      {ana, ben},
		"Ana Sousa;2042\r\n\r\nBen, the Second;2043;Sales\r\n":                                   {ana, ben},
		"Ana Sousa\t2042\nBen, the Second\t2043\tSales":                                          {ana, ben},
		"\ufeffExtension,Room,Name,Account\n2042,7,Ana Sousa,\n2043,8,\"Ben, the Second\",Sales": {ana, ben},
		"2042\n2043": {{Extension: "2042"}, {Extension: "2043"}},
		"ext\n2042":  {{Extension: "2042"}},
		"number,extension,name\n2042,415555,Ana Sousa": {ana},
		";;\nExt;Name\n2042;Ana Sousa":                 {ana},
		"Extension\tName\tAccount\n2043\t\tSales":      {{Extension: "2043", Account: "Sales"}},
		"name,extension\nAna Sousa,front-desk":         {{Name: "Ana Sousa", Extension: "front-desk"}},
		"Zoë, 2042":                                    {{Name: "Zoë", Extension: "2042"}},
	} {
		got, err := ReadColleagues(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for text, line := range map[string]int{"Ana Sousa, 2042\n\nBen, 20 43": 3, "Ana Sousa,": 1, "name,extension\nBen,": 2} {
		if _, err := ReadColleagues(text); !fault.Of(err).Is("settings.colleague-line") || fault.Of(err).Values["line"] != line {
			t.Errorf("%q: %+v", text, fault.Of(err))
		}
	}
	for text, want := range map[string]struct {
		code string
		line int
	}{
		"2042,Ana2\n2043,Ben": {"columns", 1}, "Ana, 2042\n2043, Ben": {"columns", 2}, "Nom,Poste\nAna,2042": {"columns", 1}, "Durchwahl\n2042": {"columns", 1},
		"Ana,2042\n\"Ben,2043\nCem,2044": {"quote", 2}, "Ana,2042\n\"Ben,2043\n\"Cem\",2044": {"quote", 2}, "\"Ana,2042\nBen\",2043": {"quote", 1}, "Ana \"A\" Sousa,2042": {"quote", 1},
	} {
		if _, err := ReadColleagues(text); !fault.Of(err).Is(fault.Code("settings.colleague-"+want.code)) || fault.Of(err).Values["line"] != want.line {
			t.Errorf("%q: %+v", text, fault.Of(err))
		}
	}
	for _, lost := range []string{"Zo\xeb,2042", "Zo\ufffd,2042", "\xff\xfeA\x00"} {
		if _, err := ReadColleagues(lost); !fault.Of(err).Is("settings.colleagues-not-utf8") {
			t.Errorf("%q: %v", lost, err)
		}
	}
	many := strings.Repeat("2042\n", mostColleagues)
	if list, err := ReadColleagues(many); err != nil || len(list) != mostColleagues {
		t.Errorf("%d lines: %v", len(list), err)
	}
	if _, err := ReadColleagues(many + "2042"); !fault.Of(err).Is("settings.must-be-fewer") {
		t.Errorf("one more: %v", err)
	}
	tag, _ := reflect.TypeFor[Settings]().FieldByName("Colleagues")
	if tag.Tag.Get("most") != fmt.Sprint(mostColleagues) {
		t.Errorf("the list may have %s", tag.Tag.Get("most"))
	}
	for _, empty := range []string{"", "\n \n", "name,extension\n"} {
		if _, err := ReadColleagues(empty); !fault.Of(err).Is("settings.colleagues-none-read") {
			t.Errorf("%q: %v", empty, err)
		}
	}
}

// A list is added to those there are, or takes their place; what the file has beyond stays with whoever stays.
func TestAListOfColleaguesIsTaken(t *testing.T) {
	start := func() Settings {
		return Settings{
			Accounts:   []Account{{Server: "a", User: "1"}, {Server: "b", User: "2", Label: "Sales"}},
			Colleagues: []Colleague{{Name: "Ana", Extension: "10", Beyond: map[string]any{"room": "7"}}, {Name: "Cem", Extension: "12"}},
		}
	}
	list := []Colleague{{Extension: "10"}, {Name: "Ben", Extension: "10", Account: "sales"}}
	s := start()
	if err := s.AddColleagues(list, false); err != nil || len(s.Colleagues) != 3 || s.Colleagues[0].Name != "Ana" || s.Colleagues[2].Account != "2@b" {
		t.Errorf("added: %+v, %v", s.Colleagues, err)
	}
	s = start()
	if err := s.AddColleagues(list, true); err != nil || len(s.Colleagues) != 2 || s.Colleagues[0].Name != "" || s.Colleagues[0].Beyond["room"] != "7" || s.Colleagues[1].Name != "Ben" {
		t.Errorf("in their place: %+v, %v", s.Colleagues, err)
	}
	if err := s.AddColleagues([]Colleague{{Extension: "11", Account: "elsewhere"}}, false); err == nil {
		t.Errorf("an account that is not there: %v", err)
	}
}

// One of them is changed as a whole, and gets another place.
func TestAColleagueIsChanged(t *testing.T) {
	s := Settings{Accounts: []Account{{Server: "a", User: "1"}}}
	for _, o := range []Colleague{{Name: "Ana", Extension: "10"}, {Name: "Ben", Extension: "11"}, {Name: "Cem", Extension: "12"}} {
		if err := s.PutColleague("", o); err != nil {
			t.Fatal(err)
		}
	}
	ben := s.Colleagues[1].ID()
	if err := s.PutColleague(ben, Colleague{Extension: " 21 "}); err != nil || s.Colleagues[1].Extension != "21" || s.Colleagues[1].Name != "" {
		t.Errorf("%+v, %v", s.Colleagues, err)
	}
	for _, taken := range []Colleague{{Extension: "12"}, {Extension: "12", Account: "1@a"}} {
		if err := s.PutColleague("21 ", taken); !fault.Of(err).Is("settings.colleague-twice") {
			t.Errorf("%+v: %v", taken, err)
		}
	}
	order := func() (out string) {
		for _, o := range s.Colleagues {
			out += o.Extension + " "
		}
		return out
	}
	for _, move := range []struct {
		id   string
		to   int
		want string
	}{{"12 ", 0, "12 10 21 "}, {"12 ", 9, "10 21 12 "}, {"99 ", 0, "10 21 12 "}, {"10 ", -1, "10 21 12 "}} {
		err := s.MoveColleague(move.id, move.to)
		if order() != move.want || errors.Is(err, ErrNoColleague) != (move.id == "99 ") {
			t.Errorf("%+v: %s, %v", move, order(), err)
		}
	}
	if err := s.PutColleague("99 ", Colleague{Extension: "98"}); !errors.Is(err, ErrNoColleague) || len(s.Colleagues) != 3 {
		t.Errorf("one who is gone was added: %+v, %v", s.Colleagues, err)
	}
	if err := s.DropColleague("99 "); !errors.Is(err, ErrNoColleague) {
		t.Errorf("%v", err)
	}
	if err := s.DropColleague("21 "); err != nil || order() != "10 12 " {
		t.Errorf("%s, %v", order(), err)
	}
}

// Whatever is pasted or read from a file: what is taken of it can be watched and kept, and reads the same again; anything else is one sentence about a line.
func FuzzReadColleagues(f *testing.F) {
	for _, s := range []string{
		"", "2042", "Ana Sousa, 2042\n\"Ben, the Second\",2043,Sales\n", "\ufeffExtension,Room,Name,Account\n2042,7,Ana Sousa,\n", "Extension\tName\tAccount\n2043\t\tSales",
		"Ana Sousa;2042\r\n\r\nBen;2043;Sales\r\n", ";;\nExt;Name\n2042;Ana", "Zo\xeb,2042", "Ana,2042\n\"Ben,2043", "name,extension\nAna,front-desk", "ext,ext\n1,2", "\x00,1", "a\tb;c,1",
		strings.Repeat("2042\n", mostColleagues+1), "Ana \u202eSousa,2042\nBen\u2028,2043", "\"\",\"*8#\",\" \"",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ReadColleagues(text)
		if err != nil {
			if len(list) > 0 || fault.Of(err).IsZero() {
				t.Fatalf("%q: %+v, %v", text, list, err)
			}
			return
		}
		if len(list) == 0 || len(list) > mostColleagues {
			t.Fatalf("%q: %d colleagues", text, len(list))
		}
		var again strings.Builder
		out := csv.NewWriter(&again)
		_ = out.Write([]string{"name", "extension", "account"})
		for _, o := range list {
			if o.Name != cleaned.Line(o.Name) || !extension.MatchString(o.Extension) || o.Account != strings.TrimSpace(o.Account) {
				t.Fatalf("%q: took %+q", text, o)
			}
			_ = out.Write([]string{o.Name, o.Extension, o.Account})
		}
		out.Flush()
		if got, err := ReadColleagues(again.String()); err != nil || !reflect.DeepEqual(got, list) {
			t.Fatalf("%q: read %+q, then %+q, %v", text, list, got, err)
		}
		s := InMemory(Default())
		for i := range list {
			list[i].Account = "" // of accounts there are none here
		}
		if err := s.Change(func(s *Settings) { _ = s.AddColleagues(list, true) }); err != nil {
			t.Fatalf("%q: cannot be kept: %v", text, err)
		}
	})
}
