package directory

import (
	"context"
	"database/sql"
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
	mostFound  = 500 // people of one question to the index that are looked at
	searchTime = 1500 * time.Millisecond
)

// Search finds people of an org's copy by the beginnings of words of their name, company or e-mail address, at most limit of
// them: those first whose name is what was typed, or begins with it. Every word must fit. It is empty when nothing of the org is copied.
//
// The index gives people in no order of use. So that the best are among those that are looked at, however many fit, it is asked for whole
// words first, and where too many fit for the names that begin with what was typed.
func (d *Directory) Search(ctx context.Context, org, text string, limit int) ([]crm.Record, error) {
	book, ok := d.shown(org)
	typed := fold(text)
	terms := searchTerms(typed)
	s := d.store.Load()
	if !ok || len(terms) == 0 || s.memory { // in memory is no copy, and one connection, which calls need
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, searchTime)
	defer cancel()
	n := nameSearch{s: s, seen: map[string]bool{}}
	if d.o.Searched != nil {
		n.objects = d.o.Searched(org)
	}
	if err := s.f.QueryRowContext(ctx, "SELECT key FROM orgs WHERE id = ? AND EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'names_' || key)", book).Scan(&n.key); err != nil {
		return nil, nil // nothing is copied
	}
	for _, match := range questions(typed, terms) {
		if err := n.add(ctx, match); err != nil && ctx.Err() == nil {
			d.note(err)
			return nil, explain("search", err)
		}
	}
	if n.crowded {
		_ = n.add(ctx, `"^`+typed+`*"`) // what was found without is shown all the same
	}
	rankNames(n.found, typed)
	return n.found[:min(len(n.found), limit)], nil
}

// searchTerms are the beginnings of words that are searched for.
func searchTerms(typed string) (terms []string) {
	for w := range strings.FieldsSeq(typed) {
		if utf8.RuneCountInString(w) >= shortestWord || w[0] >= utf8.RuneSelf {
			terms = append(terms, w+"*")
		}
	}
	return terms
}

// questions are what the full-text index is asked: names that are what was typed or begin with it, also with the surname typed first, then whole
// words, then beginnings of words.
func questions(typed string, terms []string) []string {
	all := []string{`"^` + typed + `"`}
	if surname, others, several := strings.Cut(typed, " "); several {
		all = append(all, `"^`+others+" "+surname+`"`)
	}
	beginnings := strings.Join(terms, " ")
	return append(all, strings.ReplaceAll(beginnings, "*", ""), beginnings)
}

// nameSearch is who was found by several questions to the index.
type nameSearch struct {
	s       *store
	key     int64
	objects []string // whose records count; nil means all
	found   []crm.Record
	seen    map[string]bool // by id
	crowded bool            // of the last question more may fit than were looked at
}

// add adds who fits a query of the full-text index.
func (n *nameSearch) add(ctx context.Context, match string) error {
	rows, err := n.s.f.QueryContext(ctx, "SELECT r.id, r.doc, r.put, r.sum FROM (SELECT docid FROM "+namesTable(n.key)+" WHERE words MATCH ? LIMIT ?) n CROSS JOIN records r ON r.key = n.docid", match, mostFound)
	if err != nil {
		return err
	}
	asked := 0
	all, err := scanRecords(rows, func(id string) bool {
		asked++
		was := n.seen[id]
		n.seen[id] = true
		return !was
	})
	for _, r := range all {
		if n.objects == nil || r.Among(n.objects) {
			n.found = append(n.found, r)
		}
	}
	n.crowded = asked == mostFound
	return err
}

// scanRecords reads those records that are wanted by their ids; nil means all.
func scanRecords(rows *sql.Rows, wanted func(id string) bool) (found []crm.Record, err error) {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, doc []byte
		var put, sum any
		if err := rows.Scan(&id, &doc, &put, &sum); err != nil {
			return found, err
		}
		if wanted != nil && !wanted(string(id)) {
			continue
		}
		micros, _ := put.(int64)
		var r crm.Record
		if sum == sumOf(doc, string(id), micros) && json.Unmarshal(doc, &r) == nil {
			found = append(found, cleaned(r))
		}
	}
	return found, rows.Err()
}

// rankNames sorts people by how well they fit what was typed: the name is it, begins with it as whole words, has all its
// words, begins with it, a word of the name does, the company does; then people before companies, then by name.
func rankNames(found []crm.Record, typed string) {
	first, _, several := strings.Cut(typed, " ")
	place := func(r crm.Record) int {
		name := fold(r.Name)
		switch {
		case name == typed:
			return 0
		case strings.HasPrefix(name, typed+" "):
			return 1
		case several && hasWhole(name, typed):
			return 2
		case strings.HasPrefix(name, typed):
			return 3
		case strings.HasPrefix(name, first) || strings.Contains(" "+name, " "+first):
			return 4
		case strings.HasPrefix(fold(r.Company), typed):
			return 5
		}
		return 6
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

// hasWhole reports whether a name has all of some words, each as a whole.
func hasWhole(name, typed string) bool {
	words := strings.Fields(name)
	for w := range strings.FieldsSeq(typed) {
		if !slices.Contains(words, w) {
			return false
		}
	}
	return true
}
