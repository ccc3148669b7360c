package salesforce

import (
	"errors"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"linecard/crm"
	"linecard/crm/demoorg"
)

func described(t *testing.T, objects ...*object) *Client {
	t.Helper()
	c := New(Config{})
	for _, o := range objects {
		c.schema.put(o.Name, description{Object: o})
	}
	return c
}

var caller = crm.ParseNumber("+14155550132", crm.NumberPlan{Region: "US"})

func TestSearchBeforeTheOrgIsDescribed(t *testing.T) {
	got := New(Config{}).findPhone(caller, allTerms)
	want := "FIND {" + strings.Join(caller.Terms(), " OR ") + "} IN PHONE FIELDS RETURNING " +
		"Contact(Id, Name, Phone, MobilePhone, HomePhone, OtherPhone, AssistantPhone, Title, Email, AccountId, Account.Name, Owner.Name, DoNotCall, LastModifiedDate ORDER BY LastModifiedDate DESC LIMIT 200), " +
		"Account(Id, Name, Phone, Fax, Type, Owner.Name, LastModifiedDate ORDER BY LastModifiedDate DESC LIMIT 200), " +
		"Lead(Id, Name, Phone, MobilePhone, Title, Company, Email, Status, Owner.Name, DoNotCall, LastModifiedDate WHERE IsConverted = false ORDER BY LastModifiedDate DESC LIMIT 200)"
	if got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}

func TestSearchAsksForWhatTheUserSees(t *testing.T) {
	contact := &object{Name: crm.Contact, Searchable: true, Fields: []field{
		{Name: "Id"},
		{Name: "Name"},
		{Name: "MobilePhone", Type: "phone"},
		{Name: "WhatsApp__c", Type: "phone"},
		{Name: "AccountId", Type: "reference", Relationship: "Account"},
		{Name: "LastModifiedDate"},
	}}
	c := described(t, contact)
	c.schema.put(crm.Account, description{}) // the user does not see it at all
	c.schema.put(crm.Lead, description{})
	got := c.findPhone(caller, allTerms)
	want := "FIND {" + strings.Join(caller.Terms(), " OR ") + "} IN PHONE FIELDS RETURNING " +
		"Contact(Id, Name, MobilePhone, WhatsApp__c, AccountId, Account.Name, LastModifiedDate ORDER BY LastModifiedDate DESC LIMIT 200)"
	if got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
	c.schema.put(crm.Contact, description{})
	if got := c.findPhone(caller, allTerms); got != "" {
		t.Errorf("searches in nothing: %s", got)
	}
}

func TestLearningFromRefusals(t *testing.T) {
	tests := []struct{ name, code, message, gone string }{
		{"field", "INVALID_FIELD", "No such column 'Title' on entity 'Contact'. If you are attempting to use a custom field…", "Title, Email, AccountId"},
		{"field of a parent", "INVALID_FIELD", "No such column 'Name' on entity 'Account'.", "Account.Name"},
		{"parent", "INVALID_FIELD", "Didn't understand relationship 'Account' in field path.", "Account.Name"},
		{"object", "INVALID_TYPE", "sObject type 'Lead' is not supported.", "Lead("},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := New(Config{})
			before := c.findPhone(caller, allTerms)
			if !strings.Contains(before, tt.gone) {
				t.Fatalf("%q is not in %s", tt.gone, before)
			}
			e := &crm.Error{Code: tt.code, Err: errors.New(tt.message)}
			if !c.learn(e) {
				t.Fatal("nothing learned")
			}
			if after := c.findPhone(caller, allTerms); strings.Contains(after, tt.gone) {
				t.Errorf("still asked for: %s", after)
			}
			if c.learn(e) {
				t.Error("the same refusal would be tried again without end")
			}
		})
	}
	if New(Config{}).learn(&crm.Error{Code: "MALFORMED_SEARCH", Err: errors.New("x")}) {
		t.Error("learned from a malformed search")
	}
}

func TestSearchTerms(t *testing.T) {
	tests := []struct{ typed, want string }{
		{"dana", "dana*"},
		{"Dana Whitfield", "Dana* AND Whitfield*"},
		{"  a b ", ""},
		{"Smith & Sons", "Smith* AND Sons*"},
		{"Dana - Acme", "Dana* AND Acme*"},
		{"-- !", ""},
		{"C++", `C\+\+*`},
		{"", ""},
		{"O'Neil", `O\'Neil*`},
		{"x} RETURNING User(Id", `x\}* AND RETURNING* AND User\(Id*`},
		{`a\b`, `a\\b*`},
	}
	for _, tt := range tests {
		if got := searchTerms(tt.typed); got != tt.want {
			t.Errorf("searchTerms(%q) = %q, want %q", tt.typed, got, tt.want)
		}
	}
}

