package settings

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"linecard/fault"
)

// mostColleagues is the bound of the list, which its tag in [Settings] has too. Whoever pastes more is told before they are compared with each other.
const mostColleagues = 300

// What a list of colleagues may be refused with.
var (
	errColleagueTwice = fault.Err(nil, "settings.colleague-twice")
	errNoColleagues   = fault.Err(nil, "settings.colleagues-none-read")
)

// PutColleague puts a colleague in the place of the one with that [Colleague.ID], as it is, or at the end with "". The error says that somebody
// else has the phone.
func (s *Settings) PutColleague(id string, o Colleague) error {
	o.Extension, o.Account = strings.TrimSpace(o.Extension), strings.TrimSpace(o.Account)
	i := slices.IndexFunc(s.Colleagues, func(other Colleague) bool { return other.ID() == id })
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

// MoveColleague gives the colleague with that [Colleague.ID] a place in the list, counted from 0; one beyond its ends is the end.
func (s *Settings) MoveColleague(id string, to int) {
	if i := slices.IndexFunc(s.Colleagues, func(o Colleague) bool { return o.ID() == id }); i >= 0 {
		moved := s.Colleagues[i]
		left := slices.Delete(slices.Clone(s.Colleagues), i, i+1)
		s.Colleagues = slices.Insert(left, min(max(to, 0), len(left)), moved)
	}
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
// line that names the columns may say another order; one column alone is the extension. The error says in which line something is wrong.
func ReadColleagues(text string) (list []Colleague, err error) {
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	in.FieldsPerRecord, in.TrimLeadingSpace, in.LazyQuotes = -1, true, true
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	for _, between := range "\t;" {
		if strings.ContainsRune(first, between) {
			in.Comma = between
			break
		}
	}
	columns := []string{"name", "extension", "account"}
	for begun := false; ; begun = true {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line := 0
			var wrong *csv.ParseError
			if errors.As(err, &wrong) {
				line = wrong.Line
			}
			return nil, keyError("settings.colleague-line", "line", line)
		}
		line, _ := in.FieldPos(0)
		if named := columnsOf(record); !begun && slices.Contains(named, "extension") {
			columns = named
			continue
		}
		o, blank := colleagueOf(record, columns)
		if blank {
			continue
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

// columnsOf are what the cells of a line name; "" is a column that is not read.
func columnsOf(record []string) (named []string) {
	for _, cell := range record {
		named = append(named, colleagueColumns[strings.ToLower(strings.TrimSpace(cell))])
	}
	return named
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
