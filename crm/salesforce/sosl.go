package salesforce

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"linecard/crm"
)

// A search over the objects that the admin chose. Of the fields beyond Id and the name, only those are requested that the
// user is known to see, since the org refuses the whole search for one hidden field.

// standardFields lists the fields that are requested of an object besides its phones. A dotted name is a field of a
// parent.
var standardFields = map[string][]string{
	crm.Contact: {"Title", "Email", "AccountId", "Account.Name", "Owner.Name", "DoNotCall", "IsPersonAccount", "LastModifiedDate"},
	crm.Account: {"Type", "Owner.Name", "IsPersonAccount", "PersonContactId", "PersonEmail", "PersonTitle", "PersonDoNotCall", "LastModifiedDate"},
	crm.Lead:    {"Title", "Company", "Email", "Status", "Owner.Name", "DoNotCall", "LastModifiedDate"},

	crm.Case:        {"Subject", "Status", "ContactId", "AccountId", "Account.Name", "Owner.Name", "LastModifiedDate"},
	crm.Opportunity: {"StageName", "AccountId", "Account.Name", "Owner.Name", "LastModifiedDate"},
}

// otherFields are requested of an object that standardFields does not have, such as a custom one.
var otherFields = []string{"Owner.Name", "LastModifiedDate"}

// fieldsOf lists the fields that are requested of an object besides its name and its phones.
func fieldsOf(object string) []string {
	if fields, ok := standardFields[object]; ok {
		return fields
	}
	return otherFields
}

// fallbackFields are requested until the objects are described: fields that every org has. The person account fields
// exist only in orgs with person accounts.
var fallbackFields = map[string][]string{
	crm.Contact: {"Phone", "MobilePhone", "HomePhone", "OtherPhone", "AssistantPhone"},
	crm.Account: {"Phone", "Fax"},
	crm.Lead:    {"Phone", "MobilePhone"},
}

// What bounds the answer of a search by number, for each object. An index finds more than has the number, so that more
// is requested than is shown. More than ten records with one number belong to a switchboard and not to a person.
const (
	shownByPhone = 10
	// What may be a range or be spelled in letters has few digits, with which other numbers begin or end.
	foundByPhone = 200
	// Of each number where several are asked for together.
	foundTogether = 20
)

const byPhone = "} IN PHONE FIELDS RETURNING "

// byAny is byPhone where the admin has callers found by fields of text too: a search has one scope for all its objects. What
// is found by another field is left out when the numbers are compared.
const byAny = "} IN ALL FIELDS RETURNING "

// maxFind is how long the text between the braces may be: in a longer one the operators are not understood.
const maxFind = 4000

// how tells by which terms an org is searched for a number.
type how int

const (
	allTerms    how = iota
	narrowTerms     // without the short ones
	plainTerms      // without wildcards inside
)

// findPhone composes the search for n. It consists of digits and wildcards only, so nothing needs escaping. It is "" when
// the user sees none of the objects.
func (c *Client) findPhone(n crm.Number, by how) string {
	returning := c.returning(foundByPhone)
	if returning == "" {
		return ""
	}
	find, _ := joinedTerms("", c.phoneTerms(n, by))
	return "FIND {" + find + c.byNumber() + returning
}

// byNumber is the scope of a search for a number.
func (c *Client) byNumber() string {
	if c.inText() {
		return byAny
	}
	return byPhone
}

// phoneTerms are what an org is searched by for n.
func (c *Client) phoneTerms(n crm.Number, by how) []string {
	var text []string
	if c.inText() {
		text = n.TextTerms()
	}
	switch {
	case by == plainTerms || c.plainSearch.now(c.cfg.Now()):
		return slices.Concat(n.PlainTerms(), text)
	case by == narrowTerms:
		return slices.Concat(text, n.NarrowTerms())
	}
	return slices.Concat(text, n.Terms())
}

// joinedTerms adds terms to those of find, as many as there is room for; whole is false when some were left out.
func joinedTerms(find string, terms []string) (joined string, whole bool) {
	for _, t := range terms {
		if len(find)+len(" OR ")+len(t) > maxFind {
			return find, false
		}
		if find != "" {
			find += " OR "
		}
		find += t
	}
	return find, true
}

// findText composes a search for typed text.
func (c *Client) findText(text string) string {
	returning := c.returning(0)
	if returning == "" {
		return ""
	}
	return "FIND {" + searchTerms(text) + "} IN ALL FIELDS RETURNING " + returning
}

// searchTerms makes terms that must all be found; each also matches the beginning of a word. A wildcard counts only in
// the middle or at the end of a term of at least two characters (SOSL syntax, "FIND {SearchQuery}").
func searchTerms(text string) string {
	var terms []string
	for w := range strings.FieldsSeq(text) {
		if utf8.RuneCountInString(w) < 2 || !strings.ContainsFunc(w, isWordRune) {
			continue
		}
		terms = append(terms, escape(w)+"*")
	}
	return strings.Join(terms, " AND ")
}