// No typed text ends the braces of the FIND clause.
func FuzzSearchTerms(f *testing.F) {
	f.Add("dana} RETURNING User(Id)")
	f.Add(`\}`)
	f.Fuzz(func(t *testing.T, typed string) {
		escaped := false
		for _, r := range searchTerms(typed) {
			switch {
			case escaped:
				escaped = false
			case r == '\\':
				escaped = true
			case strings.ContainsRune(`?&|!{}[]()^~:"'+-`, r) || r < ' ':
				t.Fatalf("%q is not escaped in %q", r, searchTerms(typed))
			}
		}
		if escaped {
			t.Fatalf("%q ends in an escape", searchTerms(typed))
		}
	})
}

// Wherever the caller is from, the search is of digits and wildcards, each term begins with digits, and the text stays so
// short that the org understands its operators.
func TestSearchByNumberKeepsToTheLimits(t *testing.T) {
	c := New(Config{})
	for _, p := range []string{
		"+14155550132", "+18006288737", "+442079460958", "+5491123456730", "+525551234508", "+5511987654362", "+390647461275",
		"+919810123498", "+912223456789", "+819055500155", "+989123004455", "+966501234509", "+8613912345619", "+84382345619", "+298212345", "+80012345619",
	} {
		for _, region := range []string{"US", "IN", "IR"} { // the agents' script counts too
			n := crm.ParseNumber(p, crm.NumberPlan{Region: region})
			q := c.findPhone(n, allTerms)
			find, _, _ := strings.Cut(strings.TrimPrefix(q, "FIND {"), "}")
			if len(find) > 4000 || len(url.QueryEscape(q)) > 8000 {
				t.Errorf("%s: %d characters, %d in an address", p, len(find), len(url.QueryEscape(q)))
			}
			terms := strings.Split(find, " OR ")
			if len(terms) != len(n.Terms()) {
				t.Errorf("%s: %d of %d terms", p, len(terms), len(n.Terms()))
			}
			for _, term := range terms {
				digits := strings.NewReplacer("*", "", "?", "").Replace(term)
				if strings.HasPrefix(term, "*") || strings.HasPrefix(term, "?") || utf8.RuneCountInString(digits) < 3 || strings.ContainsFunc(digits, func(r rune) bool { return !unicode.IsDigit(r) }) {
					t.Errorf("%s: term %q", p, term)
				}
			}
		}
	}
}

// An org that refuses wildcards is searched by the plain spellings from then on, until the link is checked; one that takes too long for
// them is so for some minutes. What it does not take of many numbers says nothing about one.
func TestAnOrgThatRefusesWildcards(t *testing.T) {
	for code, lasts := range map[string]bool{"MALFORMED_SEARCH": true, "QUERY_TIMEOUT": false, "QUERY_TOO_COMPLICATED": true} {
		var late atomic.Int64
		r := linkedRig(t, demoorg.Config{}, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(late.Load())) } })
		tries := 1
		if code == "QUERY_TIMEOUT" { // which may pass by itself
			tries = 3
		}
		refuse := func() {
			r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Path: "/search", Status: 400, Code: code, Message: "wildcard", Times: tries})
		}
		refuse()
		for i, name := range []string{"Dana Whitfield", "Grace Kim"} {
			before := r.org.Count("", "/search")
			n := r.number(t, name)
			if got, err := r.Lookup(t.Context(), n); err != nil || len(got.Matches) != 1 {
				t.Errorf("%s: %s: %d matches, %v", code, name, len(got.Matches), err)
			}
			if asked := r.org.Count("", "/search") - before; asked != 1+(1-i)*tries {
				t.Errorf("%s: %d searches for caller %d", code, asked, i+1)
			}
		}
		if strings.Contains(r.findPhone(caller, allTerms), "0*") {
			t.Errorf("%s: wildcards are used", code)
		}
		late.Store(int64(plainAfterTimeout + time.Minute))
		if wild := strings.Contains(r.findPhone(caller, allTerms), "0*"); wild == lasts {
			t.Errorf("%s: wildcards are used later: %v", code, wild)
		}
		check(t, r.Refresh(t.Context()))
		refuse()
		for i := range 2 {
			before := r.org.Count("", "/search")
			if _, err := r.LookupAll(t.Context(), []crm.Number{r.number(t, "Dana Whitfield"), r.number(t, "Grace Kim")}); err != nil {
				t.Errorf("%s: %v", code, err)
			}
			if asked := r.org.Count("", "/search") - before; asked != 1+(1-i)*tries {
				t.Errorf("%s: %d searches for many numbers, round %d", code, asked, i+1)
			}
		}
		if !strings.Contains(r.findPhone(caller, allTerms), "0*") {
			t.Errorf("%s: many numbers were refused once, and each is asked for without wildcards", code)
		}
	}
}
