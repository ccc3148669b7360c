package settings

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"linecard/fault"
)

// mostColleagues is the bound of the list, which its tag in [Settings] has too. Whoever pastes more is told before they are compared with each other.
const mostColleagues = 300

// What a list of colleagues may be refused with.
var (
	errColleagueTwice = fault.Err(nil, "settings.colleague-twice")
	errNoColleagues   = fault.Err(nil, "settings.colleagues-none-read")
	errLostLetters    = fault.Err(nil, "settings.colleagues-not-utf8")
)

// PutColleague puts a colleague in the place of the one with that [Colleague.ID], as it is, or at the end with "". The error says that somebody
// else has the phone, or is [ErrNoColleague] where that one is gone.
func (s *Settings) PutColleague(id string, o Colleague) error {
	o.Extension, o.Account = strings.TrimSpace(o.Extension), strings.TrimSpace(o.Account)
	i := slices.IndexFunc(s.Colleagues, func(other Colleague) bool { return other.ID() == id })
	if i < 0 && id != "" {
		return ErrNoColleague
	}
	for j, other := range s.Colleagues {
		if j != i && s.same(o, other) {
			return errColleagueTwice
		}
	}
	if i < 0 {
		s.Colleagues = append(s.Colleagues, o)
		return nil
	}
	o.Beyond = s.Colleagues[i].Beyond
	s.Colleagues[i] = o
	return nil
}

// MoveColleague gives the colleague with that [Colleague.ID] a place in the list, counted from 0; one beyond its ends is the end. The error
// is [ErrNoColleague].
func (s *Settings) MoveColleague(id string, to int) error {
	i := slices.IndexFunc(s.Colleagues, func(o Colleague) bool { return o.ID() == id })
	if i < 0 {
		return ErrNoColleague
	}
	moved := s.Colleagues[i]
	left := slices.Delete(slices.Clone(s.Colleagues), i, i+1)
	s.Colleagues = slices.Insert(left, min(max(to, 0), len(left)), moved)
	return nil
}

// DropColleague removes the colleague with that [Colleague.ID]. The error is [ErrNoColleague].
func (s *Settings) DropColleague(id string) error {
	left := slices.DeleteFunc(slices.Clone(s.Colleagues), func(o Colleague) bool { return o.ID() == id })
	if len(left) == len(s.Colleagues) {
		return ErrNoColleague
	}
	s.Colleagues = left
	return nil
}

// AddColleagues adds a list of them to those there are, or puts it in their place. Who is there already gets the name of the list, where that has
// one, and the account that it names, by its id, label or extension. With an error nothing is changed.
func (s *Settings) AddColleagues(list []Colleague, instead bool) error {
	list = slices.Clone(list)
	for i, o := range list {
		if o.Account == "" {
			continue
		}
		a, err := s.FindAccount(o.Account)
		if err != nil {
			return err
		}
		list[i].Account = a.ID()
	}
	were := s.Colleagues
	if instead {
		s.Colleagues = nil
	}
	for _, o := range list {
		if i := slices.IndexFunc(were, func(was Colleague) bool { return instead && s.same(o, was) }); i >= 0 {
			o.Beyond = were[i].Beyond
		}
		s.SetColleague(o, false)
	}
	return nil
}

// colleagueColumns are what columns may be called in the first line.
var colleagueColumns = map[string]string{
	"name": "name", "extension": "extension", "ext": "extension", "number": "extension", "account": "account",
}

// ReadColleagues reads a list as a spreadsheet writes it: a line each, with commas, semicolons or tabs between name, extension and account. A first
// line that names the columns may say another order; one column alone is the extension. The error says in which line something is wrong, or that
// letters were lost on the way.
func ReadColleagues(text string) (list []Colleague, err error) {
	if strings.ContainsRune(text, utf8.RuneError) { // it is found in what is no UTF-8, too
		return nil, errLostLetters
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	in.FieldsPerRecord = -1
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	for _, between := range "\t;" {
		if strings.ContainsRune(first, between) {
			in.Comma = between
			break
		}
	}
	in.TrimLeadingSpace = in.Comma != '\t' // else an empty cell is not one
	columns, headed, begun := []string{"name", "extension", "account"}, false, false
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line := 0
			var wrong *csv.ParseError
			if errors.As(err, &wrong) {
				line = wrong.StartLine
			}
			return nil, keyError("settings.colleague-quote", "line", line)
		}
		line, _ := in.FieldPos(0)
		if slices.ContainsFunc(record, func(cell string) bool { return strings.Contains(cell, "\n") }) { // a quotation mark that took more lines than its own
			return nil, keyError("settings.colleague-quote", "line", line)
		}
		if named := columnsOf(record); !begun && slices.Contains(named, "extension") {
			columns, headed, begun = named, true, true
			continue
		}
		o, blank := colleagueOf(record, columns)
		if blank {
			continue
		}
		if begun = true; !headed && o.misplaced() {
			return nil, keyError("settings.colleague-columns", "line", line)
		}
		c := &checker{}
		if c.colleague("", &o, DefaultColleague()); o.Extension == "" {
			return nil, keyError("settings.colleague-line", "line", line)
		}
		if list = append(list, o); len(list) > mostColleagues {
			return nil, keyError("settings.must-be-fewer", "key", "colleagues", "most", mostColleagues)
		}
	}
	if len(list) == 0 {
		return nil, errNoColleagues
	}
	return list, nil
}

// columnsOf are what the cells of a line name; "" is a column that is not read. Of two that mean the same the first is read.
func columnsOf(record []string) (named []string) {
	for _, cell := range record {
		means := colleagueColumns[strings.ToLower(strings.TrimSpace(cell))]
		if slices.Contains(named, means) {
			means = ""
		}
		named = append(named, means)
	}
	return named
}

// misplaced reports whether the cells of a line that no heading names cannot be in the usual order: it is a heading in words that are not known, or its
// columns stand in another order.
func (o Colleague) misplaced() bool {
	digit := func(r rune) bool { return '0' <= r && r <= '9' }
	number := func(s string) bool {
		return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !digit(r) })
	}
	dialed := func(s string) bool { return !strings.ContainsFunc(s, unicode.IsLetter) }
	return o.Extension != "" && !strings.ContainsFunc(o.Extension, digit) || number(o.Name) && !dialed(o.Extension)
}

// colleagueOf is whom a line is about.
func colleagueOf(record, columns []string) (o Colleague, blank bool) {
	if len(record) == 1 {
		columns = []string{"extension"}
	}
	blank = true
	for i, cell := range record {
		cell = strings.TrimSpace(cell)
		blank = blank && cell == ""
		if i >= len(columns) {
			continue
		}
		switch columns[i] {
		case "name":
			o.Name = cell
		case "extension":
			o.Extension = cell
		case "account":
			o.Account = cell
		}
	}
	return o, blank
}
