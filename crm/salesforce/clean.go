package salesforce

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"linecard/clean"
)

// UnmarshalJSON reads an error as the org tells it. Its words go through: an admin wrote those of a validation rule, and
// anything may stand in them.
func (e *apiError) UnmarshalJSON(b []byte) error {
	type plainError apiError // without this method
	var p plainError
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	*e = apiError(p)
	e.Code, e.Message = clean.Line(e.Code), clean.Short(afterQuote(e.Message), longestMessage)
	for i, f := range e.Fields {
		e.Fields[i] = clean.Line(f)
	}
	return nil
}

// longestMessage is how many characters of the org's words are kept to be read by code; people are shown fewer.
const longestMessage = 1000

// afterQuote leaves out what the org quotes of a long search before it says what is wrong with it.
func afterQuote(message string) string {
	if i := strings.LastIndex(message, "ERROR at Row"); i > 0 && utf8.RuneCountInString(message) > longestMessage {
		return message[i:]
	}
	return message
}
