package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"linecard/crm"
)

// The words of names, companies and addresses are in a full-text index (FTS4), one for each copy: an index of all would find
// the people of others first. The words are folded here, in one way for the index and for what is typed.

func namesTable(key int64) string { return fmt.Sprintf("names_%d", key) }

func createNames(key int64) string {
	return "CREATE VIRTUAL TABLE IF NOT EXISTS " + namesTable(key) + " USING fts4(words, matchinfo=fts3, tokenize=simple)"
}

// letters are what people type for letters that are not a plain one with a mark.
var letters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i", "ħ", "h", "ŋ", "n")

// fold makes a text lower case without marks, and spaces of all that is neither a letter nor a digit: "Müller-Weiß" becomes
// "muller weiss". An apostrophe joins: O'Brien is found by obrien.
func fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
		default:
			b.WriteByte(' ')
		}
	}
	return letters.Replace(strings.Join(strings.Fields(b.String()), " "))
}

// wordsOf are the words that a record is found by.
func wordsOf(r crm.Record) string { return fold(r.Name + " " + r.Company + " " + r.Email) }

// shortestWord is how many characters a word has at least that is searched for; a shorter one finds half of all people. A
// Chinese or Korean name has fewer.
const shortestWord = 2

// Bounds of a search by name.
const (
	mostFound  = 500 // people that are looked at
	searchTime = 1500 * time.Millisecond
)

// Search finds people of an org's copy by the beginnings of words of their name, company or e-mail address, at most limit of
// them: those first whose name begins with what was typed. Every word must fit. It is empty when nothing of the org is copied.
func (d *Directory) Search(ctx context.Context, org, text string, limit int) ([]crm.Record, error) {
	book, ok := d.shown(org)
	typed := fold(text)
	var terms []string
	for w := range strings.FieldsSeq(typed) {
		if utf8.RuneCountInString(w) >= shortestWord || w[0] >= utf8.RuneSelf {
			terms = append(terms, w+"*")
		}
	}
	s := d.store.Load()
	if !ok || len(terms) == 0 || s.memory { // in memory is no copy, and one connection, which calls need
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, searchTime)
	defer cancel()
	var key int64
	if err := s.f.QueryRowContext(ctx, "SELECT key FROM orgs WHERE id = ? AND EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'names_' || key)", book).Scan(&key); err != nil {
		return nil, nil // nothing is copied
	}
	rows, err := s.f.QueryContext(ctx, "SELECT r.id, r.doc, r.put, r.sum FROM (SELECT docid FROM "+namesTable(key)+" WHERE words MATCH ? LIMIT ?) n CROSS JOIN records r ON r.key = n.docid", strings.Join(terms, " "), mostFound)
	if err != nil {
		d.note(err)
		return nil, explain("search", err)
	}
	found, err := scanRecords(rows)
	if err != nil && ctx.Err() == nil {
		d.note(err)
		return nil, explain("search", err)
	}
	if d.o.Searched != nil {
		objects := d.o.Searched(org)
		found = slices.DeleteFunc(found, func(r crm.Record) bool { return !r.Among(objects) })
	}
	rankNames(found, typed)
	return found[:min(len(found), limit)], nil
}

func scanRecords(rows interface {
	Next() bool
	Scan(...any) error
	Err() error
	Close() error
},
) (found []crm.Record, err error) {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, doc []byte
		var put, sum any
		if err := rows.Scan(&id, &doc, &put, &sum); err != nil {
			return found, err
		}
		micros, _ := put.(int64)
		var r crm.Record
		if sum == sumOf(doc, string(id), micros) && json.Unmarshal(doc, &r) == nil {
			found = append(found, cleaned(r))
		}
	}
	return found, rows.Err()
}

// rankNames sorts people by how well they fit what was typed: the name begins with it, a word of the name does, the company
// does; then people before companies, then by name.
func rankNames(found []crm.Record, typed string) {
	first, _, _ := strings.Cut(typed, " ")
	place := func(r crm.Record) int {
		name := fold(r.Name)
		switch {
		case strings.HasPrefix(name, typed):
			return 0
		case strings.HasPrefix(name, first) || strings.Contains(" "+name, " "+first):
			return 1
		case strings.HasPrefix(fold(r.Company), typed):
			return 2
		}
		return 3
	}
	objects := []string{crm.Contact, crm.Lead, crm.Account}
	type ranked struct {
		crm.Record
		place int
	}
	all := make([]ranked, len(found))
	for i, r := range found {
		all[i] = ranked{r, place(r)*10 + slices.Index(objects, r.Object)}
	}
	slices.SortStableFunc(all, func(a, b ranked) int {
		if a.place != b.place {
			return a.place - b.place
		}
		return strings.Compare(a.Name, b.Name)
	})
	for i := range all {
		found[i] = all[i].Record
	}
}
