package demoorg

import (
	"slices"
	"strings"

	"linecard/crm/demoorg/soql"
)

// linkFilter refuses a query of links without the filter that Salesforce wants.
func linkFilter(obj *object, where soql.Expr) *apiError {
	if obj.name != documentLinkObject || narrows(where) {
		return nil
	}
	return bad("MALFORMED_QUERY", "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or "+
		"LinkedEntityId using the equals operator or multiple Id's using the IN operator.")
}

// narrows reports whether a condition holds for the links of named files or places only.
func narrows(e soql.Expr) bool {
	named := func(f soql.Field) bool {
		return slices.ContainsFunc([]string{"Id", "ContentDocumentId", "LinkedEntityId"}, func(s string) bool { return strings.EqualFold(f.String(), s) })
	}
	switch e := e.(type) {
	case *soql.Comparison:
		return e.Op == soql.Equal && named(e.Field)
	case *soql.Membership:
		return !e.Not && named(e.Field)
	case *soql.Logical:
		if e.Or {
			return !slices.ContainsFunc(e.Terms, func(t soql.Expr) bool { return !narrows(t) })
		}
		return slices.ContainsFunc(e.Terms, narrows)
	}
	return false
}