// isWordRune reports whether r is part of a word. A term without one, such as the & in "Smith & Sons", is never found.
func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// escape escapes the characters that SOSL reserves. AND, OR and NOT as words are not escaped: quoting them would
// disable the wildcard, and their only effect is a refused or odd search.
func escape(word string) string {
	var b strings.Builder
	for _, r := range word {
		switch {
		case r < ' ':
			continue
		case strings.ContainsRune(`?&|!{}[]()^~*:\"'+-`, r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// returning composes the RETURNING clause from what the user sees: the newest limit records of each object that have a
// phone, or for 0 those that the org finds best for a text.
func (c *Client) returning(limit int) string {
	var parts []string
	for _, row := range c.searched() {
		name := row.Name
		d, described := c.schema.get(name)
		switch {
		case described && (d.Object == nil || !d.Object.Searchable), c.schema.isHidden(name, ""):
			continue // the org would refuse the whole search
		case !described && fallbackFields[name] == nil:
			continue // it is not known yet by which fields callers are found in it; it is being described
		}
		fields := c.searchFields(row, d.Object)
		clause := " LIMIT " + strconv.Itoa(cmp.Or(limit, 10))
		if limit > 0 && slices.Contains(fields, "LastModifiedDate") {
			clause = " ORDER BY LastModifiedDate DESC" + clause
		}
		if name == crm.Lead && !c.schema.isHidden(name, "IsConverted") {
			clause = " WHERE IsConverted = false" + clause // a converted lead is represented by its contact
		}
		parts = append(parts, name+"("+strings.Join(fields, ", ")+clause+")")
	}
	return strings.Join(parts, ", ")
}

func (c *Client) searchFields(row crm.Object, o *object) []string {
	return slices.DeleteFunc(describedFields(row, o), func(f string) bool { return f != "Id" && c.schema.isHidden(row.Name, f) })
}

// describedFields are the fields that are requested of an object as far as its description goes.
func describedFields(row crm.Object, o *object) []string {
	name := row.Name
	fields := []string{"Id"}
	add := func(f string) {
		if !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	add(nameFieldOf(name, o))
	if o == nil {
		for _, f := range fallbackFields[name] {
			add(f)
		}
	} else {
		for _, f := range o.phones(row.Phones...) {
			add(f.Name)
		}
		for _, f := range row.CallAs {
			for _, f := range o.shownNames(f) {
				add(f)
			}
		}
	}
	for _, f := range fieldsOf(name) {
		if visible(o, f) {
			add(f)
		}
	}
	return fields
}

// nameFieldOf is the field that names a record: a Case has a number.
func nameFieldOf(object string, o *object) string {
	if o != nil {
		if i := slices.IndexFunc(o.Fields, func(f field) bool { return f.Name == "Name" }); i >= 0 {
			return "Name"
		}
		if i := slices.IndexFunc(o.Fields, func(f field) bool { return f.NameField }); i >= 0 {
			return o.Fields[i].Name
		}
	}
	if object == crm.Case {
		return "CaseNumber"
	}
	return "Name"
}

// visible reports whether the described object has field f. A field of a parent counts as visible when the reference to
// the parent is; only the org can tell whether the parent's field itself is hidden.
func visible(o *object, f string) bool {
	if o == nil {
		return !strings.Contains(f, "Person")
	}
	parent, _, joinDot := strings.Cut(f, ".")
	if !joinDot {
		_, ok := o.field(f)
		return ok
	}
	return slices.ContainsFunc(o.Fields, func(f field) bool { return f.Relationship == parent })
}

// How the org names what it does not show. (The wording is believed; both forms occur in the sources of other clients.)
var (
	noColumn = regexp.MustCompile(`(?i)no such column '([A-Za-z0-9_.]+)' on (?:entity|sobject of type) '?([A-Za-z0-9_]+)'?`)
	noParent = regexp.MustCompile(`(?i)didn't understand relationship '([A-Za-z0-9_]+)'`)
	noObject = regexp.MustCompile(`(?i)sobject type '([A-Za-z0-9_]+)' is not supported`)
)

// plainer reports whether a search by number that the org refuses, or takes too long for, is worth repeating without the wildcards
// inside its terms. (No org is known to refuse them.)
func plainer(query string, e *crm.Error) bool {
	if e == nil || !strings.Contains(query, byPhone) && !strings.Contains(query, byAny) {
		return false
	}
	switch e.Code {
	case malformedSearch, queryTimeout, "QUERY_TOO_COMPLICATED":
		return true
	}
	return false
}

const (
	malformedSearch = "MALFORMED_SEARCH"
	queryTimeout    = "QUERY_TIMEOUT"
)

// learn records what the org has just refused to show and reports whether the search is worth repeating without it.
func (c *Client) learn(e *crm.Error) bool {
	if e == nil || e.Err == nil {
		return false
	}
	text := e.Err.Error()
	switch e.Code {
	case "INVALID_TYPE":
		if m := noObject.FindStringSubmatch(text); m != nil {
			return c.schema.hide(m[1], "")
		}
	case "INVALID_FIELD":
		if m := noColumn.FindStringSubmatch(text); m != nil {
			return c.hideColumn(m[2], m[1])
		}
		if m := noParent.FindStringSubmatch(text); m != nil {
			learned := false
			for _, row := range c.asked() {
				learned = c.hideColumn(row.Name, m[1]+".Name") || learned
			}
			return learned
		}
	}
	return false
}

// asked are the rows of all objects that are searched or copied, or whose records are shown.
func (c *Client) asked() []crm.Object {
	rows := c.objectRows()
	for name := range standardFields {
		if !slices.ContainsFunc(rows, func(row crm.Object) bool { return row.Name == name }) {
			rows = append(rows, crm.Object{Name: name})
		}
	}
	return rows
}

// hideColumn records a hidden column. For a field of a parent the org names either the parent's object or the child's.
func (c *Client) hideColumn(entity, column string) bool {
	rows := c.asked()
	if slices.ContainsFunc(rows, func(row crm.Object) bool { return row.Name == entity }) && !strings.Contains(column, ".") {
		if learned := c.schema.hide(entity, column); column != "Name" {
			return learned
		}
	}
	learned := false
	for _, row := range rows {
		for _, f := range fieldsOf(row.Name) {
			if f == column || f == entity+"."+column {
				learned = c.schema.hide(row.Name, f) || learned
			}
		}
	}
	return learned
}
